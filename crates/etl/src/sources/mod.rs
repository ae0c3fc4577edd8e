//! Upstream services, one folder each: client, readers, and the mapping to rows of `schema`.
//!
//! F1DB publishes releases, which [`jobs::load`](crate::jobs::load) loads whole. The others publish one list of a weekend at
//! a time: each offers `first_season`, `ask` and a content that knows its rows, which this module joins. What is done with
//! a list is decided in [`jobs::ingest`](crate::jobs::ingest). Of the database, sources know the counted requests, the
//! stored answers and their own keys.

pub mod f1db;
pub mod field;
pub mod http;
pub mod jolpica;
pub mod lease;
pub mod openf1;
pub mod rate_limit;
pub mod rows;

use anyhow::Result;
use schema::{RaceList, Upstream};

use self::{field::RoundField, rows::ListRows};
use crate::{
    Context,
    calendar::Round,
    identity::{provisional::ProvisionalEntrants, roster::Roster},
};

/// Lists of one round to ask a source for.
#[derive(Debug, Clone, Copy)]
pub struct RoundQuery<'a> {
    /// The round.
    pub round: &'a Round,
    /// All rounds of its season: a source may number or date the round differently.
    pub season: &'a [Round],
    /// The lists.
    pub lists: &'a [RaceList],
}

/// One list to ask a source for, of rounds of a season.
#[derive(Debug, Clone)]
pub struct SeasonQuery<'a> {
    /// The season.
    pub year: i16,
    /// The list.
    pub list: RaceList,
    /// The rounds whose list is wanted.
    pub wanted: Vec<&'a Round>,
    /// The number of rounds that may have the list: so many fill the pages of the season's list.
    pub finished: usize,
}

/// What a source has published of a season's rounds.
#[derive(Debug, Default)]
pub struct SeasonLists {
    /// The lists by round, in the order of the calendar.
    pub rounds: Vec<(Round, Vec<PublishedList>)>,
    /// Descriptions of what was left out.
    pub notes: Vec<String>,
}

/// A list as one source published it.
#[derive(Debug, Clone)]
pub struct PublishedList {
    /// Which list.
    pub list: RaceList,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Jolpica(jolpica::Content),
    Openf1(openf1::Content),
}

/// The first season of which a source can be asked for a list; `None` if it never publishes that list by itself.
#[must_use]
pub const fn first_season(source: Upstream, list: RaceList) -> Option<i16> {
    match source {
        Upstream::F1db => None,
        Upstream::Jolpica => jolpica::first_season(list),
        Upstream::Openf1 => openf1::first_season(list),
    }
}

/// Asks a source for lists of a round, and returns those that it has published.
pub async fn ask(
    ctx: &Context,
    source: Upstream,
    query: RoundQuery<'_>,
) -> Result<Vec<PublishedList>> {
    match source {
        Upstream::F1db => Ok(Vec::new()),
        Upstream::Jolpica => jolpica::ask(ctx, query).await,
        Upstream::Openf1 => openf1::ask(ctx, query).await,
    }
}

impl PublishedList {
    const fn of_jolpica(list: RaceList, content: jolpica::Content) -> Self {
        let content = Content::Jolpica(content);
        Self { list, content }
    }

    const fn of_openf1(list: RaceList, content: openf1::Content) -> Self {
        let content = Content::Openf1(content);
        Self { list, content }
    }

    /// The source that published it.
    #[must_use]
    pub const fn source(&self) -> Upstream {
        match self.content {
            Content::Jolpica(_) => Upstream::Jolpica,
            Content::Openf1(_) => Upstream::Openf1,
        }
    }

    /// Drivers and teams of the list that `roster` lacks and that the source describes well enough to create them.
    #[must_use]
    pub fn entrants_to_create(&self, roster: &Roster) -> ProvisionalEntrants<'_> {
        match &self.content {
            Content::Jolpica(content) => content.entrants_to_create(roster),
            Content::Openf1(_) => ProvisionalEntrants::default(),
        }
    }

    /// The list as rows of a round; cars that have to be left out are described in `notes`.
    pub fn rows(
        &self,
        round: &Round,
        field: &RoundField,
        notes: &mut Vec<String>,
    ) -> Result<ListRows> {
        match &self.content {
            Content::Jolpica(content) => content.rows(round.race, self.list, field),
            Content::Openf1(content) => content.rows(round.race, self.list, field, notes),
        }
    }
}
