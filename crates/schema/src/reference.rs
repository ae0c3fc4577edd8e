//! Drivers, teams, circuits and seasons.

use chrono::NaiveDate;

use crate::{CircuitId, DriverId, LineageId, TeamId, table};

table! {
    /// A person.
    Driver in "drivers" keyed by [id] {
        /// Surrogate key.
        id: DriverId,
        /// Stable key, such as `max-verstappen`.
        driver_key: String,
        /// As usually written.
        name: String,
        /// First name as usually written.
        first_name: String,
        /// Family name as usually written.
        last_name: String,
        /// In full.
        full_name: String,
        /// Three letters, as on timing screens. Not unique over time.
        code: String,
        /// Permanent car number (2014 on).
        permanent_number: Option<i16>,
        /// Date of birth.
        date_of_birth: NaiveDate,
        /// Date of death.
        date_of_death: Option<NaiveDate>,
        /// Place of birth; `None`, like the next two fields, for a provisional row.
        place_of_birth: Option<String>,
        /// Country the driver represents.
        nationality: Option<String>,
        /// Its ISO 3166 alpha-2 code.
        country_code: Option<String>,
    }
}

table! {
    /// An organisation under its successive names.
    Lineage in "team_lineages" keyed by [id] {
        /// Surrogate key.
        id: LineageId,
        /// Key of its newest team.
        lineage_key: String,
    }
}

table! {
    /// A constructor under one name.
    Team in "teams" keyed by [id] {
        /// Surrogate key.
        id: TeamId,
        /// Stable key, such as `red-bull`.
        team_key: String,
        /// The organisation it belongs to.
        lineage_id: LineageId,
        /// As usually written.
        name: String,
        /// In full.
        full_name: String,
        /// Home country; `None`, like its code, for a provisional row.
        country: Option<String>,
        /// Its ISO 3166 alpha-2 code.
        country_code: Option<String>,
    }
}

table! {
    /// A track.
    Circuit in "circuits" keyed by [id] {
        /// Surrogate key.
        id: CircuitId,
        /// Stable key, such as `monaco`.
        circuit_key: String,
        /// Short name.
        name: String,
        /// Full name.
        full_name: String,
        /// Town.
        place: String,
        /// Country.
        country: String,
        /// Its ISO 3166 alpha-2 code.
        country_code: String,
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// IANA name of the time zone.
        time_zone: String,
        /// `race`, `street` or `road`.
        kind: String,
        /// Whether laps are driven clockwise.
        clockwise: bool,
        /// Current length, metres.
        length_m: i32,
        /// Current number of corners.
        turns: i16,
    }
}

table! {
    /// A driver entered for a team in a season.
    SeasonEntry in "season_entries" keyed by [year, driver_id, team_id, entrant, engine] {
        /// Season.
        year: i16,
        /// The entrant's name.
        entrant: String,
        /// Constructor.
        team_id: TeamId,
        /// Engine manufacturer's key.
        engine: String,
        /// Driver.
        driver_id: DriverId,
        /// The rounds in which the driver took part.
        rounds: Vec<i16>,
        /// Whether the entry was for practice only.
        test_driver: bool,
    }
}

table! {
    /// A season known to the upstreams.
    Season in "seasons" keyed by [year] {
        /// Calendar year.
        year: i16,
    }
}
