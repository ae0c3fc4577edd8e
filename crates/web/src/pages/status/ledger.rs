//! The runs of jobs.

use client::{status::JobRun, vocabulary::JobOutcome};

use crate::{address, parts::Link, words};

/// The last run of a job.
pub(super) struct Job {
    pub(super) run: Run,
    pub(super) message: String,
}

/// A run of a job.
pub(super) struct Run {
    /// The words of its name; lines may break after each.
    pub(super) job: Vec<String>,
    pub(super) about: Option<Link>,
    pub(super) outcome: String,
    pub(super) wrong: bool,
    pub(super) began: String,
    pub(super) took: String,
    pub(super) read: String,
    pub(super) written: String,
    pub(super) disagreements: String,
    pub(super) requests: String,
    pub(super) detail: String,
    pub(super) error: Option<String>,
}

pub(super) fn job(row: &JobRun, year: i16) -> Job {
    Job {
        run: run(row, year),
        message: row.detail.clone().unwrap_or_default(),
    }
}

pub(super) fn run(row: &JobRun, year: i16) -> Run {
    let outcome = match (row.outcome, row.running) {
        (Some(JobOutcome::Done), _) => "done",
        (Some(JobOutcome::NothingNew), _) => "nothing new",
        (Some(JobOutcome::NotYet), _) => "not yet",
        (Some(JobOutcome::Failed), _) => "failed",
        (None, true) => "running",
        (None, false) => "killed",
    };
    let attempt = if row.attempt > 1 {
        format!(", {} attempt", words::ordinal(row.attempt))
    } else {
        String::new()
    };
    let count = |rows: Option<i32>| words::or_dash(rows.map(words::thousands));
    Run {
        job: row.job.split_inclusive('_').map(str::to_owned).collect(),
        about: about(row),
        outcome: format!("{outcome}{attempt}"),
        wrong: matches!(outcome, "failed" | "killed"),
        began: words::instant(row.started_at, year),
        took: words::or_dash(row.duration_ms.map(took)),
        read: count(row.rows_read),
        written: words::or_dash(row.rows_inserted.map(|inserted| {
            format!(
                "{} / {} / {}",
                words::thousands(inserted),
                count(row.rows_changed),
                count(row.rows_deleted)
            )
        })),
        disagreements: count(row.disagreements),
        requests: count(row.upstream_requests),
        detail: row.detail.clone().unwrap_or_default(),
        error: row.error.clone(),
    }
}

/// A link to the race or the season of a run.
fn about(row: &JobRun) -> Option<Link> {
    let season = row.season?;
    let link = match row.round {
        None => Link::new(format!("/seasons/{season}"), season.to_string()),
        Some(round) => Link::new(
            address::race(season, round),
            match &row.race {
                Some(race) => format!("{season} {race}"),
                None => format!("{season} round {round}"),
            },
        ),
    };
    Some(link)
}

/// A length of time as on a stopwatch: `0.4 s`, `3 min 20 s`.
fn took(ms: i64) -> String {
    match ms / 1000 {
        seconds @ 0..60 => format!("{seconds}.{} s", ms % 1000 / 100),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_on_a_stopwatch() {
        assert_eq!(
            [40, 1_500, 59_999, 200_000].map(took),
            ["0.0 s", "1.5 s", "59.9 s", "3 min 20 s"]
        );
    }
}
