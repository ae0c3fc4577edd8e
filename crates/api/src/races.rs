//! `GET /v1/seasons/{year}/races` and one race.

use std::collections::HashMap;

use axum::{Json, extract::State};
use chrono::{DateTime, NaiveDate, Utc};
use client::{
    races::{Circuit, Entrant, Race, RaceDetail, RaceResource, RaceSummary, Races, Session},
    vocabulary::{Contest, EventFormat, RaceStatus, SessionKind},
};
use sqlx::PgPool;

use crate::{
    entrants::{DriverRow, TeamRow},
    error::{Error, Result},
    extract::Path,
    params::{RacePath, SeasonPath},
    seasons,
};

/// The calendar of a season with the winners.
///
/// Races that are over have their winners, and sprints that are over theirs in `sprint_winner`. `status` says how far a
/// weekend has come. Cancelled races are in the list.
#[utoipa::path(get, operation_id = "list_races", tag = "races", path = "/v1/seasons/{year}/races", params(SeasonPath),
    responses((status = 200, body = Races), (status = 404, description = "There is no such season")))]
pub(crate) async fn list(
    State(pool): State<PgPool>,
    Path(SeasonPath { year }): Path<SeasonPath>,
) -> Result<Races> {
    seasons::require(&pool, year).await?;
    let races = of_season(&pool, year).await?;
    let winners = sqlx::query!(
        r#"SELECT s.race_id, s.contest AS "contest: Contest", driver_ref(d) AS "driver!: DriverRow", team_ref(t) AS "team!: TeamRow"
           FROM races r JOIN results s ON s.race_id = r.id AND s.position = 1
           JOIN drivers d ON d.id = s.driver_id JOIN teams t ON t.id = s.team_id
           WHERE r.year = $1 ORDER BY s.race_id, s.display_order"#,
        year
    )
    .fetch_all(&pool)
    .await?;
    let mut grands_prix: HashMap<i32, Vec<Entrant>> = HashMap::new();
    let mut sprints: HashMap<i32, Entrant> = HashMap::new();
    for row in winners {
        let entrant = Entrant {
            driver: row.driver.into(),
            team: row.team.in_season(year),
        };
        match row.contest {
            Contest::GrandPrix => grands_prix.entry(row.race_id).or_default().push(entrant),
            Contest::Sprint => {
                sprints.insert(row.race_id, entrant);
            }
        }
    }
    let summary = |(id, race)| RaceSummary {
        race,
        winners: grands_prix.remove(&id).unwrap_or_default(),
        sprint_winner: sprints.remove(&id),
    };
    Ok(Json(Races {
        season: year,
        races: races.into_iter().map(summary).collect(),
    }))
}

/// A race with its sessions and the list of its resources.
///
/// Has the session times of the weekend, the length of the track in that year, and in `available` the parts of the
/// weekend that can be asked for below this address.
#[utoipa::path(get, operation_id = "race", tag = "races", path = "/v1/seasons/{year}/races/{round}", params(RacePath),
    responses((status = 200, body = RaceDetail), (status = 404, description = "There is no such race")))]
pub(crate) async fn show(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<RaceDetail> {
    let (id, race) = find(&pool, &path).await?;
    let (facts, sessions, available) = tokio::try_join!(
        sqlx::query!(
            r#"SELECT official_name, laps, scheduled_laps, sprint_laps, lap_length_m, turns,
                      (SELECT count(*) FROM races n WHERE n.year = r.year)::smallint AS "rounds!"
               FROM races r WHERE id = $1"#,
            id
        )
        .fetch_one(&pool),
        sqlx::query_as!(
            Session,
            r#"SELECT session AS "session: SessionKind", date, starts_at FROM race_sessions WHERE race_id = $1
               ORDER BY date, starts_at NULLS LAST, race_sessions.session"#,
            id
        )
        .fetch_all(&pool),
        available(&pool, id),
    )?;
    Ok(Json(RaceDetail {
        race,
        official_name: facts.official_name,
        laps: facts.laps,
        scheduled_laps: facts.scheduled_laps,
        sprint_laps: facts.sprint_laps,
        lap_length_m: facts.lap_length_m,
        turns: facts.turns,
        rounds: facts.rounds,
        sessions,
        available,
    }))
}

/// The resources of a race that exist.
async fn available(pool: &PgPool, id: i32) -> std::result::Result<Vec<RaceResource>, sqlx::Error> {
    let stored = sqlx::query!(
        r#"SELECT EXISTS (SELECT FROM race_results WHERE race_id = $1) AS "results!",
                  EXISTS (SELECT FROM qualifying_results WHERE race_id = $1) AS "qualifying!",
                  EXISTS (SELECT FROM race_grid WHERE race_id = $1) AS "grid!",
                  EXISTS (SELECT FROM practice_results WHERE race_id = $1) AS "practice!",
                  EXISTS (SELECT FROM pit_stops WHERE race_id = $1) AS "pit_stops!",
                  EXISTS (SELECT FROM sprint_results WHERE race_id = $1) AS "sprint!",
                  EXISTS (SELECT FROM sprint_qualifying_results WHERE race_id = $1) AS "sprint_qualifying!",
                  EXISTS (SELECT FROM sprint_grid WHERE race_id = $1) AS "sprint_grid!",
                  EXISTS (SELECT FROM race_predictions WHERE race_id = $1) AS "prediction!",
                  EXISTS (SELECT FROM sprint_predictions WHERE race_id = $1) AS "sprint_prediction!",
                  EXISTS (SELECT FROM corrections WHERE race_id = $1) AS "corrections!""#,
        id
    )
    .fetch_one(pool)
    .await?;
    let resources = [
        (RaceResource::Results, stored.results),
        (RaceResource::Qualifying, stored.qualifying),
        (RaceResource::Grid, stored.grid),
        (RaceResource::Practice, stored.practice),
        (RaceResource::PitStops, stored.pit_stops),
        (RaceResource::Sprint, stored.sprint),
        (RaceResource::SprintQualifying, stored.sprint_qualifying),
        (RaceResource::SprintGrid, stored.sprint_grid),
        (RaceResource::Prediction, stored.prediction),
        (RaceResource::SprintPrediction, stored.sprint_prediction),
        (RaceResource::Corrections, stored.corrections),
    ];
    Ok(resources
        .into_iter()
        .filter_map(|(resource, stored)| stored.then_some(resource))
        .collect())
}

/// The race at a path, with its id; 404 if there is none.
pub(crate) async fn find(
    pool: &PgPool,
    path: &RacePath,
) -> std::result::Result<(i32, Race), Error> {
    let mut races = select(pool, Some(path.year), Some(path.round), None).await?;
    races.pop().ok_or_else(|| {
        Error::not_found(format!("there is no round {} of {}", path.round, path.year))
    })
}

/// The races of a season, with their ids, in order of rounds.
pub(crate) async fn of_season(
    pool: &PgPool,
    year: i16,
) -> std::result::Result<Vec<(i32, Race)>, Error> {
    select(pool, Some(year), None, None).await
}

/// Races by id.
pub(crate) async fn by_ids(
    pool: &PgPool,
    ids: &[i32],
) -> std::result::Result<HashMap<i32, Race>, Error> {
    Ok(select(pool, None, None, Some(ids))
        .await?
        .into_iter()
        .collect())
}

struct RaceRow {
    id: i32,
    year: i16,
    round: i16,
    name: String,
    date: NaiveDate,
    starts_at: Option<DateTime<Utc>>,
    status: RaceStatus,
    event_format: EventFormat,
    circuit_key: String,
    circuit_name: String,
    place: String,
    country: String,
    country_code: String,
    time_zone: String,
}

impl RaceRow {
    fn into_race(self) -> (i32, Race) {
        let race = Race {
            year: self.year,
            round: self.round,
            name: self.name,
            circuit: Circuit {
                key: self.circuit_key,
                name: self.circuit_name,
                place: self.place,
                country: self.country,
                country_code: self.country_code,
                time_zone: self.time_zone,
            },
            date: self.date,
            starts_at: self.starts_at,
            status: self.status,
            event_format: self.event_format,
        };
        (self.id, race)
    }
}

/// Races by any of the filters. PostgreSQL makes a plan for each combination of filters.
async fn select(
    pool: &PgPool,
    year: Option<i16>,
    round: Option<i16>,
    ids: Option<&[i32]>,
) -> std::result::Result<Vec<(i32, Race)>, Error> {
    let rows = sqlx::query_as!(
        RaceRow,
        r#"SELECT r.id, r.year, r.round, r.name, r.date, r.starts_at, r.status AS "status: RaceStatus",
                  r.event_format AS "event_format: EventFormat", c.circuit_key::text AS "circuit_key!",
                  c.name AS circuit_name, c.place, c.country, c.country_code, c.time_zone
           FROM races r JOIN circuits c ON c.id = r.circuit_id
           WHERE ($1::smallint IS NULL OR r.year = $1) AND ($2::smallint IS NULL OR r.round = $2)
             AND ($3::int[] IS NULL OR r.id = ANY($3))
           ORDER BY r.year, r.round, r.status <> 'cancelled'"#,
        year,
        round,
        ids,
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(RaceRow::into_race).collect())
}
