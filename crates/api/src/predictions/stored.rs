//! The stored predictions of a Grand Prix or a sprint, and the order in which they are served.

use chrono::{DateTime, Utc};
use client::{
    predictions::{Cutoff, Inputs, Model, Previous},
    races::Race,
    vocabulary::{Contest, Moment, PredictionInput, PredictionKind},
};
use sqlx::PgPool;

use crate::error::Error;

/// A stored prediction without its cars.
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
    /// As the prediction with which another one is compared.
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

/// The predictions of a Grand Prix or a sprint. The first one is served; the first of a moment is served for that moment.
pub(super) async fn of_race(
    pool: &PgPool,
    race_id: i32,
    contest: Contest,
) -> Result<Vec<Stored>, Error> {
    let rows = sqlx::query_file!("src/predictions/of_race.sql", race_id, contest as Contest)
        .fetch_all(pool)
        .await?;
    let predictions = rows.into_iter().map(|row| {
        let late = (row.made_at - row.scheduled_start).num_seconds();
        Stored {
            id: row.id,
            moment: row.moment,
            kind: row.kind,
            made_at: row.made_at,
            cutoff: Cutoff {
                scheduled_start: row.scheduled_start,
                late_s: (row.kind == PredictionKind::Retrospective).then_some(late),
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
                used: row.inputs_used,
                missing: row.inputs_missing,
            },
        }
    });
    Ok(predictions.collect())
}

/// The prediction with which `shown` is compared, of the same model and kind: for a live one the live one made before
/// it, for a retrospective one the latest of an earlier moment.
pub(super) fn before<'a>(predictions: &'a [Stored], shown: &Stored) -> Option<&'a Stored> {
    let made = |stored: &Stored| (stored.made_at, stored.moment, stored.id);
    let knew = |stored: &Stored| (stored.moment, stored.made_at, stored.id);
    let comparable = predictions
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

/// 404: the race has no prediction, or none at `moment`.
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
