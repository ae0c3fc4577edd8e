//! What is due: from the clock, the calendar, the lists that are held, and what was tried before.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use schema::{JobOutcome, RaceList, RaceStatus, SessionKind, Upstream};
use sqlx::PgPool;

use crate::{
    calendar::Round,
    jobs::{
        Which,
        ingest::{self, Step, is_improvable},
    },
};

/// Laps are asked for so long after a race; older ones are a matter of `backfill`.
const LAPS_FOR: TimeDelta = TimeDelta::days(14);
/// A list that is held and may still change is asked for again after this.
const AGAIN: TimeDelta = TimeDelta::hours(2);
/// A step that fails is tried again before what comes after it, for this long.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);
/// The first pause after a question for a list that is not published, at most; it doubles with every further one.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(10);
/// The longest pause between two of them.
const LONGEST_PAUSE: TimeDelta = TimeDelta::days(1);
/// What was tried longer ago says nothing of what is due.
const REMEMBERED: TimeDelta = TimeDelta::days(90);
/// What nobody has published by then is not asked for any more.
const GIVEN_UP: TimeDelta = TimeDelta::days(60);

/// The steps of a round that are due, in the order of the weekend.
pub(super) fn steps(round: &Round, tried: &Tried, now: DateTime<Utc>) -> Vec<Step> {
    if round.status == RaceStatus::Cancelled {
        return Vec::new();
    }
    let mut due: Vec<(DateTime<Utc>, Step)> = STEPS
        .into_iter()
        .filter_map(|step| {
            let expected = expected(round, step, now);
            let newest = expected.iter().max()?;
            let is_due = tried.may_be_asked(round, step, *newest, now);
            is_due.then_some((*expected.iter().min()?, step))
        })
        .collect();
    let lagging = ingest::overdue(round).filter(|step| due.iter().all(|(_, other)| other != step));
    due.extend(lagging.map(|step| (round.starts_at().min(now), step)));
    due.sort_by_key(|(expected, _)| *expected);
    due.into_iter().map(|(_, step)| step).collect()
}

/// In the order in which they are told at the same instant.
const STEPS: [Step; 8] = [
    Step::Practice,
    Step::SprintQualifying,
    Step::SprintGrid,
    Step::Sprint,
    Step::Qualifying,
    Step::Grid,
    Step::Race,
    Step::Laps,
];

/// Since when the lists of a step that are still wanted may have been published.
fn expected(round: &Round, step: Step, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let held = |list: RaceList| round.stored.contains_key(&list);
    let is_over = held(RaceList::Race);
    let wanted = match step {
        Step::Practice | Step::Grid => !is_over,
        Step::SprintQualifying | Step::Sprint => {
            round.format.has_sprint() && !round.is_in_release()
        }
        Step::SprintGrid => round.format.has_sprint() && !held(RaceList::Sprint),
        Step::Qualifying | Step::Race => !round.is_in_release(),
        Step::Laps => is_over && now - round.starts_at() < LAPS_FOR,
    };
    if !wanted {
        return Vec::new();
    }
    let lists = step.lists().iter().copied();
    lists
        // The pit stops come with the result, or with a release.
        .filter(|list| *list != RaceList::PitStops && is_missing(round, *list, now))
        // Sprint qualifying is awaited only once the calendar has it.
        .filter_map(|list| round.earliest_publication(list))
        .filter(|expected| *expected <= now && now - *expected < GIVEN_UP)
        .collect()
}

/// Whether somebody may have a list that we lack, or one with more say in it.
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
    let held = round.stored.get(&list).copied();
    is_improvable(list, round.year, held) || (may_change && held == Some(Upstream::Openf1))
}

/// What was tried before, by job and race.
#[derive(Debug, Default)]
pub(super) struct Tried(HashMap<(String, Which), Try>);

#[derive(Debug, Clone, Copy)]
struct Try {
    outcome: Option<JobOutcome>,
    at: DateTime<Utc>,
    /// n-th run in a row that did not get what it was for.
    attempt: i32,
    /// Since when it fails without a break.
    failing_since: Option<DateTime<Utc>>,
}

impl Try {
    /// What has failed for hours is tried less often: every eighth of that time, at most `longest` apart.
    fn pause(self, longest: TimeDelta) -> TimeDelta {
        let failing_for = self
            .failing_since
            .map_or(TimeDelta::zero(), |since| self.at - since);
        (failing_for / 8).clamp(TimeDelta::zero(), longest)
    }
}

impl Tried {
    /// The last run of every job of late.
    pub(super) async fn read(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Self> {
        let rows = sqlx::query!(
            r#"SELECT DISTINCT ON (j.job, j.year, j.round) j.job, j.year, j.round, j.started_at, j.attempt,
                      j.outcome AS "outcome: JobOutcome",
                      CASE j.outcome WHEN 'failed' THEN (
                          SELECT min(f.started_at) FROM job_runs f
                          WHERE f.job = j.job AND f.year IS NOT DISTINCT FROM j.year AND f.round IS NOT DISTINCT FROM j.round
                            AND f.id > coalesce((SELECT max(o.id) FROM job_runs o
                                                 WHERE o.job = j.job AND o.year IS NOT DISTINCT FROM j.year
                                                   AND o.round IS NOT DISTINCT FROM j.round AND o.outcome <> 'failed'), 0))
                      END AS failing_since
               FROM job_runs j
               WHERE j.started_at > $1
                 AND (j.job LIKE 'ingest%' OR j.job IN ('load', 'sync_schedule', 'recheck', 'forecast_all', 'compute_accuracy', 'compute_title_odds'))
               ORDER BY j.job, j.year, j.round, j.id DESC"#,
            now - REMEMBERED
        )
        .fetch_all(pool)
        .await?;
        let tried = rows.into_iter().map(|row| {
            let which = Which {
                season: row.year,
                round: row.round,
            };
            let last = Try {
                outcome: row.outcome,
                at: row.started_at,
                attempt: row.attempt,
                failing_since: row.failing_since,
            };
            ((row.job, which), last)
        });
        Ok(Self(tried.collect()))
    }

    fn get(&self, job: &str, which: Which) -> Option<Try> {
        self.0.get(&(job.to_owned(), which)).copied()
    }

    /// Whether it is time to ask: the longer the newest list is awaited, the rarer.
    fn may_be_asked(
        &self,
        round: &Round,
        step: Step,
        expected: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        let Some(last) = self.get(step.job(), round.which()) else {
            return true;
        };
        // A clock that was set back does not keep anything from being done.
        if last.at > now {
            return true;
        }
        let pause = match last.outcome {
            Some(JobOutcome::NotYet) => {
                // Few questions so long after: nobody was here to ask.
                let doubled = FIRST_PAUSE * (1 << (last.attempt - 1).clamp(0, 10));
                let most = doubled.min(LONGEST_PAUSE);
                ((last.at - expected) / 8).clamp(TimeDelta::zero(), most)
            }
            Some(JobOutcome::Failed) => last.pause(PATIENCE),
            // Practice is several lists; of the others, one is held that may change or is of a source with little say.
            Some(JobOutcome::NothingNew | JobOutcome::Done)
                if last.at >= expected && step != Step::Practice =>
            {
                AGAIN
            }
            _ => TimeDelta::zero(),
        };
        now - last.at >= pause
    }

    /// Whether `job` last ran to its end within `period`.
    pub(super) fn is_fresh(
        &self,
        job: &str,
        which: Which,
        period: TimeDelta,
        now: DateTime<Utc>,
    ) -> bool {
        self.get(job, which).is_some_and(|last| {
            let ended = !matches!(last.outcome, None | Some(JobOutcome::Failed));
            ended && last.at <= now && now - last.at < period
        })
    }

    /// Whether `job` is left alone for now, because it has failed for long.
    pub(super) fn rests(
        &self,
        job: &str,
        which: Which,
        longest: TimeDelta,
        now: DateTime<Utc>,
    ) -> bool {
        self.get(job, which)
            .is_some_and(|last| last.at <= now && now - last.at < last.pause(longest))
    }

    /// Whether a job that has just failed is to be waited for, so that what comes after it is not told too little. What
    /// fails for long is gone without.
    pub(super) fn is_waited_for(&self, job: &str, which: Which, now: DateTime<Utc>) -> bool {
        let failing = self.get(job, which).and_then(|last| last.failing_since);
        failing.is_none_or(|since| now - since < PATIENCE)
    }
}
