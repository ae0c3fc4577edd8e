//! Surrogate keys, a type for each table.

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
