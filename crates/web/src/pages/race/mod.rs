//! One race weekend: results, sprint, qualifying, grids, pit stops, practice, session times.

mod tables;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::response::IntoResponse;
use client::{
    Client,
    races::{Race, RaceDetail, RaceResource},
    sessions::{Grid, PitStops, Practice, Qualifying, ResultRow, Results},
    vocabulary::{Contest, RaceStatus},
};

use self::tables::{
    GridTable, PitStop, PracticeTable, QualifyingTable, ResultLine, grid, pit_stop, practice,
    qualifying, result,
};
use super::{RacePath, frame, if_found};
use crate::{
    address,
    error::Error,
    extract::{Api, Path},
    page::{Frame, Page, Section},
    parts::{CorrectionRow, Lede, Link, SessionTime},
    words::{self, DriverNames},
};

#[derive(Template)]
#[template(path = "race.html")]
struct RacePage {
    frame: Frame,
    year: i16,
    round: i16,
    rounds: i16,
    name: String,
    official_name: String,
    circuit: String,
    when: String,
    distance: String,
    sprint_distance: Option<String>,
    lede: Lede,
    links: Vec<Link>,
    parts: Vec<Link>,
    results: Vec<ResultLine>,
    sprint: Vec<ResultLine>,
    qualifying: Vec<QualifyingTable>,
    grids: Vec<GridTable>,
    stops: Vec<PitStop>,
    practice: PracticeTable,
    sessions: Vec<SessionTime>,
    corrections: Vec<CorrectionRow>,
}

/// The lists of a weekend; of two, the Grand Prix is first and the sprint second.
struct WeekendLists {
    results: Option<Results>,
    sprint: Option<Results>,
    qualifying: [Option<Qualifying>; 2],
    grids: [Option<Grid>; 2],
    pit_stops: Option<PitStops>,
    practice: Option<Practice>,
}

/// `GET /seasons/{year}/races/{round}`
pub(crate) async fn show(
    Api(api): Api,
    Path(path): Path<RacePath>,
) -> Result<impl IntoResponse, Error> {
    let (frame, race) = tokio::join!(frame(&api, Section::Races), api.race(path.year, path.round));
    let (frame, detail) = (frame?, race?);
    let lists = lists(&api, &detail).await?;
    let corrections = if_available(
        &detail,
        RaceResource::Corrections,
        api.corrections(path.year, path.round),
    )
    .await?;
    let race = &detail.race;
    let [race_grid, sprint_grid] = &lists.grids;
    let [race_qualifying, sprint_qualifying] = &lists.qualifying;
    Ok(Page(RacePage {
        frame,
        year: race.year,
        round: race.round,
        rounds: detail.rounds,
        name: race.name.clone(),
        official_name: detail.official_name.clone(),
        circuit: format!("{}, {}", race.circuit.name, race.circuit.country),
        when: words::when(
            race.date,
            race.starts_at,
            &race.circuit.time_zone,
            race.year,
        ),
        distance: distance(&detail),
        sprint_distance: detail
            .sprint_laps
            .map(|laps| format!("Sprint: {}", words::count(laps, "lap", "laps"))),
        lede: lede(race, lists.results.as_ref()),
        links: links(&detail),
        parts: table_links(&detail),
        results: results(lists.results.as_ref()),
        sprint: results(lists.sprint.as_ref()),
        qualifying: [
            sprint_qualifying
                .as_ref()
                .map(|list| qualifying(list, "sprint-qualifying", "Sprint qualifying")),
            race_qualifying
                .as_ref()
                .map(|list| qualifying(list, "qualifying", "Qualifying")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        grids: [
            sprint_grid
                .as_ref()
                .map(|list| grid(list, "sprint-grid", "Sprint grid")),
            race_grid
                .as_ref()
                .map(|list| grid(list, "grid", "Starting grid")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        stops: lists
            .pit_stops
            .iter()
            .flat_map(|stops| &stops.pit_stops)
            .map(pit_stop)
            .collect(),
        practice: lists.practice.as_ref().map(practice).unwrap_or_default(),
        sessions: sessions(&detail),
        corrections: corrections
            .iter()
            .flat_map(|list| &list.corrections)
            .map(|correction| CorrectionRow::new(correction, race.year))
            .collect(),
    }))
}

fn results(results: Option<&Results>) -> Vec<ResultLine> {
    let rows = results.iter().flat_map(|results| &results.results);
    rows.map(result).collect()
}

/// Asks for all lists that the weekend has, at once.
async fn lists(api: &Client, detail: &RaceDetail) -> Result<WeekendLists, Error> {
    use Contest::{GrandPrix, Sprint};
    let (year, round) = (detail.race.year, detail.race.round);
    let (results, sprint, qualifying, sprint_qualifying, grid, sprint_grid, pit_stops, practice) = tokio::join!(
        if_available(
            detail,
            RaceResource::Results,
            api.results(year, round, GrandPrix)
        ),
        if_available(
            detail,
            RaceResource::Sprint,
            api.results(year, round, Sprint)
        ),
        if_available(
            detail,
            RaceResource::Qualifying,
            api.qualifying(year, round, GrandPrix)
        ),
        if_available(
            detail,
            RaceResource::SprintQualifying,
            api.qualifying(year, round, Sprint)
        ),
        if_available(detail, RaceResource::Grid, api.grid(year, round, GrandPrix)),
        if_available(
            detail,
            RaceResource::SprintGrid,
            api.grid(year, round, Sprint)
        ),
        if_available(detail, RaceResource::PitStops, api.pit_stops(year, round)),
        if_available(detail, RaceResource::Practice, api.practice(year, round)),
    );
    Ok(WeekendLists {
        results: results?,
        sprint: sprint?,
        qualifying: [qualifying?, sprint_qualifying?],
        grids: [grid?, sprint_grid?],
        pit_stops: pit_stops?,
        practice: practice?,
    })
}

/// Asks for a resource only where the race has it.
async fn if_available<T>(
    detail: &RaceDetail,
    resource: RaceResource,
    answer: impl Future<Output = Result<T, client::Error>>,
) -> Result<Option<T>, Error> {
    if detail.has(resource) {
        if_found(answer.await)
    } else {
        Ok(None)
    }
}

/// Laps and their length: `58 laps of 5.278 km`, `44 of 70 planned laps of 4.309 km`.
fn distance(detail: &RaceDetail) -> String {
    let laps = match detail.scheduled_laps {
        Some(planned) => format!(
            "{} of {planned} planned {}",
            detail.laps,
            if planned == 1 { "lap" } else { "laps" }
        ),
        None => words::count(detail.laps, "lap", "laps"),
    };
    let kilometres = f64::from(detail.lap_length_m) / 1000.0;
    format!("{laps} of {kilometres:.3} km")
}

/// Links to the forecasts and to the rounds before and after.
fn links(detail: &RaceDetail) -> Vec<Link> {
    let race = &detail.race;
    let (year, round) = (race.year, race.round);
    let mut links = Vec::new();
    if detail.has(RaceResource::SprintPrediction) {
        links.push(Link::new(
            address::prediction(year, round, Contest::Sprint),
            "Forecast of the sprint",
        ));
    }
    if detail.has(RaceResource::Prediction) {
        let of = if race.has_sprint() {
            " of the Grand Prix"
        } else {
            ""
        };
        links.push(Link::new(
            address::prediction(year, round, Contest::GrandPrix),
            format!("Forecast{of}"),
        ));
    }
    if round > 1 {
        links.push(Link::new(
            address::race(year, round - 1),
            "← Previous round",
        ));
    }
    if round < detail.rounds {
        links.push(Link::new(address::race(year, round + 1), "Next round →"));
    }
    links
}

/// Links to the tables of the page.
fn table_links(detail: &RaceDetail) -> Vec<Link> {
    let tables = [
        (RaceResource::Results, "result", "Result"),
        (RaceResource::Sprint, "sprint", "Sprint"),
        (RaceResource::Qualifying, "qualifying", "Qualifying"),
        (RaceResource::Grid, "grid", "Grid"),
        (RaceResource::PitStops, "pit-stops", "Pit stops"),
        (RaceResource::Practice, "practice", "Practice"),
        (RaceResource::Corrections, "corrections", "Corrections"),
    ];
    let available = tables
        .into_iter()
        .filter(|(resource, ..)| detail.has(*resource));
    available
        .map(|(_, anchor, text)| Link::new(format!("#{anchor}"), text))
        .collect()
}

/// Who won and by how much, or how far the weekend has come.
fn lede(race: &Race, results: Option<&Results>) -> Lede {
    let Some(results) = results else {
        let strong = match race.status {
            RaceStatus::Cancelled => "This race was cancelled.",
            RaceStatus::QualifyingDone => "Qualifying is done; the race is next.",
            RaceStatus::SprintDone => "The sprint is done.",
            RaceStatus::SprintQualifyingDone => "The sprint grid is set.",
            RaceStatus::Scheduled | RaceStatus::Completed => "This race has not been run yet.",
        };
        let rest = match race.status {
            RaceStatus::Cancelled | RaceStatus::QualifyingDone => "",
            _ => " Forecasts appear after qualifying.",
        };
        return Lede {
            strong: strong.to_owned(),
            rest: rest.to_owned(),
        };
    };
    let (shared, cars): (Vec<&ResultRow>, Vec<&ResultRow>) =
        results.results.iter().partition(|row| row.shared_car);
    let winners: Vec<&&ResultRow> = cars
        .iter()
        .filter(|car| car.position == Some(1))
        .chain(shared.iter().filter(|row| row.position == Some(1)))
        .collect();
    Lede {
        strong: words::ended(victory(&winners, &cars)),
        rest: classified(&cars),
    }
}

/// `A. Ann won from pole, 2.6 seconds ahead of Bob`.
fn victory(winners: &[&&ResultRow], cars: &[&ResultRow]) -> String {
    let Some(winner) = winners.first() else {
        return "The race has no winner".to_owned();
    };
    let drivers: Vec<&str> = winners.iter().map(|row| row.driver.name.as_str()).collect();
    let from = match winner.grid {
        Some(1) => " from pole".to_owned(),
        Some(place) => format!(" from {} on the grid", words::ordinal(place)),
        None => String::new(),
    };
    let names = DriverNames::new(cars.iter().map(|car| &car.driver));
    let margin = cars
        .iter()
        .find(|car| car.position == Some(2))
        .map(|second| {
            let name = names.of(&second.driver);
            match (second.gap_ms, second.gap_laps) {
                (Some(0), _) => format!(", in the same time as {name}"),
                (Some(ms), _) => format!(", {} ahead of {name}", gap(ms)),
                (None, Some(laps)) => {
                    format!(", {} ahead of {name}", words::count(laps, "lap", "laps"))
                }
                (None, None) => format!(", ahead of {name}"),
            }
        });
    format!(
        "{} won{from}{}",
        words::list(&drivers),
        margin.unwrap_or_default()
    )
}

fn classified(cars: &[&ResultRow]) -> String {
    let classified = cars.iter().filter(|car| car.classified).count();
    let verb = if classified == 1 || cars.len() == 1 {
        "was"
    } else {
        "were"
    };
    format!(
        " {classified} of {} {verb} classified.",
        words::count(cars.len(), "car", "cars")
    )
}

/// A gap in the largest fitting unit: `2.6 seconds`, `1:02.345 minutes`.
fn gap(ms: i32) -> String {
    if ms < 60_000 {
        format!("{:.1} seconds", f64::from(ms) / 1000.0)
    } else {
        format!("{} minutes", words::time(ms))
    }
}

/// The session times; empty where only the race is known.
fn sessions(detail: &RaceDetail) -> Vec<SessionTime> {
    if detail.sessions.len() < 2 {
        return Vec::new();
    }
    let race = &detail.race;
    let zone = &race.circuit.time_zone;
    detail
        .sessions
        .iter()
        .map(|session| SessionTime::new(session, race.event_format, zone, race.year))
        .collect()
}
