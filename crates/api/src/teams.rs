//! `GET /v1/teams` and one team.

use std::collections::HashMap;

use axum::{Json, extract::State};
use client::{
    races::DriverRef,
    teams::{LineageMember, Team, TeamSeason, TeamSummary, Teams},
};
use schema::EntityKind;
use sqlx::PgPool;

use crate::{
    entrants::{DriverRow, TeamRow},
    error::{Error, Result},
    extract::{Path, Query},
    params::{KeyPath, SeasonQuery, moved_or_missing},
    seasons,
};

/// Teams that started a Grand Prix, in order of name.
///
/// With the number of starts and wins, in all seasons or in the one that is asked for.
#[utoipa::path(get, operation_id = "list_teams", tag = "drivers and teams", path = "/v1/teams", params(SeasonQuery),
    responses((status = 200, body = Teams), (status = 404, description = "There is no such season")))]
pub(crate) async fn list(
    State(pool): State<PgPool>,
    Query(query): Query<SeasonQuery>,
) -> Result<Teams> {
    if let Some(season) = query.season {
        seasons::require(&pool, season).await?;
    }
    let rows = sqlx::query!(
        r#"SELECT team_ref(t) AS "team!: TeamRow", t.country, t.country_code,
                  s.first_season AS "first_season!", s.last_season AS "last_season!", s.starts AS "starts!", s.wins AS "wins!"
           FROM (SELECT team_id, min(year) AS first_season, max(year) AS last_season,
                        sum(starts) FILTER (WHERE $1::smallint IS NULL OR year = $1) AS starts,
                        sum(wins) FILTER (WHERE $1::smallint IS NULL OR year = $1) AS wins
                 FROM team_season_stats GROUP BY team_id) s
           JOIN teams t ON t.id = s.team_id
           WHERE s.starts IS NOT NULL ORDER BY t.name, t.team_key"#,
        query.season
    )
    .fetch_all(&pool)
    .await?;
    let teams = rows
        .into_iter()
        .map(|row| TeamSummary {
            team: row.team.in_season(query.season.unwrap_or(row.last_season)),
            country: row.country,
            country_code: row.country_code,
            first_season: row.first_season,
            last_season: row.last_season,
            starts: row.starts,
            wins: row.wins,
        })
        .collect();
    Ok(Json(Teams {
        season: query.season,
        teams,
    }))
}

/// A team: the names of its organisation and every season.
///
/// A former key is answered with 301 and the address of the current one.
#[utoipa::path(get, operation_id = "team", tag = "drivers and teams", path = "/v1/teams/{key}", params(KeyPath),
    responses(
        (status = 200, body = Team),
        (status = 301, description = "The key is a former one; `Location` has the current address"),
        (status = 404, description = "There is no such team"),
    ))]
pub(crate) async fn show(State(pool): State<PgPool>, Path(path): Path<KeyPath>) -> Result<Team> {
    let key = path.well_formed(EntityKind::Team)?;
    let Some(row) = sqlx::query!(
        r#"SELECT id, lineage_id, team_ref(t) AS "team!: TeamRow", full_name, country, country_code
           FROM teams t WHERE team_key = $1"#,
        key
    )
    .fetch_optional(&pool)
    .await?
    else {
        return Err(moved_or_missing(&pool, EntityKind::Team, &key).await?);
    };
    let (seasons, lineage) =
        tokio::try_join!(seasons_of(&pool, row.id), lineage(&pool, row.lineage_id))?;
    let newest = seasons.first().map_or(0, |season| season.year);
    Ok(Json(Team {
        team: row.team.in_season(newest),
        full_name: row.full_name,
        country: row.country,
        country_code: row.country_code,
        lineage,
        seasons,
    }))
}

async fn lineage(pool: &PgPool, lineage_id: i32) -> std::result::Result<Vec<LineageMember>, Error> {
    let rows = sqlx::query!(
        r#"SELECT team_ref(t) AS "team!: TeamRow", min(s.year) AS first_season, max(s.year) AS last_season
           FROM teams t LEFT JOIN team_season_stats s ON s.team_id = t.id
           WHERE t.lineage_id = $1 GROUP BY t.id ORDER BY max(s.year) DESC NULLS LAST, t.name"#,
        lineage_id
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| LineageMember {
            team: row.team.in_season(row.last_season.unwrap_or(0)),
            first_season: row.first_season,
            last_season: row.last_season,
        })
        .collect())
}

async fn seasons_of(pool: &PgPool, id: i32) -> std::result::Result<Vec<TeamSeason>, Error> {
    let (rows, drivers) = tokio::try_join!(
        sqlx::query!(
            r#"SELECT year, races, starts, classified, wins, podiums, one_twos, poles, fastest_laps, retirements,
                      points::float8 AS "points!", mean_finish, mean_grid, sprint_wins, sprint_podiums,
                      sprint_points::float8 AS "sprint_points!", championship_position AS "championship_position?: i16",
                      championship_points::float8 AS championship_points
               FROM team_season_stats WHERE team_id = $1 ORDER BY year DESC"#,
            id
        )
        .fetch_all(pool),
        sqlx::query!(
            r#"SELECT r.year, driver_ref(d) AS "driver!: DriverRow"
               FROM race_results s JOIN races r ON r.id = s.race_id JOIN drivers d ON d.id = s.driver_id
               WHERE s.team_id = $1 AND s.status NOT IN ('did_not_start', 'did_not_qualify', 'excluded')
               GROUP BY r.year, d.id ORDER BY r.year, count(*) DESC, d.last_name"#,
            id
        )
        .fetch_all(pool),
    )?;
    let mut drove: HashMap<i16, Vec<DriverRef>> = HashMap::new();
    for row in drivers {
        drove.entry(row.year).or_default().push(row.driver.into());
    }
    Ok(rows
        .into_iter()
        .map(|row| TeamSeason {
            year: row.year,
            drivers: drove.remove(&row.year).unwrap_or_default(),
            championship_position: row.championship_position,
            championship_points: row.championship_points,
            races: row.races,
            starts: row.starts,
            classified: row.classified,
            wins: row.wins,
            podiums: row.podiums,
            one_twos: row.one_twos,
            poles: row.poles,
            fastest_laps: row.fastest_laps,
            retirements: row.retirements,
            points: row.points,
            mean_finish: row.mean_finish,
            mean_grid: row.mean_grid,
            sprint_wins: row.sprint_wins,
            sprint_podiums: row.sprint_podiums,
            sprint_points: row.sprint_points,
        })
        .collect())
}
