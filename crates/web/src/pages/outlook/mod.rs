//! The season's outlook: who will be champion, round by round.

mod candidate;
mod chart;
mod title;

use askama::Template;
use axum::response::IntoResponse;
use client::{races::RaceSummary, title_odds::TitleOdds, vocabulary::RaceStatus};

use self::{
    candidate::{Candidate, drivers, teams},
    title::{Title, title},
};

use super::{SeasonPath, frame, if_found, standings::AfterQuery};
use crate::{
    error::Error,
    extract::{Api, Path, Query},
    page::{Frame, Page, Part},
    parts::{Choice, Lede, Picker, TeamName, Who},
    words,
};

#[derive(Template)]
#[template(path = "outlook.html")]
struct OutlookPage {
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
    Query(query): Query<AfterQuery>,
) -> Result<impl IntoResponse, Error> {
    let asked = query.round()?;
    let (frame, races, odds) = tokio::join!(
        frame(&api, Part::Races),
        api.races(year),
        api.title_odds(year)
    );
    let (frame, races) = (frame?, races?.races);
    let odds = if_found(odds)?;
    let latest = odds.as_ref().and_then(|odds| odds.after_round);
    let (Some(odds), Some(latest)) = (odds, latest) else {
        if asked.is_some() {
            return Err(Error::NotFound { near: Vec::new() });
        }
        return Ok(Page(OutlookPage {
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
        return Err(Error::NotFound { near: Vec::new() });
    }
    let (drivers, teams) = (drivers(&odds, round), teams(&odds, round));
    let stage = Stage::new(round, &races);
    let decided = drivers
        .first()
        .and_then(|driver| driver.after(round))
        .is_some_and(|odds| odds.clinched);
    Ok(Page(OutlookPage {
        frame,
        season: year,
        heading: if decided {
            format!("The title of {year}, decided")
        } else {
            format!("Who will be champion of {year}?")
        },
        lede: lede(&drivers, &teams, stage),
        picker: Some(picker(year, &known, &races, round)),
        drivers: title("drivers", "Drivers", "Driver", drivers, stage),
        teams: title("teams", "Teams", "Team", teams, stage),
    }))
}

/// How far the season has come.
#[derive(Debug, Clone, Copy)]
struct Stage {
    /// The round that is looked back from.
    round: i16,
    /// The number of the last round; cancelled ones leave gaps.
    last: i16,
    /// Rounds that were left then.
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

/// The rounds with odds, rising.
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
        action: format!("/seasons/{year}/outlook"),
        label: "After round",
        name: "after_round",
        options: options.collect(),
    }
}

fn none_yet(year: i16, races: &[RaceSummary]) -> Lede {
    let run = races.iter().any(|row| !row.winners.is_empty());
    Lede {
        strong: format!("There are no title odds of {year}."),
        rest: if run {
            " They have not been simulated for this season.".to_owned()
        } else {
            " They begin with the first race.".to_owned()
        },
    }
}

fn lede<D, T>(drivers: &[Candidate<D>], teams: &[Candidate<T>], stage: Stage) -> Lede {
    let round = stage.round;
    let (Some(first), Some(odds)) = (
        drivers.first(),
        drivers.first().and_then(|driver| driver.after(round)),
    ) else {
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
        .filter(|driver| driver.chance(round) >= 0.05)
        .take(2)
        .map(|driver| format!("{} {}", driver.long, words::frequency(driver.chance(round))))
        .collect();
    let mut rest = match (odds.clinched, stage.left) {
        (true, 0) => format!("{after}."),
        (true, _) => format!("{after}: nobody can catch up any more."),
        (false, _) if rivals.is_empty() => format!(", as things stand{after}."),
        (false, _) => format!(", {}, as things stand{after}.", rivals.join(", ")),
    };
    if let Some((team, odds)) = teams
        .first()
        .and_then(|team| Some((team, team.after(round)?)))
    {
        let told = if odds.clinched {
            format!(" The teams’ title is {}’s.", team.long)
        } else {
            format!(
                " The teams’ title goes to {} {}.",
                team.long,
                words::frequency(odds.chance)
            )
        };
        rest.push_str(&told);
    }
    Lede { strong, rest }
}

#[cfg(test)]
mod tests {
    use client::{races::TeamRef, title_odds::OddsAfter};

    use super::*;

    fn candidate(name: &str, chance: f64, clinched: bool) -> Candidate<()> {
        Candidate {
            name: (),
            plain: format!("A. {name}"),
            long: name.to_owned(),
            short: name.to_owned(),
            team: TeamRef {
                key: String::new(),
                name: String::new(),
                colour: None,
            },
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

    fn told(drivers: &[Candidate<()>], left: usize) -> String {
        let stage = Stage {
            round: 3,
            last: 5,
            left,
        };
        let Lede { strong, rest } = lede(drivers, &[candidate("Team", 0.9, false)], stage);
        strong + &rest
    }

    #[test]
    fn the_title_is_told_in_words() {
        let open = [
            candidate("Ann", 0.667, false),
            candidate("Bob", 0.33, false),
        ];
        assert_eq!(
            told(&open, 2),
            "Ann becomes champion about two times in three, Bob about one time in three, as things stand after round 3 of 5. \
             The teams’ title goes to Team about nine times in ten."
        );
        let won = [candidate("Ann", 1.0, true), candidate("Bob", 0.0, false)];
        assert!(told(&won, 2).starts_with("A. Ann is champion after round 3 of 5: nobody can"));
        assert!(told(&won, 0).starts_with("A. Ann is champion after round 3 of 5. The"));
    }
}
