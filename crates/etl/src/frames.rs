//! The sessions of every weekend as one frame with a row per car and contest: each table is read once and polars joins
//! them.

use polars::prelude::{
    DataFrame, DataFrameJoinOps as _, JoinArgs, JoinCoalesce, JoinType, SortMultipleOptions, df,
};
use schema::{Contest, ResultStatus};
use sqlx::PgConnection;

/// Practice sessions with fewer times than this are ignored.
const MIN_PRACTICE_TIMES: i64 = 8;
/// Added to the gap of a lapped car, as a share of the race: it is further behind than the laps that it lacks.
const LAPPED: f64 = 0.004;
/// The key of a car of a contest.
const CAR: [&str; 3] = ["race_id", "contest", "driver_id"];
/// The key of a driver of a weekend, in both contests.
const DRIVER: [&str; 2] = ["race_id", "driver_id"];

/// Why the sessions could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// A query failed.
    #[error("cannot read the sessions")]
    Database(#[from] sqlx::Error),
    /// The columns do not match.
    #[error("cannot join the sessions")]
    Join(#[from] polars::error::PolarsError),
    /// A word of the database is not in the vocabulary.
    #[error(transparent)]
    Word(#[from] schema::UnknownWord),
}

/// A frame from rows: each column is named and has an expression of the row.
macro_rules! columns {
    ($rows:expr, |$row:ident| { $($name:ident: $value:expr),+ $(,)? }) => {
        df!($(stringify!($name) => $rows.iter().map(|$row| $value).collect::<Vec<_>>()),+)
    };
}

/// The same with the columns of [`CAR`] first.
macro_rules! car_columns {
    ($rows:expr, |$row:ident| { $($name:ident: $value:expr),+ $(,)? }) => {
        columns!($rows, |$row| {
            race_id: $row.race_id,
            contest: contest($row.contest),
            driver_id: $row.driver_id,
            $($name: $value),+
        })
    };
}

/// One row for each car in the qualifying classification, on the grid or in the result of a Grand Prix or a sprint since
/// `from_year`, ordered by race and contest. The columns of a session without the car are null.
pub async fn cars(connection: &mut PgConnection, from_year: i16) -> Result<DataFrame, FrameError> {
    let mut cars = qualifying(&mut *connection, from_year).await?;
    let results = results(&mut *connection, from_year).await?;
    let sprint_places = sprint_places(&mut *connection, from_year).await?;
    for session in [grid(&mut *connection, from_year).await?, results] {
        let all = JoinArgs::new(JoinType::Full).with_coalesce(JoinCoalesce::CoalesceColumns);
        cars = cars.join(&session, CAR, CAR, all, None)?;
    }
    cars = cars.left_join(&sprint_places, DRIVER, DRIVER)?;
    Ok(cars.sort(["race_id", "contest"], SortMultipleOptions::default())?)
}

/// A contest as a number, on which polars joins faster than on a string.
pub(crate) const fn contest(contest: Contest) -> i32 {
    match contest {
        Contest::GrandPrix => 0,
        Contest::Sprint => 1,
    }
}

/// The session that set the grid. Until 2022 Friday's qualifying set the grid of the sprint.
async fn qualifying(
    connection: &mut PgConnection,
    from_year: i16,
) -> Result<DataFrame, FrameError> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT ON (q.race_id, c.contest, q.driver_id)
                  q.race_id, c.contest AS "contest!: Contest", q.driver_id, q.team_id, q.display_order,
                  q.position AS "position?: i16", coalesce(q.q1_ms, CASE WHEN num_nonnulls(q.q2_ms, q.q3_ms) = 0 THEN q.time_ms END) AS "q1_ms?: i32",
                  q.q2_ms AS "q2_ms?: i32", q.q3_ms AS "q3_ms?: i32"
           FROM qualifying q JOIN races r ON r.id = q.race_id
           JOIN LATERAL (SELECT q.contest UNION SELECT 'sprint' WHERE r.event_format = 'sprint') c ON true
           WHERE r.year >= $1
           ORDER BY q.race_id, c.contest, q.driver_id, q.display_order"#,
        from_year
    )
    .fetch_all(connection)
    .await?;
    Ok(car_columns!(rows, |row| {
        qualifying_team: row.team_id,
        qualifying_order: i32::from(row.display_order),
        qualifying_position: row.position.map(i32::from),
        q1_ms: row.q1_ms,
        q2_ms: row.q2_ms,
        q3_ms: row.q3_ms,
    })?)
}

/// The official starting grids.
async fn grid(connection: &mut PgConnection, from_year: i16) -> Result<DataFrame, FrameError> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT ON (g.race_id, g.contest, g.driver_id)
                  g.race_id, g.contest AS "contest: Contest", g.driver_id, g.team_id, g.display_order, g.position AS "position?: i16"
           FROM grid g JOIN races r ON r.id = g.race_id WHERE r.year >= $1
           ORDER BY g.race_id, g.contest, g.driver_id, g.display_order"#,
        from_year
    )
    .fetch_all(connection)
    .await?;
    Ok(car_columns!(rows, |row| {
        grid_team: row.team_id,
        grid_order: i32::from(row.display_order),
        grid_position: row.position.map(i32::from),
    })?)
}

/// The results, without cars that did not qualify or were excluded, and without those that neither were on the grid nor
/// started.
async fn results(connection: &mut PgConnection, from_year: i16) -> Result<DataFrame, FrameError> {
    let rows = sqlx::query!(
        r#"WITH field AS (
               SELECT DISTINCT ON (s.race_id, s.contest, s.driver_id) s.*
               FROM results s JOIN races r ON r.id = s.race_id
               WHERE r.year >= $1 AND s.status NOT IN ('did_not_qualify', 'excluded')
                 AND (s.status <> 'did_not_start' OR EXISTS (
                     SELECT FROM grid g WHERE g.race_id = s.race_id AND g.contest = s.contest AND g.driver_id = s.driver_id))
               ORDER BY s.race_id, s.contest, s.driver_id, s.display_order
           )
           SELECT race_id, contest AS "contest: Contest", driver_id, team_id, display_order, position AS "position?: i16",
                  status AS "status: ResultStatus", retirement_reason IS NOT NULL AS "broke_down!", laps AS "laps?: i16",
                  time_ms AS "time_ms?: i32", gap_ms AS "gap_ms?: i32", fastest_lap_ms AS "fastest_lap_ms?: i32",
                  points::float8 AS "points!", first_value(laps) OVER race AS "winner_laps?: i16", first_value(time_ms) OVER race AS "winner_ms?: i32",
                  min(fastest_lap_ms) OVER (PARTITION BY race_id, contest) AS "best_lap_ms?: i32"
           FROM field WINDOW race AS (PARTITION BY race_id, contest ORDER BY display_order)"#,
        from_year
    )
    .fetch_all(connection)
    .await?;
    Ok(car_columns!(rows, |row| {
        result_team: row.team_id,
        result_order: i32::from(row.display_order),
        classified: row.position.is_some(),
        status: row.status.as_str(),
        broke_down: row.broke_down,
        points: row.points,
        finishing_gap: row.position.and_then(|_| finishing_gap(
            row.winner_laps?, row.winner_ms?, row.laps.unwrap_or(0), row.time_ms, row.gap_ms,
        )),
        fastest_lap_gap: row.fastest_lap_ms.zip(row.best_lap_ms).map(|(own, best)| log_ratio(own, best)),
    })?)
}

/// Gap of a classified car to the winner as a share of the race: by time if it is on the lead lap, else by laps.
fn finishing_gap(
    winner_laps: i16,
    winner_ms: i32,
    laps: i16,
    time_ms: Option<i32>,
    gap_ms: Option<i32>,
) -> Option<f64> {
    if winner_laps <= 0 || winner_ms <= 0 {
        return None;
    }
    let behind_ms = time_ms.map(|time| time - winner_ms).or(gap_ms);
    Some(match behind_ms.filter(|_| laps == winner_laps) {
        Some(behind) => f64::from(behind) / f64::from(winner_ms),
        None => f64::from(winner_laps - laps) / f64::from(winner_laps) + LAPPED,
    })
}

/// Log gap of a time to the best.
fn log_ratio(time_ms: i32, best_ms: i32) -> f64 {
    (f64::from(time_ms) / f64::from(best_ms)).ln()
}

/// The places in the sprint, for the Grand Prix of the same weekend.
async fn sprint_places(
    connection: &mut PgConnection,
    from_year: i16,
) -> Result<DataFrame, FrameError> {
    let rows = sqlx::query!(
        r#"SELECT s.race_id, s.driver_id, row_number() OVER (PARTITION BY s.race_id ORDER BY s.display_order)::integer AS "place!"
           FROM results s JOIN races r ON r.id = s.race_id WHERE r.year >= $1 AND s.contest = 'sprint'"#,
        from_year
    )
    .fetch_all(connection)
    .await?;
    Ok(columns!(rows, |row| {
        race_id: row.race_id,
        driver_id: row.driver_id,
        sprint_place: row.place,
    })?)
}

/// Each driver's log gap to the fastest lap of each practice session since `from_year`, and that lap in ms. Reserve drivers
/// are included, sessions with few times are not.
pub async fn practice(
    connection: &mut PgConnection,
    from_year: i16,
) -> Result<DataFrame, FrameError> {
    let rows = sqlx::query!(
        r#"SELECT p.race_id, p.session, p.driver_id, min(p.team_id) AS "team_id!", min(p.time_ms) AS "time_ms!",
                  min(min(p.time_ms)) OVER session AS "best_ms!", count(*) OVER session AS "timed!"
           FROM practice_results p JOIN races r ON r.id = p.race_id
           WHERE r.year >= $1 AND p.session <= 3 AND p.time_ms > 0
           GROUP BY p.race_id, p.session, p.driver_id WINDOW session AS (PARTITION BY p.race_id, p.session)
           ORDER BY p.race_id, p.session, min(p.display_order)"#,
        from_year,
    )
    .fetch_all(connection)
    .await?;
    let rows: Vec<_> = rows
        .into_iter()
        .filter(|row| row.timed >= MIN_PRACTICE_TIMES)
        .collect();
    Ok(columns!(rows, |row| {
        race_id: row.race_id,
        session: i32::from(row.session),
        driver_id: row.driver_id,
        team_id: row.team_id,
        gap: log_ratio(row.time_ms, row.best_ms),
        best_ms: row.best_ms,
    })?)
}
