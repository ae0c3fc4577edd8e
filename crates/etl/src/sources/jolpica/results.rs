//! Results of Grands Prix and sprints, which have the same form.

use reqwest::Url;
use schema::{Points, ResultStatus};

use super::{
    Constructor, Driver, Error, Round,
    node::{ContentError, Node},
    pages::{self, List, RACES},
    times::{self, Gap},
};
use crate::sources::lease::UpstreamLease;

/// A car in a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarResult {
    /// Its line in the result: 1, 2, ..., retired cars included.
    pub display_order: i16,
    /// Place, `None` if not classified.
    pub position: Option<i16>,
    /// As published: a number, or `R`, `D`, `E`, `W`, `F`, `N`.
    pub position_text: String,
    /// How the race ended for it. Upstream has `Finished` for cars that stopped but are classified: their time is shorter than
    /// the winner's, and they are `Retired` here.
    pub status: ResultStatus,
    /// Upstream's wording: to 2022 the cause of a retirement or `+1 Lap`, later mostly `Retired` or `Lapped`.
    pub status_text: String,
    /// As painted on the car.
    pub car_number: String,
    /// The driver.
    pub driver: Driver,
    /// The constructor.
    pub constructor: Constructor,
    /// Place on the grid; `None` for a start from the pit lane, or if unknown. Many pit-lane starts have the last places instead.
    pub grid: Option<i16>,
    /// Laps counted; a disqualified car can have 0 despite driving.
    pub laps: i16,
    /// From the start to its last crossing of the line, ms. Lapped cars have it from 2023 on.
    pub time_ms: Option<i32>,
    /// Gap to the winner, ms; for a lapped car, when it crossed the line after the winner.
    pub gap_ms: Option<i32>,
    /// Laps behind the winner, where the wording has them (to 2022).
    pub gap_laps: Option<i16>,
    /// Championship points.
    pub points: Points,
    /// The car's best lap.
    pub fastest_lap: Option<FastestLap>,
}

/// A car's best lap of a race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FastestLap {
    /// ms; upstream loses times of whole seconds.
    pub time_ms: Option<i32>,
    /// Which lap.
    pub lap: i16,
    /// Place among the best laps of all cars; sprints have it from 2024 on.
    pub rank: Option<i16>,
}

impl CarResult {
    /// Whether it has a place.
    #[must_use]
    pub const fn is_classified(&self) -> bool {
        self.position.is_some()
    }
}

/// Results of the Grands Prix of a season or of one round; rounds without a result are left out.
pub async fn results(
    lease: &mut UpstreamLease,
    base: &Url,
    year: i16,
    round: Option<i16>,
) -> Result<Vec<Round<CarResult>>, Error> {
    let read = |race: &Node<'_>| cars(race, "Results");
    read_all(lease, base, (year, round), "results", read).await
}

/// Results of the sprints of a season or of one round; rounds without a sprint result are left out.
pub async fn sprint(
    lease: &mut UpstreamLease,
    base: &Url,
    year: i16,
    round: Option<i16>,
) -> Result<Vec<Round<CarResult>>, Error> {
    let read = |race: &Node<'_>| cars(race, "SprintResults");
    read_all(lease, base, (year, round), "sprint", read).await
}

async fn read_all(
    lease: &mut UpstreamLease,
    base: &Url,
    of: (i16, Option<i16>),
    endpoint: &'static str,
    read: fn(&Node<'_>) -> Result<Vec<CarResult>, ContentError>,
) -> Result<Vec<Round<CarResult>>, Error> {
    let list = List {
        endpoint,
        races: RACES,
        read,
        key: |car: &CarResult| format!("{} in car {}", car.driver.id, car.car_number),
    };
    let mut rounds = pages::read(lease, base, of, &list).await?;
    for round in &mut rounds {
        round.rows.sort_by_key(|car| car.display_order);
    }
    Ok(rounds)
}

fn cars(race: &Node<'_>, field: &str) -> Result<Vec<CarResult>, ContentError> {
    race.nodes(field)?.iter().map(CarResult::read).collect()
}

impl CarResult {
    fn read(node: &Node<'_>) -> Result<Self, ContentError> {
        let position_text = node.word("positionText")?;
        let status_text = node.word("status")?;
        let laps = node.number("laps", 0..=500)?;
        let (time_ms, gap) = match node.maybe_node("Time")? {
            None => (None, Gap::None),
            Some(time) => (
                time.maybe("millis", "milliseconds of a race", whole_race)?,
                time.maybe("time", "a time or a gap", times::gap)?
                    .unwrap_or(Gap::None),
            ),
        };
        let place = place(node, position_text)?;
        let status = status(position_text, place, status_text, laps, gap)
            .ok_or_else(|| node.unlike("positionText", position_text, "a place or its absence"))?;
        let number = |text: &str| is_car_number(text).then(|| text.to_owned());
        let points = |text: &str| text.parse().ok();
        let fastest = node.maybe_node("FastestLap")?;
        Ok(Self {
            display_order: node.number("position", 1..=99)?,
            position: place.filter(|_| is_classified(status)),
            position_text: position_text.to_owned(),
            status,
            status_text: status_text.to_owned(),
            car_number: node.read("number", "a car number", number)?,
            driver: Driver::read(&node.node("Driver")?)?,
            constructor: Constructor::read(&node.node("Constructor")?)?,
            grid: node.maybe_number("grid", 0..=99)?.filter(|grid| *grid > 0),
            laps,
            time_ms,
            gap_ms: match gap {
                Gap::Behind(ms) => Some(ms),
                Gap::Stopped | Gap::None => None,
            },
            gap_laps: times::laps_down(status_text),
            points: node.read("points", "points", points)?,
            fastest_lap: fastest.as_ref().map(FastestLap::read).transpose()?,
        })
    }
}

impl FastestLap {
    fn read(node: &Node<'_>) -> Result<Self, ContentError> {
        let time = node.maybe_node("Time")?;
        let time_ms = time.map(|time| time.lap_time("time")).transpose()?;
        Ok(Self {
            time_ms: time_ms.flatten(),
            lap: node.number("lap", 1..=500)?,
            rank: node.maybe_number("rank", 0..=99)?,
        })
    }
}

/// As painted on a car: `4`, `44`, in the past `208` or `2A`.
pub(super) fn is_car_number(text: &str) -> bool {
    text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn whole_race(text: &str) -> Option<i32> {
    times::digits(text).filter(|ms| (1..86_400_000).contains(ms))
}

/// The place in `positionText`, if it has one.
fn place(node: &Node<'_>, position_text: &str) -> Result<Option<i16>, ContentError> {
    if times::digits(position_text).is_none() {
        return Ok(None);
    }
    node.number("positionText", 1..=99).map(Some)
}

/// How a race ended; `None` if `positionText` is unknown. For a car with a place, an unknown wording is the cause of a
/// retirement: upstream's list of causes is open.
fn status(
    position_text: &str,
    place: Option<i16>,
    status_text: &str,
    laps: i16,
    gap: Gap,
) -> Option<ResultStatus> {
    let laps_down = status_text == "Lapped" || times::laps_down(status_text).is_some();
    let of_wording = match status_text {
        "Disqualified" => Some(ResultStatus::Disqualified),
        "Excluded" => Some(ResultStatus::Excluded),
        "Did not start" => Some(ResultStatus::DidNotStart),
        "Did not qualify" | "Did not prequalify" | "107% Rule" => Some(ResultStatus::DidNotQualify),
        "Not classified" => Some(ResultStatus::NotClassified),
        _ => None,
    };
    if place.is_some() {
        return Some(match of_wording {
            Some(status) => status,
            None if gap == Gap::Stopped => ResultStatus::Retired,
            None if status_text == "Finished" => ResultStatus::Finished,
            None if laps_down => ResultStatus::Lapped,
            None => ResultStatus::Retired,
        });
    }
    match position_text {
        "R" if laps_down => Some(ResultStatus::NotClassified),
        "R" => Some(of_wording.unwrap_or(ResultStatus::Retired)),
        "D" => Some(ResultStatus::Disqualified),
        "E" => Some(ResultStatus::Excluded),
        "F" => Some(ResultStatus::DidNotQualify),
        "N" => Some(ResultStatus::NotClassified),
        "W" if laps > 0 => Some(ResultStatus::Retired),
        "W" => Some(ResultStatus::DidNotStart),
        _ => None,
    }
}

const fn is_classified(status: ResultStatus) -> bool {
    matches!(
        status,
        ResultStatus::Finished | ResultStatus::Lapped | ResultStatus::Retired
    )
}
