//! The sessions of a release: practice, qualifying, grids, results and pit stops.

use std::collections::HashMap;

use anyhow::{Result, bail};
use schema::{
    Contest, RaceId, RaceList,
    sessions::{GridPlace, PitStop, PracticeResult, QualifyingResult, RaceResult},
};
use sqlx::PgConnection;

use crate::{
    merge::{Changes, Scope, merge},
    sources::f1db::{
        Archive,
        lists::RaceLists,
        sessions::{self, Ids},
    },
};

/// The rows of all sessions.
pub(super) struct SessionRows {
    practice: Vec<PracticeResult>,
    qualifying: Vec<QualifyingResult>,
    grid: Vec<GridPlace>,
    results: Vec<RaceResult>,
    pit_stops: Vec<PitStop>,
}

impl SessionRows {
    /// Reads them, of Grands Prix and of sprints.
    pub(super) fn read(archive: &mut Archive<'_>, ids: &Ids<'_>) -> Result<Self> {
        let mut sheet = |name: &str| archive.sheet(name);
        let fastest = sessions::fastest_laps(&sheet("races-fastest-laps")?, ids)?;
        let results = sheet("races-race-results")?;
        let mut results = sessions::results(&results, Contest::GrandPrix, ids, &fastest)?;
        let sprints = sheet("races-sprint-race-results")?;
        let no_laps = HashMap::new();
        results.extend(sessions::results(&sprints, Contest::Sprint, ids, &no_laps)?);
        let qualifying = sheet("races-qualifying-results")?;
        let mut qualifying = sessions::qualifying(&qualifying, Contest::GrandPrix, ids)?;
        let sprints = sheet("races-sprint-qualifying-results")?;
        qualifying.extend(sessions::qualifying(&sprints, Contest::Sprint, ids)?);
        let mut practice = Vec::new();
        for session in 1..=4 {
            let sheet = sheet(&format!("races-free-practice-{session}-results"))?;
            practice.extend(sessions::practice(&sheet, session, ids)?);
        }
        let grid = sheet("races-starting-grid-positions")?;
        let mut grid = sessions::grid(&grid, Contest::GrandPrix, ids)?;
        let sprints = sheet("races-sprint-starting-grid-positions")?;
        grid.extend(sessions::grid(&sprints, Contest::Sprint, ids)?);
        let pit_stops = sessions::pit_stops(&sheet("races-pit-stops")?, ids)?;
        Ok(Self {
            practice,
            qualifying,
            grid,
            results,
            pit_stops,
        })
    }

    /// The lists that have rows.
    pub(super) fn lists(&self) -> Result<RaceLists> {
        let mut lists = RaceLists::default();
        for row in &self.practice {
            let list = match row.session {
                1 => RaceList::Practice1,
                2 => RaceList::Practice2,
                3 => RaceList::Practice3,
                4 => RaceList::Practice4,
                other => bail!("a weekend has no practice {other}"),
            };
            lists.insert(row.race_id, list);
        }
        let of = |contest, [grand_prix, sprint]: [RaceList; 2]| match contest {
            Contest::GrandPrix => grand_prix,
            Contest::Sprint => sprint,
        };
        for row in &self.qualifying {
            let kinds = [RaceList::Qualifying, RaceList::SprintQualifying];
            lists.insert(row.race_id, of(row.contest, kinds));
        }
        for row in &self.grid {
            let kinds = [RaceList::Grid, RaceList::SprintGrid];
            lists.insert(row.race_id, of(row.contest, kinds));
        }
        for row in &self.results {
            let kinds = [RaceList::Race, RaceList::Sprint];
            lists.insert(row.race_id, of(row.contest, kinds));
        }
        for row in &self.pit_stops {
            lists.insert(row.race_id, RaceList::PitStops);
        }
        Ok(lists)
    }

    /// Writes them; the release is complete for the `complete` races.
    pub(super) async fn write(
        &self,
        connection: &mut PgConnection,
        complete: &[RaceId],
    ) -> Result<Changes> {
        let of_session = Scope::AlikeOrOfRaces(&["race_id", "session"], complete);
        let of_contest = Scope::AlikeOrOfRaces(&["race_id", "contest"], complete);
        let of_race = Scope::AlikeOrOfRaces(&["race_id"], complete);
        let mut changes = merge(connection, &self.practice, of_session).await?;
        changes += merge(connection, &self.qualifying, of_contest).await?;
        changes += merge(connection, &self.grid, of_contest).await?;
        changes += merge(connection, &self.results, of_contest).await?;
        changes += merge(connection, &self.pit_stops, of_race).await?;
        Ok(changes)
    }
}
