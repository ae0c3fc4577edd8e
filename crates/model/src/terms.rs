//! The terms of the linear predictor, and the groups by which a forecast is explained.

use crate::features::Features;

/// Qualifying gaps (log) are capped at this, 4 %.
const MAX_GAP: f64 = 0.04;
/// Qualifying gap of a car without a time. [`Term::NoQualifyingTime`] absorbs the effect of the missing time.
const MISSING_GAP: f64 = 0.02;
/// Added to points form before taking its logarithm.
const POINTS_OFFSET: f64 = 0.02;

/// A term of the linear predictor. Each is larger for the stronger car, so coefficients are mostly positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Term {
    /// Minus the logarithm of the grid place.
    LogGrid,
    /// Minus a tenth of the number of places behind pole.
    GridPlace,
    /// 1 on pole, else 0.
    Pole,
    /// 1 for a start from the pit lane, else 0.
    PitLane,
    /// Minus the qualifying gap in per cent, capped at 4 and 2 without a time.
    QualifyingGap,
    /// 1 without a qualifying time, else 0.
    NoQualifyingTime,
    /// Minus the estimated race pace, per cent of lap time.
    Pace,
    /// Minus the estimated one-lap pace, per cent of lap time.
    OneLapPace,
    /// The driver's skill, weighted by how close the team is to the quickest.
    SkillAtTheFront,
    /// Rating of the driver from finishing orders, log-odds.
    DriverRating,
    /// Rating of the team's lineage, log-odds.
    TeamRating,
    /// Minus the mean gap of recent fastest laps to the best of the race, per cent.
    FastestLapForm,
    /// Logarithm of recent points.
    PointsForm,
    /// Per cent faster than the field's mean in first practice.
    Practice1,
    /// Per cent faster than the field's mean in second practice.
    Practice2,
    /// Per cent faster than the field's mean in third practice.
    Practice3,
    /// Minus the logarithm of the place in this weekend's sprint; 0 without a result.
    SprintPlace,
    /// Elo rating of the driver, hundreds of points.
    Elo,
}

/// Terms that are shown to readers as one sum: features are correlated, so single coefficients mislead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The grid place.
    Grid,
    /// The qualifying gap, in models where it is a term of its own.
    Qualifying,
    /// The team's part of the pace, and its rating.
    Car,
    /// The driver's part of the pace, and their ratings.
    Driver,
    /// The practice times of the weekend.
    Practice,
    /// Form: fastest laps and points of recent races.
    RecentRaces,
    /// The result of this weekend's sprint.
    Sprint,
}

impl Group {
    /// The name in stored contributions and in JSON.
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
    /// The name in stored fits.
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

    /// The value for a car; NaN if it needs the grid place and there is none.
    #[must_use]
    pub fn value(self, car: &Features) -> f64 {
        self.shares(car).iter().map(|(_, value)| value).sum()
    }

    /// The value split by group: pace into the car's part and the driver's, every other term in one group.
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
                (Group::Qualifying, -100.0 * gap.clamp(0.0, MAX_GAP))
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
            Self::PointsForm => (Group::RecentRaces, (car.points_form + POINTS_OFFSET).ln()),
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
