//! `GET /v1/seasons/{year}/races/{round}/corrections`

use axum::{Json, extract::State};
use client::{
    corrections::{CorrectedRow, Correction, Corrections, RaceCorrection},
    races::RaceRef,
    vocabulary::RaceList,
};
use sqlx::PgPool;

use crate::{
    entrants::DriverRow,
    error::{Error, Result},
    extract::Path,
    params::RacePath,
    races::find,
};

/// Rows that upstreams changed or removed after they were stored; empty if there are none.
///
/// A result may change after the race: a penalty, a disqualification, a correction of the source. Each change has the
/// row before and after it, and the run of the job that found it.
#[utoipa::path(get, operation_id = "corrections", tag = "races",
    path = "/v1/seasons/{year}/races/{round}/corrections", params(RacePath),
    responses((status = 200, body = Corrections), (status = 404, description = "There is no such race")))]
pub(crate) async fn show(
    State(pool): State<PgPool>,
    Path(path): Path<RacePath>,
) -> Result<Corrections> {
    let (id, race) = find(&pool, &path).await?;
    let corrections = select(&pool, Some(id), None).await?;
    Ok(Json(Corrections {
        race,
        corrections: corrections
            .into_iter()
            .map(|of_race| of_race.correction)
            .collect(),
    }))
}

/// The newest corrections of all races.
pub(crate) async fn newest(
    pool: &PgPool,
    limit: i64,
) -> std::result::Result<Vec<RaceCorrection>, Error> {
    select(pool, None, Some(limit)).await
}

async fn select(
    pool: &PgPool,
    race_id: Option<i32>,
    limit: Option<i64>,
) -> std::result::Result<Vec<RaceCorrection>, Error> {
    let rows = sqlx::query_file!("src/corrections/list.sql", race_id, limit)
        .fetch_all(pool)
        .await?;
    let corrections = rows.into_iter().map(|row| RaceCorrection {
        race: RaceRef {
            year: row.year,
            round: row.round,
            name: row.name,
        },
        correction: Correction {
            list: row.list,
            driver: row.driver.into(),
            before: row.before.0,
            after: row.after.map(|row| row.0),
            at: row.at,
            run: row.job_run_id,
        },
    });
    Ok(corrections.collect())
}
