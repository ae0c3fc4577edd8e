//! The forecasts that are due: those that are missing, and live ones that may have changed.

use chrono::{DateTime, Utc};
use schema::{Contest, Moment, PredictionKind};

use super::{
    FIRST_SEASON, History, Which,
    stored::{LastLivePrediction, StoredPredictions},
};
use crate::{dataset::Weekend, features::Field};

/// A forecast that is due.
pub(super) struct PredictionTarget<'a> {
    pub(super) weekend: &'a Weekend,
    /// The scheduled start of the race.
    pub(super) start: DateTime<Utc>,
    pub(super) field: &'a Field,
    /// The last live forecast at the same moment.
    pub(super) last_live: Option<LastLivePrediction>,
}

impl PredictionTarget<'_> {
    /// The moment, and the year and round of the race; the fit uses the races before it.
    pub(super) fn cutoff(&self) -> (Moment, i16, i16) {
        (self.field.moment, self.weekend.year, self.weekend.round)
    }
}

/// The forecasts of `which` that are due at `now`: missing retrospective ones, and live ones at the newest moment.
pub(super) fn targets<'a>(
    history: &'a History,
    which: Which,
    now: DateTime<Utc>,
    stored: &StoredPredictions,
) -> Vec<PredictionTarget<'a>> {
    let mut targets = Vec::new();
    for (weekend, fields) in history.iter() {
        if !which.includes(weekend) || weekend.year < FIRST_SEASON {
            continue;
        }
        for field in fields.iter() {
            let Some(start) = weekend.start(field.contest) else {
                continue;
            };
            let key = (weekend.race, field.contest, field.moment);
            let due = match kind(now, start) {
                PredictionKind::Live => {
                    !is_run(weekend, field.contest) && is_newest_knowledge(weekend, field)
                }
                PredictionKind::Retrospective => {
                    knows_qualifying(field.moment) && !stored.retrospective.contains(&key)
                }
            };
            if due {
                targets.push(PredictionTarget {
                    weekend,
                    start,
                    field,
                    last_live: stored.live.get(&key).cloned(),
                });
            }
        }
    }
    targets
}

/// Whether a moment knows qualifying. Retrospective forecasts are made at these moments only.
const fn knows_qualifying(moment: Moment) -> bool {
    matches!(moment, Moment::QualifyingOrder | Moment::OfficialGrid)
}

/// Whether a contest has a classified car. It then counts as run even if the clock has been set back before its start.
fn is_run(weekend: &Weekend, contest: Contest) -> bool {
    let result = weekend.result(contest);
    result.iter().any(|(_, finish)| finish.classified)
}

/// Whether a live forecast at this moment is still current: no session that the moment does not know has been published.
fn is_newest_knowledge(weekend: &Weekend, field: &Field) -> bool {
    let practised = weekend
        .practice
        .iter()
        .any(|session| !session.gaps.is_empty());
    let qualified = weekend
        .grand_prix
        .iter()
        .any(|car| car.qualifying.is_some() || car.grid.is_some());
    match field.moment {
        Moment::BeforeWeekend => !practised && !qualified,
        Moment::BeforeQualifying => practised && !qualified,
        Moment::QualifyingOrder | Moment::OfficialGrid => true,
    }
}

/// The kind of a forecast made at `now`: live before the scheduled start, retrospective from then on.
pub(super) fn kind(now: DateTime<Utc>, start: DateTime<Utc>) -> PredictionKind {
    if now < start {
        PredictionKind::Live
    } else {
        PredictionKind::Retrospective
    }
}
