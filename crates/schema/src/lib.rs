//! The vocabulary of the system: ids, units, enums, row types, the race state machine, and the migrations.
//!
//! Knows no upstream, no HTTP and no statistics. A concept has its file here and files of the same name elsewhere.

pub mod championships;
pub mod clock;
pub mod colours;
pub mod database;
pub mod forecasts;
pub mod pipeline;
pub mod races;
pub mod reference;
pub mod sessions;
pub mod table;
pub mod vocabulary;

pub use clock::Clock;
pub use table::Table;
pub use vocabulary::{
    Championship, CircuitId, Contest, DataKind, DriverId, EntityKind, EventFormat, EventKind,
    ForecastInput, JobOutcome, LineageId, ModelFitId, Moment, Points, PredictionKind, ProblemKind,
    QualifyingFormat, RaceId, RaceList, RaceStatus, ResultStatus, Score, SessionKind,
    StandingSource, TeamId, Upstream,
};

/// Every migration, embedded. One static, since each use of `migrate!` would copy all of them into its binary.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");
