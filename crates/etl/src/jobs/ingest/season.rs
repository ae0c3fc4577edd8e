//! Which lists of a season's rounds are missing.

use chrono::{DateTime, Utc};
use schema::{RaceList, RaceStatus, Upstream};

use super::{
    Selection,
    download::{is_over, is_selected},
    precedence::is_askable,
};
use crate::{calendar::Round, sources::SeasonQuery};

/// The rounds whose `list` is selected and that `source` may have it of.
#[must_use]
pub fn lacking(
    rounds: &[Round],
    source: Upstream,
    list: RaceList,
    selection: Selection,
    now: DateTime<Utc>,
) -> Vec<&Round> {
    finished(rounds, list, now)
        .filter(|round| is_askable(source, list, round.year) && is_selected(round, list, selection))
        .collect()
}

/// What to ask `source` so that it gives the selected `lists` of a season; a list that no round lacks is left out.
#[must_use]
pub fn queries<'a>(
    year: i16,
    rounds: &'a [Round],
    source: Upstream,
    lists: &[RaceList],
    selection: Selection,
    now: DateTime<Utc>,
) -> Vec<SeasonQuery<'a>> {
    let queries = lists.iter().map(|list| {
        let wanted = lacking(rounds, source, *list, selection, now);
        query(year, rounds, *list, wanted, now)
    });
    queries.filter(|query| !query.wanted.is_empty()).collect()
}

/// The query for a list of the `wanted` rounds of a season.
#[must_use]
pub fn query<'a>(
    year: i16,
    rounds: &[Round],
    list: RaceList,
    wanted: Vec<&'a Round>,
    now: DateTime<Utc>,
) -> SeasonQuery<'a> {
    SeasonQuery {
        year,
        list,
        wanted,
        finished: finished(rounds, list, now).count(),
    }
}

fn finished(rounds: &[Round], list: RaceList, now: DateTime<Utc>) -> impl Iterator<Item = &Round> {
    rounds
        .iter()
        .filter(move |round| round.status != RaceStatus::Cancelled && is_over(round, list, now))
}
