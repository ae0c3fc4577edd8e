//! The title odds of a season, round by round.

mod candidate;
mod chart;
mod title;

use askama::Template;
use axum::response::IntoResponse;
use client::{
    races::RaceSummary,
    title_odds::{OddsAfter, TitleOdds},
    vocabulary::RaceStatus,
};

use self::{
    candidate::{Candidate, drivers, teams},
    title::{Title, title},
};
use super::{AfterRoundQuery, SeasonPath, frame, if_found};
use crate::{
    address,
    competitor::Competitor,
    error::Error,
    extract::{Api, Path, Query},
    page::{Frame, Page, Section},
    parts::{Choice, Lede, Picker, TeamName, Who},
    words,
};

/// Rivals of the likeliest champion are named from this chance on.
const RIVAL: f64 = 0.05;

#[derive(Template)]
#[template(path = "title_odds.html")]
struct TitleOddsPage {
    frame: Frame,
    season: i16,
    heading: String,
    lede: Lede,
    picker: Option<Picker>,
    drivers: Option<Title<Who>>,
    teams: Option<Title<TeamName>>,
}

/// `GET /seasons/{year}/outlook?after_round=`
pub(crate) async fn show(
    Api(api): Api,
    Path(SeasonPath { year }): Path<SeasonPath>,
    Query(query): Query<AfterRoundQuery>,
) -> Result<impl IntoResponse, Error> {
    let asked = query.after_round;
    let (frame, races, odds) = tokio::join!(
        frame(&api, Section::Races),
        api.races(year),
        api.title_odds(year)
    );
    let (frame, races) = (frame?, races?.races);
    let odds = if_found(odds)?;
    let latest = odds.as_ref().and_then(|odds| odds.after_round);
    let (Some(odds), Some(latest)) = (odds, latest) else {
        if asked.is_some() {
            return Err(Error::not_found());
        }
        return Ok(Page(TitleOddsPage {
            frame,
            season: year,
            heading: format!("Who will be champion of {year}?"),
            lede: none_yet(year, &races),
            picker: None,
            drivers: None,
            teams: None,
        }));
    };
    let known = rounds(&odds);
    let round = asked.unwrap_or(latest);
    if !known.contains(&round) {
        return Err(Error::not_found());
    }
    let (drivers, teams) = (drivers(&odds, round), teams(&odds, round));
    let stage = Stage::new(round, &races);
    let decided = drivers
        .first()
        .and_then(|driver| driver.after(round))
        .is_some_and(|odds| odds.clinched);
    Ok(Page(TitleOddsPage {
        frame,
        season: year,
        heading: if decided {
            format!("The title of {year}, decided")
        } else {
            format!("Who will be champion of {year}?")
        },
        lede: lede(&drivers, &teams, stage),
        picker: Some(picker(year, &known, &races, round)),
        drivers: title(Competitor::Driver, drivers, stage),
        teams: title(Competitor::Team, teams, stage),
    }))
}

/// The round after which the page shows the odds, and the rest of the season.
#[derive(Debug, Clone, Copy)]
struct Stage {
    /// The odds are after this round.
    round: i16,
    /// The number of the last round; cancelled rounds leave gaps.
    last: i16,
    /// Rounds still to run after `round`.
    left: usize,
}

impl Stage {
    fn new(round: i16, races: &[RaceSummary]) -> Self {
        let run = races
            .iter()
            .map(|row| &row.race)
            .filter(|race| race.status != RaceStatus::Cancelled)
            .map(|race| race.round);
        Self {
            round,
            last: run.clone().max().unwrap_or(round).max(round),
            left: run.filter(|other| *other > round).count(),
        }
    }
}

/// The rounds with odds, in ascending order.
fn rounds(odds: &TitleOdds) -> Vec<i16> {
    let all = odds
        .drivers
        .iter()
        .flat_map(|driver| &driver.rounds)
        .chain(odds.teams.iter().flat_map(|team| &team.rounds));
    let mut rounds: Vec<i16> = all.map(|odds| odds.after_round).collect();
    rounds.sort_unstable();
    rounds.dedup();
    rounds
}

fn picker(year: i16, known: &[i16], races: &[RaceSummary], chosen: i16) -> Picker {
    let name = |round: i16| {
        races
            .iter()
            .find(|row| row.race.round == round)
            .map(|row| format!(". {}", row.race.name))
            .unwrap_or_default()
    };
    let options = known.iter().rev().map(|round| Choice {
        value: round.to_string(),
        text: format!("{round}{}", name(*round)),
        chosen: *round == chosen,
    });
    Picker {
        action: address::title_odds(year),
        label: "After round",
        name: "after_round",
        options: options.collect(),
    }
}

fn none_yet(year: i16, races: &[RaceSummary]) -> Lede {
    let run = races.iter().any(|row| !row.winners.is_empty());
    Lede {
        strong: format!("There are no title odds for {year}."),
        rest: if run {
            " This season has not been simulated.".to_owned()
        } else {
            " They begin after the first race.".to_owned()
        },
    }
}

/// Who becomes champion, the closest rivals, and the teams' title.
fn lede<D, T>(drivers: &[Candidate<D>], teams: &[Candidate<T>], stage: Stage) -> Lede {
    let round = stage.round;
    let Some((first, odds)) = first_with_odds(drivers, round) else {
        return Lede::default();
    };
    let strong = if odds.clinched {
        format!("{} is champion", first.plain)
    } else {
        format!(
            "{} becomes champion {}",
            first.long,
            words::frequency(odds.chance)
        )
    };
    let after = format!(" after round {round} of {}", stage.last);
    let rivals: Vec<String> = drivers
        .iter()
        .skip(1)
        .filter(|driver| driver.chance(round) >= RIVAL)
        .take(2)
        .map(|driver| format!("{} {}", driver.long, words::frequency(driver.chance(round))))
        .collect();
    let rest = match (odds.clinched, stage.left) {
        (true, 0) => format!("{after}."),
        (true, _) => format!("{after}: nobody can catch up any more."),
        (false, _) if rivals.is_empty() => format!(", as things stand{after}."),
        (false, _) => format!(", {}, as things stand{after}.", rivals.join(", ")),
    };
    let teams = first_with_odds(teams, round).map(|(team, odds)| {
        if odds.clinched {
            format!(" {} has won the teams’ title.", team.long)
        } else {
            let frequency = words::frequency(odds.chance);
            format!(" The teams’ title goes to {} {frequency}.", team.long)
        }
    });
    Lede {
        strong,
        rest: rest + &teams.unwrap_or_default(),
    }
}

/// The likeliest champion and its odds after `round`.
fn first_with_odds<N>(
    candidates: &[Candidate<N>],
    round: i16,
) -> Option<(&Candidate<N>, &OddsAfter)> {
    let first = candidates.first()?;
    Some((first, first.after(round)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn candidate(name: &str, chance: f64, clinched: bool) -> Candidate<()> {
        Candidate {
            name: (),
            plain: format!("A. {name}"),
            long: name.to_owned(),
            short: name.to_owned(),
            team: fixtures::team(),
            rounds: vec![OddsAfter {
                after_round: 3,
                points: 10.0,
                chance,
                expected_points: 20.0,
                interval: [15.0, 25.0],
                possible: true,
                clinched,
            }],
        }
    }

    fn text(drivers: &[Candidate<()>], left: usize) -> String {
        let stage = Stage {
            round: 3,
            last: 5,
            left,
        };
        let Lede { strong, rest } = lede(drivers, &[candidate("Team", 0.9, false)], stage);
        strong + &rest
    }

    #[test]
    fn the_page_opens_with_both_titles() {
        let open = [
            candidate("Ann", 0.667, false),
            candidate("Bob", 0.33, false),
        ];
        assert_eq!(
            text(&open, 2),
            "Ann becomes champion about two times in three, Bob about one time in three, as things stand after round 3 of 5. \
             The teams’ title goes to Team about nine times in ten."
        );
        let won = [candidate("Ann", 1.0, true), candidate("Bob", 0.0, false)];
        assert!(text(&won, 2).starts_with("A. Ann is champion after round 3 of 5: nobody can"));
        assert!(text(&won, 0).starts_with("A. Ann is champion after round 3 of 5. The"));
        let alone = [candidate("Ann", 0.99, false)];
        assert!(
            text(&alone, 1).starts_with("Ann becomes champion almost every time, as things stand")
        );
        let level = [candidate("Ann", 0.5, false), candidate("Bob", 0.5, false)];
        assert!(text(&level, 1).starts_with(
            "Ann becomes champion about one time in two, Bob about one time in two, as things"
        ));
        assert_eq!(text(&[], 1), "");
    }
}
