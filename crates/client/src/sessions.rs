//! Results, qualifying, grid, practice and pit stops. Times are in milliseconds.

use serde::{Deserialize, Serialize};

use crate::{
    races::{DriverRef, Race, TeamRef},
    vocabulary::{Contest, ResultStatus},
};

/// The result of a Grand Prix or a sprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Results {
    /// The weekend.
    pub race: Race,
    /// The Grand Prix or the sprint.
    pub contest: Contest,
    /// In published order, the winner first, without cars that did not qualify.
    pub results: Vec<ResultRow>,
}

/// A car's result.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, as they are in the answer"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ResultRow {
    /// Place; null when not classified.
    pub position: Option<i16>,
    /// The place as published: a number, DNF, DSQ, ...
    pub position_text: String,
    /// Whether the car was classified.
    pub classified: bool,
    /// The driver.
    pub driver: DriverRef,
    /// The team.
    pub team: TeamRef,
    /// As painted on the car.
    pub car_number: String,
    /// Whether this is the second or a later driver of a shared car.
    pub shared_car: bool,
    /// Place on the grid; null from the pit lane.
    pub grid: Option<i16>,
    /// Laps completed.
    pub laps: Option<i16>,
    /// Total time with penalties, ms; cars on the lead lap only.
    pub time_ms: Option<i32>,
    /// Gap to the winner, ms; cars on the lead lap only.
    pub gap_ms: Option<i32>,
    /// Laps behind the winner.
    pub gap_laps: Option<i16>,
    /// How the car's race ended.
    pub status: ResultStatus,
    /// Reason for the retirement, as published.
    pub retirement_reason: Option<String>,
    /// Points scored.
    pub points: f64,
    /// Number of pit stops.
    pub pit_stops: Option<i16>,
    /// The car's fastest lap, ms.
    pub fastest_lap_ms: Option<i32>,
    /// Whether the driver set the fastest lap of the race.
    pub fastest_lap: bool,
    /// Whether the driver is credited with pole position.
    pub pole: bool,
}

/// A qualifying classification, before penalties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Qualifying {
    /// The weekend.
    pub race: Race,
    /// The race whose grid it sets.
    pub contest: Contest,
    /// In published order.
    pub qualifying: Vec<QualifyingRow>,
}

/// A car in qualifying.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QualifyingRow {
    /// Place; null when not classified.
    pub position: Option<i16>,
    /// The place as published: a number, NC, DSQ or EX.
    pub position_text: String,
    /// The driver.
    pub driver: DriverRef,
    /// The team.
    pub team: TeamRef,
    /// As painted on the car.
    pub car_number: String,
    /// Best of Q1, ms.
    pub q1_ms: Option<i32>,
    /// Best of Q2, ms.
    pub q2_ms: Option<i32>,
    /// Best of Q3, ms.
    pub q3_ms: Option<i32>,
    /// The time in formats without segments, ms.
    pub time_ms: Option<i32>,
    /// Laps driven.
    pub laps: Option<i16>,
}

/// A starting grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grid {
    /// The weekend.
    pub race: Race,
    /// The Grand Prix or the sprint.
    pub contest: Contest,
    /// From the front, pit-lane starters last.
    pub grid: Vec<GridRow>,
}

/// A car on the grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GridRow {
    /// Place; null from the pit lane.
    pub position: Option<i16>,
    /// Whether the car starts from the pit lane.
    pub pit_lane: bool,
    /// The driver.
    pub driver: DriverRef,
    /// The team.
    pub team: TeamRef,
    /// As painted on the car.
    pub car_number: String,
    /// Place in qualifying.
    pub qualifying_position: Option<i16>,
    /// Places lost, or `SFB` (start from the back).
    pub penalty: Option<String>,
    /// The qualifying time that set the place, ms.
    pub time_ms: Option<i32>,
}

/// Practice of a weekend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Practice {
    /// The weekend.
    pub race: Race,
    /// The sessions in order.
    pub practice: Vec<PracticeSession>,
}

/// A practice session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PracticeSession {
    /// 1 to 4.
    pub session: i16,
    /// In published order.
    pub results: Vec<PracticeRow>,
}

/// A car's best lap of a practice session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PracticeRow {
    /// 1, 2, ... as published.
    pub position: i16,
    /// The driver.
    pub driver: DriverRef,
    /// The team.
    pub team: TeamRef,
    /// As painted on the car.
    pub car_number: String,
    /// Best lap, ms.
    pub time_ms: Option<i32>,
    /// Laps driven.
    pub laps: Option<i16>,
}

/// Pit stops of a Grand Prix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PitStops {
    /// The weekend.
    pub race: Race,
    /// In chronological order.
    pub pit_stops: Vec<PitStopRow>,
}

/// A pit stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PitStopRow {
    /// The driver.
    pub driver: DriverRef,
    /// The team.
    pub team: TeamRef,
    /// As painted on the car.
    pub car_number: String,
    /// 1, 2, ... of this car.
    pub stop: i16,
    /// The lap on which the car entered the pits.
    pub lap: i16,
    /// Time in the pit lane, ms, including a red flag.
    pub time_ms: Option<i32>,
}
