//! `GET /v1/seasons/{year}/title-odds`

use axum::{Json, extract::State};
use client::{
    races::DriverRef,
    title_odds::{DriverOdds, OddsAfter, TeamOdds, TitleOdds},
};
use sqlx::PgPool;

use crate::{
    entrants::{DriverRow, TeamRow},
    error::Result,
    extract::Path,
    params::SeasonPath,
    seasons,
};

/// Title odds after every round; empty if a season has none.
///
/// For every driver and team the chance to become champion, with the expected points and their interval, from many
/// simulations of the races that are left.
#[utoipa::path(get, operation_id = "title_odds", tag = "championships", path = "/v1/seasons/{year}/title-odds",
    params(SeasonPath),
    responses((status = 200, body = TitleOdds), (status = 404, description = "There is no such season")))]
pub(crate) async fn show(
    State(pool): State<PgPool>,
    Path(SeasonPath { year }): Path<SeasonPath>,
) -> Result<TitleOdds> {
    seasons::require(&pool, year).await?;
    let (rounds, rows) = tokio::try_join!(
        sqlx::query_scalar!(
            r#"SELECT count(*)::smallint AS "rounds!" FROM races WHERE year = $1 AND status <> 'cancelled'"#,
            year
        )
        .fetch_one(&pool),
        sqlx::query_file!("src/title_odds/season.sql", year).fetch_all(&pool),
    )?;
    let after_round = rows.iter().map(|row| row.round).max();
    let mut drivers: Vec<DriverOdds> = Vec::new();
    let mut teams: Vec<TeamOdds> = Vec::new();
    for row in rows {
        let team = row.team.in_season(year);
        let odds = OddsAfter {
            after_round: row.round,
            points: row.points,
            chance: row.chance,
            expected_points: row.expected_points,
            interval: [row.low_points, row.high_points],
            possible: row.possible,
            clinched: row.clinched,
        };
        let rounds = if let Some(driver) = row.driver.map(DriverRef::from) {
            let known = |odds: &DriverOdds| odds.driver.key == driver.key;
            let odds = find_or_push(&mut drivers, known, || DriverOdds {
                driver: driver.clone(),
                team,
                rounds: Vec::new(),
            });
            &mut odds.rounds
        } else {
            let known = |odds: &TeamOdds| odds.team.key == team.key;
            let odds = find_or_push(&mut teams, known, || TeamOdds {
                team: team.clone(),
                rounds: Vec::new(),
            });
            &mut odds.rounds
        };
        rounds.push(odds);
    }
    // The query orders rounds from the latest, the answer from the first.
    let all_rounds = drivers
        .iter_mut()
        .map(|driver| &mut driver.rounds)
        .chain(teams.iter_mut().map(|team| &mut team.rounds));
    all_rounds.for_each(|rounds| rounds.reverse());
    Ok(Json(TitleOdds {
        season: year,
        rounds,
        after_round,
        drivers,
        teams,
    }))
}

/// The element for which `is` holds, or `new` at the end of the list.
fn find_or_push<T>(list: &mut Vec<T>, is: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> &mut T {
    let index = list.iter().position(is).unwrap_or(list.len());
    if index == list.len() {
        list.push(new());
    }
    &mut list[index]
}
