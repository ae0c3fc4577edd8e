//! People, teams and circuits.

use chrono::NaiveDate;

use crate::{
    table,
    vocabulary::{CircuitId, DriverId, LineageId, TeamId},
};

table! {
    /// A person.
    Driver in "drivers" keyed by [id] {
        /// Surrogate key.
        id: DriverId,
        /// Upstream's key, such as `max-verstappen`.
        driver_key: String,
        /// As usually written.
        name: String,
        /// First name as usually written.
        first_name: String,
        /// Family name as usually written.
        last_name: String,
        /// In full.
        full_name: String,
        /// Three letters; not unique over time.
        code: String,
        /// Chosen number (2014 on).
        permanent_number: Option<i16>,
        /// Born.
        date_of_birth: NaiveDate,
        /// Died.
        date_of_death: Option<NaiveDate>,
        /// Born where; `None`, like the next two, for a person whom no release has brought yet.
        place_of_birth: Option<String>,
        /// Country raced for.
        nationality: Option<String>,
        /// Its ISO 3166 alpha-2 code.
        country_code: Option<String>,
    }
}

table! {
    /// One organisation under its successive names.
    Lineage in "team_lineages" keyed by [id] {
        /// Surrogate key.
        id: LineageId,
        /// The newest member's team key.
        lineage_key: String,
    }
}

table! {
    /// A constructor under one name.
    Team in "teams" keyed by [id] {
        /// Surrogate key.
        id: TeamId,
        /// Upstream's key, such as `red-bull`.
        team_key: String,
        /// The organisation it belongs to.
        lineage_id: LineageId,
        /// As usually written.
        name: String,
        /// In full.
        full_name: String,
        /// Home country; `None`, like its code, for a team that no release has brought yet.
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
        /// Upstream's key, such as `monaco`.
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
        /// IANA name of the time zone there.
        time_zone: String,
        /// `race`, `street` or `road`.
        kind: String,
        /// Driven clockwise.
        clockwise: bool,
        /// Present length, metres.
        length_m: i32,
        /// Present number of corners.
        turns: i16,
    }
}

table! {
    /// Who drove what in a season.
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
        /// Rounds driven.
        rounds: Vec<i16>,
        /// Entered for practice only.
        test_driver: bool,
    }
}

table! {
    /// A season that the sources know.
    Season in "seasons" keyed by [year] {
        /// Calendar year.
        year: i16,
    }
}
