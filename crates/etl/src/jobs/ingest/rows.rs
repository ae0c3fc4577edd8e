//! The rows of published lists by table, merged or compared.

use anyhow::{Result, ensure};
use schema::{
    Table,
    sessions::{GridPlace, Lap, PitStop, PracticeResult, QualifyingResult, RaceResult},
};
use sqlx::PgConnection;

use crate::{
    merge::{Changes, Scope, differences, merge},
    sources::rows::ListRows,
};

/// A list may lose at most one row in this many; a larger loss is treated as a fault of upstream.
const MOST_LOST: u64 = 2;

/// The rows of several lists by table: each table is merged once.
#[derive(Default)]
pub(super) struct TableRows {
    practice: Vec<PracticeResult>,
    qualifying: Vec<QualifyingResult>,
    grid: Vec<GridPlace>,
    results: Vec<RaceResult>,
    pit_stops: Vec<PitStop>,
    laps: Vec<Lap>,
}

impl TableRows {
    /// Adds the rows of a list.
    pub(super) fn add(&mut self, list: ListRows) {
        match list {
            ListRows::Practice(rows) => self.practice.extend(rows),
            ListRows::Qualifying(rows) => self.qualifying.extend(rows),
            ListRows::Grid(rows) => self.grid.extend(rows),
            ListRows::Results(rows) => self.results.extend(rows),
            ListRows::PitStops(rows) => self.pit_stops.extend(rows),
            ListRows::Laps(rows) => self.laps.extend(rows),
        }
    }

    /// Merges the rows into their tables.
    pub(super) async fn merge(&self, connection: &mut PgConnection) -> Result<Changes> {
        let of_contest = Scope::Alike(&["race_id", "contest"]);
        let of_race = Scope::Alike(&["race_id"]);
        let of_session = Scope::Alike(&["race_id", "session"]);
        let mut changes = merge_list(connection, &self.practice, of_session).await?;
        changes += merge_list(connection, &self.qualifying, of_contest).await?;
        changes += merge_list(connection, &self.grid, of_contest).await?;
        changes += merge_list(connection, &self.results, of_contest).await?;
        changes += merge_list(connection, &self.pit_stops, of_race).await?;
        changes += merge_list(connection, &self.laps, of_contest).await?;
        Ok(changes)
    }

    /// The number of rows of ours that a merge would change. Laps have one source, so nothing to compare with.
    pub(super) async fn differences(&self, connection: &mut PgConnection) -> Result<u64> {
        const OF_CONTEST: &[&str] = &["race_id", "contest"];
        let mut count = 0;
        if !self.practice.is_empty() {
            let list = &["race_id", "session"];
            count += differences(connection, &self.practice, list, &["time_ms"]).await?;
        }
        if !self.qualifying.is_empty() {
            count += differences(connection, &self.qualifying, OF_CONTEST, &["position"]).await?;
        }
        if !self.grid.is_empty() {
            count += differences(connection, &self.grid, OF_CONTEST, &["position"]).await?;
        }
        if !self.results.is_empty() {
            let facts = &["position", "points"];
            count += differences(connection, &self.results, OF_CONTEST, facts).await?;
        }
        if !self.pit_stops.is_empty() {
            count +=
                differences(connection, &self.pit_stops, &["race_id", "stop"], &["lap"]).await?;
        }
        Ok(count)
    }
}

/// Merges the rows of one table; without rows the table stays as it is.
async fn merge_list<T: Table>(
    connection: &mut PgConnection,
    rows: &[T],
    scope: Scope<'_>,
) -> Result<Changes> {
    if rows.is_empty() {
        return Ok(Changes::default());
    }
    let changes = merge(connection, rows, scope).await?;
    ensure!(
        changes.deleted <= changes.inserted
            || changes.deleted * MOST_LOST <= changes.read + changes.deleted,
        "{} of {} rows of {} are missing upstream, which is treated as a fault: nothing was changed",
        changes.deleted,
        changes.read + changes.deleted,
        T::NAME
    );
    Ok(changes)
}
