//! `/v1/seasons/{year}/races` and one race.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::words::{EventFormat, RaceStatus, SessionKind};

/// A track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Circuit {
    /// Stable key, such as `monaco`.
    pub key: String,
    /// Short name.
    pub name: String,
    /// Town.
    pub place: String,
    /// Country.
    pub country: String,
    /// ISO 3166 alpha-2 code.
    pub country_code: String,
    /// IANA time zone of the place.
    pub time_zone: String,
}

/// A weekend of the calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Race {
    /// Season.
    pub year: i16,
    /// 1, 2, ... within the season.
    pub round: i16,
    /// Such as "Monaco Grand Prix".
    pub name: String,
    /// Where.
    pub circuit: Circuit,
    /// The day of the Grand Prix.
    pub date: NaiveDate,
    /// Scheduled start, UTC; null where only the day is known.
    pub starts_at: Option<DateTime<Utc>>,
    /// How far the weekend has come.
    pub status: RaceStatus,
    /// The order of sessions.
    pub event_format: EventFormat,
}

impl Race {
    /// Whether the weekend has a sprint.
    #[must_use]
    pub fn has_sprint(&self) -> bool {
        self.event_format != EventFormat::Conventional
    }
}

/// The calendar of a season.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Races {
    /// Season.
    pub season: i16,
    /// In order of rounds.
    pub races: Vec<RaceSummary>,
}

/// A weekend with its winner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RaceSummary {
    /// The weekend.
    #[serde(flatten)]
    pub race: Race,
    /// Winner of the Grand Prix; none until it is run. Shared drives have two.
    pub winners: Vec<Entrant>,
    /// Winner of the sprint.
    pub sprint_winner: Option<Entrant>,
}

/// A driver in the car of a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entrant {
    /// Who.
    pub driver: DriverRef,
    /// For whom.
    pub team: TeamRef,
}

/// A driver as named in tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverRef {
    /// Stable key, such as `max-verstappen`.
    pub key: String,
    /// Three letters; not unique over time.
    pub code: String,
    /// As usually written.
    pub name: String,
    /// The part of it that sentences use.
    pub family_name: String,
}

/// A team as named in tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamRef {
    /// Stable key, such as `red-bull`.
    pub key: String,
    /// As usually written.
    pub name: String,
    /// `#rrggbb` of that season; null where unknown.
    pub colour: Option<String>,
}

/// One weekend in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RaceDetail {
    /// The weekend.
    #[serde(flatten)]
    pub race: Race,
    /// With sponsors.
    pub official_name: String,
    /// Laps run; planned while the race is ahead.
    pub laps: i16,
    /// Laps planned, where the race was cut short or lengthened.
    pub scheduled_laps: Option<i16>,
    /// Laps of the sprint.
    pub sprint_laps: Option<i16>,
    /// Length of a lap that year, metres.
    pub lap_length_m: i32,
    /// Corners.
    pub turns: i16,
    /// Rounds of the season.
    pub rounds: i16,
    /// Session times, where known, in order.
    pub sessions: Vec<Session>,
    /// What there is below this race's address: `results`, `qualifying`, `grid`, `practice`, `pit-stops`, `sprint`,
    /// `sprint-qualifying`, `sprint-grid`, `prediction`, `sprint-prediction`, `corrections`.
    pub available: Vec<String>,
}

impl RaceDetail {
    /// Whether `part` can be asked for.
    #[must_use]
    pub fn has(&self, part: &str) -> bool {
        self.available.iter().any(|name| name == part)
    }
}

/// A session's time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Which.
    pub session: SessionKind,
    /// The day.
    pub date: NaiveDate,
    /// Scheduled start, UTC.
    pub starts_at: Option<DateTime<Utc>>,
}
