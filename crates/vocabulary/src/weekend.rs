//! A race weekend: its sessions, their order, what is published after them, and how far it has come.

words! {
    /// How far a weekend has come.
    RaceStatus as "race_status" {
        /// No classification has been published.
        Scheduled = "scheduled",
        /// The session that sets the sprint grid has been classified.
        SprintQualifyingDone = "sprint_qualifying_done",
        /// The sprint has been classified.
        SprintDone = "sprint_done",
        /// Qualifying has been classified.
        QualifyingDone = "qualifying_done",
        /// The Grand Prix has been classified.
        Completed = "completed",
        /// The weekend will not take place.
        Cancelled = "cancelled",
    }

    /// The order of sessions in a weekend.
    EventFormat as "event_format" {
        /// Three practice sessions, qualifying, race.
        Conventional = "conventional",
        /// 2021–22: Friday's qualifying sets the sprint grid, the sprint sets the race grid.
        Sprint = "sprint",
        /// 2023: qualifying on Friday, sprint shootout and sprint on Saturday.
        SprintShootout = "sprint_shootout",
        /// 2024 on: sprint qualifying on Friday, the sprint before qualifying on Saturday.
        SprintQualifying = "sprint_qualifying",
    }

    /// A session of a weekend.
    SessionKind as "session_kind" {
        /// Eliminated the slowest cars before qualifying (1977–92).
        PreQualifying = "pre_qualifying",
        /// First practice.
        Practice1 = "practice_1",
        /// Second practice.
        Practice2 = "practice_2",
        /// Third practice.
        Practice3 = "practice_3",
        /// Fourth practice (2004–05).
        Practice4 = "practice_4",
        /// First of two qualifying days.
        Qualifying1 = "qualifying_1",
        /// Second of two qualifying days.
        Qualifying2 = "qualifying_2",
        /// Qualifying for the Grand Prix; in sprint weekends of 2021–22, for the sprint.
        Qualifying = "qualifying",
        /// Sets the sprint grid (2023 on).
        SprintQualifying = "sprint_qualifying",
        /// The sprint.
        Sprint = "sprint",
        /// Warm-up on Sunday morning (until 2003).
        WarmUp = "warm_up",
        /// The Grand Prix.
        Race = "race",
    }

    /// How the grid was decided.
    QualifyingFormat as "qualifying_format" {
        /// Best lap of two days (until 1995).
        TwoSession = "two_session",
        /// Mean of four laps (Indianapolis, 1950–60).
        FourLaps = "four_laps",
        /// Best lap of one session.
        OneSession = "one_session",
        /// One timed lap.
        OneLap = "one_lap",
        /// Sum of two laps (2005).
        Aggregate = "aggregate",
        /// Q1, Q2, Q3 (2006 on).
        Knockout = "knockout",
        /// Rolling elimination (2016).
        Elimination = "elimination",
        /// The result of the sprint (2021–22).
        SprintRace = "sprint_race",
    }

    /// A list that upstreams publish about a weekend.
    RaceList as "race_list" {
        /// Times of first practice.
        Practice1 = "practice_1",
        /// Times of second practice.
        Practice2 = "practice_2",
        /// Times of third practice.
        Practice3 = "practice_3",
        /// Times of fourth practice.
        Practice4 = "practice_4",
        /// The classification that sets the sprint grid.
        SprintQualifying = "sprint_qualifying",
        /// The official grid of the sprint.
        SprintGrid = "sprint_grid",
        /// The result of the sprint.
        Sprint = "sprint",
        /// The classification of qualifying.
        Qualifying = "qualifying",
        /// The official grid of the Grand Prix.
        Grid = "grid",
        /// The result of the Grand Prix.
        Race = "race",
        /// Pit stops of the Grand Prix.
        PitStops = "pit_stops",
        /// Lap times of the Grand Prix.
        Laps = "laps",
    }
}

impl EventFormat {
    /// The format of a weekend of `year` with or without a sprint.
    #[must_use]
    pub const fn of(year: i16, has_sprint: bool) -> Self {
        match (has_sprint, year) {
            (false, _) => Self::Conventional,
            (true, ..=2022) => Self::Sprint,
            (true, 2023) => Self::SprintShootout,
            (true, _) => Self::SprintQualifying,
        }
    }

    /// Whether the weekend has a sprint.
    #[must_use]
    pub const fn has_sprint(self) -> bool {
        !matches!(self, Self::Conventional)
    }
}

impl RaceStatus {
    /// The statuses that may follow, the usual one first. Where sprint qualifying is never published, its status may be
    /// skipped. Every status before `completed` may also become `cancelled`.
    ///
    /// The table `race_transitions` of the database holds the same transitions.
    #[must_use]
    #[expect(
        clippy::match_same_arms,
        reason = "a transition table is easiest to read with one line a transition"
    )]
    pub const fn next(self, format: EventFormat) -> &'static [Self] {
        use EventFormat as Format;
        match (format, self) {
            (Format::Conventional, Self::Scheduled) => &[Self::QualifyingDone],
            (Format::Conventional, Self::QualifyingDone) => &[Self::Completed],
            (Format::Sprint, Self::Scheduled) => &[Self::QualifyingDone],
            (Format::Sprint, Self::QualifyingDone) => &[Self::SprintDone],
            (Format::Sprint | Format::SprintShootout, Self::SprintDone) => &[Self::Completed],
            (Format::SprintShootout, Self::Scheduled) => &[Self::QualifyingDone],
            (Format::SprintShootout, Self::QualifyingDone) => {
                &[Self::SprintQualifyingDone, Self::SprintDone]
            }
            (Format::SprintShootout | Format::SprintQualifying, Self::SprintQualifyingDone) => {
                &[Self::SprintDone]
            }
            (Format::SprintQualifying, Self::Scheduled) => {
                &[Self::SprintQualifyingDone, Self::SprintDone]
            }
            (Format::SprintQualifying, Self::SprintDone) => &[Self::QualifyingDone],
            (Format::SprintQualifying, Self::QualifyingDone) => &[Self::Completed],
            _ => &[],
        }
    }
}
