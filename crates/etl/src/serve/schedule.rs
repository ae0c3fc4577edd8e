//! Schedules as cron expressions in UTC, and the scheduler that adds tasks when they fall due.

use std::{fmt, str::FromStr, sync::Arc};

use anyhow::{Context as _, Result};
use chrono::TimeDelta;
use schema::Clock;
use tokio_cron_scheduler::{Job, JobScheduler, job::JobId};

use super::pending::Pending;
use crate::tick::{Task, Trigger};

/// The scheduler checks twice a second. An entry that is overdue for longer than this means that it stands still.
const LATE: TimeDelta = TimeDelta::minutes(1);

/// A cron expression of six fields: second, minute, hour, day, month, weekday. Read from five, the second is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(String);

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fields: Vec<_> = text.split_whitespace().collect();
        let pattern = match fields.len() {
            5 => format!("0 {}", fields.join(" ")),
            6 => fields.join(" "),
            count => {
                return Err(format!(
                    "{count} fields instead of five (minute, hour, day, month, weekday) or six (second first)"
                ));
            }
        };
        let next = Job::new(&pattern, |_, _| {}).and_then(|mut job| job.job_data());
        match next {
            Err(_) => Err("not a cron expression such as `0 30 4 * * *`, 04:30 UTC".to_owned()),
            Ok(data) if data.next_tick == 0 => Err("never comes".to_owned()),
            Ok(_) => Ok(Self(pattern)),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The running scheduler. It follows the wall clock, even where the clock of the jobs is shifted.
#[derive(Clone)]
pub(super) struct Cron {
    scheduler: JobScheduler,
    wall_clock: Clock,
    entries: Arc<[JobId]>,
}

impl Cron {
    /// Starts the scheduler. A task that falls due is added to `pending`, with the time of `clock`.
    pub(super) async fn start(
        schedules: &[(Task, Trigger, &Schedule)],
        pending: &Arc<Pending>,
        clock: Clock,
    ) -> Result<Self> {
        let scheduler = JobScheduler::new().await?;
        let mut entries = Vec::new();
        for &(task, trigger, schedule) in schedules {
            let pending = Arc::clone(pending);
            let job = Job::new(schedule, move |_, _| {
                pending.add(&[task], trigger, clock.now());
            })
            .with_context(|| format!("schedule {schedule}"))?;
            entries.push(scheduler.add(job).await?);
        }
        scheduler.start().await?;
        Ok(Self {
            scheduler,
            wall_clock: Clock::starting_at(None, 1.0),
            entries: entries.into(),
        })
    }

    /// Whether nothing is overdue.
    pub(super) async fn is_running(&self) -> bool {
        let mut scheduler = self.scheduler.clone();
        for entry in self.entries.iter() {
            let next = scheduler.next_tick_for_job(*entry).await;
            let in_time = matches!(next, Ok(Some(next)) if next > self.wall_clock.now() - LATE);
            if !in_time {
                return false;
            }
        }
        true
    }

    /// Stops the scheduler: nothing falls due any more.
    pub(super) async fn stop(mut self) {
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the scheduler does not stop");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_and_six_fields_are_accepted() {
        for (text, meant) in [
            ("30 4 * * *", "0 30 4 * * *"),
            (" 15 30  4 * * MON ", "15 30 4 * * MON"),
        ] {
            let schedule: Schedule = text.parse().unwrap();
            assert_eq!(schedule.to_string(), meant);
        }
    }

    #[test]
    fn invalid_schedules_are_rejected_with_the_reason() {
        for (text, why) in [
            ("", "0 fields"),
            ("daily", "1 fields"),
            ("0 0 0 1 1 * 2030", "7 fields"),
            ("0 61 * * * *", "not a cron expression"),
            ("* * * * x", "not a cron expression"),
            ("0 0 0 30 2 *", "never comes"),
        ] {
            let error = text.parse::<Schedule>().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
