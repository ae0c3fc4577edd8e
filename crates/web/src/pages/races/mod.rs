//! One race weekend: results, sprint, qualifying, grids, pit stops, practice, session times.

mod tables;

use askama::Template;
use axum::response::IntoResponse;
use client::{
    Client,
    races::{Race, RaceDetail},
    sessions::{Grid, PitStops, Practice, Qualifying, ResultRow, Results},
    vocabulary::{Contest, EventFormat, RaceStatus, SessionKind},
};

use tables::{
    Finisher, Practised, Starting, Stop, Timed, finisher, practised, starting, stop, timed,
};

use super::{
    RacePath,
    corrections::{Corrected, corrected},
    frame,
    home::SessionTime,
    if_found,
};
use crate::{
    error::Error,
    extract::{Api, Path},
    page::{Frame, Page, Part},
    parts::{Lede, Link},
    words,
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
    results: Vec<Finisher>,
    sprint: Vec<Finisher>,
    qualifying: Vec<Timed>,
    grids: Vec<Starting>,
    stops: Vec<Stop>,
    practice: Vec<Practised>,
    practice_sessions: Vec<String>,
    sessions: Vec<SessionTime>,
    corrections: Vec<Corrected>,
}

/// Everything there is of a weekend, asked for at once.
struct Weekend {
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
    let (frame, race) = tokio::join!(frame(&api, Part::Races), api.race(path.year, path.round));
    let (frame, detail) = (frame?, race?);
    let weekend = ask(&api, &detail).await?;
    let corrections = when_held(
        &detail,
        "corrections",
        api.corrections(path.year, path.round),
    )
    .await?;
    let race = &detail.race;
    let [race_grid, sprint_grid] = weekend.grids;
    let [race_qualifying, sprint_qualifying] = weekend.qualifying;
    let (practice_sessions, practice) =
        weekend.practice.as_ref().map(practised).unwrap_or_default();
    let kilometres = f64::from(detail.lap_length_m) / 1000.0;
    let shortened = detail
        .scheduled_laps
        .map(|laps| format!(" of {laps} planned"))
        .unwrap_or_default();
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
        distance: format!("{} laps{shortened} of {kilometres:.3} km", detail.laps),
        sprint_distance: detail
            .sprint_laps
            .map(|laps| format!("Sprint: {laps} laps")),
        lede: lede(race, weekend.results.as_ref()),
        links: links(&detail),
        parts: parts(&detail),
        results: weekend
            .results
            .iter()
            .flat_map(|results| &results.results)
            .map(finisher)
            .collect(),
        sprint: weekend
            .sprint
            .iter()
            .flat_map(|results| &results.results)
            .map(finisher)
            .collect(),
        qualifying: [
            sprint_qualifying.map(|list| timed(&list, "sprint-qualifying", "Sprint qualifying")),
            race_qualifying.map(|list| timed(&list, "qualifying", "Qualifying")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        grids: [
            sprint_grid.map(|grid| starting(&grid, "sprint-grid", "Sprint grid")),
            race_grid.map(|grid| starting(&grid, "grid", "Starting grid")),
        ]
        .into_iter()
        .flatten()
        .collect(),
        stops: weekend
            .pit_stops
            .iter()
            .flat_map(|stops| &stops.pit_stops)
            .map(stop)
            .collect(),
        practice,
        practice_sessions,
        sessions: sessions(&detail),
        corrections: corrections
            .iter()
            .flat_map(|list| &list.corrections)
            .map(|row| corrected(row, race.year))
            .collect(),
    }))
}

async fn ask(api: &Client, detail: &RaceDetail) -> Result<Weekend, Error> {
    use Contest::{GrandPrix, Sprint};
    let (year, round) = (detail.race.year, detail.race.round);
    let (results, sprint, qualifying, sprint_qualifying, grid, sprint_grid, pit_stops, practice) = tokio::join!(
        when_held(detail, "results", api.results(year, round, GrandPrix)),
        when_held(detail, "sprint", api.results(year, round, Sprint)),
        when_held(detail, "qualifying", api.qualifying(year, round, GrandPrix)),
        when_held(
            detail,
            "sprint-qualifying",
            api.qualifying(year, round, Sprint)
        ),
        when_held(detail, "grid", api.grid(year, round, GrandPrix)),
        when_held(detail, "sprint-grid", api.grid(year, round, Sprint)),
        when_held(detail, "pit-stops", api.pit_stops(year, round)),
        when_held(detail, "practice", api.practice(year, round)),
    );
    Ok(Weekend {
        results: results?,
        sprint: sprint?,
        qualifying: [qualifying?, sprint_qualifying?],
        grids: [grid?, sprint_grid?],
        pit_stops: pit_stops?,
        practice: practice?,
    })
}

/// Asks only for what the race says it has.
async fn when_held<T>(
    detail: &RaceDetail,
    part: &str,
    answer: impl Future<Output = Result<T, client::Error>>,
) -> Result<Option<T>, Error> {
    if detail.has(part) {
        if_found(answer.await)
    } else {
        Ok(None)
    }
}

fn links(detail: &RaceDetail) -> Vec<Link> {
    let race = &detail.race;
    let here = format!("/seasons/{}/races/{}", race.year, race.round);
    let mut links = Vec::new();
    if detail.has("sprint-prediction") {
        links.push(Link::new(
            format!("{here}/sprint-prediction"),
            "Forecast of the sprint",
        ));
    }
    if detail.has("prediction") {
        let sprint = if race.has_sprint() {
            " of the Grand Prix"
        } else {
            ""
        };
        links.push(Link::new(
            format!("{here}/prediction"),
            format!("Forecast{sprint}"),
        ));
    }
    if race.round > 1 {
        links.push(Link::new(
            format!("/seasons/{}/races/{}", race.year, race.round - 1),
            "← Previous round",
        ));
    }
    if race.round < detail.rounds {
        links.push(Link::new(
            format!("/seasons/{}/races/{}", race.year, race.round + 1),
            "Next round →",
        ));
    }
    links
}

/// Links to the tables further down.
fn parts(detail: &RaceDetail) -> Vec<Link> {
    let tables = [
        ("results", "result", "Result"),
        ("sprint", "sprint", "Sprint"),
        ("qualifying", "qualifying", "Qualifying"),
        ("grid", "grid", "Grid"),
        ("pit-stops", "pit-stops", "Pit stops"),
        ("practice", "practice", "Practice"),
        ("corrections", "corrections", "Corrections"),
    ];
    let held = tables.into_iter().filter(|(part, ..)| detail.has(part));
    held.map(|(_, anchor, text)| Link::new(format!("#{anchor}"), text))
        .collect()
}

fn lede(race: &Race, results: Option<&Results>) -> Lede {
    let Some(results) = results else {
        let strong = match race.status {
            RaceStatus::Cancelled => "This race was cancelled.",
            RaceStatus::QualifyingDone => "Qualifying is done; the race is next.",
            RaceStatus::SprintDone => "The sprint is done.",
            RaceStatus::SprintQualifyingDone => "The sprint grid is set.",
            RaceStatus::Scheduled | RaceStatus::Completed => "This race has not been run yet.",
        };
        return Lede {
            strong: strong.to_owned(),
            rest: " Forecasts appear when qualifying is over.".to_owned(),
        };
    };
    let cars: Vec<&ResultRow> = results
        .results
        .iter()
        .filter(|car| !car.shared_car)
        .collect();
    let Some(winner) = cars.iter().find(|car| car.position == Some(1)) else {
        return Lede::default();
    };
    let from = match winner.grid {
        Some(1) => " from pole".to_owned(),
        Some(place) => format!(" from {} on the grid", words::ordinal(place.into())),
        None => String::new(),
    };
    let second = cars.iter().find(|car| car.position == Some(2));
    let margin = second.map(|second| {
        let name = &second.driver.family_name;
        match (second.gap_ms, second.gap_laps) {
            (Some(ms), _) => format!(", {} ahead of {name}", seconds(ms)),
            (None, Some(laps)) => format!(
                ", {} ahead of {name}",
                words::count(laps.into(), "lap", "laps")
            ),
            (None, None) => format!(", ahead of {name}"),
        }
    });
    let classified = cars.iter().filter(|car| car.classified).count();
    Lede {
        strong: format!(
            "{} won{from}{}.",
            winner.driver.name,
            margin.unwrap_or_default()
        ),
        rest: format!(" {classified} of {} cars were classified.", cars.len()),
    }
}

fn seconds(ms: i32) -> String {
    if ms < 60_000 {
        format!("{:.1} seconds", f64::from(ms) / 1000.0)
    } else {
        format!("{} minutes", words::time(ms))
    }
}

fn sessions(detail: &RaceDetail) -> Vec<SessionTime> {
    let zone = &detail.race.circuit.time_zone;
    let known = detail.sessions.iter().filter(|_| detail.sessions.len() > 1);
    known
        .map(|session| SessionTime {
            name: match (session.session, detail.race.event_format) {
                (SessionKind::SprintQualifying, EventFormat::SprintShootout) => "Sprint shootout",
                (kind, _) => session_name(kind),
            },
            when: words::when(session.date, session.starts_at, zone, detail.race.year),
        })
        .collect()
}

/// What a session is called.
pub(crate) const fn session_name(session: SessionKind) -> &'static str {
    match session {
        SessionKind::PreQualifying => "Pre-qualifying",
        SessionKind::Practice1 => "Practice 1",
        SessionKind::Practice2 => "Practice 2",
        SessionKind::Practice3 => "Practice 3",
        SessionKind::Practice4 => "Practice 4",
        SessionKind::Qualifying1 => "First qualifying",
        SessionKind::Qualifying2 => "Second qualifying",
        SessionKind::Qualifying => "Qualifying",
        SessionKind::SprintQualifying => "Sprint qualifying",
        SessionKind::Sprint => "Sprint",
        SessionKind::WarmUp => "Warm-up",
        SessionKind::Race => "Grand Prix",
    }
}
