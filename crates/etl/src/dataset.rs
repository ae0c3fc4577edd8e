//! The sessions that forecasts are made from, read in one pass: the past to learn from and the race ahead.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use schema::{Contest, DriverId, EventFormat, RaceId, ResultStatus, TeamId};
use sqlx::PgConnection;

/// A car with the place a list gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Driver.
    pub driver: DriverId,
    /// Team.
    pub team: TeamId,
    /// Published place; `None` from the pit lane or unclassified.
    pub position: Option<i16>,
}

/// A car's best times in qualifying, ms.
#[derive(Debug, Clone, PartialEq)]
pub struct Qualifier {
    /// The car.
    pub entry: Entry,
    /// Best times of Q1, Q2, Q3; formats with one time have it first.
    pub segments: [Option<i32>; 3],
}

/// A car's result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finisher {
    /// Driver.
    pub driver: DriverId,
    /// In the classification.
    pub classified: bool,
    /// How it ended.
    pub status: ResultStatus,
}

/// What was published of one contest of a weekend, each list in its published order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sessions {
    /// The session that set the grid.
    pub qualifying: Vec<Qualifier>,
    /// The official starting grid.
    pub grid: Vec<Entry>,
    /// The result, without those who did not qualify.
    pub result: Vec<Finisher>,
}

/// One weekend.
#[derive(Debug, Clone)]
pub struct Weekend {
    /// Its id.
    pub race: RaceId,
    /// Season.
    pub year: i16,
    /// Round.
    pub round: i16,
    /// Order of sessions.
    pub format: EventFormat,
    /// Scheduled start of the Grand Prix; midnight where only the day is known.
    pub starts_at: DateTime<Utc>,
    /// Scheduled start of the sprint, if there is one.
    pub sprint_starts_at: Option<DateTime<Utc>>,
    /// The Grand Prix.
    pub grand_prix: Sessions,
    /// The sprint.
    pub sprint: Sessions,
}

impl Weekend {
    /// The sessions of one contest. Until 2022 Friday's qualifying set the sprint grid.
    #[must_use]
    pub const fn sessions(&self, contest: Contest) -> &Sessions {
        match contest {
            Contest::GrandPrix => &self.grand_prix,
            Contest::Sprint => &self.sprint,
        }
    }

    /// The scheduled start of one contest; `None` for the sprint of a weekend without one.
    #[must_use]
    pub const fn start(&self, contest: Contest) -> Option<DateTime<Utc>> {
        match contest {
            Contest::GrandPrix => Some(self.starts_at),
            Contest::Sprint => self.sprint_starts_at,
        }
    }
}

/// Reads every weekend since `from_year` that was not cancelled, in the order of the calendar.
pub async fn read(connection: &mut PgConnection, from_year: i16) -> sqlx::Result<Vec<Weekend>> {
    let mut calendar = Calendar::new(read_races(connection, from_year).await?);
    let rows = sqlx::query!(
        r#"SELECT q.race_id, q.contest AS "contest: Contest", q.driver_id, q.team_id, q.position AS "position?: i16",
                  q.q1_ms AS "q1_ms?: i32", q.q2_ms AS "q2_ms?: i32", q.q3_ms AS "q3_ms?: i32", q.time_ms AS "time_ms?: i32"
           FROM qualifying q JOIN races r ON r.id = q.race_id WHERE r.year >= $1
           ORDER BY q.race_id, q.contest, q.display_order"#,
        from_year
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in rows {
        let entry = Entry {
            driver: DriverId(row.driver_id),
            team: TeamId(row.team_id),
            position: row.position,
        };
        let knockout = [row.q1_ms, row.q2_ms, row.q3_ms];
        let segments = if knockout.iter().any(Option::is_some) {
            knockout
        } else {
            [row.time_ms, None, None]
        };
        if let Some(sessions) = calendar.sessions(row.race_id, row.contest) {
            sessions.qualifying.push(Qualifier { entry, segments });
        }
    }
    let rows = sqlx::query!(
        r#"SELECT g.race_id, g.contest AS "contest: Contest", g.driver_id, g.team_id, g.position AS "position?: i16"
           FROM grid g JOIN races r ON r.id = g.race_id WHERE r.year >= $1
           ORDER BY g.race_id, g.contest, g.position NULLS LAST, g.display_order"#,
        from_year
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in rows {
        let entry = Entry {
            driver: DriverId(row.driver_id),
            team: TeamId(row.team_id),
            position: row.position,
        };
        if let Some(sessions) = calendar.sessions(row.race_id, row.contest) {
            sessions.grid.push(entry);
        }
    }
    let rows = sqlx::query!(
        r#"SELECT s.race_id, s.contest AS "contest: Contest", s.driver_id, s.position AS "position?: i16",
                  s.status AS "status: ResultStatus"
           FROM results s JOIN races r ON r.id = s.race_id WHERE r.year >= $1
           ORDER BY s.race_id, s.contest, s.display_order"#,
        from_year
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in rows.into_iter().filter(|row| row.status.in_the_race()) {
        let finisher = Finisher {
            driver: DriverId(row.driver_id),
            classified: row.position.is_some(),
            status: row.status,
        };
        if let Some(sessions) = calendar.sessions(row.race_id, row.contest) {
            sessions.result.push(finisher);
        }
    }
    for weekend in &mut calendar.weekends {
        if weekend.format == EventFormat::Sprint {
            weekend
                .sprint
                .qualifying
                .clone_from(&weekend.grand_prix.qualifying);
        }
    }
    Ok(calendar.weekends)
}

/// Weekends found by race while they are being filled.
struct Calendar {
    weekends: Vec<Weekend>,
    index: HashMap<RaceId, usize>,
}

impl Calendar {
    fn new(weekends: Vec<Weekend>) -> Self {
        let index = weekends
            .iter()
            .enumerate()
            .map(|(at, weekend)| (weekend.race, at))
            .collect();
        Self { weekends, index }
    }

    fn sessions(&mut self, race: i32, contest: Contest) -> Option<&mut Sessions> {
        let weekend = self.weekends.get_mut(*self.index.get(&RaceId(race))?)?;
        Some(match contest {
            Contest::GrandPrix => &mut weekend.grand_prix,
            Contest::Sprint => &mut weekend.sprint,
        })
    }
}

async fn read_races(connection: &mut PgConnection, from_year: i16) -> sqlx::Result<Vec<Weekend>> {
    let midnight = |date: NaiveDate| date.and_time(chrono::NaiveTime::MIN).and_utc();
    let rows = sqlx::query!(
        r#"SELECT r.id, r.year, r.round, r.event_format AS "format: EventFormat", r.date, r.starts_at,
                  s.date AS "sprint_date?", s.starts_at AS "sprint_starts_at?"
           FROM races r LEFT JOIN race_sessions s ON s.race_id = r.id AND s.session = 'sprint'
           WHERE r.year >= $1 AND r.status <> 'cancelled'
           ORDER BY r.year, r.round"#,
        from_year
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Weekend {
            race: RaceId(row.id),
            year: row.year,
            round: row.round,
            format: row.format,
            starts_at: row.starts_at.unwrap_or_else(|| midnight(row.date)),
            sprint_starts_at: row.format.has_sprint().then(|| {
                row.sprint_starts_at
                    .unwrap_or_else(|| midnight(row.sprint_date.unwrap_or(row.date)))
            }),
            grand_prix: Sessions::default(),
            sprint: Sessions::default(),
        })
        .collect())
}
