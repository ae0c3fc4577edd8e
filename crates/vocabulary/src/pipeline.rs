//! The pipeline: where data comes from, which data there is, and how its jobs end.

words! {
    /// The publisher of data.
    Upstream as "upstream" {
        /// F1DB, in releases.
        F1db = "f1db",
        /// Jolpica-F1.
        Jolpica = "jolpica",
        /// `OpenF1`.
        Openf1 = "openf1",
    }

    /// What a key identifies.
    EntityKind as "entity_kind" {
        /// A person.
        Driver = "driver",
        /// A constructor.
        Team = "team",
        /// A track.
        Circuit = "circuit",
    }

    /// A kind of data whose freshness is reported.
    DataKind as "data_kind" {
        /// The F1DB release.
        Release = "release",
        /// The calendar.
        Calendar = "calendar",
        /// Results of Grands Prix.
        Results = "results",
        /// Results of sprints.
        Sprints = "sprints",
        /// Classifications of qualifying and sprint qualifying.
        Qualifying = "qualifying",
        /// Practice.
        Practice = "practice",
        /// Official grids of Grands Prix and sprints.
        Grids = "grids",
        /// Pit stops.
        PitStops = "pit_stops",
        /// Lap times.
        Laps = "laps",
        /// Forecasts.
        Predictions = "predictions",
        /// Scores of forecasts.
        Scores = "scores",
        /// Chances of the titles.
        TitleOdds = "title_odds",
    }

    /// How a job run ended.
    JobOutcome as "job_outcome" {
        /// Rows were written.
        Done = "done",
        /// The upstream has nothing that is not stored already.
        NothingNew = "nothing_new",
        /// The upstream has not published the data yet.
        NotYet = "not_yet",
        /// An error occurred and nothing was written.
        Failed = "failed",
    }

    /// Something that is wrong with the pipeline.
    ProblemKind as "problem_kind" {
        /// No job has run for two days.
        Idle = "idle",
        /// A frequent job has not run for two days, though other jobs have.
        JobIdle = "job_idle",
        /// The last run of a job failed.
        Failing = "failing",
        /// The last run of a job has no outcome, and no process is running it.
        Killed = "killed",
        /// A list is not stored six hours after its session.
        Overdue = "overdue",
        /// A race started without a forecast made before its start.
        NoLivePrediction = "no_live_prediction",
        /// The release lacks a race that started more than three days ago.
        ReleaseBehind = "release_behind",
    }
}

impl Upstream {
    /// The name as its publisher writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::F1db => "F1DB",
            Self::Jolpica => "Jolpica-F1",
            Self::Openf1 => "OpenF1",
        }
    }
}
