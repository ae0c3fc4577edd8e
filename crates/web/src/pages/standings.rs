//! Championship tables: drivers and teams by one template.

use std::fmt::Display;

use askama::{Template, filters::HtmlSafe};
use axum::response::IntoResponse;
use client::{Client, vocabulary::StandingSource};

use super::{SeasonPath, frame};
use crate::{
    error::Error,
    extract::{Api, Path, Query},
    page::{Frame, Page, Part},
    parts::{Choice, Lede, Link, Picker, TeamName, Who},
    words,
};

#[derive(Template)]
#[template(path = "standings.html")]
struct StandingsPage<N: Display + HtmlSafe> {
    frame: Frame,
    season: i16,
    title: String,
    lede: Lede,
    picker: Picker,
    caption: String,
    heading: &'static str,
    rows: Vec<Row<N>>,
    links: Vec<Link>,
}

struct Row<N> {
    position: String,
    name: N,
    points: String,
    share: String,
    behind: String,
    wins: i64,
    podiums: i64,
}

/// After which round; an empty field of the form means the newest.
#[derive(serde::Deserialize)]
pub(crate) struct AfterQuery {
    after_round: Option<String>,
}

impl AfterQuery {
    /// The round asked for.
    pub(crate) fn round(&self) -> Result<Option<i16>, Error> {
        match self.after_round.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => text
                .parse()
                .map(Some)
                .map_err(|_| Error::BadRequest("after_round is not a round".to_owned())),
        }
    }
}

/// What drivers' and teams' tables have in common.
struct Entry<N> {
    position: Option<i16>,
    text: String,
    name: N,
    plain: String,
    points: f64,
    wins: i64,
    podiums: i64,
    champion: bool,
}

/// `GET /seasons/{year}/standings/drivers`
pub(crate) async fn drivers(
    Api(api): Api,
    Path(SeasonPath { year }): Path<SeasonPath>,
    Query(query): Query<AfterQuery>,
) -> Result<impl IntoResponse, Error> {
    let table = api.driver_standings(year, query.round()?).await?;
    let entries = table.standings.into_iter().map(|row| Entry {
        position: row.position,
        text: row.position_text,
        name: Who::new(&row.driver, row.teams.last()),
        plain: row.driver.name,
        points: row.points,
        wins: row.wins,
        podiums: row.podiums,
        champion: row.champion,
    });
    let head = Head {
        year,
        after_round: table.after_round,
        is_final: table.is_final,
        source: table.source,
    };
    page(&api, Part::Drivers, head, entries.collect()).await
}

/// `GET /seasons/{year}/standings/teams`
pub(crate) async fn teams(
    Api(api): Api,
    Path(SeasonPath { year }): Path<SeasonPath>,
    Query(query): Query<AfterQuery>,
) -> Result<impl IntoResponse, Error> {
    let table = api.team_standings(year, query.round()?).await?;
    let entries = table.standings.into_iter().map(|row| Entry {
        position: row.position,
        text: row.position_text,
        name: TeamName::from(&row.team),
        plain: row.team.name,
        points: row.points,
        wins: row.wins,
        podiums: row.podiums,
        champion: row.champion,
    });
    let head = Head {
        year,
        after_round: table.after_round,
        is_final: table.is_final,
        source: table.source,
    };
    page(&api, Part::Teams, head, entries.collect()).await
}

struct Head {
    year: i16,
    after_round: Option<i16>,
    is_final: bool,
    source: Option<StandingSource>,
}

async fn page<N: Display + HtmlSafe>(
    api: &Client,
    part: Part,
    head: Head,
    entries: Vec<Entry<N>>,
) -> Result<Page<StandingsPage<N>>, Error> {
    let Head {
        year,
        after_round,
        is_final,
        source,
    } = head;
    let (frame, races, seasons) = tokio::join!(frame(api, part), api.races(year), api.seasons());
    let (frame, races) = (frame?, races?.races);
    let forecasts = seasons?
        .seasons
        .iter()
        .any(|season| season.year == year && season.predictions > 0);
    let path = |of: &str| format!("/seasons/{year}/standings/{of}");
    let (heading, title, here, mut links) = match part {
        Part::Teams => (
            "Team",
            format!("Teams {year}"),
            path("teams"),
            vec![
                Link::new(path("drivers"), "Drivers’ standings"),
                Link::new("/teams", "All teams"),
            ],
        ),
        _ => (
            "Driver",
            format!("Drivers {year}"),
            path("drivers"),
            vec![
                Link::new(path("teams"), "Teams’ standings"),
                Link::new("/drivers", "All drivers"),
            ],
        ),
    };
    if forecasts {
        links.push(Link::new(
            format!("/seasons/{year}/outlook"),
            "Title odds, round by round",
        ));
    }
    let lede = lede(&entries, after_round, is_final);
    let newest = Choice {
        value: String::new(),
        text: "now, or the final table".to_owned(),
        chosen: is_final,
    };
    let rounds = races
        .iter()
        .filter(|row| !row.winners.is_empty())
        .map(|row| Choice {
            value: row.race.round.to_string(),
            text: format!("{}. {}", row.race.round, row.race.name),
            chosen: !is_final && after_round == Some(row.race.round),
        });
    let options = std::iter::once(newest).chain(rounds).collect();
    let picker = Picker {
        action: here,
        label: "After round",
        name: "after_round",
        options,
    };
    let when = match (is_final, after_round) {
        (true, _) => "The final table".to_owned(),
        (false, Some(round)) => format!("The table after round {round}"),
        (false, None) => "The table".to_owned(),
    };
    let origin = match source {
        Some(StandingSource::Computed) => {
            ", added up here from results because no official one is published yet"
        }
        Some(StandingSource::Official) | None => "",
    };
    let leader = entries.first().map_or(0.0, |entry| entry.points);
    Ok(Page(StandingsPage {
        frame,
        season: year,
        title,
        lede,
        picker,
        caption: format!("{when}{origin}. The bar is the share of the leader’s points."),
        heading,
        rows: entries
            .into_iter()
            .map(|entry| row(entry, leader))
            .collect(),
        links,
    }))
}

fn row<N>(entry: Entry<N>, leader: f64) -> Row<N> {
    let behind = leader - entry.points;
    Row {
        position: entry.position.map_or(entry.text, |place| place.to_string()),
        name: entry.name,
        points: words::points(entry.points),
        share: format!(
            "{:.1}",
            if leader > 0.0 {
                100.0 * entry.points / leader
            } else {
                0.0
            }
        ),
        behind: if behind > 0.0 {
            format!("−{}", words::points(behind))
        } else {
            String::new()
        },
        wins: entry.wins,
        podiums: entry.podiums,
    }
}

fn lede<N>(entries: &[Entry<N>], after_round: Option<i16>, is_final: bool) -> Lede {
    let [first, second, ..] = entries else {
        return Lede {
            strong: "There is no table yet.".to_owned(),
            rest: " It begins with the first race.".to_owned(),
        };
    };
    let margin = first.points - second.points;
    let points = format!("{} points", words::points(first.points));
    let strong = match (first.champion, is_final) {
        (true, true) => format!("{} is champion with {points}", first.plain),
        (true, false) => format!("{} has won the title with {points}", first.plain),
        (false, _) => format!("{} leads with {points}", first.plain),
    };
    let after = after_round
        .filter(|_| !is_final)
        .map(|round| format!(" after round {round}"))
        .unwrap_or_default();
    let rest = if margin > 0.0 {
        format!(
            "{after}, {} ahead of {}.",
            words::points(margin),
            second.plain
        )
    } else {
        format!("{after}, level with {}.", second.plain)
    };
    Lede { strong, rest }
}
