//! How good forecasters would have been: walk-forward scores of the model in service and of baselines, race by race.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Result, bail};
use model::{
    FitError, History, Specification,
    baselines::{self, Candidate, Record, RecordedCar},
    distribution::Positions,
    evaluate::{
        self, Scores,
        bootstrap::{self, Mean},
        calibration::{self, Event},
    },
    specification::{ELO, GRID, GRID_AND_GAP},
};
use rayon::prelude::*;
use schema::{Contest, DriverId, EventKind, Moment, RaceId, Score};

use crate::{
    dataset::Weekend,
    features::{self, Field, Fields},
    forecasts::{self, Chances, ForecastError},
};

/// The bootstrap's samples are the same for the same races.
const SEED: u64 = 1950;

/// Who forecasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Forecaster {
    /// The model in service.
    Current,
    /// Another model of the same family.
    Baseline(Specification),
    /// How often each place on the grid led to each place in the result.
    GridFrequencies,
    /// A published score of fixed weights.
    PublishedFormula,
    /// Every place equally likely.
    Uniform,
}

impl Forecaster {
    /// Those that can forecast `contest` at `moment`, the model in service first. The published formula has other weights
    /// for sprints, of inputs that we do not have.
    #[must_use]
    pub const fn at(contest: Contest, moment: Moment) -> &'static [Self] {
        match (contest, moment) {
            (_, Moment::BeforeWeekend | Moment::BeforeQualifying) => {
                &[Self::Current, Self::Baseline(ELO), Self::Uniform]
            }
            (Contest::Sprint, _) => &[
                Self::Current,
                Self::Baseline(GRID_AND_GAP),
                Self::Baseline(GRID),
                Self::GridFrequencies,
                Self::Baseline(ELO),
                Self::Uniform,
            ],
            (Contest::GrandPrix, _) => &[
                Self::Current,
                Self::Baseline(GRID_AND_GAP),
                Self::Baseline(GRID),
                Self::GridFrequencies,
                Self::Baseline(ELO),
                Self::PublishedFormula,
                Self::Uniform,
            ],
        }
    }

    /// Its name in tables, in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Current => forecasts::current(Moment::OfficialGrid).name,
            Self::Baseline(specification) => specification.name,
            Self::GridFrequencies => "grid_frequencies",
            Self::PublishedFormula => "peer",
            Self::Uniform => "uniform",
        }
    }
}

/// How good a forecast of one race was.
#[derive(Debug, Clone)]
pub struct RaceScore {
    /// The weekend.
    pub race: RaceId,
    /// Its season.
    pub year: i16,
    /// Chance given to the winner.
    pub winner_chance: f64,
    /// The scores.
    pub scores: Scores,
    /// Each car's chances of a win, a podium and points, and whether they came true.
    pub events: BTreeMap<EventKind, Vec<(f64, bool)>>,
}

/// The scores of one forecaster.
#[derive(Debug, Clone)]
pub struct Scored {
    /// Its name.
    pub name: &'static str,
    /// In the order of the calendar.
    pub races: Vec<RaceScore>,
}

/// Which number a score is.
#[must_use]
pub const fn value(scores: &Scores, score: Score) -> f64 {
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

/// What the model calls an event.
#[must_use]
pub const fn event(kind: EventKind) -> Event {
    match kind {
        EventKind::Win => Event::Win,
        EventKind::Podium => Event::Podium,
        EventKind::Points => Event::Points,
    }
}

/// Means of the scores.
pub type Means = BTreeMap<Score, Mean>;

/// What the scores of a forecaster come to.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Its name.
    pub name: &'static str,
    /// Its means.
    pub means: Means,
    /// Means of its paired differences to the first forecaster; `None` for that one.
    pub differences: Option<Means>,
}

/// A race to score: the weekend with its result, and what was known.
pub type Target<'a> = (&'a Weekend, &'a Field);

/// The races of some seasons that can be scored.
#[must_use]
pub fn targets<'a>(
    weekends: &'a [Weekend],
    told: &'a [Fields],
    seasons: std::ops::RangeInclusive<i16>,
    contest: Contest,
    moment: Moment,
) -> Vec<Target<'a>> {
    weekends
        .iter()
        .zip(told)
        .filter(|(weekend, _)| seasons.contains(&weekend.year))
        .filter_map(|(weekend, told)| Some((weekend, told.at(contest, moment)?)))
        .filter(|(weekend, _)| {
            let result = weekend.result(contest);
            result.len() > 1 && result.iter().any(|(_, finish)| finish.classified)
        })
        .collect()
}

/// Scores `forecaster` on `targets` of one contest and moment, each forecast from what was run before. Races with too
/// little before them are left out.
pub fn score(
    forecaster: Forecaster,
    weekends: &[Weekend],
    told: &[Fields],
    targets: &[Target<'_>],
) -> Result<Scored> {
    let Some((_, first)) = targets.first() else {
        bail!("there is no race to score");
    };
    let (contest, moment) = (first.contest, first.moment);
    let model = |specification: Specification| {
        let history = forecasts::history(specification, weekends, told, moment);
        each(targets, |target| by_model(&history, target))
    };
    let counted = |forecast: fn(&[Record], &Weekend, &[Candidate]) -> Positions| {
        let past = records(weekends, told, contest, moment);
        each(targets, |(weekend, field)| {
            let before = past
                .partition_point(|race| (race.year, race.round) < (weekend.year, weekend.round));
            let positions = forecast(&past[..before], weekend, &candidates(field));
            Ok(by_positions((weekend, field), &positions))
        })
    };
    let races = match forecaster {
        Forecaster::Current => model(forecasts::current(moment)),
        Forecaster::Baseline(specification) => model(specification),
        Forecaster::GridFrequencies => {
            counted(|past, weekend, field| baselines::grid_frequencies(past, weekend.year, field))
        }
        Forecaster::PublishedFormula => {
            counted(|past, weekend, field| baselines::published_formula(past, weekend.year, field))
        }
        Forecaster::Uniform => each(targets, |target| Ok(uniform(target))),
    }?;
    Ok(Scored {
        name: forecaster.name(),
        races,
    })
}

fn each(
    targets: &[Target<'_>],
    score: impl Fn(Target<'_>) -> Result<Option<RaceScore>, ForecastError> + Sync,
) -> Result<Vec<RaceScore>> {
    let scores: Vec<Option<RaceScore>> = targets
        .par_iter()
        .map(|target| match score(*target) {
            Err(ForecastError::Fit(FitError::NotEnoughData { .. })) => Ok(None),
            other => other,
        })
        .collect::<Result<_, _>>()?;
    Ok(scores.into_iter().flatten().collect())
}

fn by_model(
    history: &History,
    (weekend, field): Target<'_>,
) -> Result<Option<RaceScore>, ForecastError> {
    let fit = history.fit(weekend.year, weekend.round)?;
    let forecast = forecasts::predict(&fit, weekend.year, field)?;
    let chances = forecasts::chances(field, &forecast);
    Ok(race_score(weekend, field.contest, &chances))
}

fn by_positions((weekend, field): Target<'_>, positions: &Positions) -> Option<RaceScore> {
    let places = (0..positions.size()).map(|index| positions.car(index));
    let chances: Chances<'_> = field
        .cars
        .iter()
        .zip(places)
        .map(|(told, places)| (told.driver, places))
        .collect();
    race_score(weekend, field.contest, &chances)
}

/// The field as the baselines look at it.
fn candidates(field: &Field) -> Vec<Candidate> {
    let place = |told: &features::Told, listed| told.features.place.unwrap_or(listed);
    field
        .cars
        .iter()
        .zip(1..)
        .map(|(told, listed)| Candidate {
            entrant: told.entrant,
            place: place(told, listed),
            qualifying_gap: told.features.qualifying_gap,
            practice_2_gap: told.practice_gaps[1],
        })
        .collect()
}

/// The races of a contest as the baselines look at them, oldest first.
fn records(weekends: &[Weekend], told: &[Fields], contest: Contest, moment: Moment) -> Vec<Record> {
    weekends
        .iter()
        .zip(told)
        .filter_map(|(weekend, told)| {
            let field = told.at(contest, moment)?;
            let drivers = field.cars.iter().map(|told| told.driver);
            let candidates: HashMap<DriverId, Candidate> = drivers.zip(candidates(field)).collect();
            let cars: Vec<RecordedCar> = weekend
                .result(contest)
                .into_iter()
                .filter_map(|(car, finish)| {
                    let candidate = candidates.get(&car.driver)?;
                    Some(RecordedCar {
                        entrant: candidate.entrant,
                        place: candidate.place,
                        qualifying_gap: candidate.qualifying_gap,
                        practice_2_gap: candidate.practice_2_gap,
                        ending: features::ending(finish),
                        points: finish.points,
                    })
                })
                .collect();
            (!cars.is_empty()).then_some(Record {
                year: weekend.year,
                round: weekend.round,
                cars,
            })
        })
        .collect()
}

/// The scores of chances of places by driver; `None` until there is a result.
#[must_use]
pub fn race_score(weekend: &Weekend, contest: Contest, chances: &Chances<'_>) -> Option<RaceScore> {
    forecasts::against_result(weekend, contest, chances, |outcome| {
        Some(RaceScore {
            race: weekend.race,
            year: weekend.year,
            winner_chance: outcome.positions.first()?.first().copied().unwrap_or(0.0),
            scores: evaluate::score(outcome)?,
            events: EventKind::ALL
                .iter()
                .map(|kind| (*kind, calibration::chances(outcome, event(*kind)).collect()))
                .collect(),
        })
    })
}

/// Its favourite and its order are a draw: their expectation stands for them.
fn uniform((weekend, field): Target<'_>) -> Option<RaceScore> {
    let result = weekend.result(field.contest);
    let positions = Positions::uniform(result.len());
    let chances: Chances<'_> = result
        .iter()
        .enumerate()
        .map(|(index, (car, _))| (car.driver, positions.car(index)))
        .collect();
    let mut score = race_score(weekend, field.contest, &chances)?;
    score.scores.top1 = 1.0 / result.len() as f64;
    score.scores.spearman = 0.0;
    Some(score)
}

/// Only the races that every forecaster has scored.
#[must_use]
pub fn common(mut scored: Vec<Scored>) -> Vec<Scored> {
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

/// Means with intervals over the races that every forecaster has scored, and paired differences to the first.
#[must_use]
pub fn summarise(scored: &[Scored]) -> Vec<Summary> {
    let Some((first, others)) = scored.split_first() else {
        return Vec::new();
    };
    let values = |scores: &Scores| -> Vec<f64> {
        Score::ALL
            .iter()
            .map(|score| value(scores, *score))
            .collect()
    };
    let of = |scored: &Scored, race: RaceId| {
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
            Some(Summary {
                name: scored.name,
                means,
                differences,
            })
        })
        .collect()
}
