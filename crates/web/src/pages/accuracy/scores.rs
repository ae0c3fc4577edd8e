//! One score of all forecasters, with intervals, compared with the model.

use client::{
    accuracy::{MeanScore, Period},
    vocabulary::Score,
};

use super::forecasters::{named, ranked};
use crate::words;

/// A score of all forecasters.
pub(super) struct ScoreTable {
    pub(super) heading: &'static str,
    pub(super) caption: &'static str,
    /// The table has a column with the log score as a chance.
    pub(super) as_chance: bool,
    pub(super) rows: Vec<ScoreRow>,
}

pub(super) struct ScoreRow {
    pub(super) name: String,
    pub(super) model: bool,
    pub(super) chance: String,
    pub(super) mean: String,
    pub(super) interval: String,
    pub(super) difference: String,
    pub(super) difference_interval: String,
    pub(super) verdict: &'static str,
}

/// How a forecaster compares with the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The interval of the difference is on the side where the model is better.
    Worse,
    /// The interval is on the side where the model is worse.
    Better,
    /// The interval includes zero.
    Same,
}

impl Verdict {
    /// The verdict on a forecaster whose score differs from the model's by this interval.
    pub(super) fn new(score: Score, [low, high]: [f64; 2]) -> Self {
        let more_is_better = matches!(score, Score::Top1 | Score::Spearman);
        match (low > 0.0, high < 0.0) {
            (true, _) if more_is_better => Self::Better,
            (true, _) => Self::Worse,
            (_, true) if more_is_better => Self::Worse,
            (_, true) => Self::Better,
            _ => Self::Same,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Same => "not distinguishable",
        }
    }
}

/// The table of `score`; `None` where no forecaster has one.
pub(super) fn table(period: &Period, model: &str, score: Score) -> Option<ScoreTable> {
    let (heading, meaning) = describe(score);
    let rows: Vec<ScoreRow> = ranked(period.forecasters.keys(), model)
        .into_iter()
        .filter_map(|name| {
            let mean = period.forecasters.get(name)?.get(&score)?;
            Some(row(name, mean, model, score))
        })
        .collect();
    (!rows.is_empty()).then(|| ScoreTable {
        heading,
        caption: meaning,
        as_chance: score == Score::WinLogScore,
        rows,
    })
}

fn row(name: &str, mean: &MeanScore, model: &str, score: Score) -> ScoreRow {
    let share = score == Score::Top1;
    let plain = |value: f64| {
        if share {
            format!("{:.1}", 100.0 * value)
        } else {
            format!("{value:.3}").replace('-', "−")
        }
    };
    let signed = |value: f64| {
        let sign = if value < 0.0 { '−' } else { '+' };
        if share {
            format!("{sign}{:.1}", 100.0 * value.abs())
        } else {
            format!("{sign}{:.3}", value.abs())
        }
    };
    let between = |[low, high]: [f64; 2], text: &dyn Fn(f64) -> String| {
        format!("{} to {}", text(low), text(high))
    };
    ScoreRow {
        name: named(name, model),
        model: name == model,
        chance: words::percent((-mean.mean).exp()),
        mean: plain(mean.mean),
        interval: between(mean.interval, &plain),
        difference: mean.difference.map(signed).unwrap_or_default(),
        difference_interval: mean
            .difference_interval
            .map(|interval| between(interval, &signed))
            .unwrap_or_default(),
        verdict: mean
            .difference_interval
            .map(|interval| Verdict::new(score, interval).words())
            .unwrap_or_default(),
    }
}

const fn describe(score: Score) -> (&'static str, &'static str) {
    match score {
        Score::WinLogScore => (
            "Chance given to the winner",
            "The log score is minus the logarithm of that chance: lower is better. “Given” is its mean as a chance, in per cent.",
        ),
        Score::Top1 => (
            "How often the favourite won",
            "The share of races, in per cent, won by the car with the largest chance: higher is better.",
        ),
        Score::WinBrier => (
            "Winner, Brier score",
            "The squared errors of the chances to win, summed over cars: lower is better.",
        ),
        Score::PodiumLogScore => (
            "Podium, log score",
            "How surprising the podium was, car by car: lower is better.",
        ),
        Score::PointsBrier => (
            "Points, Brier score",
            "The squared error of the chances of the first ten places: lower is better.",
        ),
        Score::Spearman => (
            "Order, rank correlation",
            "Expected against actual places; 1 means the same order: higher is better.",
        ),
        Score::Rps => (
            "Places, ranked probability score",
            "How far the chances of all places were from the result: lower is better.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_counts_only_where_its_interval_excludes_zero() {
        for (score, interval, verdict) in [
            (Score::WinLogScore, [0.1, 0.3], Verdict::Worse),
            (Score::WinLogScore, [-0.3, -0.1], Verdict::Better),
            (Score::WinLogScore, [-0.1, 0.3], Verdict::Same),
            (Score::Top1, [0.01, 0.1], Verdict::Better),
            (Score::Top1, [-0.1, -0.01], Verdict::Worse),
            (Score::Spearman, [-0.1, 0.0], Verdict::Same),
        ] {
            assert_eq!(
                Verdict::new(score, interval),
                verdict,
                "{score} {interval:?}"
            );
        }
    }
}
