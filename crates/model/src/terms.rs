//! The terms of the linear predictor, and the groups in which a forecast is explained.

use crate::features::Features;

/// A qualifying gap above this (4 %) says no more than this much.
const LARGEST_GAP: f64 = 0.04;
/// Stands for a missing gap; its own term absorbs what missing means.
const MISSING_GAP: f64 = 0.02;
/// Added to points form before its logarithm.
const LEAST_POINTS: f64 = 0.02;

/// A term of the linear predictor: each is larger for the stronger car, so coefficients are mostly positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Term {
    /// Minus the logarithm of the place on the grid.
    LogGrid,
    /// Minus tenths of the places behind the first.
    GridPlace,
    /// First on the grid.
    Pole,
    /// Starts from the pit lane.
    PitLane,
    /// Minus the qualifying gap in per cent, capped at 4.
    QualifyingGap,
    /// Set no qualifying time.
    NoQualifyingTime,
    /// Minus the estimated race pace, per cent of lap time.
    Pace,
    /// Minus the estimated pace over one lap, per cent of lap time.
    OneLapPace,
    /// The driver's skill, weighted by how near the team is to the quickest.
    SkillAtTheFront,
    /// Rating of the driver from finishing orders.
    DriverRating,
    /// Rating of the team's lineage.
    TeamRating,
    /// Minus the mean gap of recent fastest laps, per cent.
    FastestLapForm,
    /// Logarithm of recent points.
    PointsForm,
    /// Per cent faster than the field in first practice.
    Practice1,
    /// The same in second practice.
    Practice2,
    /// The same in third practice.
    Practice3,
    /// Minus the logarithm of the place in this weekend's sprint; 0 without one.
    SprintPlace,
    /// Elo rating of the driver.
    Elo,
}

/// Terms that a reader understands together; features are correlated, so single coefficients mislead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Where the car starts.
    Grid,
    /// How fast it was in qualifying, for models that look at it apart from pace.
    Qualifying,
    /// The car.
    Car,
    /// The driver.
    Driver,
    /// Practice.
    Practice,
    /// Recent races.
    RecentRaces,
    /// This weekend's sprint.
    Sprint,
}

impl Group {
    /// Its name in stored contributions and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Qualifying => "qualifying",
            Self::Car => "car",
            Self::Driver => "driver",
            Self::Practice => "practice",
            Self::RecentRaces => "recent_races",
            Self::Sprint => "sprint",
        }
    }
}

impl Term {
    /// Its name in stored fits.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LogGrid => "log_grid",
            Self::GridPlace => "grid_place",
            Self::Pole => "pole",
            Self::PitLane => "pit_lane",
            Self::QualifyingGap => "qualifying_gap",
            Self::NoQualifyingTime => "no_qualifying_time",
            Self::Pace => "pace",
            Self::OneLapPace => "one_lap_pace",
            Self::SkillAtTheFront => "skill_at_the_front",
            Self::DriverRating => "driver_rating",
            Self::TeamRating => "team_rating",
            Self::FastestLapForm => "fastest_lap_form",
            Self::PointsForm => "points_form",
            Self::Practice1 => "practice_1",
            Self::Practice2 => "practice_2",
            Self::Practice3 => "practice_3",
            Self::SprintPlace => "sprint_place",
            Self::Elo => "elo",
        }
    }

    /// Its value for a car; not a number if a place is needed and unknown.
    #[must_use]
    pub fn value(self, car: &Features) -> f64 {
        self.shares(car).iter().map(|(_, value)| value).sum()
    }

    /// Its value by the groups it is explained in: pace is the car's and the driver's, all else of one group.
    #[must_use]
    pub fn shares(self, car: &Features) -> [(Group, f64); 2] {
        let place = || car.place.map_or(f64::NAN, f64::from);
        let flag = |set: bool| f64::from(u8::from(set));
        let (group, value) = match self {
            Self::LogGrid => (Group::Grid, -place().ln()),
            Self::GridPlace => (Group::Grid, -(place() - 1.0) / 10.0),
            Self::Pole => (Group::Grid, flag(car.place == Some(1))),
            Self::PitLane => (Group::Grid, flag(car.pit_lane)),
            Self::QualifyingGap => {
                let gap = car.qualifying_gap.unwrap_or(MISSING_GAP);
                (Group::Qualifying, -100.0 * gap.clamp(0.0, LARGEST_GAP))
            }
            Self::NoQualifyingTime => (Group::Qualifying, flag(car.qualifying_gap.is_none())),
            Self::Pace => {
                return [
                    (Group::Car, -car.pace.car),
                    (Group::Driver, -car.pace.driver),
                ];
            }
            Self::OneLapPace => {
                let Features { pace, .. } = car;
                return [
                    (Group::Car, -pace.one_lap_car),
                    (Group::Driver, -pace.one_lap_driver),
                ];
            }
            Self::SkillAtTheFront => (Group::Driver, car.skill_at_the_front),
            Self::DriverRating => (Group::Driver, car.driver_rating),
            Self::TeamRating => (Group::Car, car.team_rating),
            Self::FastestLapForm => (Group::RecentRaces, -100.0 * car.fastest_lap_form),
            Self::PointsForm => (Group::RecentRaces, (car.points_form + LEAST_POINTS).ln()),
            Self::Practice1 => (Group::Practice, car.practice[0]),
            Self::Practice2 => (Group::Practice, car.practice[1]),
            Self::Practice3 => (Group::Practice, car.practice[2]),
            Self::SprintPlace => {
                let place = car
                    .sprint_place
                    .map_or(1.0, |place| f64::from(place.max(1)));
                (Group::Sprint, -place.ln())
            }
            Self::Elo => (Group::Driver, car.elo),
        };
        [(group, value), (group, 0.0)]
    }
}
