//! The state for the terminal.

use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{LastRun, Status, Timeliness};

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.problems.is_empty() {
            writeln!(f, "Nothing is wrong.")?;
        }
        for problem in &self.problems {
            writeln!(f, "! {problem}")?;
        }
        writeln!(
            f,
            "\nrelease    {}",
            self.release.as_deref().unwrap_or("none yet")
        )?;
        if let Some((first, last)) = self.seasons {
            writeln!(
                f,
                "seasons    {first} to {last}, {} races completed",
                self.races_completed
            )?;
        }
        writeln!(
            f,
            "forecasts  {} live, {} retrospective",
            self.live_forecasts, self.retrospective_forecasts
        )?;
        self.write_sessions(f)?;
        self.write_jobs(f)?;
        self.write_freshness(f)?;
        self.write_forecasts(f)
    }
}

impl Status {
    fn write_sessions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut race = None;
        for session in &self.next {
            if race.replace((session.year, session.round)) != Some((session.year, session.round)) {
                writeln!(
                    f,
                    "\n{} round {}: {}",
                    session.year, session.round, session.race
                )?;
            }
            let mut lists = Vec::new();
            if !session.awaited.is_empty() {
                lists.push(format!("awaited: {}", session.awaited.join(", ")));
            }
            if !session.held.is_empty() {
                lists.push(format!("held: {}", session.held.join(", ")));
            }
            let start = start(session.date, session.starts_at);
            write_row(
                f,
                &format!(
                    "  {:<18} {start:<20}  {}",
                    session.session,
                    lists.join("; ")
                ),
            )?;
        }
        Ok(())
    }

    fn write_jobs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.jobs.is_empty() {
            writeln!(f, "\nlast run of every job")?;
        }
        for run in &self.jobs {
            let said = run.error.as_deref().or(run.detail.as_deref());
            let said = said.and_then(|said| said.lines().next());
            write_row(
                f,
                &format!(
                    "  {:<28} {}  {:<22} {:>8}  {}",
                    subject(run),
                    minute(run.started_at),
                    outcome(run),
                    run.duration_ms.map(seconds).unwrap_or_default(),
                    said.unwrap_or_default()
                ),
            )?;
        }
        Ok(())
    }

    fn write_freshness(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nnewest data")?;
        for row in &self.freshness {
            let held = row.written_at.map(|at| format!("since {}", minute(at)));
            let checked = row
                .checked_at
                .map(|at| format!("looked for {}", minute(at)));
            let source = row.source.as_ref().map(|source| format!("from {source}"));
            let told = [source, held, checked];
            let told: Vec<String> = told.into_iter().flatten().collect();
            write_row(
                f,
                &format!(
                    "  {:<12} {:<34} {}",
                    row.data,
                    row.newest.as_deref().unwrap_or("none"),
                    told.join(", ")
                ),
            )?;
        }
        Ok(())
    }

    fn write_forecasts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.forecasts.is_empty() {
            writeln!(f, "\nforecasts of coming and recent races")?;
        }
        for row in &self.forecasts {
            let name = match row.contest.as_str() {
                "sprint" => format!("{} {}, sprint", row.year, row.race),
                _ => format!("{} {}", row.year, row.race),
            };
            write_row(
                f,
                &format!(
                    "  {name:<42} {}  {}",
                    minute(row.starts_at),
                    timeliness(row)
                ),
            )?;
        }
        Ok(())
    }
}

/// A line without blanks at its end.
fn write_row(f: &mut fmt::Formatter<'_>, row: &str) -> fmt::Result {
    writeln!(f, "{}", row.trim_end())
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn start(date: NaiveDate, starts_at: Option<DateTime<Utc>>) -> String {
    starts_at.map_or_else(|| date.to_string(), minute)
}

fn subject(run: &LastRun) -> String {
    match (run.season, run.round) {
        (None, _) => run.job.clone(),
        (Some(season), None) => format!("{} {season}", run.job),
        (Some(season), Some(round)) => format!("{} {season}/{round}", run.job),
    }
}

fn outcome(run: &LastRun) -> String {
    let outcome = match (&run.outcome, run.running) {
        (Some(outcome), _) => outcome,
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
fn length(seconds: i64) -> String {
    let length = TimeDelta::seconds(seconds);
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
    let moment = row.moment.as_deref().unwrap_or_default();
    match (row.lead_s, row.late_s) {
        (Some(lead), _) => format!("{} before the start, {moment}", length(lead)),
        (None, Some(late)) => format!("{} late, {moment}", length(late)),
        (None, None) => "no forecast".to_owned(),
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
            assert_eq!(length(seconds), text);
        }
    }
}
