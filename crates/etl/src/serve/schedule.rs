//! Schedules as cron expressions in UTC, and the scheduler that says when one falls due.

use std::{fmt, str::FromStr, sync::Arc};

use anyhow::{Context as _, Result};
use chrono::TimeDelta;
use schema::Clock;
use tokio_cron_scheduler::{Job, JobScheduler, job::JobId};

use super::pending::Pending;
use crate::tick::{Chore, When};

/// The scheduler looks twice a second; what is later than this it does not see any more.
const LATE: TimeDelta = TimeDelta::minutes(1);

/// A cron expression of six fields: second, minute, hour, day, month, weekday. Read from five, it is at second 0.
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

/// The running scheduler. It goes by the wall clock, however the clock of the jobs is shifted.
#[derive(Clone)]
pub(super) struct Cron {
    scheduler: JobScheduler,
    wall_clock: Clock,
    entries: Arc<[JobId]>,
}

impl Cron {
    /// Starts it: what falls due is added to `pending`, with the time that `clock` shows.
    pub(super) async fn start(
        schedules: &[(Chore, When, &Schedule)],
        pending: &Arc<Pending>,
        clock: Clock,
    ) -> Result<Self> {
        let scheduler = JobScheduler::new().await?;
        let mut entries = Vec::new();
        for &(chore, when, schedule) in schedules {
            let pending = Arc::clone(pending);
            let job = Job::new(schedule, move |_, _| {
                pending.add(&[chore], when, clock.now());
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

    /// From now on nothing falls due.
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
    fn five_and_six_fields_are_taken() {
        for (text, meant) in [
            ("30 4 * * *", "0 30 4 * * *"),
            (" 15 30  4 * * MON ", "15 30 4 * * MON"),
        ] {
            let schedule: Schedule = text.parse().unwrap();
            assert_eq!(schedule.to_string(), meant);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
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
