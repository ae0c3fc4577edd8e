//! The last run of every job, and how long it is left alone after it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use schema::JobOutcome;
use sqlx::PgPool;

use crate::{RaceFilter, calendar::Round, jobs::Job};

/// A stored list that may still change is asked for again after this.
const AGAIN: TimeDelta = TimeDelta::hours(2);
/// What comes after a job that fails waits for it this long.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);
/// The longest first pause after a list was not published; it doubles with every further attempt.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(10);
/// The longest pause between two attempts at a list.
const LONGEST_PAUSE: TimeDelta = TimeDelta::days(1);
/// Runs before this time do not count for what is due.
const REMEMBERED: TimeDelta = TimeDelta::days(90);

/// The last run of every job that comes due by itself, for each of the races it was about.
#[derive(Debug, Default)]
pub(super) struct RunHistory(HashMap<(Job, RaceFilter), LastRun>);

#[derive(Debug, Clone, Copy)]
struct LastRun {
    outcome: Option<JobOutcome>,
    started_at: DateTime<Utc>,
    /// Counts the runs in a row that did not get their data.
    attempt: i32,
    /// The start of the first of the failures in a row.
    failing_since: Option<DateTime<Utc>>,
}

impl LastRun {
    /// The pause after failures: an eighth of the time for which the job has been failing, at most `longest`.
    fn pause(self, longest: TimeDelta) -> TimeDelta {
        let failing_for = self
            .failing_since
            .map_or(TimeDelta::zero(), |since| self.started_at - since);
        (failing_for / 8).clamp(TimeDelta::zero(), longest)
    }
}

impl RunHistory {
    /// Reads the last runs before `now`.
    pub(super) async fn read(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Self> {
        let jobs = Job::names(|job| job.task().is_some());
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
               WHERE j.started_at > $1 AND j.job = ANY ($2)
               ORDER BY j.job, j.year, j.round, j.id DESC"#,
            now - REMEMBERED,
            &jobs
        )
        .fetch_all(pool)
        .await?;
        let runs = rows.into_iter().filter_map(|row| {
            let filter = RaceFilter {
                season: row.year,
                round: row.round,
            };
            let last = LastRun {
                outcome: row.outcome,
                started_at: row.started_at,
                attempt: row.attempt,
                failing_since: row.failing_since,
            };
            Some(((row.job.parse().ok()?, filter), last))
        });
        Ok(Self(runs.collect()))
    }

    fn get(&self, job: Job, filter: RaceFilter) -> Option<LastRun> {
        self.0.get(&(job, filter)).copied()
    }

    /// Whether it is time to ask for the lists of a job, of which the newest is expected since `expected`: the longer it
    /// is awaited, the longer the pauses.
    pub(super) fn may_be_asked(
        &self,
        round: &Round,
        job: Job,
        expected: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        let Some(last) = self.get(job, round.filter()) else {
            return true;
        };
        // A clock that was set back does not keep a job from running.
        if last.started_at > now {
            return true;
        }
        let pause = match last.outcome {
            Some(JobOutcome::NotYet) => {
                // After a long downtime there were few attempts, and the first pauses are short again.
                let doubled = FIRST_PAUSE * (1 << (last.attempt - 1).clamp(0, 10));
                let longest = doubled.min(LONGEST_PAUSE);
                ((last.started_at - expected) / 8).clamp(TimeDelta::zero(), longest)
            }
            Some(JobOutcome::Failed) => last.pause(PATIENCE),
            // The list is stored, and may still change or come from a source with higher precedence. Practice is several
            // lists, of which others may be missing.
            Some(JobOutcome::NothingNew | JobOutcome::Done)
                if last.started_at >= expected && job != Job::IngestPractice =>
            {
                AGAIN
            }
            _ => TimeDelta::zero(),
        };
        now - last.started_at >= pause
    }

    /// Whether `job` last ran to its end within `period`.
    pub(super) fn is_fresh(
        &self,
        job: Job,
        filter: RaceFilter,
        period: TimeDelta,
        now: DateTime<Utc>,
    ) -> bool {
        self.get(job, filter).is_some_and(|last| {
            let ended = !matches!(last.outcome, None | Some(JobOutcome::Failed));
            ended && last.started_at <= now && now - last.started_at < period
        })
    }

    /// Whether `job` keeps failing and its pause, at most `longest`, is not over.
    pub(super) fn is_backing_off(
        &self,
        job: Job,
        filter: RaceFilter,
        longest: TimeDelta,
        now: DateTime<Utc>,
    ) -> bool {
        self.get(job, filter).is_some_and(|last| {
            last.started_at <= now && now - last.started_at < last.pause(longest)
        })
    }

    /// Whether what comes after `job` waits for it. A job that has been failing for longer than [`PATIENCE`] is skipped.
    pub(super) fn is_waited_for(&self, job: Job, filter: RaceFilter, now: DateTime<Utc>) -> bool {
        let failing = self.get(job, filter).and_then(|last| last.failing_since);
        failing.is_none_or(|since| now - since < PATIENCE)
    }
}
