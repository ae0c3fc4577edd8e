//! Means of the scores of several forecasters over the same races.

use std::collections::{BTreeMap, HashMap};

use model::evaluate::{
    Scores,
    bootstrap::{self, MeanEstimate},
};
use schema::{RaceId, Score};

use super::ForecasterScores;

/// Seed of the bootstrap: the same races give the same intervals.
const SEED: u64 = 1950;

/// Mean of each score.
pub type Means = BTreeMap<Score, MeanEstimate>;

/// The mean scores of a forecaster.
#[derive(Debug, Clone)]
pub struct ForecasterSummary {
    /// Its name.
    pub name: &'static str,
    /// Mean scores.
    pub means: Means,
    /// Mean paired differences to the first forecaster; `None` for the first.
    pub differences: Option<Means>,
}

/// The value of one of the scores.
const fn score_value(scores: &Scores, score: Score) -> f64 {
    match score {
        Score::WinLogScore => scores.win_log_score,
        Score::WinBrier => scores.win_brier,
        Score::Top1 => scores.top1,
        Score::PodiumLogScore => scores.podium_log_score,
        Score::PointsBrier => scores.points_brier,
        Score::Spearman => scores.spearman,
        Score::Rps => scores.rps,
    }
}

/// Keeps the races that every forecaster has a score of.
#[must_use]
pub fn common_races(mut scored: Vec<ForecasterScores>) -> Vec<ForecasterScores> {
    let mut counts: HashMap<RaceId, usize> = HashMap::new();
    for race in scored.iter().flat_map(|scored| &scored.races) {
        *counts.entry(race.race).or_default() += 1;
    }
    let forecasters = scored.len();
    for scored in &mut scored {
        scored
            .races
            .retain(|race| counts[&race.race] == forecasters);
    }
    scored
}

/// Mean scores with intervals over the races that every forecaster has a score of, and paired differences to the first.
#[must_use]
pub fn summarise(scored: &[ForecasterScores]) -> Vec<ForecasterSummary> {
    let Some((first, others)) = scored.split_first() else {
        return Vec::new();
    };
    let values = |scores: &Scores| -> Vec<f64> {
        Score::ALL
            .iter()
            .map(|score| score_value(scores, *score))
            .collect()
    };
    let of = |scored: &ForecasterScores, race: RaceId| {
        let score = scored.races.iter().find(|score| score.race == race)?;
        Some(values(&score.scores))
    };
    let rows: Vec<Vec<f64>> = first
        .races
        .iter()
        .filter_map(|score| {
            let own = values(&score.scores);
            let mut row = own.clone();
            for other in others {
                let theirs = of(other, score.race)?;
                row.extend(&theirs);
                row.extend(theirs.iter().zip(&own).map(|(theirs, own)| theirs - own));
            }
            Some(row)
        })
        .collect();
    let means = bootstrap::means(&rows, SEED);
    let mut blocks = means.chunks_exact(Score::ALL.len());
    let mut block = || -> Option<Means> {
        Some(
            Score::ALL
                .iter()
                .copied()
                .zip(blocks.next()?.iter().copied())
                .collect(),
        )
    };
    scored
        .iter()
        .enumerate()
        .map_while(|(index, scored)| {
            let means = block()?;
            let differences = if index == 0 { None } else { Some(block()?) };
            Some(ForecasterSummary {
                name: scored.name,
                means,
                differences,
            })
        })
        .collect()
}
