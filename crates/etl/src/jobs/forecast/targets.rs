//! Which forecasts are to be made: those that are missing, and live ones that may say something new.

use chrono::{DateTime, Utc};
use schema::{Contest, Moment, PredictionKind};

use super::{
    FIRST_SEASON, History,
    stored::{LastLive, Stored},
};
use crate::{RaceFilter, dataset::Weekend, features::Field};

/// A forecast to make.
pub(super) struct Target<'a> {
    pub(super) weekend: &'a Weekend,
    /// The scheduled start.
    pub(super) start: DateTime<Utc>,
    pub(super) field: &'a Field,
    /// What the last live forecast of the same moment said.
    pub(super) last_live: Option<LastLive>,
}

impl Target<'_> {
    /// The moment, and the race before which the model learns.
    pub(super) fn cutoff(&self) -> (Moment, i16, i16) {
        (self.field.moment, self.weekend.year, self.weekend.round)
    }
}

/// The races of `filter` whose forecast is missing, or whose live forecast may have changed.
pub(super) fn targets<'a>(
    history: &'a History,
    filter: RaceFilter,
    now: DateTime<Utc>,
    stored: &Stored,
) -> Vec<Target<'a>> {
    let mut targets = Vec::new();
    for (weekend, told) in history.iter() {
        if !filter.includes(weekend.year, weekend.round) || weekend.year < FIRST_SEASON {
            continue;
        }
        for field in told.iter() {
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
                targets.push(Target {
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

/// Retrospective forecasts are made where qualifying is over; the earlier moments are only forecast live.
const fn knows_qualifying(moment: Moment) -> bool {
    matches!(moment, Moment::QualifyingOrder | Moment::OfficialGrid)
}

/// Whether somebody has won a contest: a clock that was set back does not make it one that is ahead.
fn is_run(weekend: &Weekend, contest: Contest) -> bool {
    let result = weekend.result(contest);
    result.iter().any(|(_, finish)| finish.classified)
}

/// Whether a live forecast at this moment would still be news: nothing that the moment did not know may have happened.
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

/// Before the scheduled start a forecast is live, from it on retrospective.
pub(super) fn kind(now: DateTime<Utc>, start: DateTime<Utc>) -> PredictionKind {
    if now < start {
        PredictionKind::Live
    } else {
        PredictionKind::Retrospective
    }
}
