//! Drivers: the list of all time and one driver.

use askama::Template;
use axum::response::IntoResponse;
use client::drivers::{Driver, DriverSeason, RecentResult};

use super::{frame, nearest};
use crate::{
    error::Error,
    extract::{Api, Path},
    page::{Frame, Page, Part},
    parts::{Lede, Link},
    words,
};

#[derive(Template)]
#[template(path = "list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) title: &'static str,
    pub(crate) lede: Lede,
    pub(crate) caption: &'static str,
    pub(crate) links: Vec<Link>,
    pub(crate) rows: Vec<ListRow>,
}

pub(crate) struct ListRow {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) country: String,
    pub(crate) seasons: String,
    pub(crate) starts: i64,
    pub(crate) wins: i64,
}

/// A driver or a team with every season.
#[derive(Template)]
#[template(path = "profile.html")]
pub(crate) struct ProfilePage {
    pub(crate) frame: Frame,
    pub(crate) over: String,
    pub(crate) name: String,
    pub(crate) lede: Lede,
    pub(crate) cells: Vec<Cell>,
    pub(crate) lineage: Vec<Link>,
    pub(crate) recent: Vec<Recent>,
    pub(crate) caption: &'static str,
    pub(crate) with: &'static str,
    pub(crate) table: &'static str,
    pub(crate) duel: bool,
    pub(crate) seasons: Vec<SeasonRow>,
}

pub(crate) struct Cell {
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

pub(crate) struct Recent {
    href: String,
    race: String,
    team: String,
    grid: String,
    finish: String,
    points: String,
}

pub(crate) struct SeasonRow {
    pub(crate) year: i16,
    pub(crate) with: String,
    pub(crate) position: String,
    pub(crate) points: String,
    pub(crate) starts: i16,
    pub(crate) wins: i16,
    pub(crate) podiums: i16,
    pub(crate) poles: i16,
    pub(crate) retired: i16,
    pub(crate) mean_finish: String,
    pub(crate) teammate: String,
}

/// `GET /drivers`
pub(crate) async fn list(Api(api): Api) -> Result<impl IntoResponse, Error> {
    let (frame, drivers) = tokio::join!(frame(&api, Part::Drivers), api.drivers(None));
    let (frame, drivers) = (frame?, drivers?.drivers);
    let winners = drivers.iter().filter(|driver| driver.wins > 0).count();
    let lede = Lede {
        strong: format!("{} people have started a Grand Prix", drivers.len()),
        rest: format!("; {winners} of them have won one."),
    };
    let links = frame.season.map(|season| {
        Link::new(
            format!("/seasons/{season}/standings/drivers"),
            format!("Standings {season}"),
        )
    });
    let rows = drivers.into_iter().map(|row| ListRow {
        href: format!("/drivers/{}", row.driver.key),
        name: row.driver.name,
        country: row.nationality.unwrap_or_default(),
        seasons: years(row.first_season, row.last_season),
        starts: row.starts,
        wins: row.wins,
    });
    Ok(Page(ListPage {
        rows: rows.collect(),
        frame,
        title: "Drivers",
        lede,
        caption: "By family name.",
        links: links.into_iter().collect(),
    }))
}

/// `GET /drivers/{key}`
pub(crate) async fn show(
    Api(api): Api,
    Path(key): Path<String>,
) -> Result<impl IntoResponse, Error> {
    let (frame, driver) = tokio::join!(frame(&api, Part::Drivers), api.driver(&key));
    let frame = frame?;
    let driver = match driver {
        Err(client::Error::NotFound(_)) => {
            let all = api
                .drivers(None)
                .await?
                .drivers
                .into_iter()
                .map(|row| row.driver);
            let candidates =
                all.map(|driver| (format!("/drivers/{}", driver.key), driver.name, driver.key));
            return Err(Error::NotFound {
                near: nearest(&key, candidates),
            });
        }
        answer => answer?,
    };
    Ok(Page(ProfilePage {
        frame,
        over: driver.nationality.as_ref().map_or_else(
            || driver.driver.code.clone(),
            |country| format!("{country} · {}", driver.driver.code),
        ),
        name: driver.driver.name.clone(),
        lede: lede(&driver),
        cells: cells(&driver),
        lineage: Vec::new(),
        recent: driver.recent.iter().map(recent).collect(),
        caption: "Points are those that counted for the championship. Qualifying against the teammate: median gap in per cent, negative is faster.",
        with: "Team",
        table: "drivers",
        duel: true,
        seasons: driver.seasons.iter().map(season).collect(),
    }))
}

/// `2015–2025`, or one year.
pub(crate) fn years(first: i16, last: i16) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}–{last}")
    }
}

fn sum(driver: &Driver, of: fn(&DriverSeason) -> i16) -> i64 {
    driver
        .seasons
        .iter()
        .map(|season| i64::from(of(season)))
        .sum()
}

fn lede(driver: &Driver) -> Lede {
    let places = driver
        .seasons
        .iter()
        .map(|season| season.championship_position);
    let races = sum(driver, |season| season.starts);
    record(
        &driver.driver.name,
        races,
        sum(driver, |season| season.wins),
        places,
    )
}

/// The sentence on a career: wins, races, and championships led at their end or by now.
pub(crate) fn record(
    name: &str,
    races: i64,
    wins: i64,
    championship_positions: impl Iterator<Item = Option<i16>>,
) -> Lede {
    let races = words::count(races, "Grand Prix", "Grands Prix");
    let strong = match wins {
        0 => format!("{name} has started {races}"),
        _ => format!("{name} has won {wins} of {races}"),
    };
    let rest = match championship_positions
        .filter(|place| *place == Some(1))
        .count()
    {
        0 => ".".to_owned(),
        1 => " and stood first in the championship once.".to_owned(),
        titles => format!(
            " and stood first in the championship {} times.",
            words::number(titles)
        ),
    };
    Lede { strong, rest }
}

fn cells(driver: &Driver) -> Vec<Cell> {
    let cell = |name, value: String| Cell { name, value };
    let total = |of| sum(driver, of).to_string();
    let mut cells = vec![
        cell("Grands Prix", total(|season| season.starts)),
        cell("Wins", total(|season| season.wins)),
        cell("Podiums", total(|season| season.podiums)),
        cell("Poles", total(|season| season.poles)),
        cell("Fastest laps", total(|season| season.fastest_laps)),
        cell("Retirements", total(|season| season.retirements)),
    ];
    if sum(driver, |season| season.sprint_starts) > 0 {
        cells.push(cell("Sprint wins", total(|season| season.sprint_wins)));
    }
    cells.push(cell(
        "Born",
        driver.date_of_birth.format("%-d %b %Y").to_string(),
    ));
    if let Some(place) = &driver.place_of_birth {
        cells.push(cell("In", place.clone()));
    }
    if let Some(date) = driver.date_of_death {
        cells.push(cell("Died", date.format("%-d %b %Y").to_string()));
    }
    cells
}

fn recent(row: &RecentResult) -> Recent {
    Recent {
        href: format!("/seasons/{}/races/{}", row.race.year, row.race.round),
        race: format!("{} {}", row.race.name, row.race.year),
        team: row.team.name.clone(),
        grid: row.grid.map(|place| place.to_string()).unwrap_or_default(),
        finish: row.position_text.clone(),
        points: if row.points > 0.0 {
            words::points(row.points)
        } else {
            String::new()
        },
    }
}

fn season(season: &DriverSeason) -> SeasonRow {
    let gap = season.qualifying_gap_to_teammate;
    SeasonRow {
        year: season.year,
        with: season
            .teams
            .iter()
            .map(|team| team.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        position: season
            .championship_position
            .map(|place| place.to_string())
            .unwrap_or_default(),
        points: season
            .championship_points
            .map(words::points)
            .unwrap_or_default(),
        starts: season.starts,
        wins: season.wins,
        podiums: season.podiums,
        poles: season.poles,
        retired: season.retirements,
        mean_finish: season
            .mean_finish
            .map(|mean| format!("{mean:.1}"))
            .unwrap_or_default(),
        teammate: gap
            .map(|gap| format!("{} %", words::signed(100.0 * gap)))
            .unwrap_or_default(),
    }
}
