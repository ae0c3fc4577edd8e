//! The calendar of a season, with winners.

use askama::Template;
use axum::response::IntoResponse;
use client::{
    races::{Race, RaceSummary},
    vocabulary::RaceStatus,
};

use super::{SeasonPath, frame};
use crate::{
    address,
    error::Error,
    extract::{Api, Path},
    page::{Frame, Page, Section},
    parts::{Lede, Who},
    words,
};

#[derive(Template)]
#[template(path = "season.html")]
struct SeasonPage {
    frame: Frame,
    season: i16,
    lede: Lede,
    previous: Option<i16>,
    following: Option<i16>,
    predictions: bool,
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
        tokio::join!(frame(&api, Section::Races), api.races(year), api.seasons());
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
        predictions: at(year).is_some_and(|season| season.predictions > 0),
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
        href: address::race(race.year, race.round),
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
        (0, all) => format!(
            "None of {} has been run.",
            words::count(all, "race", "races")
        ),
        (1, 1) => "The only race has been run.".to_owned(),
        (run, all) if run == all => format!("All {all} races have been run."),
        (run, all) => {
            let have = if run == 1 { "has" } else { "have" };
            format!("{run} of {all} races {have} been run.")
        }
    };
    Lede {
        strong,
        rest: most_wins(races),
    }
}

/// Who won most, with the number of wins in words.
fn most_wins(races: &[RaceSummary]) -> String {
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
    let Some((_, most)) = wins.first().copied() else {
        return String::new();
    };
    let leaders: Vec<&str> = wins
        .iter()
        .take_while(|(_, count)| *count == most)
        .map(|(name, _)| *name)
        .collect();
    let won = words::number(most);
    let sentence = match (leaders.as_slice(), wins.get(1)) {
        ([leader], None) => format!("{leader} won {won}"),
        ([leader], Some((second, next))) => {
            format!("{leader} won {won}, {second} {}", words::number(*next))
        }
        (_, _) if leaders.len() <= 3 => format!("{} won {won} each", words::list(&leaders)),
        (_, _) => format!(
            "{} drivers won {won} each",
            words::capitalised(&words::number(leaders.len()))
        ),
    };
    words::ended(format!(" {sentence}"))
}

#[cfg(test)]
mod tests {
    use client::races::Entrant;

    use super::*;
    use crate::fixtures;

    fn summary(winners: &[&str]) -> RaceSummary {
        let entrant = |name: &&str| Entrant {
            driver: fixtures::driver(name),
            team: fixtures::team(),
        };
        RaceSummary {
            race: fixtures::race(if winners.is_empty() {
                RaceStatus::Scheduled
            } else {
                RaceStatus::Completed
            }),
            winners: winners.iter().map(entrant).collect(),
            sprint_winner: None,
        }
    }

    fn text(winners: &[&[&str]]) -> String {
        let races: Vec<RaceSummary> = winners.iter().map(|winners| summary(winners)).collect();
        let Lede { strong, rest } = lede(&races);
        strong + &rest
    }

    #[test]
    fn a_season_opens_with_who_won_most() {
        assert_eq!(text(&[]), "The calendar of this season is not known yet.");
        assert_eq!(text(&[&[], &[]]), "None of 2 races has been run.");
        assert_eq!(
            text(&[&["Sainz Jr."], &[]]),
            "1 of 2 races has been run. A. Sainz Jr. won one."
        );
        assert_eq!(
            text(&[&["Ann"], &["Ann"], &["Bob"]]),
            "All 3 races have been run. A. Ann won two, A. Bob one."
        );
    }

    #[test]
    fn ties_and_shared_wins_count_for_everyone() {
        assert_eq!(
            text(&[&["Ann"], &["Bob"]]),
            "All 2 races have been run. A. Ann and A. Bob won one each."
        );
        assert_eq!(
            text(&[&["Ann", "Bob"], &["Cid"]]),
            "All 2 races have been run. A. Ann, A. Bob and A. Cid won one each."
        );
        assert_eq!(
            text(&[&["Ann"], &["Bob"], &["Cid"], &["Dee"]]),
            "All 4 races have been run. Four drivers won one each."
        );
    }
}
