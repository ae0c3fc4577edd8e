//! The lists of a whole season, in as few requests as their pages allow.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, Utc};
use schema::{RaceId, RaceList, RaceStatus, Upstream};

use super::{
    Published, Wanted,
    download::{Content, is_over, is_wanted},
    held::askable,
    titles::Titles,
};
use crate::{
    Context,
    calendar::Round,
    sources::{
        jolpica::{self, CarResult},
        manners::Turn,
    },
};

/// Lists that a request gives of all rounds of a season.
const OF_SEASONS: [RaceList; 3] = [RaceList::Qualifying, RaceList::Sprint, RaceList::Race];
/// Rounds whose rows fill a page.
const ROUNDS_A_PAGE: usize = 5;

/// Who drove in the races of a season, as Jolpica has it, with its number of the round.
#[derive(Debug, Default)]
pub struct Cars(HashMap<RaceId, (i16, Vec<CarResult>)>);

/// What was published of some rounds.
#[derive(Debug, Default)]
pub struct Lists {
    /// By round, in the order of the calendar.
    pub rounds: Vec<(Round, Vec<Published>)>,
    /// Who drove.
    pub cars: Cars,
    /// Words on what was left out.
    pub notes: Vec<String>,
}

/// The rounds that `list` is wanted of, and that Jolpica may have it of.
#[must_use]
pub fn lacking(
    rounds: &[Round],
    list: RaceList,
    wanted: Wanted,
    now: DateTime<Utc>,
) -> Vec<&Round> {
    over(rounds, list, now)
        .filter(|round| {
            askable(list, round.year).any(|source| source == Upstream::Jolpica)
                && is_wanted(round, list, wanted)
        })
        .collect()
}

fn over(rounds: &[Round], list: RaceList, now: DateTime<Utc>) -> impl Iterator<Item = &Round> {
    rounds
        .iter()
        .filter(move |round| round.status != RaceStatus::Cancelled && is_over(round, list, now))
}

/// Whether a list that is read by season is wanted of any round.
#[must_use]
pub fn lacks_lists(rounds: &[Round], wanted: Wanted, now: DateTime<Utc>) -> bool {
    OF_SEASONS
        .iter()
        .any(|list| !lacking(rounds, *list, wanted, now).is_empty())
}

/// Asks Jolpica for the results, qualifying and sprints that are wanted of a season's rounds.
pub async fn lists(
    ctx: &Context,
    turn: &mut Turn,
    year: i16,
    rounds: &[Round],
    wanted: Wanted,
) -> Result<Lists> {
    let now = ctx.now();
    let base = &ctx.sources.jolpica_url;
    let titles = Titles::of(rounds);
    let mut published: HashMap<RaceId, Vec<Published>> = HashMap::new();
    let mut lists = Lists::default();
    for list in OF_SEASONS {
        for number in questions(rounds, &lacking(rounds, list, wanted, now), list, now) {
            let mut add = |of: Vec<(RaceId, Content)>| {
                for (race, content) in of {
                    let list = Published::of_jolpica(list, content);
                    published.entry(race).or_default().push(list);
                }
            };
            let notes = &mut lists.notes;
            match list {
                RaceList::Qualifying => {
                    let rows = jolpica::qualifying(turn, base, year, number).await?;
                    let ours = ours(&titles, rows, notes).into_iter();
                    add(ours
                        .map(|(race, of)| (race, Content::Qualifying(of.rows)))
                        .collect());
                }
                RaceList::Sprint => {
                    let rows = jolpica::sprint(turn, base, year, number).await?;
                    let ours = ours(&titles, rows, notes).into_iter();
                    add(ours
                        .map(|(race, of)| (race, Content::Results(of.rows)))
                        .collect());
                }
                _ => {
                    let rows = jolpica::results(turn, base, year, number).await?;
                    let ours = ours(&titles, rows, notes);
                    lists.cars.add(&ours);
                    let ours = ours.into_iter();
                    add(ours
                        .map(|(race, of)| (race, Content::Results(of.rows)))
                        .collect());
                }
            }
        }
    }
    let rounds = rounds.iter();
    lists.rounds = rounds
        .filter_map(|round| Some((round.clone(), published.remove(&round.race)?)))
        .collect();
    Ok(lists)
}

/// What to ask so that the rounds `wanted` are among the answers: the season, or, when that is fewer requests, each of
/// them.
fn questions(
    rounds: &[Round],
    wanted: &[&Round],
    list: RaceList,
    now: DateTime<Utc>,
) -> Vec<Option<i16>> {
    let pages = over(rounds, list, now).count().div_ceil(ROUNDS_A_PAGE);
    if wanted.len() < pages {
        wanted.iter().map(|round| Some(round.round)).collect()
    } else {
        wanted.first().map(|_| None).into_iter().collect()
    }
}

/// Rounds that are races of ours.
fn ours<T>(
    titles: &Titles,
    rounds: Vec<jolpica::Round<T>>,
    notes: &mut Vec<String>,
) -> Vec<(RaceId, jolpica::Round<T>)> {
    let races = titles.races(&rounds);
    let mut found = Vec::new();
    for (race, round) in races.into_iter().zip(rounds) {
        match race {
            Some(race) => found.push((race, round)),
            None => notes.push(format!(
                "Jolpica's round {} of {}, {}, is no race here",
                round.round,
                round.year,
                round.race_name.as_deref().unwrap_or("untitled")
            )),
        }
    }
    found
}

impl Cars {
    fn add(&mut self, rounds: &[(RaceId, jolpica::Round<CarResult>)]) {
        let cars = rounds
            .iter()
            .map(|(race, round)| (*race, (round.round, round.rows.clone())));
        self.0.extend(cars);
    }

    /// Asks who drove in the rounds `wanted`, as far as it is not known yet.
    pub async fn complete(
        &mut self,
        ctx: &Context,
        turn: &mut Turn,
        rounds: &[Round],
        wanted: &[&Round],
    ) -> Result<()> {
        let unknown: Vec<&Round> = wanted
            .iter()
            .copied()
            .filter(|round| !self.0.contains_key(&round.race))
            .collect();
        let Some(year) = unknown.first().map(|round| round.year) else {
            return Ok(());
        };
        let base = &ctx.sources.jolpica_url;
        let titles = Titles::of(rounds);
        for number in questions(rounds, &unknown, RaceList::Race, ctx.now()) {
            let rows = jolpica::results(turn, base, year, number).await?;
            self.add(&ours(&titles, rows, &mut Vec::new()));
        }
        Ok(())
    }

    /// Asks for pit stops and laps of a round, those of `lists`. Nothing without a result, which says who the drivers are.
    pub async fn lists_of(
        &self,
        ctx: &Context,
        turn: &mut Turn,
        round: &Round,
        lists: &[RaceList],
    ) -> Result<Vec<Published>> {
        let Some((number, cars)) = self.0.get(&round.race) else {
            return Ok(Vec::new());
        };
        let (base, year) = (&ctx.sources.jolpica_url, round.year);
        let mut published = Vec::new();
        for list in lists {
            let content = match list {
                RaceList::PitStops => {
                    let stops = jolpica::pit_stops(turn, base, year, *number).await?;
                    Content::PitStops(stops, cars.clone())
                }
                RaceList::Laps => {
                    let laps = jolpica::laps(turn, base, year, *number).await?;
                    Content::Laps(laps, cars.clone())
                }
                _ => continue,
            };
            if !content.is_empty() {
                published.push(Published::of_jolpica(*list, content));
            }
        }
        Ok(published)
    }
}
