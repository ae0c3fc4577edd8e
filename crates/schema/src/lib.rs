//! The database: row types of its tables, ids, the migrations, and how to connect. The words are from [`vocabulary`].
//!
//! Knows no upstream, no HTTP and no statistics. A concept has the same file name here and in the other crates.

pub mod championships;
pub mod clock;
pub mod colours;
pub mod database;
pub mod ids;
pub mod pipeline;
pub mod points;
pub mod predictions;
pub mod races;
pub mod reference;
pub mod sessions;
pub mod table;

pub use clock::Clock;
pub use ids::{CircuitId, DriverId, LineageId, ModelFitId, RaceId, TeamId};
pub use points::Points;
pub use table::Table;
pub use vocabulary::{
    Championship, Contest, DataKind, EntityKind, EventFormat, EventKind, JobOutcome, Moment,
    PredictionInput, PredictionKind, ProblemKind, QualifyingFormat, RaceList, RaceStatus,
    ResultStatus, Score, SessionKind, StandingSource, UnknownWord, Upstream,
};

/// All migrations, embedded once: every use of `migrate!` would add a copy of them to its binary.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");
