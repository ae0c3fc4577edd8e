//! Lap times and pit stops of one race; upstream has neither of sprints.

use chrono::NaiveTime;
use reqwest::Url;

use super::{
    Error, Round,
    node::{ContentError, Node},
    pages::{self, List, RACES},
    times,
};
use crate::sources::lease::UpstreamLease;

/// A car's lap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lap {
    /// Upstream's id of the driver.
    pub driver_id: String,
    /// 1, 2, ... of the race.
    pub lap: i16,
    /// Position at its end, where known.
    pub position: Option<i16>,
    /// Milliseconds; upstream can lose times of whole seconds.
    pub time_ms: Option<i32>,
}

/// A pit stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PitStop {
    /// Upstream's id of the driver.
    pub driver_id: String,
    /// 1, 2, ... of this driver.
    pub stop: i16,
    /// The lap.
    pub lap: i16,
    /// The circuit's local time.
    pub time_of_day: Option<NaiveTime>,
    /// From entry to exit of the pit lane, ms; long under a red flag. Upstream loses times of whole seconds.
    pub duration_ms: Option<i32>,
}

/// Lap times of a race, by lap and place. Empty if there are none.
pub async fn laps(
    lease: &mut UpstreamLease,
    base: &Url,
    year: i16,
    round: i16,
) -> Result<Vec<Lap>, Error> {
    let list = List {
        endpoint: "laps",
        races: RACES,
        read: read_laps,
        key: |lap: &Lap| format!("lap {} of {}", lap.lap, lap.driver_id),
    };
    let rounds = pages::read(lease, base, (year, Some(round)), &list).await?;
    let mut laps = rows(rounds);
    laps.sort_by_key(|lap| (lap.lap, lap.position.unwrap_or(i16::MAX)));
    Ok(laps)
}

/// Pit stops of a race, in upstream's order. Empty if there are none.
pub async fn pit_stops(
    lease: &mut UpstreamLease,
    base: &Url,
    year: i16,
    round: i16,
) -> Result<Vec<PitStop>, Error> {
    let list = List {
        endpoint: "pitstops",
        races: RACES,
        read: |race| race.nodes("PitStops")?.iter().map(PitStop::read).collect(),
        key: |stop: &PitStop| format!("stop {} of {}", stop.stop, stop.driver_id),
    };
    Ok(rows(
        pages::read(lease, base, (year, Some(round)), &list).await?,
    ))
}

fn rows<T>(rounds: Vec<Round<T>>) -> Vec<T> {
    rounds.into_iter().flat_map(|round| round.rows).collect()
}

fn read_laps(race: &Node<'_>) -> Result<Vec<Lap>, ContentError> {
    let mut laps = Vec::new();
    for lap in race.nodes("Laps")? {
        let number = lap.number("number", 1..=500)?;
        for timing in lap.nodes("Timings")? {
            laps.push(Lap::read(number, &timing)?);
        }
    }
    Ok(laps)
}

impl Lap {
    fn read(lap: i16, node: &Node<'_>) -> Result<Self, ContentError> {
        let position = match node.text("position")? {
            // Python's spelling of null.
            Some("None") => None,
            _ => node.maybe_number("position", 1..=99)?,
        };
        Ok(Self {
            driver_id: node.id("driverId")?,
            lap,
            position,
            time_ms: node.lap_time("time")?,
        })
    }
}

impl PitStop {
    fn read(node: &Node<'_>) -> Result<Self, ContentError> {
        let time_of_day = |text: &str| NaiveTime::parse_from_str(text, "%H:%M:%S").ok();
        Ok(Self {
            driver_id: node.id("driverId")?,
            stop: node.number("stop", 1..=99)?,
            lap: node.number("lap", 0..=500)?,
            time_of_day: node.maybe("time", "a time of day", time_of_day)?,
            duration_ms: node.maybe("duration", "a duration", times::milliseconds)?,
        })
    }
}
