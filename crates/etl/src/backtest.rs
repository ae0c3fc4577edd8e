//! `f1-etl backtest`: walk-forward scores of the model beside the baselines, as text or JSON.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
};

use anyhow::{Context as _, Result, ensure};
use model::evaluate::calibration;
use schema::{Contest, EventKind, Moment, RaceId, Score};
use serde::Serialize;
use sqlx::PgPool;

use crate::{
    dataset::Weekend,
    evaluation::{self, Forecaster, ForecasterSummary, Means},
    features::Field,
    jobs::predictions::History,
};

/// The scores of a walk-forward run.
#[derive(Debug, Serialize)]
pub struct Backtest {
    /// Number of races scored.
    pub races: usize,
    /// Grands Prix or sprints.
    pub contest: &'static str,
    /// The moment of the forecasts.
    pub moment: &'static str,
    /// Number of races won from first place on the grid, or in qualifying at `qualifying_order`; `None` before qualifying.
    pub first_place_wins: Option<usize>,
    /// The scores by model or baseline.
    pub models: BTreeMap<&'static str, ModelScores>,
    /// Calibration of the first model, by event.
    pub calibration: BTreeMap<&'static str, Vec<Bin>>,
    /// Names in the order of the table.
    #[serde(skip)]
    order: Vec<&'static str>,
}

/// Mean scores of one model.
#[derive(Debug, Serialize)]
pub struct ModelScores {
    /// Mean by score.
    #[serde(flatten)]
    pub means: BTreeMap<&'static str, f64>,
    /// 95 % bootstrap interval of each mean, over races.
    pub intervals: BTreeMap<&'static str, [f64; 2]>,
    /// Paired differences to the first model, this one minus the first; `None` for the first.
    pub differences: Option<BTreeMap<&'static str, Difference>>,
}

/// A paired difference.
#[derive(Debug, Serialize)]
pub struct Difference {
    /// Mean over races.
    pub mean: f64,
    /// 95 % bootstrap interval.
    pub interval: [f64; 2],
}

/// Chances of similar size.
#[derive(Debug, Serialize)]
pub struct Bin {
    /// Number of chances.
    pub predictions: u32,
    /// Mean of the chances.
    pub predicted: f64,
    /// Share of them that came true.
    pub observed: f64,
    /// 90 % interval of that share.
    pub interval: [f64; 2],
}

/// The options of a backtest.
#[derive(Debug, Clone)]
pub struct Request {
    /// First and last season.
    pub seasons: (i16, i16),
    /// Grands Prix or sprints.
    pub contest: Contest,
    /// The moment of the forecasts.
    pub moment: Moment,
    /// Score only this model or baseline.
    pub model: Option<String>,
}

/// Scores the forecasts of `request`.
pub async fn run(pool: &PgPool, request: Request) -> Result<Backtest> {
    let history = History::snapshot(pool).await?;
    tokio::task::spawn_blocking(move || score(&history, &request)).await?
}

fn score(history: &History, request: &Request) -> Result<Backtest> {
    let &Request {
        seasons: (from, to),
        contest,
        moment,
        ..
    } = request;
    let all = Forecaster::in_backtest(contest, moment);
    let wanted = |name: &str| request.model.as_deref().is_none_or(|model| model == name);
    ensure!(
        all.iter().any(|forecaster| wanted(forecaster.name())),
        "there is no such model at {moment}; there are: {}",
        all.iter()
            .map(|one| one.name())
            .collect::<Vec<_>>()
            .join(", ")
    );
    let (weekends, fields) = (&history.weekends, &history.fields);
    let targets = evaluation::targets(weekends, fields, from..=to, contest, moment);
    ensure!(
        !targets.is_empty(),
        "no race of {from} to {to} has a result and the features of {moment}"
    );
    let scored = all
        .iter()
        .filter(|forecaster| wanted(forecaster.name()))
        .map(|forecaster| evaluation::score(*forecaster, weekends, fields, &targets))
        .collect::<Result<Vec<_>>>()?;
    let scored = evaluation::common_races(scored);
    let summaries = evaluation::summarise(&scored);
    let first = scored
        .first()
        .context("at least one forecaster is wanted")?;
    ensure!(
        !first.races.is_empty(),
        "every race of {from} to {to} has too little history before it"
    );
    let bins = |kind: &EventKind| {
        let chances = first.races.iter().flat_map(|race| &race.events[kind]);
        let chances: Vec<_> = chances.copied().collect();
        let bins = calibration::bins(evaluation::model_event(*kind), &chances);
        (kind.as_str(), bins.into_iter().map(Bin::from).collect())
    };
    Ok(Backtest {
        races: first.races.len(),
        contest: contest.as_str(),
        moment: moment.as_str(),
        first_place_wins: knows_places(moment).then(|| {
            let races: HashSet<RaceId> = first.races.iter().map(|race| race.race).collect();
            let scored = targets
                .iter()
                .filter(|(weekend, _)| races.contains(&weekend.race));
            scored.filter(|target| first_place_won(**target)).count()
        }),
        order: summaries.iter().map(|summary| summary.name).collect(),
        models: summaries
            .iter()
            .map(|summary| (summary.name, ModelScores::from(summary)))
            .collect(),
        calibration: EventKind::ALL.iter().map(bins).collect(),
    })
}

const fn knows_places(moment: Moment) -> bool {
    matches!(moment, Moment::QualifyingOrder | Moment::OfficialGrid)
}

fn first_place_won((weekend, field): (&Weekend, &Field)) -> bool {
    let first = field.cars.first().map(|car| car.driver);
    let result = weekend.result(field.contest);
    first == result.first().map(|(car, _)| car.driver)
}

impl From<calibration::Bin> for Bin {
    fn from(bin: calibration::Bin) -> Self {
        Self {
            predictions: bin.predictions,
            predicted: bin.predicted,
            observed: f64::from(bin.happened) / f64::from(bin.predictions),
            interval: [bin.low, bin.high],
        }
    }
}

impl From<&ForecasterSummary> for ModelScores {
    fn from(summary: &ForecasterSummary) -> Self {
        Self {
            means: named(&summary.means, |mean| mean.mean),
            intervals: named(&summary.means, |mean| [mean.low, mean.high]),
            differences: summary.differences.as_ref().map(|differences| {
                named(differences, |mean| Difference {
                    mean: mean.mean,
                    interval: [mean.low, mean.high],
                })
            }),
        }
    }
}

fn named<T>(
    means: &Means,
    value: impl Fn(&model::evaluate::bootstrap::MeanEstimate) -> T,
) -> BTreeMap<&'static str, T> {
    let named = means
        .iter()
        .map(|(score, mean)| (score.as_str(), value(mean)));
    named.collect()
}

impl fmt::Display for Backtest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} races ({}) at {}",
            self.races, self.contest, self.moment
        )?;
        if let Some(wins) = self.first_place_wins {
            write!(f, "; first place won {wins}")?;
        }
        writeln!(f, "\n")?;
        let heading = [
            "win log",
            "win Brier",
            "top 1",
            "pod. log",
            "pts Brier",
            "Spearman",
            "RPS",
        ];
        write!(f, "{:<17}", "mean")?;
        for heading in heading {
            write!(f, " {heading:>10}")?;
        }
        for name in &self.order {
            write!(f, "\n{name:<17}")?;
            for score in Score::ALL {
                write!(f, " {:>10.4}", self.models[name].means[score.as_str()])?;
            }
        }
        writeln!(
            f,
            "\n\n95 % interval over races, and the paired difference to the first with its own"
        )?;
        for name in &self.order {
            let model = &self.models[name];
            for score in [
                Score::WinLogScore,
                Score::Top1,
                Score::PodiumLogScore,
                Score::PointsBrier,
            ] {
                let key = score.as_str();
                let [low, high] = model.intervals[key];
                write!(f, "{name:<17} {key:<17} {low:>8.4} to {high:<8.4}")?;
                if let Some(Difference {
                    mean,
                    interval: [low, high],
                }) = model.differences.as_ref().map(|all| &all[key])
                {
                    write!(f, " {mean:>+8.4} [{low:+.4}, {high:+.4}]")?;
                }
                writeln!(f)?;
            }
        }
        for (event, bins) in &self.calibration {
            write!(f, "\n{event:<7} said, came true, of:")?;
            for bin in bins {
                write!(
                    f,
                    "  {:.3} {:.3} {}",
                    bin.predicted, bin.observed, bin.predictions
                )?;
            }
        }
        writeln!(f)
    }
}
