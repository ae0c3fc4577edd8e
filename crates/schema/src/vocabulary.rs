//! The enums, ids and units that tables are written in; the SQL types are in `migrations/0001_vocabulary.sql`.

use std::{fmt, str::FromStr};

/// A word that is not in the vocabulary.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{word:?} is not a {kind}")]
pub struct UnknownWord {
    /// The SQL type it was read as.
    pub kind: &'static str,
    /// What was read.
    pub word: String,
}

/// Declares an enum once for Rust and SQL: variants, their words, and the SQL type's name.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident as $sql:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
        #[sqlx(type_name = $sql)]
        pub enum $name { $($(#[$vdoc])* #[sqlx(rename = $word)] $variant),+ }

        impl $name {
            /// The SQL type.
            pub const SQL_TYPE: &'static str = $sql;
            /// Every variant, in the order of the SQL type.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it stands in SQL and JSON.
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
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord { kind: $sql, word: word.to_owned() }),
                }
            }
        }
    };
}

words! {
    /// What a forecast is about: the Grand Prix or the sprint of a weekend.
    Contest as "contest" {
        /// The race that gives the weekend its name.
        GrandPrix = "grand_prix",
        /// The short race of a sprint weekend.
        Sprint = "sprint",
    }
}

words! {
    /// How far a weekend has come; [`RaceStatus::next`] holds the allowed moves.
    RaceStatus as "race_status" {
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
}

words! {
    /// The order of sessions in a weekend.
    EventFormat as "event_format" {
        /// Three practices, qualifying, race.
        Conventional = "conventional",
        /// 2021-22: Friday's qualifying sets the sprint grid, the sprint sets the race grid.
        Sprint = "sprint",
        /// 2023: qualifying on Friday, sprint shootout and sprint on Saturday.
        SprintShootout = "sprint_shootout",
        /// 2024 on: sprint qualifying on Friday, sprint before qualifying on Saturday.
        SprintQualifying = "sprint_qualifying",
    }
}

words! {
    /// A session of a weekend.
    SessionKind as "session_kind" {
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
        /// First of two qualifying days.
        Qualifying1 = "qualifying_1",
        /// Second of two qualifying days.
        Qualifying2 = "qualifying_2",
        /// Qualifying for the Grand Prix (2021-22 sprint weekends: for the sprint).
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
}

words! {
    /// How a car's race ended.
    ResultStatus as "result_status" {
        /// On the winner's lap.
        Finished = "finished",
        /// Running at the end, laps down.
        Lapped = "lapped",
        /// Stopped; classified all the same after nine tenths of the distance.
        Retired = "retired",
        /// Taken out of the classification.
        Disqualified = "disqualified",
        /// Running at the end but too far behind.
        NotClassified = "not_classified",
        /// Qualified, did not take the start.
        DidNotStart = "did_not_start",
        /// Too slow to take part, or never practised.
        DidNotQualify = "did_not_qualify",
        /// Shut out of the event.
        Excluded = "excluded",
    }
}

words! {
    /// How the grid was decided.
    QualifyingFormat as "qualifying_format" {
        /// Best lap of two days (to 1995).
        TwoSession = "two_session",
        /// Mean of four laps (Indianapolis, 1950-60).
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
        /// The sprint decides (2021-22).
        SprintRace = "sprint_race",
    }
}

words! {
    /// Which of the two championships.
    Championship as "championship" {
        /// The drivers' championship.
        Drivers = "drivers",
        /// The constructors' championship.
        Teams = "teams",
    }
}

words! {
    /// Where a standings table is from.
    StandingSource as "standing_source" {
        /// As published.
        Official = "official",
        /// Added up here, for rounds newer than the release.
        Computed = "computed",
    }
}

words! {
    /// What a forecast could know: the last thing published before it was made. Later moments know more.
    Moment as "moment" {
        /// Nothing of the weekend.
        BeforeWeekend = "before_weekend",
        /// Practice.
        BeforeQualifying = "before_qualifying",
        /// The qualifying classification, penalties unknown.
        QualifyingOrder = "qualifying_order",
        /// The official starting grid.
        OfficialGrid = "official_grid",
    }
}

words! {
    /// Whether a forecast was made before the scheduled start.
    PredictionKind as "prediction_kind" {
        /// Before the start.
        Live = "live",
        /// Afterwards, from what was known before.
        Retrospective = "retrospective",
    }
}

words! {
    /// Something a forecast may be told.
    ForecastInput as "forecast_input" {
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
}

words! {
    /// What an evaluated chance is about.
    EventKind as "event_kind" {
        /// First place.
        Win = "win",
        /// The first three places.
        Podium = "podium",
        /// The first ten places.
        Points = "points",
    }
}

words! {
    /// A measure of how good forecasts were.
    Score as "score" {
        /// Minus the logarithm of the chance given to the winner.
        WinLogScore = "win_log_score",
        /// Squared error of the chances to win, summed over cars.
        WinBrier = "win_brier",
        /// Share of races that the favourite won.
        Top1 = "top1",
        /// Binary log score of podium chances.
        PodiumLogScore = "podium_log_score",
        /// Squared error of the chances of the first ten.
        PointsBrier = "points_brier",
        /// Rank correlation of expected and actual places.
        Spearman = "spearman",
        /// Ranked probability score of the places.
        Rps = "rps",
    }
}

words! {
    /// How a job run ended.
    JobOutcome as "job_outcome" {
        /// Something was written.
        Done = "done",
        /// Upstream holds nothing that is not here already.
        NothingNew = "nothing_new",
        /// Upstream has not published it.
        NotYet = "not_yet",
        /// An error; nothing was written.
        Failed = "failed",
    }
}

words! {
    /// Whom data is from.
    Upstream as "upstream" {
        /// F1DB's releases.
        F1db = "f1db",
        /// Jolpica-F1.
        Jolpica = "jolpica",
        /// `OpenF1`.
        Openf1 = "openf1",
    }
}

words! {
    /// A list that is published of a weekend.
    RaceList as "race_list" {
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
}

words! {
    /// What a key names.
    EntityKind as "entity_kind" {
        /// A person.
        Driver = "driver",
        /// A constructor.
        Team = "team",
        /// A track.
        Circuit = "circuit",
    }
}

words! {
    /// A kind of data, as freshness is told of.
    DataKind as "data_kind" {
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
}

words! {
    /// What can be wrong with the pipeline; [`Problem`](crate::pipeline::Problem) says it in a sentence.
    ProblemKind as "problem_kind" {
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

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(pub i32);
    )+};
}

ids! {
    /// A row of `drivers`.
    DriverId,
    /// A row of `teams`.
    TeamId,
    /// A row of `team_lineages`.
    LineageId,
    /// A row of `circuits`.
    CircuitId,
    /// A row of `races`.
    RaceId,
    /// A row of `model_fits`.
    ModelFitId,
}

/// Championship points in hundredths, exact: halves, thirds and sevenths were awarded. `NUMERIC(7,2)` in SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(pub i32);

impl FromStr for Points {
    type Err = UnknownWord;

    /// Reads `25`, `12.5` or `8.14`.
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let unknown = || UnknownWord {
            kind: "number of points",
            word: text.to_owned(),
        };
        let (whole, cents) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(cents) || whole.len() > 5 || cents.len() > 2 {
            return Err(unknown());
        }
        let whole: i32 = whole.parse().map_err(|_| unknown())?;
        let hundredths: i32 = format!("{cents:0<2}").parse().map_err(|_| unknown())?;
        Ok(Self(whole * 100 + hundredths))
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_exact() {
        for (text, hundredths) in [
            ("25", 2500),
            ("12.5", 1250),
            ("8.14", 814),
            ("0.14", 14),
            ("10855.0", 1_085_500),
        ] {
            assert_eq!(text.parse(), Ok(Points(hundredths)), "{text}");
        }
        for text in ["", "-1", "1.", ".5", "1.234", "1e3", "NaN", "123456"] {
            assert!(text.parse::<Points>().is_err(), "{text}");
        }
        assert_eq!(Points(814).to_string(), "8.14");
    }

    #[test]
    fn words_round_trip() {
        for status in RaceStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
        }
        assert!("Scheduled".parse::<RaceStatus>().is_err());
    }
}
