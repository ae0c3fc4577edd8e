//! Walk-forward scores of the model in service and of baselines, race by race: each race is forecast from earlier races
//! only.

mod summary;

use std::collections::{BTreeMap, HashMap};

use anyhow::{Result, bail};
use model::{
    FitError, Specification, TrainingSet,
    baselines::{self, Candidate, RaceRecord, RecordedCar},
    distribution::Positions,
    evaluate::{
        self, Scores,
        calibration::{self, Event},
    },
    specification::{ELO, GRID, GRID_AND_GAP, TWO_STAGE},
};
use rayon::prelude::*;
use schema::{Contest, DriverId, EventKind, Moment, RaceId};

use crate::{
    dataset::Weekend,
    features::{self, Field, WeekendFields},
    predictions::{self, PlaceChances, PredictionError},
};

pub use self::summary::{ForecasterSummary, Means, common_races, summarise};

/// A model or a baseline whose forecasts are scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Forecaster {
    /// The model in service.
    ModelInService,
    /// The forecast before qualifying that simulates qualifying. Not in service yet.
    TwoStage,
    /// A baseline fitted like the model in service.
    Baseline(Specification),
    /// The frequencies of finishing places by grid place.
    GridFrequencies,
    /// A published formula with fixed weights.
    PublishedFormula,
    /// Every place is equally likely.
    Uniform,
}

impl Forecaster {
    /// The forecasters of `contest` at `moment`, the model in service first. The published formula does not forecast sprints:
    /// its weights for them are of inputs that our sources do not have.
    #[must_use]
    pub const fn at(contest: Contest, moment: Moment) -> &'static [Self] {
        match (contest, moment) {
            (_, Moment::BeforeWeekend | Moment::BeforeQualifying) => {
                &[Self::ModelInService, Self::Baseline(ELO), Self::Uniform]
            }
            (Contest::Sprint, _) => &[
                Self::ModelInService,
                Self::Baseline(GRID_AND_GAP),
                Self::Baseline(GRID),
                Self::GridFrequencies,
                Self::Baseline(ELO),
                Self::Uniform,
            ],
            (Contest::GrandPrix, _) => &[
                Self::ModelInService,
                Self::Baseline(GRID_AND_GAP),
                Self::Baseline(GRID),
                Self::GridFrequencies,
                Self::Baseline(ELO),
                Self::PublishedFormula,
                Self::Uniform,
            ],
        }
    }

    /// The forecasters of a backtest: those of [`Self::at`], and the one that is to replace the model in service before
    /// qualifying.
    #[must_use]
    pub fn in_backtest(contest: Contest, moment: Moment) -> Vec<Self> {
        let mut forecasters = Self::at(contest, moment).to_vec();
        if matches!(moment, Moment::BeforeWeekend | Moment::BeforeQualifying) {
            forecasters.insert(1, Self::TwoStage);
        }
        forecasters
    }

    /// The name in tables, in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ModelInService => predictions::model_in_service(Moment::OfficialGrid).name,
            Self::TwoStage => TWO_STAGE.name,
            Self::Baseline(specification) => specification.name,
            Self::GridFrequencies => "grid_frequencies",
            Self::PublishedFormula => "peer",
            Self::Uniform => "uniform",
        }
    }
}

/// The scores of the forecast of one race.
#[derive(Debug, Clone)]
pub struct RaceScore {
    /// The weekend.
    pub race: RaceId,
    /// The season.
    pub year: i16,
    /// Chance that the winner was given.
    pub winner_chance: f64,
    /// The scores.
    pub scores: Scores,
    /// By event, each car's chance and whether it came true.
    pub events: BTreeMap<EventKind, Vec<(f64, bool)>>,
}

/// The scores of one forecaster.
#[derive(Debug, Clone)]
pub struct ForecasterScores {
    /// Its name.
    pub name: &'static str,
    /// The scored races in chronological order.
    pub races: Vec<RaceScore>,
}

/// The event in the model's vocabulary.
#[must_use]
pub const fn model_event(kind: EventKind) -> Event {
    match kind {
        EventKind::Win => Event::Win,
        EventKind::Podium => Event::Podium,
        EventKind::Points => Event::Points,
    }
}

/// A race to score: the weekend with its result, and the field as known at a moment.
pub type EvaluationTarget<'a> = (&'a Weekend, &'a Field);

/// The races of `seasons` that can be scored: with two cars in the result, one of them classified, and with a field.
#[must_use]
pub fn targets<'a>(
    weekends: &'a [Weekend],
    fields: &'a [WeekendFields],
    seasons: std::ops::RangeInclusive<i16>,
    contest: Contest,
    moment: Moment,
) -> Vec<EvaluationTarget<'a>> {
    weekends
        .iter()
        .zip(fields)
        .filter(|(weekend, _)| seasons.contains(&weekend.year))
        .filter_map(|(weekend, fields)| Some((weekend, fields.at(contest, moment)?)))
        .filter(|(weekend, _)| {
            let result = weekend.result(contest);
            result.len() > 1 && result.iter().any(|(_, finish)| finish.classified)
        })
        .collect()
}

/// Scores `forecaster` on `targets`, all of the same contest and moment. Every race is forecast from earlier races. Races
/// with too few earlier ones to fit the model are left out.
pub fn score(
    forecaster: Forecaster,
    weekends: &[Weekend],
    fields: &[WeekendFields],
    targets: &[EvaluationTarget<'_>],
) -> Result<ForecasterScores> {
    let Some((_, first)) = targets.first() else {
        bail!("there is no race to score");
    };
    let (contest, moment) = (first.contest, first.moment);
    let model = |specification: Specification| {
        let training = predictions::training_set(specification, weekends, fields, moment);
        each(targets, |target| by_model(&training, target))
    };
    let by_baseline = |baseline: fn(&[RaceRecord], &Weekend, &[Candidate]) -> Positions| {
        let past = records(weekends, fields, contest, moment);
        each(targets, |(weekend, field)| {
            let before = past
                .partition_point(|race| (race.year, race.round) < (weekend.year, weekend.round));
            let positions = baseline(&past[..before], weekend, &candidates(field));
            Ok(by_positions((weekend, field), &positions))
        })
    };
    let races = match forecaster {
        Forecaster::ModelInService => model(predictions::model_in_service(moment)),
        Forecaster::TwoStage => {
            let training = predictions::two_stage_training_set(weekends, fields);
            each(targets, |target| in_two_stages(&training, target))
        }
        Forecaster::Baseline(specification) => model(specification),
        Forecaster::GridFrequencies => by_baseline(|past, weekend, field| {
            baselines::grid_frequencies(past, weekend.year, field)
        }),
        Forecaster::PublishedFormula => by_baseline(|past, weekend, field| {
            baselines::published_formula(past, weekend.year, field)
        }),
        Forecaster::Uniform => each(targets, |target| Ok(uniform(target))),
    }?;
    Ok(ForecasterScores {
        name: forecaster.name(),
        races,
    })
}

fn each(
    targets: &[EvaluationTarget<'_>],
    score: impl Fn(EvaluationTarget<'_>) -> Result<Option<RaceScore>, PredictionError> + Sync,
) -> Result<Vec<RaceScore>> {
    let scores: Vec<Option<RaceScore>> = targets
        .par_iter()
        .map(|target| match score(*target) {
            Err(PredictionError::Fit(FitError::NotEnoughData { .. })) => Ok(None),
            other => other,
        })
        .collect::<Result<_, _>>()?;
    Ok(scores.into_iter().flatten().collect())
}

fn by_model(
    training: &TrainingSet,
    (weekend, field): EvaluationTarget<'_>,
) -> Result<Option<RaceScore>, PredictionError> {
    let fit = training.fit(weekend.year, weekend.round)?;
    let prediction = predictions::predict(&fit, weekend.year, field)?;
    let chances = predictions::place_chances(field, &prediction);
    Ok(race_score(weekend, field.contest, &chances))
}

fn in_two_stages(
    training: &TrainingSet,
    (weekend, field): EvaluationTarget<'_>,
) -> Result<Option<RaceScore>, PredictionError> {
    let fit = training.fit(weekend.year, weekend.round)?;
    let prediction = predictions::predict_in_two_stages(&fit, weekend.year, field)?;
    let chances = predictions::place_chances(field, &prediction.race);
    Ok(race_score(weekend, field.contest, &chances))
}

fn by_positions(
    (weekend, field): EvaluationTarget<'_>,
    positions: &Positions,
) -> Option<RaceScore> {
    let places = (0..positions.size()).map(|index| positions.car(index));
    let chances: PlaceChances<'_> = field
        .cars
        .iter()
        .zip(places)
        .map(|(car, places)| (car.driver, places))
        .collect();
    race_score(weekend, field.contest, &chances)
}

/// The field as the baselines use it.
fn candidates(field: &Field) -> Vec<Candidate> {
    let place = |car: &features::FieldCar, listed| car.features.place.unwrap_or(listed);
    field
        .cars
        .iter()
        .zip(1..)
        .map(|(car, listed)| Candidate {
            entrant: car.entrant,
            place: place(car, listed),
            qualifying_gap: car.features.qualifying_gap,
            practice_2_gap: car.practice_gaps[1],
        })
        .collect()
}

/// The races of a contest as the baselines use them, oldest first.
fn records(
    weekends: &[Weekend],
    fields: &[WeekendFields],
    contest: Contest,
    moment: Moment,
) -> Vec<RaceRecord> {
    weekends
        .iter()
        .zip(fields)
        .filter_map(|(weekend, fields)| {
            let field = fields.at(contest, moment)?;
            let drivers = field.cars.iter().map(|car| car.driver);
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
                        outcome: features::car_outcome(finish),
                        points: finish.points,
                    })
                })
                .collect();
            (!cars.is_empty()).then_some(RaceRecord {
                year: weekend.year,
                round: weekend.round,
                cars,
            })
        })
        .collect()
}

/// Scores chances of places by driver; `None` without a result that can be scored.
#[must_use]
pub fn race_score(
    weekend: &Weekend,
    contest: Contest,
    chances: &PlaceChances<'_>,
) -> Option<RaceScore> {
    predictions::compare_with_result(weekend, contest, chances, |comparison| {
        Some(RaceScore {
            race: weekend.race,
            year: weekend.year,
            winner_chance: comparison
                .positions
                .first()?
                .first()
                .copied()
                .unwrap_or(0.0),
            scores: evaluate::score(comparison)?,
            events: EventKind::ALL
                .iter()
                .map(|kind| {
                    (
                        *kind,
                        calibration::chances(comparison, model_event(*kind)).collect(),
                    )
                })
                .collect(),
        })
    })
}

/// Scores the uniform forecast. Its favourite and its expected order are ties, so top-1 and Spearman get their expected
/// values under a random order.
fn uniform((weekend, field): EvaluationTarget<'_>) -> Option<RaceScore> {
    let result = weekend.result(field.contest);
    let positions = Positions::uniform(result.len());
    let chances: PlaceChances<'_> = result
        .iter()
        .enumerate()
        .map(|(index, (car, _))| (car.driver, positions.car(index)))
        .collect();
    let mut score = race_score(weekend, field.contest, &chances)?;
    score.scores.top1 = 1.0 / result.len() as f64;
    score.scores.spearman = 0.0;
    Some(score)
}
