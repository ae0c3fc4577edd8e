//! What happened on track: practice, qualifying, grid, results, pit stops. Times are whole milliseconds.

use crate::{
    table,
    vocabulary::{Contest, DriverId, Points, RaceId, ResultStatus, TeamId},
};

table! {
    /// A car's best lap of a practice session.
    PracticeResult in "practice_results" keyed by [race_id, session, driver_id, car_number] {
        /// The weekend.
        race_id: RaceId,
        /// 1 to 4.
        session: i16,
        /// Driver, reserves included.
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
        /// Whose grid it sets.
        contest: Contest,
        /// Driver.
        driver_id: DriverId,
        /// As painted on the car.
        car_number: String,
        /// Team.
        team_id: TeamId,
        /// 1, 2, ... as published.
        display_order: i16,
        /// Place, unless not classified.
        position: Option<i16>,
        /// As published: a number, or NC, DSQ, EX.
        position_text: String,
        /// Best of the first segment, ms.
        q1_ms: Option<i32>,
        /// Best of the second segment, ms.
        q2_ms: Option<i32>,
        /// Best of the third segment, ms.
        q3_ms: Option<i32>,
        /// The one time of formats without segments, ms.
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
        /// Of which race.
        contest: Contest,
        /// Driver.
        driver_id: DriverId,
        /// As painted on the car.
        car_number: String,
        /// Team.
        team_id: TeamId,
        /// 1, 2, ... as published; pit-lane starters last.
        display_order: i16,
        /// Place, unless from the pit lane.
        position: Option<i16>,
        /// Starts from the pit lane.
        pit_lane: bool,
        /// Place in qualifying.
        qualifying_position: Option<i16>,
        /// Places lost, or `SFB` (start from the back).
        penalty: Option<String>,
        /// The time that set the place, ms.
        time_ms: Option<i32>,
    }
}

table! {
    /// A car with its driver in the result of a race.
    RaceResult in "results" keyed by [race_id, contest, driver_id, car_number] {
        /// The weekend.
        race_id: RaceId,
        /// Which race.
        contest: Contest,
        /// Driver.
        driver_id: DriverId,
        /// As painted on the car.
        car_number: String,
        /// Team.
        team_id: TeamId,
        /// Engine manufacturer's key: until the 1980s a constructor was judged with it. Only releases name it.
        engine: Option<String>,
        /// 1, 2, ... as published, winner first.
        display_order: i16,
        /// Place, if classified.
        position: Option<i16>,
        /// As published: a number, or DNF, NC, DSQ, ...
        position_text: String,
        /// How the race ended.
        status: ResultStatus,
        /// Why it stopped, as published.
        retirement_reason: Option<String>,
        /// A later driver of a shared car.
        shared_car: bool,
        /// Laps completed.
        laps: Option<i16>,
        /// Total time, ms, penalties included; cars on the lead lap only.
        time_ms: Option<i32>,
        /// Time added, ms, already in `time_ms`.
        penalty_ms: Option<i32>,
        /// Behind the winner, ms; lead lap only.
        gap_ms: Option<i32>,
        /// Laps behind the winner.
        gap_laps: Option<i16>,
        /// Points scored in this race.
        points: Points,
        /// Place on the grid; `None` from the pit lane or without a start.
        grid: Option<i16>,
        /// Credited with pole position.
        pole: bool,
        /// Stops made.
        pit_stops: Option<i16>,
        /// Set the fastest lap of the race.
        fastest_lap: bool,
        /// Own fastest lap, ms.
        fastest_lap_ms: Option<i32>,
        /// The lap it was set on.
        fastest_lap_number: Option<i16>,
    }
}

table! {
    /// A stop in the pits during a Grand Prix.
    PitStop in "pit_stops" keyed by [race_id, driver_id, car_number, stop] {
        /// The weekend.
        race_id: RaceId,
        /// Driver.
        driver_id: DriverId,
        /// As painted on the car.
        car_number: String,
        /// n-th of this car.
        stop: i16,
        /// Team.
        team_id: TeamId,
        /// n-th of the race.
        display_order: i16,
        /// On which lap.
        lap: i16,
        /// In the pit lane, ms; a red flag is in it.
        time_ms: Option<i32>,
    }
}

table! {
    /// A lap of a race.
    Lap in "laps" keyed by [race_id, contest, driver_id, lap] {
        /// The weekend.
        race_id: RaceId,
        /// Which race.
        contest: Contest,
        /// Driver.
        driver_id: DriverId,
        /// 1, 2, ...
        lap: i16,
        /// Place at its end.
        position: Option<i16>,
        /// ms.
        time_ms: Option<i32>,
    }
}

impl ResultStatus {
    /// Whether the car took part in the race or was meant to: who did not qualify was never in it.
    #[must_use]
    pub const fn in_the_race(self) -> bool {
        !matches!(self, Self::DidNotQualify | Self::Excluded)
    }
}
