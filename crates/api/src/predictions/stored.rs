//! The stored forecasts of one race or sprint: which is served, and which came before it.

use chrono::{DateTime, Utc};
use client::{
    predictions::{Cutoff, Inputs, Model, Previous},
    races::Race,
    words::{Contest, ForecastInput, Moment, PredictionKind},
};
use sqlx::PgPool;

use crate::error::{Error, word};

/// A stored forecast without its cars.
pub(super) struct Stored {
    pub(super) id: i64,
    pub(super) moment: Moment,
    pub(super) kind: PredictionKind,
    pub(super) made_at: DateTime<Utc>,
    pub(super) cutoff: Cutoff,
    pub(super) model: Model,
    pub(super) inputs: Inputs,
}

impl Stored {
    /// As the forecast before another one.
    pub(super) const fn as_previous(&self) -> Previous {
        Previous {
            moment: self.moment,
            made_at: self.made_at,
        }
    }

    fn has_the_model_of(&self, other: &Self) -> bool {
        (&self.model.name, &self.model.version) == (&other.model.name, &other.model.version)
    }
}

/// The forecasts of a race or sprint; first the one that is served, of each moment first the one served for it.
pub(super) async fn of_race(
    pool: &PgPool,
    race_id: i32,
    contest: Contest,
) -> Result<Vec<Stored>, Error> {
    let rows = sqlx::query_file!("src/predictions/of_race.sql", race_id, contest.as_str())
        .fetch_all(pool)
        .await?;
    rows.into_iter()
        .map(|row| {
            let kind: PredictionKind = word(&row.kind)?;
            let late = (row.made_at - row.scheduled_start).num_seconds();
            Ok(Stored {
                id: row.id,
                moment: word(&row.moment)?,
                kind,
                made_at: row.made_at,
                cutoff: Cutoff {
                    scheduled_start: row.scheduled_start,
                    late_s: (kind == PredictionKind::Retrospective).then_some(late),
                    at: row.cutoff_at,
                    release: row.release_tag,
                },
                model: Model {
                    name: row.model,
                    version: row.version,
                    fit_id: row.fit_id,
                    races: row.races,
                },
                inputs: Inputs {
                    used: inputs(&row.inputs_used)?,
                    missing: inputs(&row.inputs_missing)?,
                },
            })
        })
        .collect()
}

/// The forecast from which the chances moved to those of `shown`, by the same model and of the same kind: the last live
/// one before a live one; the one of the latest earlier moment before a retrospective one.
pub(super) fn before<'a>(forecasts: &'a [Stored], shown: &Stored) -> Option<&'a Stored> {
    let made = |stored: &Stored| (stored.made_at, stored.moment, stored.id);
    let knew = |stored: &Stored| (stored.moment, stored.made_at, stored.id);
    let comparable = forecasts
        .iter()
        .filter(|earlier| earlier.kind == shown.kind && earlier.has_the_model_of(shown));
    match shown.kind {
        PredictionKind::Live => comparable
            .filter(|earlier| made(earlier) < made(shown))
            .max_by_key(|earlier| made(earlier)),
        PredictionKind::Retrospective => comparable
            .filter(|earlier| earlier.moment < shown.moment)
            .max_by_key(|earlier| knew(earlier)),
    }
}

/// There is no forecast, or none at that moment.
pub(super) fn missing(race: &Race, contest: Contest, moment: Option<Moment>) -> Error {
    let at = moment
        .map(|moment| format!(" at {moment}"))
        .unwrap_or_default();
    let sprint = match contest {
        Contest::GrandPrix => "",
        Contest::Sprint => " sprint",
    };
    Error::not_found(format!(
        "there is no forecast of the {} {}{sprint}{at}",
        race.year, race.name
    ))
}

fn inputs(texts: &[String]) -> Result<Vec<ForecastInput>, Error> {
    texts.iter().map(|text| word(text)).collect()
}
