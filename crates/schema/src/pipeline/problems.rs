//! What is wrong with the pipeline: found by `pipeline_problems` in the database, put into sentences here.

use std::fmt;

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::{Contest, ProblemKind, RaceList};

/// A row of `pipeline_problems`. Its [`Display`](fmt::Display) is a plain sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem.
    pub kind: ProblemKind,
    /// Since when, UTC; of a list the scheduled end of its session, of a race its start.
    pub since: DateTime<Utc>,
    /// The job it is about.
    pub job: Option<String>,
    /// The season it is about.
    pub year: Option<i16>,
    /// The round it is about.
    pub round: Option<i16>,
    /// The title of that race, if there is one.
    pub race_name: Option<String>,
    /// Grand Prix or sprint.
    pub contest: Option<Contest>,
    /// Lists that are not stored.
    pub lists: Vec<RaceList>,
    /// Consecutive runs without success.
    pub attempts: Option<i32>,
    /// An error, or the name of the release.
    pub detail: Option<String>,
}

/// Longest error in a sentence, in characters; the run's row has the whole text.
const LONGEST: usize = 200;

/// Reads what is wrong at `now`, most urgent first.
pub async fn problems(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<Vec<Problem>> {
    sqlx::query_as!(
        Problem,
        r#"SELECT kind AS "kind!: ProblemKind", since AS "since!", job, year, round, race_name,
                  contest AS "contest: Contest", coalesce(lists, '{}') AS "lists!: Vec<RaceList>", attempts, detail
           FROM pipeline_problems($1)"#,
        now
    )
    .fetch_all(pool)
    .await
}

impl Problem {
    /// `2026 Monaco Grand Prix`, or as much of it as is known.
    fn race(&self) -> String {
        let number = |number: Option<i16>| number.map(|n| n.to_string()).unwrap_or_default();
        match (&self.race_name, self.round) {
            (Some(name), _) => format!("{} {name}", number(self.year)),
            (None, Some(round)) => format!("{} round {round}", number(self.year)),
            (None, None) => number(self.year),
        }
    }

    /// The job and what it is about.
    fn subject(&self) -> String {
        let job = self.job.as_deref().unwrap_or_default();
        if self.year.is_some() {
            format!("{job} ({})", self.race())
        } else {
            job.to_owned()
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.since.format("%-d %b %Y, %H:%M UTC");
        match self.kind {
            ProblemKind::Idle => write!(f, "No job has run since {since}."),
            ProblemKind::JobIdle => write!(
                f,
                "{} has not run since {since}, though other jobs have.",
                self.subject()
            ),
            ProblemKind::Failing => {
                let times = match self.attempts {
                    None | Some(..=1) => "failed".to_owned(),
                    Some(attempts) => format!("has been unsuccessful {attempts} times in a row"),
                };
                let error = self.detail.as_deref().unwrap_or_default();
                write!(f, "{} {times}, failing since {since}", self.subject())?;
                let line = error.lines().next().unwrap_or_default();
                let shown: String = line.chars().take(LONGEST).collect();
                match (shown.is_empty(), shown.len() < error.len()) {
                    (true, _) => write!(f, "."),
                    (false, true) => write!(f, ": {shown}…"),
                    (false, false) => write!(f, ": {shown}."),
                }
            }
            ProblemKind::Killed => write!(
                f,
                "{} was killed; it had started on {since}.",
                self.subject()
            ),
            ProblemKind::Overdue => {
                let lists: Vec<String> = self
                    .lists
                    .iter()
                    .map(|list| list.as_str().replace('_', " "))
                    .collect();
                write!(
                    f,
                    "{}: no {} yet; the session was scheduled to end on {since}.",
                    self.race(),
                    lists.join(", ")
                )
            }
            ProblemKind::NoLivePrediction => {
                let sprint = match self.contest {
                    Some(Contest::Sprint) => "sprint of the ",
                    _ => "",
                };
                write!(
                    f,
                    "The {sprint}{} started on {since} without a live forecast.",
                    self.race()
                )
            }
            ProblemKind::ReleaseBehind => write!(
                f,
                "The release{} does not have the {}, which started on {since}.",
                self.detail
                    .as_deref()
                    .map(|tag| format!(" {tag}"))
                    .unwrap_or_default(),
                self.race()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(kind: ProblemKind) -> Problem {
        Problem {
            kind,
            since: "2026-06-07T16:00:00Z".parse().unwrap(),
            job: None,
            year: Some(2026),
            round: Some(8),
            race_name: Some("Monaco Grand Prix".to_owned()),
            contest: None,
            lists: Vec::new(),
            attempts: None,
            detail: None,
        }
    }

    #[test]
    fn problems_are_sentences_that_name_the_thing() {
        let failing = Problem {
            job: Some("ingest_race".to_owned()),
            attempts: Some(3),
            detail: Some("answered 502\nand a page of HTML".to_owned()),
            ..problem(ProblemKind::Failing)
        };
        assert_eq!(
            failing.to_string(),
            "ingest_race (2026 Monaco Grand Prix) has been unsuccessful 3 times in a row, \
             failing since 7 Jun 2026, 16:00 UTC: answered 502…"
        );
        let overdue = Problem {
            lists: vec![RaceList::PitStops, RaceList::Laps],
            ..problem(ProblemKind::Overdue)
        };
        assert_eq!(
            overdue.to_string(),
            "2026 Monaco Grand Prix: no pit stops, laps yet; the session was scheduled to end on 7 Jun 2026, 16:00 UTC."
        );
        let unforecast = Problem {
            contest: Some(Contest::Sprint),
            ..problem(ProblemKind::NoLivePrediction)
        };
        assert_eq!(
            unforecast.to_string(),
            "The sprint of the 2026 Monaco Grand Prix started on 7 Jun 2026, 16:00 UTC without a live forecast."
        );
        let behind = Problem {
            detail: Some("v2026.7".to_owned()),
            ..problem(ProblemKind::ReleaseBehind)
        };
        assert_eq!(
            behind.to_string(),
            "The release v2026.7 does not have the 2026 Monaco Grand Prix, which started on 7 Jun 2026, 16:00 UTC."
        );
        for kind in [ProblemKind::Idle, ProblemKind::JobIdle, ProblemKind::Killed] {
            let text = problem(kind).to_string();
            assert!(
                text.contains("7 Jun 2026, 16:00 UTC") && text.ends_with('.'),
                "{text}"
            );
        }
    }
}
