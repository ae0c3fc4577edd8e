//! The lists of a race weekend: results, qualifying and grids of the Grand Prix and the sprint, practice, pit stops.

use axum::{Json, extract::State};
use client::{
    races::Race,
    sessions::{
        Grid, GridRow, PitStopRow, PitStops, Practice, PracticeRow, PracticeSession, Qualifying,
        QualifyingRow, ResultRow, Results,
    },
    vocabulary::{Contest, ResultStatus},
};
use sqlx::PgPool;

use crate::{
    entrants::{DriverRow, TeamRow},
    error::{Error, Result},
    extract::Path,
    params::RacePath,
    races::find,
};

/// The result of the Grand Prix.
///
/// Every car of the official classification, in its order and with those that did not start: place, laps, time or gap,
/// points, and why a car retired.
#[utoipa::path(get, operation_id = "results", tag = "races", path = "/v1/seasons/{year}/races/{round}/results",
    params(RacePath),
    responses(
        (status = 200, body = Results),
        (status = 404, description = "There is no such race, or it has no result yet"),
    ))]
pub(crate) async fn results(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<Results> {
    results_of(&pool, &path, Contest::GrandPrix).await
}

/// The result of the sprint.
///
/// In the same shape as the result of the Grand Prix. Sprints exist since 2021.
#[utoipa::path(get, operation_id = "sprint_results", tag = "races", path = "/v1/seasons/{year}/races/{round}/sprint",
    params(RacePath),
    responses(
        (status = 200, body = Results),
        (status = 404, description = "There is no such race, or it has no sprint result"),
    ))]
pub(crate) async fn sprint(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<Results> {
    results_of(&pool, &path, Contest::Sprint).await
}

/// The qualifying classification, before penalties.
///
/// The order of qualifying with the times of its segments. Grid penalties come later: see `grid`.
#[utoipa::path(get, operation_id = "qualifying", tag = "races", path = "/v1/seasons/{year}/races/{round}/qualifying",
    params(RacePath),
    responses(
        (status = 200, body = Qualifying),
        (status = 404, description = "There is no such race, or it has no qualifying yet"),
    ))]
pub(crate) async fn qualifying(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<Qualifying> {
    qualifying_of(&pool, &path, Contest::GrandPrix).await
}

/// The sprint-qualifying classification (2023 on; before that Friday's qualifying set the sprint grid).
///
/// Exists since 2023. Before that, Friday's qualifying set the grid of the sprint.
#[utoipa::path(get, operation_id = "sprint_qualifying", tag = "races",
    path = "/v1/seasons/{year}/races/{round}/sprint-qualifying", params(RacePath),
    responses(
        (status = 200, body = Qualifying),
        (status = 404, description = "There is no such race, or it has no sprint qualifying"),
    ))]
pub(crate) async fn sprint_qualifying(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<Qualifying> {
    qualifying_of(&pool, &path, Contest::Sprint).await
}

/// The official starting grid of the Grand Prix, after penalties.
///
/// The order in which the cars started, with the penalties that separate it from qualifying. A car that starts from
/// the pit lane has no place.
#[utoipa::path(get, operation_id = "grid", tag = "races", path = "/v1/seasons/{year}/races/{round}/grid",
    params(RacePath),
    responses(
        (status = 200, body = Grid),
        (status = 404, description = "There is no such race, or it has no grid yet"),
    ))]
pub(crate) async fn grid(State(pool): State<PgPool>, Path(path): Path<RacePath>) -> Result<Grid> {
    grid_of(&pool, &path, Contest::GrandPrix).await
}

/// The official starting grid of the sprint.
///
/// In the same shape as the grid of the Grand Prix.
#[utoipa::path(get, operation_id = "sprint_grid", tag = "races",
    path = "/v1/seasons/{year}/races/{round}/sprint-grid", params(RacePath),
    responses(
        (status = 200, body = Grid),
        (status = 404, description = "There is no such race, or it has no sprint grid"),
    ))]
pub(crate) async fn sprint_grid(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<Grid> {
    grid_of(&pool, &path, Contest::Sprint).await
}

/// Best laps of every practice session of the weekend.
///
/// One list a session, each in the order of best laps.
#[utoipa::path(get, operation_id = "practice", tag = "races", path = "/v1/seasons/{year}/races/{round}/practice",
    params(RacePath),
    responses(
        (status = 200, body = Practice),
        (status = 404, description = "There is no such race, or it has no practice times"),
    ))]
pub(crate) async fn practice(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<Practice> {
    let (id, race) = find(&pool, &path).await?;
    let rows = sqlx::query!(
        r#"SELECT p.session, p.display_order, p.car_number, p.time_ms AS "time_ms?: i32", p.laps,
                  driver_ref(d) AS "driver!: DriverRow", team_ref(t) AS "team!: TeamRow"
           FROM practice_results p JOIN drivers d ON d.id = p.driver_id JOIN teams t ON t.id = p.team_id
           WHERE p.race_id = $1 ORDER BY p.session, p.display_order"#,
        id
    )
    .fetch_all(&pool)
    .await?;
    let mut practice: Vec<PracticeSession> = Vec::new();
    for row in rows {
        if practice
            .last()
            .is_none_or(|session| session.session != row.session)
        {
            practice.push(PracticeSession {
                session: row.session,
                results: Vec::new(),
            });
        }
        let result = PracticeRow {
            position: row.display_order,
            driver: row.driver.into(),
            team: row.team.in_season(race.year),
            car_number: row.car_number,
            time_ms: row.time_ms,
            laps: row.laps,
        };
        if let Some(session) = practice.last_mut() {
            session.results.push(result);
        }
    }
    Ok(Json(Practice {
        race: with_list(race, practice.is_empty(), "practice")?,
        practice,
    }))
}

/// Pit stops of the Grand Prix in chronological order.
///
/// Each stop has its lap and the time spent in the pit lane.
#[utoipa::path(get, operation_id = "pit_stops", tag = "races", path = "/v1/seasons/{year}/races/{round}/pit-stops",
    params(RacePath),
    responses(
        (status = 200, body = PitStops),
        (status = 404, description = "There is no such race, or it has no pit stops"),
    ))]
pub(crate) async fn pit_stops(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<PitStops> {
    let (id, race) = find(&pool, &path).await?;
    let rows = sqlx::query!(
        r#"SELECT p.stop, p.lap, p.car_number, p.time_ms AS "time_ms?: i32",
                  driver_ref(d) AS "driver!: DriverRow", team_ref(t) AS "team!: TeamRow"
           FROM pit_stops p JOIN drivers d ON d.id = p.driver_id JOIN teams t ON t.id = p.team_id
           WHERE p.race_id = $1 ORDER BY p.display_order"#,
        id
    )
    .fetch_all(&pool)
    .await?;
    let pit_stops: Vec<PitStopRow> = rows
        .into_iter()
        .map(|row| PitStopRow {
            driver: row.driver.into(),
            team: row.team.in_season(race.year),
            car_number: row.car_number,
            stop: row.stop,
            lap: row.lap,
            time_ms: row.time_ms,
        })
        .collect();
    Ok(Json(PitStops {
        race: with_list(race, pit_stops.is_empty(), "pit stops")?,
        pit_stops,
    }))
}

async fn results_of(pool: &PgPool, path: &RacePath, contest: Contest) -> Result<Results> {
    let (id, race) = find(pool, path).await?;
    let rows = sqlx::query!(
        r#"SELECT s.position AS "position?: i16", s.position_text, s.car_number, s.shared_car, s.grid AS "grid?: i16",
                  s.laps, s.time_ms AS "time_ms?: i32", s.gap_ms AS "gap_ms?: i32", s.gap_laps,
                  s.status AS "status: ResultStatus", s.retirement_reason, s.points::float8 AS "points!", s.pit_stops,
                  s.fastest_lap_ms AS "fastest_lap_ms?: i32", s.fastest_lap, s.pole,
                  driver_ref(d) AS "driver!: DriverRow", team_ref(t) AS "team!: TeamRow"
           FROM results s JOIN drivers d ON d.id = s.driver_id JOIN teams t ON t.id = s.team_id
           WHERE s.race_id = $1 AND s.contest = $2 AND s.status NOT IN ('did_not_qualify', 'excluded')
           ORDER BY s.display_order"#,
        id,
        contest as Contest,
    )
    .fetch_all(pool)
    .await?;
    let results: Vec<ResultRow> = rows
        .into_iter()
        .map(|row| ResultRow {
            position: row.position,
            position_text: row.position_text,
            classified: row.position.is_some(),
            driver: row.driver.into(),
            team: row.team.in_season(race.year),
            car_number: row.car_number,
            shared_car: row.shared_car,
            grid: row.grid,
            laps: row.laps,
            time_ms: row.time_ms,
            gap_ms: row.gap_ms,
            gap_laps: row.gap_laps,
            status: row.status,
            retirement_reason: row.retirement_reason,
            points: row.points,
            pit_stops: row.pit_stops,
            fastest_lap_ms: row.fastest_lap_ms,
            fastest_lap: row.fastest_lap,
            pole: row.pole,
        })
        .collect();
    Ok(Json(Results {
        race: with_list(
            race,
            results.is_empty(),
            by_contest(contest, "result", "sprint result"),
        )?,
        contest,
        results,
    }))
}

async fn qualifying_of(pool: &PgPool, path: &RacePath, contest: Contest) -> Result<Qualifying> {
    let (id, race) = find(pool, path).await?;
    let rows = sqlx::query!(
        r#"SELECT q.position AS "position?: i16", q.position_text, q.car_number, q.q1_ms AS "q1_ms?: i32",
                  q.q2_ms AS "q2_ms?: i32", q.q3_ms AS "q3_ms?: i32", q.time_ms AS "time_ms?: i32", q.laps,
                  driver_ref(d) AS "driver!: DriverRow", team_ref(t) AS "team!: TeamRow"
           FROM qualifying q JOIN drivers d ON d.id = q.driver_id JOIN teams t ON t.id = q.team_id
           WHERE q.race_id = $1 AND q.contest = $2 ORDER BY q.display_order"#,
        id,
        contest as Contest,
    )
    .fetch_all(pool)
    .await?;
    let qualifying: Vec<QualifyingRow> = rows
        .into_iter()
        .map(|row| QualifyingRow {
            position: row.position,
            position_text: row.position_text,
            driver: row.driver.into(),
            team: row.team.in_season(race.year),
            car_number: row.car_number,
            q1_ms: row.q1_ms,
            q2_ms: row.q2_ms,
            q3_ms: row.q3_ms,
            time_ms: row.time_ms,
            laps: row.laps,
        })
        .collect();
    let race = with_list(
        race,
        qualifying.is_empty(),
        by_contest(contest, "qualifying", "sprint qualifying"),
    )?;
    Ok(Json(Qualifying {
        race,
        contest,
        qualifying,
    }))
}

async fn grid_of(pool: &PgPool, path: &RacePath, contest: Contest) -> Result<Grid> {
    let (id, race) = find(pool, path).await?;
    let rows = sqlx::query!(
        r#"SELECT g.position AS "position?: i16", g.pit_lane, g.car_number, g.qualifying_position AS "qualifying_position?: i16",
                  g.penalty, g.time_ms AS "time_ms?: i32",
                  driver_ref(d) AS "driver!: DriverRow", team_ref(t) AS "team!: TeamRow"
           FROM grid g JOIN drivers d ON d.id = g.driver_id JOIN teams t ON t.id = g.team_id
           WHERE g.race_id = $1 AND g.contest = $2 ORDER BY g.position NULLS LAST, g.display_order"#,
        id,
        contest as Contest,
    )
    .fetch_all(pool)
    .await?;
    let grid: Vec<GridRow> = rows
        .into_iter()
        .map(|row| GridRow {
            position: row.position,
            pit_lane: row.pit_lane,
            driver: row.driver.into(),
            team: row.team.in_season(race.year),
            car_number: row.car_number,
            qualifying_position: row.qualifying_position,
            penalty: row.penalty,
            time_ms: row.time_ms,
        })
        .collect();
    Ok(Json(Grid {
        race: with_list(
            race,
            grid.is_empty(),
            by_contest(contest, "grid", "sprint grid"),
        )?,
        contest,
        grid,
    }))
}

const fn by_contest(
    contest: Contest,
    grand_prix: &'static str,
    sprint: &'static str,
) -> &'static str {
    match contest {
        Contest::GrandPrix => grand_prix,
        Contest::Sprint => sprint,
    }
}

/// `race`, or 404 if its list is empty.
fn with_list(race: Race, empty: bool, list: &str) -> std::result::Result<Race, Error> {
    if empty {
        Err(Error::not_found(format!(
            "there is no {list} of the {} {}",
            race.year, race.name
        )))
    } else {
        Ok(race)
    }
}
