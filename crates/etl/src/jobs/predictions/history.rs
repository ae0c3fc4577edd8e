//! All weekends with their fields.

use anyhow::Result;
use sqlx::{PgConnection, PgPool};

use crate::{
    dataset::{self, Weekend},
    features::{self, WeekendFields},
};

/// All weekends with the fields of each at every moment.
pub struct History {
    /// The weekends in chronological order.
    pub weekends: Vec<Weekend>,
    /// The fields of each weekend.
    pub fields: Vec<WeekendFields>,
}

impl History {
    /// Reads the history in a transaction of its own, so that it is consistent.
    pub async fn snapshot(pool: &PgPool) -> Result<Self> {
        let mut transaction = pool
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        Self::read(&mut transaction).await
    }

    /// Reads all weekends that the state of the model is built from, and computes their fields.
    pub async fn read(connection: &mut PgConnection) -> Result<Self> {
        let weekends = dataset::read(connection, model::state::FIRST_SEASON).await?;
        tokio::task::spawn_blocking(|| {
            let fields = features::walk(&weekends);
            Ok(Self { weekends, fields })
        })
        .await?
    }

    /// Each weekend with its fields.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Weekend, &WeekendFields)> {
        self.weekends.iter().zip(&self.fields)
    }
}
