//! Jolpica-F1, the Ergast-compatible API: calendar, results, qualifying, sprints, laps, pit stops and standings, within
//! hours of a session.
//!
//! Every function asks under an [`UpstreamLease`](super::lease::UpstreamLease), below a base URL such as
//! `https://api.jolpi.ca/ergast/f1`. Lists are read whole, a hundred rows a request; a season of them costs about a dozen
//! requests, so rounds are asked for one by one only where there is no other way (laps, pit stops, standings).
//!
//! Every scalar is text and unknown values are left out: `node` reads them with errors that name URL, race and field,
//! `pages` joins races that the end of a page divides, `times` reads times. `published` says which lists of a round there
//! are, `season` asks for those of a season, `titles` finds the race of a round, `rows` maps lists to rows of `schema`.
//! Quirks of the data are handled where they occur.

mod calendar;
mod laps;
mod node;
mod pages;
mod people;
mod published;
mod qualifying;
mod results;
mod rows;
mod season;
mod standings;
mod times;
mod titles;

use std::time::Duration;

pub use calendar::{Race, Session, calendar};
pub use laps::{Lap, PitStop, laps, pit_stops};
pub use node::ContentError;
pub use people::{Circuit, Constructor, Driver};
pub(super) use published::{Content, ask, first_season};
pub use qualifying::{CarQualifying, qualifying};
pub use results::{CarResult, FastestLap, results, sprint};
pub use rows::{Place, standings};
pub use season::{SEASON_LISTS, SeasonResults, season_lists};
pub use standings::{DriverOfSeason, Standing, constructor_standings, driver_standings};

use super::{
    lease,
    rate_limit::{RateLimit, Window},
};

/// 4 requests a second, 500 an hour.
pub const RATE_LIMIT: RateLimit = RateLimit {
    upstream: "jolpica",
    per_second: 4,
    windows: &[Window {
        length: Duration::from_hours(1),
        requests: 500,
    }],
};

/// The limit for work that can wait: a fifth of the hour is left to jobs that are due.
pub const BACKFILL_RATE_LIMIT: RateLimit = RateLimit {
    windows: &[Window {
        length: Duration::from_hours(1),
        requests: 400,
    }],
    ..RATE_LIMIT
};

/// Why a list was not read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Upstream did not answer, or was not asked.
    #[error(transparent)]
    Upstream(#[from] lease::Error),
    /// The answer is not what it should be; nothing of it was used.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// The rows of one race.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round<T> {
    /// Season.
    pub year: i16,
    /// 1, 2, ... within the season.
    pub round: i16,
    /// As in the calendar, such as `Bahrain Grand Prix`; absent from standings.
    pub race_name: Option<String>,
    /// Its rows.
    pub rows: Vec<T>,
}
