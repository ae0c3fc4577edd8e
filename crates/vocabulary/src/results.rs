//! Results and championships, and the points that results give.

words! {
    /// The Grand Prix or the sprint of a weekend.
    Contest as "contest" {
        /// The race that gives the weekend its name.
        GrandPrix = "grand_prix",
        /// The short race of a sprint weekend.
        Sprint = "sprint",
    }

    /// How a car's race ended.
    ResultStatus as "result_status" {
        /// On the winner's lap.
        Finished = "finished",
        /// Running at the end, at least one lap down.
        Lapped = "lapped",
        /// Stopped before the end. Still classified after nine tenths of the distance.
        Retired = "retired",
        /// Removed from the classification.
        Disqualified = "disqualified",
        /// Running at the end but too far behind to be classified.
        NotClassified = "not_classified",
        /// Qualified but did not take the start.
        DidNotStart = "did_not_start",
        /// Too slow to be admitted, or never practised.
        DidNotQualify = "did_not_qualify",
        /// Excluded from the event.
        Excluded = "excluded",
    }

    /// One of the two championships.
    Championship as "championship" {
        /// The drivers' championship.
        Drivers = "drivers",
        /// The constructors' championship.
        Teams = "teams",
    }

    /// The source of a standings table.
    StandingSource as "standing_source" {
        /// As published.
        Official = "official",
        /// Added up from results, for rounds after the loaded release.
        Computed = "computed",
    }
}

impl Contest {
    /// How many places scored in a season. The rule of dropped results (until 1990) is not considered.
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

impl ResultStatus {
    /// Whether the car was admitted to the race, started or not.
    #[must_use]
    pub const fn in_the_race(self) -> bool {
        !matches!(self, Self::DidNotQualify | Self::Excluded)
    }
}
