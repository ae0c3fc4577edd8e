//! Drivers and teams: the two kinds of competitor, which share the pages `standings`, `directory` and `profile`.

use crate::{page::Section, parts::Link};

/// A kind of competitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Competitor {
    Driver,
    Team,
}

impl Competitor {
    /// The heading of a column with one.
    pub(crate) const fn one(self) -> &'static str {
        match self {
            Self::Driver => "Driver",
            Self::Team => "Team",
        }
    }

    /// The singular within a sentence.
    pub(crate) const fn one_in_sentence(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Team => "team",
        }
    }

    /// The heading of a page or a column with several.
    pub(crate) const fn many(self) -> &'static str {
        match self {
            Self::Driver => "Drivers",
            Self::Team => "Teams",
        }
    }

    /// The plural in an address and within a sentence.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Driver => "drivers",
            Self::Team => "teams",
        }
    }

    /// The part of the site that it belongs to.
    pub(crate) const fn section(self) -> Section {
        match self {
            Self::Driver => Section::Drivers,
            Self::Team => Section::Teams,
        }
    }

    /// The other kind.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Driver => Self::Team,
            Self::Team => Self::Driver,
        }
    }

    /// The address of one.
    pub(crate) fn profile(self, key: &str) -> String {
        format!("/{}/{key}", self.path())
    }

    /// The address of the championship of a season.
    pub(crate) fn standings(self, year: i16) -> String {
        format!("/seasons/{year}/standings/{}", self.path())
    }

    /// A link to every one of all time.
    pub(crate) fn directory(self) -> Link {
        Link::new(format!("/{}", self.path()), format!("All {}", self.path()))
    }
}
