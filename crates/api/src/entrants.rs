//! Drivers and teams as every answer names them.

use client::races::{DriverRef, TeamRef};

/// What `driver_ref(drivers)` returns.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "driver_ref")]
pub(crate) struct DriverRow {
    key: String,
    code: String,
    name: String,
    family_name: String,
}

impl From<DriverRow> for DriverRef {
    fn from(row: DriverRow) -> Self {
        Self {
            key: row.key,
            code: row.code,
            name: row.name,
            family_name: row.family_name,
        }
    }
}

/// What `team_ref(teams)` returns.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "team_ref")]
pub(crate) struct TeamRow {
    key: String,
    name: String,
}

impl TeamRow {
    /// The team in its colour of the season `year`.
    pub(crate) fn in_season(self, year: i16) -> TeamRef {
        let colour = schema::colours::of(&self.key, year).map(str::to_owned);
        TeamRef {
            key: self.key,
            name: self.name,
            colour,
        }
    }
}
