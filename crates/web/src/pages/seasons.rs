//! The list of seasons, and the calendar of one.

use askama::Template;
use axum::response::IntoResponse;
use client::{
    races::{Race, RaceSummary},
    vocabulary::RaceStatus,
};

use super::{SeasonPath, frame};
use crate::{
    error::Error,
    extract::{Api, Path},
    page::{Frame, Page, Part},
    parts::{Lede, Who},
    words,
};

#[derive(Template)]
#[template(path = "seasons.html")]
struct SeasonsPage {
    frame: Frame,
    lede: Lede,
    rows: Vec<client::seasons::Season>,
}

/// `GET /seasons`
pub(crate) async fn list(Api(api): Api) -> Result<impl IntoResponse, Error> {
    let (frame, seasons) = tokio::join!(frame(&api, Part::Races), api.seasons());
    let rows = seasons?.seasons;
    let races: i64 = rows.iter().map(|season| season.completed).sum();
    let lede = Lede {
        strong: format!(
            "{} and {}",
            words::count(
                i64::try_from(rows.len()).unwrap_or(i64::MAX),
                "season",
                "seasons"
            ),
            words::count(races, "race", "races")
        ),
        rest: " with results, qualifying and grids.".to_owned(),
    };
    Ok(Page(SeasonsPage {
        frame: frame?,
        lede,
        rows,
    }))
}

#[derive(Template)]
#[template(path = "season.html")]
struct SeasonPage {
    frame: Frame,
    season: i16,
    lede: Lede,
    previous: Option<i16>,
    following: Option<i16>,
    forecasts: bool,
    rows: Vec<Row>,
}

struct Row {
    round: i16,
    weekday: String,
    date: String,
    href: String,
    name: String,
    sprint: bool,
    sprint_winner: Option<String>,
    circuit: String,
    winners: Vec<Who>,
    state: &'static str,
}

/// `GET /seasons/{year}`
pub(crate) async fn show(
    Api(api): Api,
    Path(SeasonPath { year }): Path<SeasonPath>,
) -> Result<impl IntoResponse, Error> {
    let (frame, races, seasons) =
        tokio::join!(frame(&api, Part::Races), api.races(year), api.seasons());
    let (frame, races) = (frame?, races?.races);
    let seasons = seasons?.seasons;
    let at = |year: i16| seasons.iter().find(|season| season.year == year);
    let neighbour = |year: i16| at(year).map(|season| season.year);
    Ok(Page(SeasonPage {
        frame,
        season: year,
        lede: lede(&races),
        previous: neighbour(year - 1),
        following: neighbour(year + 1),
        forecasts: at(year).is_some_and(|season| season.predictions > 0),
        rows: races.into_iter().map(row).collect(),
    }))
}

fn row(
    RaceSummary {
        race,
        winners,
        sprint_winner,
    }: RaceSummary,
) -> Row {
    Row {
        round: race.round,
        weekday: race.date.format("%a").to_string(),
        date: race.date.format("%-d %b").to_string(),
        href: format!("/seasons/{}/races/{}", race.year, race.round),
        sprint: race.has_sprint(),
        state: state(&race),
        name: race.name,
        sprint_winner: sprint_winner.map(|winner| winner.driver.name),
        circuit: race.circuit.name,
        winners: winners
            .iter()
            .map(|winner| Who::new(&winner.driver, Some(&winner.team)))
            .collect(),
    }
}

const fn state(race: &Race) -> &'static str {
    match race.status {
        RaceStatus::Scheduled => "to come",
        RaceStatus::SprintQualifyingDone => "sprint qualifying done",
        RaceStatus::SprintDone => "sprint done",
        RaceStatus::QualifyingDone => "qualifying done",
        RaceStatus::Completed => "no winner",
        RaceStatus::Cancelled => "cancelled",
    }
}

fn lede(races: &[RaceSummary]) -> Lede {
    let run = races
        .iter()
        .filter(|row| row.race.status == RaceStatus::Completed)
        .count();
    let strong = match (run, races.len()) {
        (_, 0) => "The calendar of this season is not known yet.".to_owned(),
        (0, all) => format!("None of {all} races has been run."),
        (run, all) if run == all => format!("All {all} races have been run."),
        (run, all) => format!("{run} of {all} races have been run."),
    };
    let mut wins: Vec<(&str, usize)> = Vec::new();
    for winner in races.iter().flat_map(|row| &row.winners) {
        match wins
            .iter_mut()
            .find(|(name, _)| *name == winner.driver.name)
        {
            Some((_, count)) => *count += 1,
            None => wins.push((&winner.driver.name, 1)),
        }
    }
    wins.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rest = match wins.as_slice() {
        [] => String::new(),
        [(name, count)] => format!(" {name} won {}.", words::number(*count)),
        [(first, most), (second, next), ..] if most > next => {
            format!(
                " {first} won {}, {second} {}.",
                words::number(*most),
                words::number(*next)
            )
        }
        [(first, most), (second, _), ..] => {
            format!(" {first} and {second} won {} each.", words::number(*most))
        }
    };
    Lede { strong, rest }
}
