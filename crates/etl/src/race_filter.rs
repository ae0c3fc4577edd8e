//! Which races a job, a query or a command is about.

use std::fmt;

/// A selection of races: all of them, those of one season, or one race.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct RaceFilter {
    /// The season; `None` selects every season.
    pub season: Option<i16>,
    /// The round of that season; `None` selects every round.
    pub round: Option<i16>,
}

impl RaceFilter {
    /// Every race.
    pub const ALL: Self = Self {
        season: None,
        round: None,
    };

    /// One race.
    #[must_use]
    pub const fn race(season: i16, round: i16) -> Self {
        Self {
            season: Some(season),
            round: Some(round),
        }
    }

    /// The races of a season.
    #[must_use]
    pub const fn season(season: i16) -> Self {
        Self {
            season: Some(season),
            round: None,
        }
    }

    /// Whether the filter selects a race.
    #[must_use]
    pub fn includes(self, season: i16, round: i16) -> bool {
        self.season.is_none_or(|selected| selected == season)
            && self.round.is_none_or(|selected| selected == round)
    }
}

/// `2026/5`, `2026`, or nothing where every race is selected.
impl fmt::Display for RaceFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.season, self.round) {
            (None, _) => Ok(()),
            (Some(season), None) => write!(f, "{season}"),
            (Some(season), Some(round)) => write!(f, "{season}/{round}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_selects_all_races_a_season_or_one_race() {
        for (filter, selected, text) in [
            (RaceFilter::ALL, [true, true, true], ""),
            (RaceFilter::season(2026), [true, true, false], "2026"),
            (RaceFilter::race(2026, 5), [true, false, false], "2026/5"),
        ] {
            let races = [(2026, 5), (2026, 6), (2025, 5)];
            assert_eq!(
                races.map(|(season, round)| filter.includes(season, round)),
                selected
            );
            assert_eq!(filter.to_string(), text);
        }
    }
}
