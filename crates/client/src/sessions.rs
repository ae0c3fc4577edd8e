//! What happened on track: results, qualifying, grid, practice, pit stops. Times are milliseconds.

use serde::{Deserialize, Serialize};

use crate::{
    races::{DriverRef, Race, TeamRef},
    words::{Contest, ResultStatus},
};

/// The result of a Grand Prix or a sprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Results {
    /// The weekend.
    pub race: Race,
    /// Which race.
    pub contest: Contest,
    /// In display order, winner first; who did not qualify is left out.
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
    /// As published: a number, DNF, DSQ, ...
    pub position_text: String,
    /// In the classification.
    pub classified: bool,
    /// Who.
    pub driver: DriverRef,
    /// For whom.
    pub team: TeamRef,
    /// As painted on the car.
    pub car_number: String,
    /// A later driver of a shared car.
    pub shared_car: bool,
    /// Place on the grid; null from the pit lane.
    pub grid: Option<i16>,
    /// Laps completed.
    pub laps: Option<i16>,
    /// Total time, ms; lead lap only.
    pub time_ms: Option<i32>,
    /// Behind the winner, ms; lead lap only.
    pub gap_ms: Option<i32>,
    /// Laps behind the winner.
    pub gap_laps: Option<i16>,
    /// How it ended.
    pub status: ResultStatus,
    /// Why it stopped, as published.
    pub retirement_reason: Option<String>,
    /// Points scored.
    pub points: f64,
    /// Stops made.
    pub pit_stops: Option<i16>,
    /// Own fastest lap, ms.
    pub fastest_lap_ms: Option<i32>,
    /// Set the fastest lap of the race.
    pub fastest_lap: bool,
    /// Credited with pole position.
    pub pole: bool,
}

/// A qualifying classification, before penalties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Qualifying {
    /// The weekend.
    pub race: Race,
    /// Whose grid it sets.
    pub contest: Contest,
    /// In display order.
    pub qualifying: Vec<QualifyingRow>,
}

/// A car in qualifying.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QualifyingRow {
    /// Place; null when not classified.
    pub position: Option<i16>,
    /// As published.
    pub position_text: String,
    /// Who.
    pub driver: DriverRef,
    /// For whom.
    pub team: TeamRef,
    /// As painted on the car.
    pub car_number: String,
    /// Best of Q1, ms.
    pub q1_ms: Option<i32>,
    /// Best of Q2, ms.
    pub q2_ms: Option<i32>,
    /// Best of Q3, ms.
    pub q3_ms: Option<i32>,
    /// The one time of formats without segments, ms.
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
    /// Of which race.
    pub contest: Contest,
    /// From the front; pit-lane starters last.
    pub grid: Vec<GridRow>,
}

/// A car on the grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GridRow {
    /// Place; null from the pit lane.
    pub position: Option<i16>,
    /// Starts from the pit lane.
    pub pit_lane: bool,
    /// Who.
    pub driver: DriverRef,
    /// For whom.
    pub team: TeamRef,
    /// As painted on the car.
    pub car_number: String,
    /// Place in qualifying.
    pub qualifying_position: Option<i16>,
    /// Places lost, or `SFB` (start from the back).
    pub penalty: Option<String>,
    /// The time that set the place, ms.
    pub time_ms: Option<i32>,
}

/// Practice of a weekend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Practice {
    /// The weekend.
    pub race: Race,
    /// The sessions that were held, in order.
    pub practice: Vec<PracticeSession>,
}

/// One practice session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PracticeSession {
    /// 1 to 4.
    pub session: i16,
    /// In display order.
    pub results: Vec<PracticeRow>,
}

/// A car's best lap of a practice session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PracticeRow {
    /// 1, 2, ... as published.
    pub position: i16,
    /// Who.
    pub driver: DriverRef,
    /// For whom.
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
    /// In order of time.
    pub pit_stops: Vec<PitStopRow>,
}

/// A pit stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PitStopRow {
    /// Who.
    pub driver: DriverRef,
    /// For whom.
    pub team: TeamRef,
    /// As painted on the car.
    pub car_number: String,
    /// n-th of this car.
    pub stop: i16,
    /// On which lap.
    pub lap: i16,
    /// In the pit lane, ms; a red flag is in it.
    pub time_ms: Option<i32>,
}
