//! Asks sources for the lists of a round, in order of precedence.

use anyhow::Result;
use chrono::{DateTime, Utc};
use schema::{RaceList, Upstream};

use super::precedence::{is_askable, is_improvable};
use crate::{
    Context,
    calendar::{self, Round},
    jobs::Which,
    sources::{self, PublishedList, RoundQuery},
};

/// Which lists to ask for, of those whose session may be over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// Those that are not stored, or that a higher-ranking source may have. A source that fails is an error.
    Missing,
    /// The same; a source that fails is skipped if another one has published something.
    MissingBestEffort,
    /// All.
    Finished,
    /// All, of this source only.
    FinishedFrom(Upstream),
}

impl Selection {
    const fn includes_stored(self) -> bool {
        matches!(self, Self::Finished | Self::FinishedFrom(_))
    }

    fn includes_source(self, source: Upstream) -> bool {
        !matches!(self, Self::FinishedFrom(only) if only != source)
    }
}

/// Asks for `lists` of a round. The highest-ranking source that has published a list provides it; a list that no source
/// has published is absent.
pub async fn ask(
    ctx: &Context,
    round: &Round,
    lists: &[RaceList],
    selection: Selection,
) -> Result<Vec<PublishedList>> {
    let now = ctx.now();
    let selected: Vec<RaceList> = lists
        .iter()
        .copied()
        .filter(|list| is_over(round, *list, now) && is_selected(round, *list, selection))
        .collect();
    if selected.is_empty() {
        return Ok(Vec::new());
    }
    let mut connection = ctx.pool.acquire().await?;
    let season = calendar::read(&mut connection, Which::season(round.year)).await?;
    drop(connection);
    let mut published: Vec<PublishedList> = Vec::new();
    let mut failure = None;
    // The words of the vocabulary are in the order of the table of precedence.
    for source in Upstream::ALL.iter().copied() {
        if !selection.includes_source(source) {
            continue;
        }
        let of_source: Vec<RaceList> = selected
            .iter()
            .copied()
            .filter(|list| is_askable(source, *list, round.year))
            .filter(|list| !published.iter().any(|found| found.list == *list))
            .filter(|list| selection.includes_stored() || !is_settled(round, *list, source))
            .collect();
        let query = RoundQuery {
            round,
            season: &season,
            lists: &of_source,
        };
        match sources::ask(ctx, source, query).await {
            Ok(lists) => published.extend(lists),
            Err(error) if selection == Selection::MissingBestEffort => failure = Some(error),
            Err(error) => return Err(error),
        }
    }
    match failure {
        Some(error) if published.is_empty() => Err(error),
        _ => Ok(published),
    }
}

/// Whether a list of a round may be published.
pub(super) fn is_over(round: &Round, list: RaceList, now: DateTime<Utc>) -> bool {
    round
        .earliest_publication(list)
        .is_some_and(|earliest| earliest <= now)
}

/// Whether a selection includes a list of a round, regardless of the time.
pub(super) fn is_selected(round: &Round, list: RaceList, selection: Selection) -> bool {
    if selection.includes_stored() {
        return true;
    }
    let stored = round.stored.get(&list).copied();
    let may_be_revised = stored.is_some_and(|source| is_askable(source, list, round.year));
    is_improvable(list, round.year, stored) || (may_change(list) && may_be_revised)
}

/// Whether the list of a source is stored and does not change any more.
fn is_settled(round: &Round, list: RaceList, source: Upstream) -> bool {
    round.stored.get(&list) == Some(&source) && !may_change(list)
}

/// A grid changes until the start, so its source is asked again.
const fn may_change(list: RaceList) -> bool {
    matches!(list, RaceList::Grid | RaceList::SprintGrid)
}
