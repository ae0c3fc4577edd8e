//! `GET /v1/drivers` and one driver.

use std::collections::HashMap;

use axum::{Json, extract::State};
use client::{
    drivers::{Driver, DriverSeason, DriverSummary, Drivers, RecentResult},
    races::TeamRef,
};
use schema::EntityKind;
use sqlx::PgPool;

use crate::{
    entrants::{DriverRow, TeamRow},
    error::{Error, Result},
    extract::{Path, Query},
    params::{KeyPath, SeasonQuery, moved_or_missing},
    races, seasons,
};

/// Drivers who started a Grand Prix, in order of family name.
///
/// With the number of starts and wins, in all seasons or in the one that is asked for.
#[utoipa::path(get, operation_id = "list_drivers", tag = "drivers and teams", path = "/v1/drivers",
    params(SeasonQuery),
    responses((status = 200, body = Drivers), (status = 404, description = "There is no such season")))]
pub(crate) async fn list(
    State(pool): State<PgPool>,
    Query(query): Query<SeasonQuery>,
) -> Result<Drivers> {
    if let Some(season) = query.season {
        seasons::require(&pool, season).await?;
    }
    let rows = sqlx::query!(
        r#"SELECT driver_ref(d) AS "driver!: DriverRow", d.nationality, d.country_code,
                  s.first_season AS "first_season!", s.last_season AS "last_season!", s.starts AS "starts!", s.wins AS "wins!"
           FROM (SELECT driver_id, min(year) AS first_season, max(year) AS last_season,
                        sum(starts) FILTER (WHERE $1::smallint IS NULL OR year = $1) AS starts,
                        sum(wins) FILTER (WHERE $1::smallint IS NULL OR year = $1) AS wins
                 FROM driver_season_stats GROUP BY driver_id) s
           JOIN drivers d ON d.id = s.driver_id
           WHERE s.starts IS NOT NULL ORDER BY d.last_name, d.first_name, d.driver_key"#,
        query.season
    )
    .fetch_all(&pool)
    .await?;
    let drivers = rows
        .into_iter()
        .map(|row| DriverSummary {
            driver: row.driver.into(),
            nationality: row.nationality,
            country_code: row.country_code,
            first_season: row.first_season,
            last_season: row.last_season,
            starts: row.starts,
            wins: row.wins,
        })
        .collect();
    Ok(Json(Drivers {
        season: query.season,
        drivers,
    }))
}

/// A driver: every season and the last ten Grands Prix.
///
/// A former key is answered with 301 and the address of the current one.
#[utoipa::path(get, operation_id = "driver", tag = "drivers and teams", path = "/v1/drivers/{key}", params(KeyPath),
    responses(
        (status = 200, body = Driver),
        (status = 301, description = "The key is a former one; `Location` has the current address"),
        (status = 404, description = "There is no such driver"),
    ))]
pub(crate) async fn show(State(pool): State<PgPool>, Path(path): Path<KeyPath>) -> Result<Driver> {
    let key = path.well_formed(EntityKind::Driver)?;
    let Some(row) = sqlx::query!(
        r#"SELECT id, driver_ref(d) AS "driver!: DriverRow", full_name, permanent_number, nationality,
                  country_code, date_of_birth, date_of_death, place_of_birth
           FROM drivers d WHERE driver_key = $1"#,
        key
    )
    .fetch_optional(&pool)
    .await?
    else {
        return Err(moved_or_missing(&pool, EntityKind::Driver, &key).await?);
    };
    let (seasons, recent) = tokio::try_join!(seasons_of(&pool, row.id), recent(&pool, row.id))?;
    Ok(Json(Driver {
        driver: row.driver.into(),
        full_name: row.full_name,
        permanent_number: row.permanent_number,
        nationality: row.nationality,
        country_code: row.country_code,
        date_of_birth: row.date_of_birth,
        date_of_death: row.date_of_death,
        place_of_birth: row.place_of_birth,
        seasons,
        recent,
    }))
}

async fn seasons_of(pool: &PgPool, id: i32) -> std::result::Result<Vec<DriverSeason>, Error> {
    let (rows, teams) = tokio::try_join!(
        sqlx::query!(
            r#"SELECT year, starts, classified, wins, podiums, poles, fastest_laps, retirements, points::float8 AS "points!",
                      mean_finish, mean_grid, mean_places_gained, qualifying_gap_to_teammate, sprint_starts, sprint_wins,
                      sprint_podiums, sprint_points::float8 AS "sprint_points!",
                      championship_position AS "championship_position?: i16", championship_points::float8 AS championship_points
               FROM driver_season_stats WHERE driver_id = $1 ORDER BY year DESC"#,
            id
        )
        .fetch_all(pool),
        sqlx::query!(
            r#"SELECT r.year, team_ref(t) AS "team!: TeamRow"
               FROM results s JOIN races r ON r.id = s.race_id JOIN teams t ON t.id = s.team_id
               WHERE s.driver_id = $1 AND s.status NOT IN ('did_not_qualify', 'excluded')
               GROUP BY r.year, t.id ORDER BY r.year, max(r.round)"#,
            id
        )
        .fetch_all(pool),
    )?;
    let mut driven: HashMap<i16, Vec<TeamRef>> = HashMap::new();
    for row in teams {
        driven
            .entry(row.year)
            .or_default()
            .push(row.team.in_season(row.year));
    }
    Ok(rows
        .into_iter()
        .map(|row| DriverSeason {
            year: row.year,
            teams: driven.remove(&row.year).unwrap_or_default(),
            championship_position: row.championship_position,
            championship_points: row.championship_points,
            starts: row.starts,
            classified: row.classified,
            wins: row.wins,
            podiums: row.podiums,
            poles: row.poles,
            fastest_laps: row.fastest_laps,
            retirements: row.retirements,
            points: row.points,
            mean_finish: row.mean_finish,
            mean_grid: row.mean_grid,
            mean_places_gained: row.mean_places_gained,
            qualifying_gap_to_teammate: row.qualifying_gap_to_teammate,
            sprint_starts: row.sprint_starts,
            sprint_wins: row.sprint_wins,
            sprint_podiums: row.sprint_podiums,
            sprint_points: row.sprint_points,
        })
        .collect())
}

async fn recent(pool: &PgPool, id: i32) -> std::result::Result<Vec<RecentResult>, Error> {
    let rows = sqlx::query!(
        r#"SELECT s.race_id, s.grid AS "grid?: i16", s.position AS "position?: i16", s.position_text,
                  s.points::float8 AS "points!", team_ref(t) AS "team!: TeamRow"
           FROM race_results s JOIN races r ON r.id = s.race_id JOIN teams t ON t.id = s.team_id
           WHERE s.driver_id = $1 ORDER BY r.date DESC, s.display_order LIMIT 10"#,
        id
    )
    .fetch_all(pool)
    .await?;
    let ids: Vec<i32> = rows.iter().map(|row| row.race_id).collect();
    let races = races::by_ids(pool, &ids).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let race = races.get(&row.race_id)?.clone();
            Some(RecentResult {
                team: row.team.in_season(race.year),
                race,
                grid: row.grid,
                position: row.position,
                position_text: row.position_text,
                points: row.points,
            })
        })
        .collect())
}
