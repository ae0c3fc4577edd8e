//! Which sessions are due: by the clock, the calendar, the stored lists and the last runs.

use chrono::{DateTime, TimeDelta, Utc};
use schema::{RaceList, RaceStatus, SessionKind, Upstream};

use super::history::RunHistory;
use crate::{
    calendar::Round,
    jobs::{
        Job, Task,
        ingest::{self, is_improvable},
    },
};

/// Laps are asked for until this long after the start of a race; `backfill` asks for older ones.
const LAPS_FOR: TimeDelta = TimeDelta::days(14);
/// A list that nobody has published this long after its session is not asked for any more.
const GIVEN_UP: TimeDelta = TimeDelta::days(60);

/// The jobs that are due for a round, in the order in which their lists are published.
pub(super) fn jobs(round: &Round, history: &RunHistory, now: DateTime<Utc>) -> Vec<Job> {
    if round.status == RaceStatus::Cancelled {
        return Vec::new();
    }
    let mut due: Vec<(DateTime<Utc>, Job)> = Job::of_task(Task::Sessions)
        .filter_map(|job| {
            let expected = expected(round, job, now);
            let newest = expected.iter().max()?;
            let is_due = history.may_be_asked(round, job, *newest, now);
            is_due.then_some((*expected.iter().min()?, job))
        })
        .collect();
    let overdue = ingest::overdue(round).filter(|job| due.iter().all(|(_, other)| other != job));
    due.extend(overdue.map(|job| (round.starts_at().min(now), job)));
    due.sort_by_key(|(expected, _)| *expected);
    due.into_iter().map(|(_, job)| job).collect()
}

/// Since when the lists of a job that are still wanted may have been published.
fn expected(round: &Round, job: Job, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let lists = job.lists().iter().copied();
    lists
        .filter(|list| is_wanted(round, *list, now) && is_missing(round, *list, now))
        // Sprint qualifying is awaited only once the calendar has it.
        .filter_map(|list| round.earliest_publication(list))
        .filter(|expected| *expected <= now && now - *expected < GIVEN_UP)
        .collect()
}

/// Whether a list is of use for a round at this time.
fn is_wanted(round: &Round, list: RaceList, now: DateTime<Utc>) -> bool {
    let is_stored = |list: RaceList| round.stored.contains_key(&list);
    let is_over = is_stored(RaceList::Race);
    match list {
        RaceList::Practice1
        | RaceList::Practice2
        | RaceList::Practice3
        | RaceList::Practice4
        | RaceList::Grid => !is_over,
        RaceList::SprintQualifying | RaceList::Sprint => {
            round.format.has_sprint() && !round.is_in_release()
        }
        RaceList::SprintGrid => round.format.has_sprint() && !is_stored(RaceList::Sprint),
        RaceList::Qualifying | RaceList::Race => !round.is_in_release(),
        // They come with the result, or with a release.
        RaceList::PitStops => false,
        RaceList::Laps => is_over && now - round.starts_at() < LAPS_FOR,
    }
}

/// Whether a source may have a list that is not stored, or a version of it with higher precedence.
fn is_missing(round: &Round, list: RaceList, now: DateTime<Utc>) -> bool {
    let start = match list {
        RaceList::Grid => Some(round.starts_at()),
        RaceList::SprintGrid => round
            .sessions
            .get(&SessionKind::Sprint)
            .and_then(|session| session.starts_at),
        _ => None,
    };
    let may_change = start.is_some_and(|start| now < start);
    let stored = round.stored.get(&list).copied();
    is_improvable(list, round.year, stored)
        || (may_change && stored.is_some_and(|source| source != Upstream::F1db))
}
