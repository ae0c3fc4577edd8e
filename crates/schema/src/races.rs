//! Races and their sessions.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{CircuitId, EventFormat, QualifyingFormat, RaceId, RaceStatus, SessionKind, table};

table! {
    /// One weekend of the calendar.
    Race in "races" keyed by [id] {
        /// Surrogate key. Upstreams identify a race by year and Grand Prix, as rounds are renumbered.
        id: RaceId,
        /// Season.
        year: i16,
        /// 1, 2, ... within the season.
        round: i16,
        /// Key of the title, such as `monaco`. A title is not a place.
        grand_prix_key: String,
        /// The title, such as "Monaco Grand Prix".
        name: String,
        /// The title with its sponsors.
        official_name: String,
        /// The track.
        circuit_id: CircuitId,
        /// The day of the Grand Prix.
        date: NaiveDate,
        /// Scheduled start, UTC; `None` where only the day is known.
        starts_at: Option<DateTime<Utc>>,
        /// The order of sessions.
        event_format: EventFormat,
        /// How far the weekend has come.
        status: RaceStatus,
        /// How the grid was decided.
        qualifying_format: QualifyingFormat,
        /// Length of a lap in that year, metres.
        lap_length_m: i32,
        /// Corners of the layout.
        turns: i16,
        /// Laps run, or planned as long as the race has no result.
        laps: i16,
        /// Laps planned, if the race was shortened or lengthened.
        scheduled_laps: Option<i16>,
        /// Laps of the sprint; `None` without one.
        sprint_laps: Option<i16>,
    }
}

table! {
    /// A session of a weekend in the calendar.
    RaceSession in "race_sessions" keyed by [race_id, session] {
        /// The weekend.
        race_id: RaceId,
        /// The session.
        session: SessionKind,
        /// The day.
        date: NaiveDate,
        /// Scheduled start, UTC; `None` where only the day is known.
        starts_at: Option<DateTime<Utc>>,
    }
}
