//! Practice, qualifying, grid, results, pit stops and laps. Times are in milliseconds.

use crate::{Contest, DriverId, Points, RaceId, ResultStatus, TeamId, table};

table! {
    /// A car's best lap of a practice session.
    PracticeResult in "practice_results" keyed by [race_id, session, driver_id, car_number] {
        /// The weekend.
        race_id: RaceId,
        /// 1 to 4.
        session: i16,
        /// Driver, who may be a reserve.
        driver_id: DriverId,
        /// As painted on the car.
        car_number: String,
        /// Team.
        team_id: TeamId,
        /// 1, 2, ... as published.
        display_order: i16,
        /// Best lap, ms.
        time_ms: Option<i32>,
        /// Laps driven.
        laps: Option<i16>,
    }
}

table! {
    /// A car in a qualifying classification, before penalties.
    QualifyingResult in "qualifying" keyed by [race_id, contest, driver_id, car_number] {
        /// The weekend.
        race_id: RaceId,
        /// The race whose grid it sets.
        contest: Contest,
        /// Driver.
        driver_id: DriverId,
        /// As painted on the car.
        car_number: String,
        /// Team.
        team_id: TeamId,
        /// 1, 2, ... as published.
        display_order: i16,
        /// Place; `None` when not classified.
        position: Option<i16>,
        /// The place as published: a number, NC, DSQ or EX.
        position_text: String,
        /// Best of the first segment, ms.
        q1_ms: Option<i32>,
        /// Best of the second segment, ms.
        q2_ms: Option<i32>,
        /// Best of the third segment, ms.
        q3_ms: Option<i32>,
        /// The time in formats without segments, ms.
        time_ms: Option<i32>,
        /// Laps driven.
        laps: Option<i16>,
    }
}

table! {
    /// A car on the official starting grid.
    GridPlace in "grid" keyed by [race_id, contest, driver_id, car_number] {
        /// The weekend.
        race_id: RaceId,
        /// The Grand Prix or the sprint.
        contest: Contest,
        /// Driver.
        driver_id: DriverId,
        /// As painted on the car.
        car_number: String,
        /// Team.
        team_id: TeamId,
        /// 1, 2, ... as published, pit-lane starters last.
        display_order: i16,
        /// Place; `None` from the pit lane.
        position: Option<i16>,
        /// Whether the car starts from the pit lane.
        pit_lane: bool,
        /// Place in qualifying.
        qualifying_position: Option<i16>,
        /// Places lost, or `SFB` (start from the back).
        penalty: Option<String>,
        /// The qualifying time that set the place, ms.
        time_ms: Option<i32>,
    }
}

table! {
    /// A car with its driver in the result of a race.
    RaceResult in "results" keyed by [race_id, contest, driver_id, car_number] {
        /// The weekend.
        race_id: RaceId,
        /// The Grand Prix or the sprint.
        contest: Contest,
        /// Driver.
        driver_id: DriverId,
        /// As painted on the car.
        car_number: String,
        /// Team.
        team_id: TeamId,
        /// Key of the engine manufacturer, with which a constructor was classified until the 1980s. Only releases name it.
        engine: Option<String>,
        /// 1, 2, ... as published, winner first.
        display_order: i16,
        /// Place; `None` when not classified.
        position: Option<i16>,
        /// The place as published: a number, DNF, NC, DSQ, ...
        position_text: String,
        /// How the car's race ended.
        status: ResultStatus,
        /// Reason for the retirement, as published.
        retirement_reason: Option<String>,
        /// Whether this is the second or a later driver of a shared car.
        shared_car: bool,
        /// Laps completed.
        laps: Option<i16>,
        /// Total time with penalties, ms; cars on the lead lap only.
        time_ms: Option<i32>,
        /// Penalty time, ms, included in `time_ms`.
        penalty_ms: Option<i32>,
        /// Gap to the winner, ms; cars on the lead lap only.
        gap_ms: Option<i32>,
        /// Laps behind the winner.
        gap_laps: Option<i16>,
        /// Points scored in this race.
        points: Points,
        /// Place on the grid; `None` from the pit lane and without a start.
        grid: Option<i16>,
        /// Whether the driver is credited with pole position.
        pole: bool,
        /// Number of pit stops.
        pit_stops: Option<i16>,
        /// Whether the driver set the fastest lap of the race.
        fastest_lap: bool,
        /// The car's fastest lap, ms.
        fastest_lap_ms: Option<i32>,
        /// Number of the lap it was set on.
        fastest_lap_number: Option<i16>,
    }
}

table! {
    /// A pit stop in a Grand Prix.
    PitStop in "pit_stops" keyed by [race_id, driver_id, car_number, stop] {
        /// The weekend.
        race_id: RaceId,
        /// Driver.
        driver_id: DriverId,
        /// As painted on the car.
        car_number: String,
        /// 1, 2, ... of this car.
        stop: i16,
        /// Team.
        team_id: TeamId,
        /// 1, 2, ... of the race.
        display_order: i16,
        /// The lap on which the car entered the pits.
        lap: i16,
        /// Time in the pit lane, ms, including a red flag.
        time_ms: Option<i32>,
    }
}

table! {
    /// A lap of a race.
    Lap in "laps" keyed by [race_id, contest, driver_id, lap] {
        /// The weekend.
        race_id: RaceId,
        /// The Grand Prix or the sprint.
        contest: Contest,
        /// Driver.
        driver_id: DriverId,
        /// 1, 2, ...
        lap: i16,
        /// Place at the end of the lap.
        position: Option<i16>,
        /// Lap time, ms.
        time_ms: Option<i32>,
    }
}
