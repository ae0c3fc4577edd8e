//! The state as text for the terminal.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use schema::{
    Contest,
    pipeline::{JobRun, Timeliness, WeekendList, WeekendSession},
};

use super::{Status, newest};

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.problems.is_empty() {
            writeln!(f, "Nothing is wrong.")?;
        }
        for problem in &self.problems {
            writeln!(f, "! {problem}")?;
        }
        let summary = &self.summary;
        let release = summary.release.as_deref().unwrap_or("none yet");
        writeln!(f, "\nrelease    {release}")?;
        if let Some((first, last)) = summary.seasons {
            writeln!(
                f,
                "seasons    {first} to {last}, {} races completed",
                summary.races_completed
            )?;
        }
        writeln!(
            f,
            "forecasts  {} live, {} retrospective",
            summary.live_predictions, summary.retrospective_predictions
        )?;
        self.write_weekends(f)?;
        self.write_jobs(f)?;
        self.write_freshness(f)?;
        self.write_timeliness(f)
    }
}

impl Status {
    fn write_weekends(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for weekend in &self.weekends {
            let race = &weekend.race;
            writeln!(f, "\n{} round {}: {}", race.year, race.round, race.name)?;
            for session in &weekend.sessions {
                let name = session.session.as_str();
                let row = format!("  {name:<18} {:<20}  {}", start(session), lists(session));
                write_row(f, &row)?;
            }
        }
        Ok(())
    }

    fn write_jobs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.jobs.is_empty() {
            writeln!(f, "\nlast run of every job")?;
        }
        for run in &self.jobs {
            let message = run.error.as_deref().or(run.detail.as_deref());
            let line = message.and_then(|message| message.lines().next());
            write_row(
                f,
                &format!(
                    "  {:<28} {}  {:<22} {:>8}  {}",
                    subject(run),
                    minute(run.started_at),
                    outcome(run),
                    run.duration_ms.map(seconds).unwrap_or_default(),
                    line.unwrap_or_default()
                ),
            )?;
        }
        Ok(())
    }

    fn write_freshness(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nnewest data")?;
        for row in &self.freshness {
            let facts = [
                row.source.map(|source| format!("from {source}")),
                row.written_at.map(|at| format!("since {}", minute(at))),
                row.checked_at
                    .map(|at| format!("looked for {}", minute(at))),
            ];
            let facts: Vec<String> = facts.into_iter().flatten().collect();
            write_row(
                f,
                &format!(
                    "  {:<12} {:<34} {}",
                    row.data.as_str(),
                    newest(row).as_deref().unwrap_or("none"),
                    facts.join(", ")
                ),
            )?;
        }
        Ok(())
    }

    fn write_timeliness(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.timeliness.is_empty() {
            writeln!(f, "\nforecasts of coming and recent races")?;
        }
        for row in &self.timeliness {
            let suffix = match row.contest {
                Contest::GrandPrix => "",
                Contest::Sprint => ", sprint",
            };
            let name = format!("{} {}{suffix}", row.race.year, row.race.name);
            let start = minute(row.starts_at);
            write_row(f, &format!("  {name:<42} {start}  {}", timeliness(row)))?;
        }
        Ok(())
    }
}

/// Writes a line without trailing blanks.
fn write_row(f: &mut fmt::Formatter<'_>, row: &str) -> fmt::Result {
    writeln!(f, "{}", row.trim_end())
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn start(session: &WeekendSession) -> String {
    session
        .starts_at
        .map_or_else(|| session.date.to_string(), minute)
}

/// `awaited: qualifying, grid; stored: practice_1`, as far as there are any.
fn lists(session: &WeekendSession) -> String {
    let part = |title: &str, is_shown: fn(&WeekendList) -> bool| {
        let shown = session.lists.iter().filter(|list| is_shown(list));
        let names: Vec<&str> = shown.map(|list| list.list.as_str()).collect();
        (!names.is_empty()).then(|| format!("{title}: {}", names.join(", ")))
    };
    let parts = [
        part("awaited", |list| list.awaited),
        part("stored", |list| list.source.is_some()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join("; ")
}

fn subject(run: &JobRun) -> String {
    match (run.season, run.round) {
        (None, _) => run.job.clone(),
        (Some(season), None) => format!("{} {season}", run.job),
        (Some(season), Some(round)) => format!("{} {season}/{round}", run.job),
    }
}

fn outcome(run: &JobRun) -> String {
    let outcome = match (run.outcome, run.running) {
        (Some(outcome), _) => outcome.as_str(),
        (None, true) => "running",
        (None, false) => "killed",
    };
    if run.attempt > 1 {
        format!("{outcome}, attempt {}", run.attempt)
    } else {
        outcome.to_owned()
    }
}

fn seconds(ms: i64) -> String {
    format!("{}.{} s", ms / 1000, ms % 1000 / 100)
}

/// A length of time in its two largest units.
fn length(length: TimeDelta) -> String {
    match (
        length.num_days(),
        length.num_hours() % 24,
        length.num_minutes() % 60,
    ) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

fn timeliness(row: &Timeliness) -> String {
    let Some(prediction) = &row.prediction else {
        return "no forecast".to_owned();
    };
    let moment = prediction.moment;
    match (row.lead(), row.lateness()) {
        (Some(lead), _) => format!("{} before the start, {moment}", length(lead)),
        (None, Some(lateness)) => format!("{} late, {moment}", length(lateness)),
        (None, None) => format!("{}, {moment}", prediction.kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_two_units() {
        for (seconds, text) in [
            (59, "0 min"),
            (3_660, "1 h 1 min"),
            (90_000, "1 d 1 h"),
            (10 * 86_400, "10 d 0 h"),
        ] {
            assert_eq!(length(TimeDelta::seconds(seconds)), text);
        }
    }
}
