//! Standings.

use crate::{
    table,
    vocabulary::{Championship, Contest, DriverId, Points, RaceId, StandingSource, TeamId},
};

table! {
    /// A row of a standings table.
    Standing in "standings" keyed by [race_id, is_final, championship, display_order] {
        /// After this race.
        race_id: RaceId,
        /// The table of the finished season, kept at its last race.
        is_final: bool,
        /// Drivers or teams.
        championship: Championship,
        /// 1, 2, ... as published.
        display_order: i16,
        /// Published or added up here.
        source: StandingSource,
        /// Place; ties share one; `None` when excluded.
        position: Option<i16>,
        /// As published: a number, DSQ or EX.
        position_text: String,
        /// Whose row it is, in the drivers' table.
        driver_id: Option<DriverId>,
        /// Whose row it is, in the teams' table.
        team_id: Option<TeamId>,
        /// The engine a constructor was judged with.
        engine: Option<String>,
        /// Points that count.
        points: Points,
        /// The title was settled for this one.
        champion: bool,
    }
}

impl Contest {
    /// Places that scored in a season. Until 1990 only the best results counted, which is not the question here.
    #[must_use]
    pub const fn scoring_places(self, year: i16) -> usize {
        match (self, year) {
            (Self::GrandPrix, ..=1959) => 5,
            (Self::GrandPrix, ..=2002) => 6,
            (Self::GrandPrix, ..=2009) | (Self::Sprint, 2022..) => 8,
            (Self::GrandPrix, _) => 10,
            (Self::Sprint, _) => 3,
        }
    }

    /// Points by place, the winner's first, since 2010. The last Grand Prix of 2014 counted double.
    #[must_use]
    pub fn points(self, year: i16, last_of_season: bool) -> Vec<f64> {
        let points: &[f64] = match (self, year) {
            (Self::GrandPrix, _) => &[25.0, 18.0, 15.0, 12.0, 10.0, 8.0, 6.0, 4.0, 2.0, 1.0],
            (Self::Sprint, ..=2021) => &[3.0, 2.0, 1.0],
            (Self::Sprint, _) => &[8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0],
        };
        let double = self == Self::GrandPrix && year == 2014 && last_of_season;
        let factor = if double { 2.0 } else { 1.0 };
        points.iter().map(|points| factor * points).collect()
    }

    /// Whether the fastest lap of the race gave a point to a car in the first ten.
    #[must_use]
    pub fn rewards_fastest_lap(self, year: i16) -> bool {
        self == Self::GrandPrix && (2019..=2024).contains(&year)
    }
}
