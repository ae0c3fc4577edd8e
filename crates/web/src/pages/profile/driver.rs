//! One driver.

use axum::response::IntoResponse;
use chrono::NaiveDate;
use client::drivers::{Driver, DriverSeason, RecentResult};

use super::{Cell, ProfilePage, Recent, SeasonRow, lede, mean_finish, not_found};
use crate::{
    address,
    competitor::Competitor,
    error::Error,
    extract::{Api, Path},
    page::Page,
    pages::frame,
    words,
};

/// `GET /drivers/{key}`
pub(crate) async fn show(
    Api(api): Api,
    Path(key): Path<String>,
) -> Result<impl IntoResponse, Error> {
    let of = Competitor::Driver;
    let (frame, driver) = tokio::join!(frame(&api, of.section()), api.driver(&key));
    let frame = frame?;
    let driver = match driver {
        Err(client::Error::NotFound(_)) => {
            let all = api.drivers(None).await?.drivers.into_iter();
            let candidates = all.map(|row| (row.driver.key, row.driver.name));
            return Err(not_found(of, &key, candidates));
        }
        answer => answer?,
    };
    let seasons = &driver.seasons;
    Ok(Page(ProfilePage {
        frame,
        over: driver.nationality.as_ref().map_or_else(
            || driver.driver.code.clone(),
            |country| format!("{country} · {}", driver.driver.code),
        ),
        name: driver.driver.name.clone(),
        lede: lede(
            &driver.driver.name,
            sum(seasons, |season| season.starts),
            sum(seasons, |season| season.wins),
            seasons.iter().map(|season| season.championship_position),
        ),
        cells: cells(&driver),
        lineage: Vec::new(),
        recent: driver.recent.iter().map(recent).collect(),
        caption: "Points are those that counted for the championship. Qualifying against the teammate: median gap in per cent, negative is faster.",
        with: "Team",
        standings: of,
        duel: true,
        seasons: seasons.iter().map(season).collect(),
    }))
}

fn sum(seasons: &[DriverSeason], of: fn(&DriverSeason) -> i16) -> i64 {
    seasons.iter().map(|season| i64::from(of(season))).sum()
}

fn cells(driver: &Driver) -> Vec<Cell> {
    let total = |name, of| Cell::new(name, sum(&driver.seasons, of).to_string());
    let mut cells = vec![
        total("Grands Prix", |season| season.starts),
        total("Wins", |season| season.wins),
        total("Podiums", |season| season.podiums),
        total("Poles", |season| season.poles),
        total("Fastest laps", |season| season.fastest_laps),
        total("Retirements", |season| season.retirements),
    ];
    if sum(&driver.seasons, |season| season.sprint_starts) > 0 {
        cells.push(total("Sprint wins", |season| season.sprint_wins));
    }
    let day = |date: NaiveDate| date.format("%-d %b %Y").to_string();
    cells.push(Cell::new("Born", day(driver.date_of_birth)));
    if let Some(place) = &driver.place_of_birth {
        cells.push(Cell::new("In", place.clone()));
    }
    if let Some(date) = driver.date_of_death {
        cells.push(Cell::new("Died", day(date)));
    }
    cells
}

fn recent(row: &RecentResult) -> Recent {
    let scored = Some(row.points).filter(|points| *points > 0.0);
    Recent {
        href: address::race(row.race.year, row.race.round),
        race: format!("{} {}", row.race.name, row.race.year),
        team: row.team.name.clone(),
        grid: words::or_empty(row.grid),
        finish: row.position_text.clone(),
        points: words::or_empty(scored.map(words::points)),
    }
}

fn season(season: &DriverSeason) -> SeasonRow {
    let teams: Vec<&str> = season.teams.iter().map(|team| team.name.as_str()).collect();
    let gap = season.qualifying_gap_to_teammate;
    SeasonRow {
        year: season.year,
        with: teams.join(", "),
        position: words::or_empty(season.championship_position),
        points: words::or_empty(season.championship_points.map(words::points)),
        starts: season.starts,
        wins: season.wins,
        podiums: season.podiums,
        poles: season.poles,
        retired: season.retirements,
        mean_finish: mean_finish(season.mean_finish),
        teammate: words::or_empty(gap.map(|gap| format!("{}%", words::signed(100.0 * gap)))),
    }
}
