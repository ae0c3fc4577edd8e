//! Words with a fixed meaning.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:tt),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it stands in JSON and in query strings.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<Self, String> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!("{word:?} is none of {}", [$($word),+].join(", "))),
                }
            }
        }
    )+};
}

words! {
    /// What a forecast or a result is about.
    Contest {
        /// The Grand Prix.
        GrandPrix = "grand_prix",
        /// The sprint of a weekend that has one.
        Sprint = "sprint",
    }

    /// How far a weekend has come.
    RaceStatus {
        /// Nothing that counts has been published.
        Scheduled = "scheduled",
        /// The session that sets the sprint grid is in.
        SprintQualifyingDone = "sprint_qualifying_done",
        /// The sprint is in.
        SprintDone = "sprint_done",
        /// Qualifying is in.
        QualifyingDone = "qualifying_done",
        /// The Grand Prix is in.
        Completed = "completed",
        /// Will not be run.
        Cancelled = "cancelled",
    }

    /// The order of sessions in a weekend.
    EventFormat {
        /// Three practices, qualifying, race.
        Conventional = "conventional",
        /// 2021-22: qualifying sets the sprint grid, the sprint the race grid.
        Sprint = "sprint",
        /// 2023: qualifying on Friday, shootout and sprint on Saturday.
        SprintShootout = "sprint_shootout",
        /// 2024 on: sprint qualifying on Friday, sprint and qualifying on Saturday.
        SprintQualifying = "sprint_qualifying",
    }

    /// How a car's race ended.
    ResultStatus {
        /// On the winner's lap.
        Finished = "finished",
        /// Running at the end, laps down.
        Lapped = "lapped",
        /// Stopped.
        Retired = "retired",
        /// Taken out of the classification.
        Disqualified = "disqualified",
        /// Running at the end but too far behind.
        NotClassified = "not_classified",
        /// Did not take the start.
        DidNotStart = "did_not_start",
        /// Not admitted to the race.
        DidNotQualify = "did_not_qualify",
        /// Shut out of the event.
        Excluded = "excluded",
    }

    /// What a forecast could know: the last thing published before it was made.
    Moment {
        /// Nothing of the weekend.
        BeforeWeekend = "before_weekend",
        /// Practice.
        BeforeQualifying = "before_qualifying",
        /// The qualifying classification, penalties unknown.
        QualifyingOrder = "qualifying_order",
        /// The official starting grid.
        OfficialGrid = "official_grid",
    }

    /// Whether a forecast was made before the scheduled start.
    PredictionKind {
        /// Before the start.
        Live = "live",
        /// Afterwards, from what was known before.
        Retrospective = "retrospective",
    }

    /// Something a forecast may be told.
    ForecastInput {
        /// The times of first practice.
        Practice1 = "practice_1",
        /// The times of second practice.
        Practice2 = "practice_2",
        /// The times of third practice.
        Practice3 = "practice_3",
        /// The result of this weekend's sprint.
        SprintResult = "sprint_result",
        /// The places in qualifying, before penalties.
        QualifyingOrder = "qualifying_order",
        /// The times of qualifying.
        QualifyingTimes = "qualifying_times",
        /// The official starting grid.
        OfficialGrid = "official_grid",
    }

    /// What an evaluated chance is about.
    EventKind {
        /// First place.
        Win = "win",
        /// The first three places.
        Podium = "podium",
        /// The first ten places.
        Points = "points",
    }

    /// A measure of how good forecasts were.
    Score {
        /// Minus the logarithm of the chance given to the winner; lower is better.
        WinLogScore = "win_log_score",
        /// Squared error of the chances to win, summed over cars; lower is better.
        WinBrier = "win_brier",
        /// Share of races that the favourite won; higher is better.
        Top1 = "top1",
        /// Binary log score of podium chances; lower is better.
        PodiumLogScore = "podium_log_score",
        /// Squared error of the chances of the first ten; lower is better.
        PointsBrier = "points_brier",
        /// Rank correlation of expected and actual places; higher is better.
        Spearman = "spearman",
        /// Ranked probability score of the places; lower is better.
        Rps = "rps",
    }

    /// A session of a weekend.
    SessionKind {
        /// Sorted out the slowest cars before qualifying (1977-92).
        PreQualifying = "pre_qualifying",
        /// First practice.
        Practice1 = "practice_1",
        /// Second practice.
        Practice2 = "practice_2",
        /// Third practice.
        Practice3 = "practice_3",
        /// Fourth practice (2004-05).
        Practice4 = "practice_4",
        /// First qualifying day.
        Qualifying1 = "qualifying_1",
        /// Second qualifying day.
        Qualifying2 = "qualifying_2",
        /// Qualifying.
        Qualifying = "qualifying",
        /// Sets the sprint grid (2023 on).
        SprintQualifying = "sprint_qualifying",
        /// The sprint.
        Sprint = "sprint",
        /// Sunday morning's warm-up (to 2003).
        WarmUp = "warm_up",
        /// The Grand Prix.
        Race = "race",
    }

    /// Where a standings table is from.
    StandingSource {
        /// As published.
        Official = "official",
        /// Added up here.
        Computed = "computed",
    }

    /// How a job run ended.
    JobOutcome {
        /// Something was written.
        Done = "done",
        /// Nothing new upstream.
        NothingNew = "nothing_new",
        /// Upstream has not published it.
        NotYet = "not_yet",
        /// An error; nothing was written.
        Failed = "failed",
    }

    /// Who publishes.
    Upstream {
        /// F1DB, by releases.
        F1db = "f1db",
        /// Jolpica-F1.
        Jolpica = "jolpica",
        /// `OpenF1`.
        Openf1 = "openf1",
    }

    /// A list that is published of a weekend.
    RaceList {
        /// Times of first practice.
        Practice1 = "practice_1",
        /// Times of second practice.
        Practice2 = "practice_2",
        /// Times of third practice.
        Practice3 = "practice_3",
        /// Times of fourth practice.
        Practice4 = "practice_4",
        /// The classification that sets the sprint's grid.
        SprintQualifying = "sprint_qualifying",
        /// The official grid of the sprint.
        SprintGrid = "sprint_grid",
        /// The result of the sprint.
        Sprint = "sprint",
        /// The classification of qualifying.
        Qualifying = "qualifying",
        /// The official grid.
        Grid = "grid",
        /// The result of the Grand Prix.
        Race = "race",
        /// Stops in the pits.
        PitStops = "pit_stops",
        /// Lap times of the Grand Prix.
        Laps = "laps",
    }

    /// A kind of data, as freshness is told of.
    DataKind {
        /// The release of F1DB.
        Release = "release",
        /// The calendar.
        Calendar = "calendar",
        /// Results of Grands Prix.
        Results = "results",
        /// Results of sprints.
        Sprints = "sprints",
        /// Classifications of qualifying, the sprint's too.
        Qualifying = "qualifying",
        /// Practice.
        Practice = "practice",
        /// Official grids, the sprint's too.
        Grids = "grids",
        /// Stops in the pits.
        PitStops = "pit_stops",
        /// Lap times.
        Laps = "laps",
        /// Forecasts.
        Forecasts = "forecasts",
        /// Scores of forecasts.
        Scores = "scores",
        /// Chances of the titles.
        TitleOdds = "title_odds",
    }

    /// What can be wrong with the pipeline.
    ProblemKind {
        /// Nothing has run for two days.
        Idle = "idle",
        /// A job that runs often has not run for two days, though others have.
        JobIdle = "job_idle",
        /// The last run of a job failed.
        Failing = "failing",
        /// The last run of a job has no end, and nobody is at it.
        Killed = "killed",
        /// A list is not held six hours after its session.
        Overdue = "overdue",
        /// A race was run without a forecast made before its start.
        NoLiveForecast = "no_live_forecast",
        /// The release lacks a race run more than three days ago.
        ReleaseBehind = "release_behind",
    }
}
