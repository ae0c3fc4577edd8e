//! How early or late predictions were made.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use super::RaceTitle;
use crate::{Contest, Moment, PredictionInput, PredictionKind};

/// Completed races in the answer.
const PAST_RACES: i64 = 10;

/// When a race or sprint was predicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeliness {
    /// The weekend.
    pub race: RaceTitle,
    /// Grand Prix or sprint.
    pub contest: Contest,
    /// The scheduled start, UTC; the beginning of the day where only the day is known.
    pub starts_at: DateTime<Utc>,
    /// Whether a live prediction was to be made: the pipeline ran before the start, on real data.
    pub live_due: bool,
    /// The last live prediction, or if there is none the first retrospective one.
    pub prediction: Option<TimedPrediction>,
}

/// A prediction and when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimedPrediction {
    /// When it was made, UTC.
    pub made_at: DateTime<Utc>,
    /// What it could know.
    pub moment: Moment,
    /// Whether it was made before the start.
    pub kind: PredictionKind,
    /// Inputs that it lacks.
    pub inputs_missing: Vec<PredictionInput>,
}

impl Timeliness {
    /// How long before the start the live prediction was made; `None` without a live one.
    #[must_use]
    pub fn lead(&self) -> Option<TimeDelta> {
        let prediction = self.prediction.as_ref()?;
        (prediction.kind == PredictionKind::Live).then(|| self.starts_at - prediction.made_at)
    }

    /// How long after the start the first prediction was made, where a live one was due and is missing. Any other
    /// retrospective prediction is made after the race on purpose, and is not late.
    #[must_use]
    pub fn lateness(&self) -> Option<TimeDelta> {
        let prediction = self.prediction.as_ref()?;
        let is_late = self.live_due && prediction.kind == PredictionKind::Retrospective;
        is_late.then(|| prediction.made_at - self.starts_at)
    }
}

/// Reads the timeliness of the predictions of the weekends at hand at `now` and of the races before, latest race first.
pub async fn timeliness(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Vec<Timeliness>> {
    let rows = sqlx::query_file!("src/pipeline/timeliness.sql", now, PAST_RACES)
        .fetch_all(pool)
        .await?;
    let timeliness = rows.into_iter().map(|row| Timeliness {
        race: RaceTitle {
            year: row.year,
            round: row.round,
            name: row.name,
        },
        contest: row.contest,
        starts_at: row.starts_at,
        live_due: row.live_due,
        prediction: match (row.made_at, row.moment, row.kind) {
            (Some(made_at), Some(moment), Some(kind)) => Some(TimedPrediction {
                made_at,
                moment,
                kind,
                inputs_missing: row.inputs_missing.unwrap_or_default(),
            }),
            _ => None,
        },
    });
    Ok(timeliness.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(kind: PredictionKind, made_at: &str, live_due: bool) -> Timeliness {
        Timeliness {
            race: RaceTitle {
                year: 2026,
                round: 8,
                name: "Monaco Grand Prix".to_owned(),
            },
            contest: Contest::GrandPrix,
            starts_at: "2026-06-07T13:00:00Z".parse().unwrap(),
            live_due,
            prediction: Some(TimedPrediction {
                made_at: made_at.parse().unwrap(),
                moment: Moment::OfficialGrid,
                kind,
                inputs_missing: Vec::new(),
            }),
        }
    }

    #[test]
    fn only_a_live_prediction_has_a_lead_and_only_a_missed_one_is_late() {
        let hours = |row: Timeliness| {
            let hours = |length: TimeDelta| length.num_hours();
            (row.lead().map(hours), row.lateness().map(hours))
        };
        let live = made(PredictionKind::Live, "2026-06-07T11:00:00Z", true);
        assert_eq!(hours(live), (Some(2), None));
        let missed = made(PredictionKind::Retrospective, "2026-06-07T16:00:00Z", true);
        assert_eq!(hours(missed), (None, Some(3)));
        let history = made(PredictionKind::Retrospective, "2027-06-07T16:00:00Z", false);
        assert_eq!(hours(history), (None, None));
        let none = Timeliness {
            prediction: None,
            ..made(PredictionKind::Live, "2026-06-07T11:00:00Z", true)
        };
        assert_eq!(hours(none), (None, None));
    }
}
