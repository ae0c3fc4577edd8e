//! Races, their sessions, and the race state machine.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    table,
    vocabulary::{CircuitId, EventFormat, QualifyingFormat, RaceId, RaceStatus, SessionKind},
};

table! {
    /// One weekend of the calendar.
    Race in "races" keyed by [id] {
        /// Surrogate key; races match upstream on (year, grand prix), since rounds get renumbered.
        id: RaceId,
        /// Season.
        year: i16,
        /// 1, 2, ... within the season.
        round: i16,
        /// The title's key, such as `monaco`; a title, not a place.
        grand_prix_key: String,
        /// The title, such as "Monaco Grand Prix".
        name: String,
        /// With sponsors.
        official_name: String,
        /// Where.
        circuit_id: CircuitId,
        /// The day of the Grand Prix.
        date: NaiveDate,
        /// Scheduled start, UTC, where known.
        starts_at: Option<DateTime<Utc>>,
        /// The order of sessions.
        event_format: EventFormat,
        /// How far the weekend has come.
        status: RaceStatus,
        /// How the grid was decided.
        qualifying_format: QualifyingFormat,
        /// Length of a lap that year, metres.
        lap_length_m: i32,
        /// Corners of the layout used.
        turns: i16,
        /// Laps run; planned while the race is ahead.
        laps: i16,
        /// Only where the race was cut short or lengthened.
        scheduled_laps: Option<i16>,
        /// Laps of the sprint, if the weekend has one.
        sprint_laps: Option<i16>,
    }
}

table! {
    /// A session's time in the calendar.
    RaceSession in "race_sessions" keyed by [race_id, session] {
        /// The weekend.
        race_id: RaceId,
        /// Which session.
        session: SessionKind,
        /// The day.
        date: NaiveDate,
        /// Scheduled start, UTC, where known.
        starts_at: Option<DateTime<Utc>>,
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
    /// The states a weekend may enter next, the ordinary one first; where sprint qualifying is never published, its
    /// state may be skipped. Any state before `completed` may also become `cancelled`.
    #[must_use]
    #[expect(
        clippy::match_same_arms,
        reason = "a table reads best with one line a move"
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
