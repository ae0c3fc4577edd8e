//! A championship table, of drivers or of teams.

use std::fmt::Display;

use askama::{Template, filters::HtmlSafe};
use axum::response::IntoResponse;
use client::{Client, races::RaceSummary, vocabulary::StandingSource};

use super::{AfterRoundQuery, SeasonPath, frame};
use crate::{
    address,
    competitor::Competitor,
    error::Error,
    extract::{Api, Path, Query},
    page::{Frame, Page},
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

/// The championship of drivers or of teams, as the API has it.
struct Table<N> {
    of: Competitor,
    year: i16,
    after_round: Option<i16>,
    is_final: bool,
    source: Option<StandingSource>,
    entries: Vec<Entry<N>>,
}

/// A driver or a team in the table.
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
    Query(query): Query<AfterRoundQuery>,
) -> Result<impl IntoResponse, Error> {
    let table = api.driver_standings(year, query.after_round).await?;
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
    let table = Table {
        of: Competitor::Driver,
        year,
        after_round: table.after_round,
        is_final: table.is_final,
        source: table.source,
        entries: entries.collect(),
    };
    page(&api, table).await
}

/// `GET /seasons/{year}/standings/teams`
pub(crate) async fn teams(
    Api(api): Api,
    Path(SeasonPath { year }): Path<SeasonPath>,
    Query(query): Query<AfterRoundQuery>,
) -> Result<impl IntoResponse, Error> {
    let table = api.team_standings(year, query.after_round).await?;
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
    let table = Table {
        of: Competitor::Team,
        year,
        after_round: table.after_round,
        is_final: table.is_final,
        source: table.source,
        entries: entries.collect(),
    };
    page(&api, table).await
}

async fn page<N: Display + HtmlSafe>(
    api: &Client,
    table: Table<N>,
) -> Result<Page<StandingsPage<N>>, Error> {
    let (of, year) = (table.of, table.year);
    let (frame, races, seasons) =
        tokio::join!(frame(api, of.section()), api.races(year), api.seasons());
    let (frame, races) = (frame?, races?.races);
    let has_odds = seasons?
        .seasons
        .iter()
        .any(|season| season.year == year && season.predictions > 0);
    let leader = table.entries.first().map_or(0.0, |entry| entry.points);
    Ok(Page(StandingsPage {
        frame,
        season: year,
        title: format!("{} {year}", of.many()),
        lede: table.lede(),
        picker: table.picker(&races),
        caption: table.caption(),
        heading: of.one(),
        links: links(of, year, has_odds),
        rows: table
            .entries
            .into_iter()
            .map(|entry| row(entry, leader))
            .collect(),
    }))
}

impl<N> Table<N> {
    /// The form that chooses the round.
    fn picker(&self, races: &[RaceSummary]) -> Picker {
        let latest = Choice {
            value: String::new(),
            text: "now, or the final table".to_owned(),
            chosen: self.is_final,
        };
        let rounds = races.iter().filter(|row| !row.winners.is_empty()).map(
            |RaceSummary { race, .. }| Choice {
                value: race.round.to_string(),
                text: format!("{}. {}", race.round, race.name),
                chosen: !self.is_final && self.after_round == Some(race.round),
            },
        );
        Picker {
            action: self.of.standings(self.year),
            label: "After round",
            name: "after_round",
            options: std::iter::once(latest).chain(rounds).collect(),
        }
    }

    fn caption(&self) -> String {
        let table = match (self.is_final, self.after_round) {
            (true, _) => "The final table".to_owned(),
            (false, Some(round)) => format!("The table after round {round}"),
            (false, None) => "The table".to_owned(),
        };
        let origin = match self.source {
            Some(StandingSource::Computed) => {
                ", computed here from results because no official table is published yet"
            }
            Some(StandingSource::Official) | None => "",
        };
        format!("{table}{origin}. The bar is the share of the leader’s points.")
    }

    /// Who leads, with how many points, and by how many.
    fn lede(&self) -> Lede {
        let [first, others @ ..] = self.entries.as_slice() else {
            return Lede {
                strong: "There is no table yet.".to_owned(),
                rest: " It begins with the first race.".to_owned(),
            };
        };
        let verb = match (first.champion, self.is_final) {
            (true, true) => "is champion",
            (true, false) => "has won the title",
            (false, _) => "leads",
        };
        let after = self
            .after_round
            .filter(|_| !self.is_final)
            .map(|round| format!(" after round {round}"))
            .unwrap_or_default();
        let margin = others.first().map(|second| {
            let margin = first.points - second.points;
            if margin > 0.0 {
                format!(", {} ahead of {}", words::points(margin), second.plain)
            } else {
                format!(", level with {}", second.plain)
            }
        });
        Lede {
            strong: format!(
                "{} {verb} with {}",
                first.plain,
                words::count_points(first.points)
            ),
            rest: words::ended(format!("{after}{}", margin.unwrap_or_default())),
        }
    }
}

/// Where to go from the table.
fn links(of: Competitor, year: i16, has_odds: bool) -> Vec<Link> {
    let other = of.other();
    let mut links = vec![
        Link::new(
            other.standings(year),
            format!("{}’ standings", other.many()),
        ),
        of.directory(),
    ];
    if has_odds {
        links.push(Link::new(
            address::title_odds(year),
            "Title odds, round by round",
        ));
    }
    links
}

fn row<N>(entry: Entry<N>, leader: f64) -> Row<N> {
    let behind = leader - entry.points;
    let share = if leader > 0.0 {
        100.0 * entry.points / leader
    } else {
        0.0
    };
    Row {
        position: entry.position.map_or(entry.text, |place| place.to_string()),
        name: entry.name,
        points: words::points(entry.points),
        share: format!("{share:.1}"),
        behind: if behind > 0.0 {
            format!("−{}", words::points(behind))
        } else {
            String::new()
        },
        wins: entry.wins,
        podiums: entry.podiums,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(points: &[f64], after_round: Option<i16>, is_final: bool, champion: bool) -> String {
        let names = ["A. Ann", "B. Sainz Jr.", "C. Cid"];
        let entries = names.iter().zip(points).enumerate();
        let table = Table {
            of: Competitor::Driver,
            year: 2026,
            after_round,
            is_final,
            source: None,
            entries: entries
                .map(|(index, (name, points))| Entry {
                    position: None,
                    text: String::new(),
                    name: (),
                    plain: (*name).to_owned(),
                    points: *points,
                    wins: 0,
                    podiums: 0,
                    champion: champion && index == 0,
                })
                .collect(),
        };
        let Lede { strong, rest } = table.lede();
        strong + &rest
    }

    #[test]
    fn the_table_opens_with_the_leader_and_the_margin() {
        assert_eq!(
            text(&[25.0, 18.5, 0.0], Some(1), false, false),
            "A. Ann leads with 25 points after round 1, 6.5 ahead of B. Sainz Jr."
        );
        assert_eq!(
            text(&[400.0, 380.0], Some(24), true, true),
            "A. Ann is champion with 400 points, 20 ahead of B. Sainz Jr."
        );
        assert_eq!(
            text(&[300.0, 100.0], Some(18), false, true),
            "A. Ann has won the title with 300 points after round 18, 200 ahead of B. Sainz Jr."
        );
    }

    #[test]
    fn a_tie_one_entry_and_no_entry_have_sentences() {
        assert_eq!(
            text(&[1.0, 1.0], Some(1), false, false),
            "A. Ann leads with 1 point after round 1, level with B. Sainz Jr."
        );
        assert_eq!(
            text(&[9.0], None, false, false),
            "A. Ann leads with 9 points."
        );
        assert_eq!(
            text(&[], None, false, false),
            "There is no table yet. It begins with the first race."
        );
    }
}
