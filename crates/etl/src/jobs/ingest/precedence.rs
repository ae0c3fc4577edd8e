//! Whose list counts: of the sources of a list, the highest-ranking one that has published it.

use schema::{RaceList, Upstream};

use crate::sources::first_season;

/// The sources of a list, the highest-ranking first.
const fn precedence(list: RaceList) -> &'static [Upstream] {
    use Upstream::{F1db, Jolpica, Openf1};
    match list {
        RaceList::Race | RaceList::Sprint | RaceList::Qualifying => &[F1db, Jolpica, Openf1],
        RaceList::PitStops => &[F1db, Jolpica],
        RaceList::Laps => &[Jolpica],
        RaceList::Practice4 => &[F1db],
        RaceList::Practice1
        | RaceList::Practice2
        | RaceList::Practice3
        | RaceList::SprintQualifying
        | RaceList::SprintGrid
        | RaceList::Grid => &[F1db, Openf1],
    }
}

/// Whether a source can be asked for a list of a season.
pub(super) fn is_askable(source: Upstream, list: RaceList, year: i16) -> bool {
    rank(source, list).is_some() && first_season(source, list).is_some_and(|first| year >= first)
}

/// Whether a source that can be asked outranks the source of the stored list.
#[must_use]
pub fn is_improvable(list: RaceList, year: i16, stored: Option<Upstream>) -> bool {
    let mut sources = precedence(list).iter().copied();
    sources.any(|source| {
        is_askable(source, list, year) && stored.is_none_or(|stored| outranks(source, stored, list))
    })
}

/// Whether a source may replace the list of another, or its own.
pub(super) fn may_replace(source: Upstream, stored: Option<Upstream>, list: RaceList) -> bool {
    rank(source, list).is_some()
        && stored.is_none_or(|stored| source == stored || outranks(source, stored, list))
}

/// Whether a source ranks above another for a list; a source that the table lacks ranks last.
fn outranks(source: Upstream, other: Upstream, list: RaceList) -> bool {
    match (rank(source, list), rank(other, list)) {
        (Some(source), Some(other)) => source < other,
        (source, None) => source.is_some(),
        (None, Some(_)) => false,
    }
}

fn rank(source: Upstream, list: RaceList) -> Option<usize> {
    precedence(list).iter().position(|of| *of == source)
}

#[cfg(test)]
mod tests {
    use Upstream::{F1db, Jolpica, Openf1};

    use super::*;

    #[test]
    fn a_list_is_improvable_by_a_higher_ranking_source_that_can_be_asked() {
        let result = |stored| is_improvable(RaceList::Race, 2025, stored);
        assert!(result(None) && result(Some(Openf1)));
        assert!(!result(Some(Jolpica)) && !result(Some(F1db)));
        // In 2022 only a release has practice.
        assert!(is_improvable(RaceList::Practice1, 2023, None));
        assert!(!is_improvable(RaceList::Practice1, 2022, None));
        assert!(!is_improvable(RaceList::Laps, 1995, None));
    }

    /// One question to a source is for several lists, so the sources are asked in one order for all of them.
    #[test]
    fn sources_are_asked_in_the_order_of_precedence() {
        for list in RaceList::ALL {
            assert!(precedence(*list).is_sorted(), "{list}");
        }
    }

    #[test]
    fn a_list_is_replaced_by_its_own_source_or_a_higher_ranking_one() {
        let replaces = |source, stored| may_replace(source, stored, RaceList::Race);
        for source in [F1db, Jolpica, Openf1] {
            assert!(replaces(source, None) && replaces(source, Some(source)));
        }
        assert!(replaces(Jolpica, Some(Openf1)) && !replaces(Openf1, Some(Jolpica)));
        assert!(!replaces(Jolpica, Some(F1db)));
        assert!(!may_replace(Jolpica, None, RaceList::Grid));
    }
}
