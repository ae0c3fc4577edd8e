//! Jolpica-F1, the Ergast-compatible API: calendar, results, qualifying, sprints, laps, pit stops and standings, within
//! hours of a session.
//!
//! Everything is asked for during a [`Turn`](super::manners::Turn) and below a base such as
//! `https://api.jolpi.ca/ergast/f1`. Lists are read whole, a hundred rows a request; a season of them costs about a dozen
//! requests, so rounds are asked for one by one only where there is no other way (laps, pit stops, standings).
//! Every scalar is text, what is not known is left out: `node` reads it with errors that name URL, race and field,
//! `pages` joins races cut by the end of a page, `times` reads times. Traps of the data are handled where they bite.

mod laps;
mod node;
mod pages;
mod people;
mod qualifying;
mod results;
mod schedule;
mod standings;
mod times;

pub use laps::{Lap, PitStop, laps, pit_stops};
pub use node::ContentError;
pub use people::{Circuit, Constructor, Driver};
pub use qualifying::{CarQualifying, qualifying};
pub use results::{CarResult, FastestLap, results, sprint};
pub use schedule::{Race, Session, schedule};
pub use standings::{DriverOfSeason, Standing, constructor_standings, driver_standings};

use super::manners;

/// Why a list was not read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Upstream did not answer, or was not asked.
    #[error(transparent)]
    Upstream(#[from] manners::Error),
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
    /// As in the calendar, such as `Bahrain Grand Prix`; standings do not say.
    pub race_name: Option<String>,
    /// Its rows.
    pub rows: Vec<T>,
}
