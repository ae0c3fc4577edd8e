//! The lists of a whole season, in as few requests as their pages allow.

use std::collections::HashMap;

use anyhow::Result;
use reqwest::Url;
use schema::{RaceId, RaceList};

use super::{CarResult, Round, published::Content, titles::RoundTitles};
use crate::{
    calendar,
    sources::{PublishedList, SeasonLists, SeasonQuery, lease::UpstreamLease},
};

/// Lists that one request gives for all rounds of a season.
pub const SEASON_LISTS: [RaceList; 3] = [RaceList::Qualifying, RaceList::Sprint, RaceList::Race];
/// Rounds whose rows fill a page.
const ROUNDS_A_PAGE: usize = 5;

/// The results of a season's races, with Jolpica's number of each round. They identify the drivers of other lists.
#[derive(Debug, Default)]
pub struct SeasonResults(HashMap<RaceId, (i16, Vec<CarResult>)>);

/// Asks for lists of [`SEASON_LISTS`] of a season with these rounds; results are also added to `results`.
pub async fn season_lists(
    lease: &mut UpstreamLease,
    base: &Url,
    rounds: &[calendar::Round],
    queries: &[SeasonQuery<'_>],
    results: &mut SeasonResults,
) -> Result<SeasonLists> {
    let titles = RoundTitles::of(rounds);
    let mut published: HashMap<RaceId, Vec<PublishedList>> = HashMap::new();
    let mut lists = SeasonLists::default();
    for query in queries {
        let year = query.year;
        for number in requests(query) {
            let notes = &mut lists.notes;
            let of_list: Vec<(RaceId, Content)> = match query.list {
                RaceList::Qualifying => {
                    let rounds = super::qualifying(lease, base, year, number).await?;
                    let ours = ours(&titles, rounds, notes).into_iter();
                    ours.map(|(race, round)| (race, Content::Qualifying(round.rows)))
                        .collect()
                }
                RaceList::Sprint => {
                    let rounds = super::sprint(lease, base, year, number).await?;
                    let ours = ours(&titles, rounds, notes).into_iter();
                    ours.map(|(race, round)| (race, Content::Results(round.rows)))
                        .collect()
                }
                _ => {
                    let rounds = super::results(lease, base, year, number).await?;
                    let ours = ours(&titles, rounds, notes);
                    results.add(&ours);
                    let ours = ours.into_iter();
                    ours.map(|(race, round)| (race, Content::Results(round.rows)))
                        .collect()
                }
            };
            for (race, content) in of_list {
                let list = PublishedList::of_jolpica(query.list, content);
                published.entry(race).or_default().push(list);
            }
        }
    }
    lists.rounds = rounds
        .iter()
        .filter_map(|round| Some((round.clone(), published.remove(&round.race)?)))
        .collect();
    Ok(lists)
}

/// Whether to ask for the season (`None`) or, where that is fewer requests, for each wanted round by number.
fn requests(query: &SeasonQuery<'_>) -> Vec<Option<i16>> {
    let pages = query.finished.div_ceil(ROUNDS_A_PAGE);
    if query.wanted.len() < pages {
        let rounds = query.wanted.iter();
        rounds.map(|round| Some(round.round)).collect()
    } else {
        query.wanted.first().map(|_| None).into_iter().collect()
    }
}

/// Jolpica's rounds that are races of ours.
fn ours<T>(
    titles: &RoundTitles,
    rounds: Vec<Round<T>>,
    notes: &mut Vec<String>,
) -> Vec<(RaceId, Round<T>)> {
    let races = titles.races(&rounds);
    let mut found = Vec::new();
    for (race, round) in races.into_iter().zip(rounds) {
        match race {
            Some(race) => found.push((race, round)),
            None => notes.push(format!(
                "Jolpica's round {} of {}, {}, is not in the calendar here",
                round.round,
                round.year,
                round.race_name.as_deref().unwrap_or("untitled")
            )),
        }
    }
    found
}

impl SeasonResults {
    fn add(&mut self, rounds: &[(RaceId, Round<CarResult>)]) {
        let results = rounds
            .iter()
            .map(|(race, round)| (*race, (round.round, round.rows.clone())));
        self.0.extend(results);
    }

    /// Asks for the wanted results that are not known yet.
    pub async fn complete(
        &mut self,
        lease: &mut UpstreamLease,
        base: &Url,
        rounds: &[calendar::Round],
        mut query: SeasonQuery<'_>,
    ) -> Result<()> {
        query
            .wanted
            .retain(|round| !self.0.contains_key(&round.race));
        let titles = RoundTitles::of(rounds);
        for number in requests(&query) {
            let results = super::results(lease, base, query.year, number).await?;
            self.add(&ours(&titles, results, &mut Vec::new()));
        }
        Ok(())
    }

    /// Asks for the pit stops and laps of a round that are among `lists`. A round without a result has none.
    pub async fn detail_lists(
        &self,
        lease: &mut UpstreamLease,
        base: &Url,
        round: &calendar::Round,
        lists: &[RaceList],
    ) -> Result<Vec<PublishedList>> {
        let Some((number, cars)) = self.0.get(&round.race) else {
            return Ok(Vec::new());
        };
        let mut published = Vec::new();
        for list in lists {
            let content = match list {
                RaceList::PitStops => {
                    let stops = super::pit_stops(lease, base, round.year, *number).await?;
                    Content::PitStops(stops, cars.clone())
                }
                RaceList::Laps => {
                    let laps = super::laps(lease, base, round.year, *number).await?;
                    Content::Laps(laps, cars.clone())
                }
                _ => continue,
            };
            if !content.is_empty() {
                published.push(PublishedList::of_jolpica(*list, content));
            }
        }
        Ok(published)
    }
}
