//! `/v1/seasons/{year}/races` and one race.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize, de::IgnoredAny};

use crate::vocabulary::{EventFormat, RaceStatus, SessionKind};

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
    /// IANA name of the time zone.
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
    /// The track.
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
        self.event_format.has_sprint()
    }
}

/// A race by address and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RaceRef {
    /// Season.
    pub year: i16,
    /// 1, 2, ... within the season.
    pub round: i16,
    /// Such as "Monaco Grand Prix".
    pub name: String,
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
    /// The winners of the Grand Prix: one, two if they shared a car, none before the race.
    pub winners: Vec<Entrant>,
    /// The winner of the sprint; null before it.
    pub sprint_winner: Option<Entrant>,
}

/// A driver in the car of a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entrant {
    /// The driver.
    pub driver: DriverRef,
    /// The team.
    pub team: TeamRef,
}

/// A driver as named in tables.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DriverRef {
    /// Stable key, such as `max-verstappen`.
    pub key: String,
    /// Three letters, as on timing screens. Not unique over time.
    pub code: String,
    /// As usually written.
    pub name: String,
    /// The family name, for use in sentences.
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
    /// The colour in that season, `#rrggbb`; null if unknown.
    pub colour: Option<String>,
}

/// A weekend with its sessions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RaceDetail {
    /// The weekend.
    #[serde(flatten)]
    pub race: Race,
    /// The title with its sponsors.
    pub official_name: String,
    /// Laps run, or planned as long as the race has no result.
    pub laps: i16,
    /// Laps planned, if the race was shortened or lengthened.
    pub scheduled_laps: Option<i16>,
    /// Laps of the sprint; null without one.
    pub sprint_laps: Option<i16>,
    /// Length of a lap in that year, metres.
    pub lap_length_m: i32,
    /// Corners.
    pub turns: i16,
    /// Number of rounds in the season.
    pub rounds: i16,
    /// The sessions in order, where known.
    pub sessions: Vec<Session>,
    /// The resources below this race's address that exist. A client ignores those that it does not know.
    #[serde(deserialize_with = "known_resources")]
    pub available: Vec<RaceResource>,
}

impl RaceDetail {
    /// Whether a resource exists.
    #[must_use]
    pub fn has(&self, resource: RaceResource) -> bool {
        self.available.contains(&resource)
    }
}

/// A resource below a race's address, by the last segment of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RaceResource {
    /// The result of the Grand Prix.
    Results,
    /// The qualifying classification.
    Qualifying,
    /// The starting grid of the Grand Prix.
    Grid,
    /// Practice.
    Practice,
    /// Pit stops of the Grand Prix.
    PitStops,
    /// The result of the sprint.
    Sprint,
    /// The sprint-qualifying classification.
    SprintQualifying,
    /// The starting grid of the sprint.
    SprintGrid,
    /// Forecasts of the Grand Prix.
    Prediction,
    /// Forecasts of the sprint.
    SprintPrediction,
    /// Later changes of the lists.
    Corrections,
}

/// Reads the resources that this version knows.
fn known_resources<'de, D: Deserializer<'de>>(value: D) -> Result<Vec<RaceResource>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Listed {
        Known(RaceResource),
        Unknown(IgnoredAny),
    }
    let listed = Vec::<Listed>::deserialize(value)?;
    let known = listed.into_iter().filter_map(|resource| match resource {
        Listed::Known(resource) => Some(resource),
        Listed::Unknown(IgnoredAny) => None,
    });
    Ok(known.collect())
}

/// A session of a weekend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The session.
    pub session: SessionKind,
    /// The day.
    pub date: NaiveDate,
    /// Scheduled start, UTC; null where only the day is known.
    pub starts_at: Option<DateTime<Utc>>,
}
