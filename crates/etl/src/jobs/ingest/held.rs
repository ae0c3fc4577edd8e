//! Lists into the tables, by precedence: the source with the most say writes, the others are compared.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use schema::{
    Contest, DriverId, RaceList, Table, TeamId, Upstream,
    sessions::{GridPlace, Lap, PitStop, PracticeResult, QualifyingResult, RaceResult},
};
use sqlx::PgConnection;

use super::{
    Published,
    download::Content,
    jolpica, newcomers,
    openf1::{self, Cars, Practised},
};
use crate::{
    Context,
    calendar::Round,
    identity::roster::Roster,
    merge::{Changes, Scope, differences, merge},
};

/// Who has a say in a list, the most first.
const fn precedence(list: RaceList) -> &'static [Upstream] {
    use Upstream::{F1db, Jolpica, Openf1};
    match list {
        RaceList::Race | RaceList::Sprint | RaceList::Qualifying => &[F1db, Jolpica, Openf1],
        RaceList::PitStops => &[F1db, Jolpica],
        RaceList::Laps => &[Jolpica],
        RaceList::Practice4 => &[F1db],
        RaceList::Practice1
        | RaceList::Practice2
        | RaceList::Practice3
        | RaceList::SprintQualifying
        | RaceList::SprintGrid
        | RaceList::Grid => &[F1db, Openf1],
    }
}

/// The first season of which an upstream has a list.
const fn begins(source: Upstream, list: RaceList) -> i16 {
    match (source, list) {
        (Upstream::Openf1, _) => 2023,
        (Upstream::Jolpica, RaceList::Sprint) => 2021,
        (Upstream::Jolpica, RaceList::PitStops) => 2011,
        (Upstream::Jolpica, RaceList::Laps) => 1996,
        (Upstream::Jolpica, RaceList::Qualifying) => 1994,
        _ => 1950,
    }
}

/// Who can be asked for a list of a season, the one with the most say first. A release is not asked, it comes.
pub(super) fn askable(list: RaceList, year: i16) -> impl Iterator<Item = Upstream> + Clone {
    let of_year =
        move |source: &Upstream| *source != Upstream::F1db && year >= begins(*source, list);
    precedence(list).iter().copied().filter(of_year)
}

/// Whether somebody who can be asked has more say in a list than the source of what is held.
#[must_use]
pub fn is_improvable(list: RaceList, year: i16, held: Option<Upstream>) -> bool {
    match held {
        Some(Upstream::F1db) => false,
        Some(held) => {
            askable(list, year)
                .take_while(|source| *source != held)
                .count()
                > 0
        }
        None => askable(list, year).next().is_some(),
    }
}

/// What came of lists that were published.
#[derive(Debug, Default)]
pub struct Writing {
    /// Rows that differed.
    pub changes: Changes,
    /// Rows of ours that a source with less say has otherwise.
    pub disagreements: u64,
    /// Words on what was left out.
    pub notes: Vec<String>,
    /// Lists that were written, or are held as they were published.
    pub held: Vec<RaceList>,
}

/// The rows of all lists, by table: each is merged once.
#[derive(Default)]
struct Rows {
    practice: Vec<PracticeResult>,
    qualifying: Vec<QualifyingResult>,
    grid: Vec<GridPlace>,
    results: Vec<RaceResult>,
    pit_stops: Vec<PitStop>,
    laps: Vec<Lap>,
}

/// Writes what was published of a round, as far as nobody with more say has.
pub async fn write(
    connection: &mut PgConnection,
    ctx: &Context,
    round: &Round,
    published: &[Published],
) -> Result<Writing> {
    let mut writing = Writing::default();
    if published.is_empty() {
        return Ok(writing);
    }
    let held = held(connection, round).await?;
    let (serving, losing): (Vec<_>, Vec<_>) = published
        .iter()
        .partition(|list| has_say(list.source, held.get(&list.list).copied(), list.list));
    let newcomers = newcomers::admit(connection, round.year, &serving).await?;
    writing
        .notes
        .extend(newcomers.iter().map(|key| format!("{key} is new")));
    let reader = Reader::new(connection, round).await?;
    let rows = reader.rows(round, &serving, &mut writing.notes)?;
    rows.merge(connection, &mut writing).await?;
    for list in serving {
        writing.held.push(list.list);
        sqlx::query!(
            "INSERT INTO published_lists AS p (race_id, list, source, first_seen) VALUES ($1, $2, $3, $4)
             ON CONFLICT (race_id, list) DO UPDATE SET source = excluded.source WHERE p.source <> excluded.source",
            round.race.0,
            list.list as RaceList,
            list.source as Upstream,
            ctx.now()
        )
        .execute(&mut *connection)
        .await?;
    }
    let mut unread = Vec::new();
    for list in losing {
        match reader.rows(round, &[list], &mut unread) {
            Ok(rows) => writing.disagreements += rows.differences(connection).await?,
            Err(error) => writing
                .notes
                .push(format!("{} is not compared: {error:#}", list.list)),
        }
    }
    Ok(writing)
}

fn has_say(source: Upstream, held: Option<Upstream>, list: RaceList) -> bool {
    let rank = |source: Upstream| precedence(list).iter().position(|of| *of == source);
    match (rank(source), held.map(rank)) {
        (None, _) => false,
        (Some(_), None | Some(None)) => true,
        (Some(new), Some(Some(old))) => new <= old,
    }
}

async fn held(connection: &mut PgConnection, round: &Round) -> Result<HashMap<RaceList, Upstream>> {
    let rows = sqlx::query!(
        r#"SELECT list AS "list: RaceList", source AS "source: Upstream" FROM published_lists WHERE race_id = $1"#,
        round.race.0
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.list, row.source)).collect())
}

/// What it takes to read a list: who is who, and what other lists of the weekend say.
struct Reader {
    roster: Roster,
    engines: HashMap<TeamId, String>,
    qualified: HashMap<(Contest, DriverId), i16>,
    grid: HashMap<(Contest, DriverId), i16>,
    practised: Practised,
}

impl Reader {
    async fn new(connection: &mut PgConnection, round: &Round) -> Result<Self> {
        let roster = Roster::read(connection, round.year).await?;
        let engines = sqlx::query!(
            r#"SELECT DISTINCT ON (team_id) team_id AS "team_id!", engine AS "engine!" FROM (
                   SELECT s.team_id, s.engine, r.round FROM results s JOIN races r ON r.id = s.race_id WHERE r.year = $1
                   UNION ALL
                   SELECT team_id, engine, 0 FROM season_entries WHERE year = $1) seen
               WHERE engine IS NOT NULL
               ORDER BY team_id, round DESC, engine"#,
            round.year
        )
        .fetch_all(&mut *connection)
        .await?;
        let places = sqlx::query!(
            r#"SELECT contest AS "contest!: Contest", driver_id AS "driver_id!", position AS "position!: i16", of_grid AS "of_grid!" FROM (
                   SELECT contest, driver_id, position, false AS of_grid FROM qualifying WHERE race_id = $1
                   UNION ALL
                   SELECT contest, driver_id, position, true FROM grid WHERE race_id = $1) places
               WHERE position IS NOT NULL"#,
            round.race.0
        )
        .fetch_all(&mut *connection)
        .await?;
        let practised = sqlx::query!(
            "SELECT DISTINCT ON (car_number) car_number, driver_id, team_id FROM practice_results
             WHERE race_id = $1 ORDER BY car_number, session DESC",
            round.race.0
        )
        .fetch_all(&mut *connection)
        .await?;
        let of = |grid: bool| {
            places
                .iter()
                .filter(|row| row.of_grid == grid)
                .map(|row| ((row.contest, DriverId(row.driver_id)), row.position))
                .collect()
        };
        Ok(Self {
            roster,
            engines: engines
                .into_iter()
                .map(|row| (TeamId(row.team_id), row.engine))
                .collect(),
            qualified: of(false),
            grid: of(true),
            practised: practised
                .into_iter()
                .map(|row| {
                    (
                        row.car_number,
                        (DriverId(row.driver_id), TeamId(row.team_id)),
                    )
                })
                .collect(),
        })
    }

    fn rows(&self, round: &Round, lists: &[&Published], notes: &mut Vec<String>) -> Result<Rows> {
        let mut rows = Rows::default();
        for published in lists {
            self.read(round, published, &mut rows, notes)
                .with_context(|| format!("{} of {}", published.list, published.source))?;
        }
        Ok(rows)
    }

    fn read(
        &self,
        round: &Round,
        published: &Published,
        rows: &mut Rows,
        notes: &mut Vec<String>,
    ) -> Result<()> {
        let (race, roster) = (round.race, &self.roster);
        let contest = match published.list {
            RaceList::Sprint | RaceList::SprintGrid | RaceList::SprintQualifying => Contest::Sprint,
            _ => Contest::GrandPrix,
        };
        let of = |places: &HashMap<(Contest, DriverId), i16>| {
            places
                .iter()
                .filter(|((of, _), _)| *of == contest)
                .map(|((_, driver), place)| (*driver, *place))
                .collect::<HashMap<_, _>>()
        };
        match &published.content {
            Content::Results(cars) => {
                let read = jolpica::results(race, contest, cars, roster, &self.engines)?;
                rows.results.extend(read);
            }
            Content::Qualifying(cars) => {
                rows.qualifying
                    .extend(jolpica::qualifying(race, cars, roster)?);
            }
            Content::PitStops(stops, cars) => {
                rows.pit_stops
                    .extend(jolpica::pit_stops(race, stops, cars, roster)?);
            }
            Content::Laps(laps, cars) => {
                rows.laps.extend(jolpica::laps(race, laps, cars, roster)?);
            }
            Content::Grid(slots, drivers) => {
                let cars = Cars::of(drivers, roster, &self.practised);
                let qualified = of(&self.qualified);
                rows.grid
                    .extend(openf1::grid(race, contest, slots, &cars, &qualified)?);
            }
            Content::Classification(classified, drivers) => {
                let cars = Cars::of(drivers, roster, &self.practised);
                match published.list {
                    RaceList::Practice1 | RaceList::Practice2 | RaceList::Practice3 => {
                        let session = match published.list {
                            RaceList::Practice1 => 1,
                            RaceList::Practice2 => 2,
                            _ => 3,
                        };
                        let read = openf1::practice(race, session, classified, &cars, notes);
                        rows.practice.extend(read);
                    }
                    RaceList::Race | RaceList::Sprint => {
                        let grid = of(&self.grid);
                        let engines = &self.engines;
                        let read =
                            openf1::results(race, contest, classified, &cars, engines, &grid)?;
                        rows.results.extend(read);
                    }
                    _ => {
                        let read = openf1::qualifying(race, contest, classified, &cars)?;
                        rows.qualifying.extend(read);
                    }
                }
            }
        }
        Ok(())
    }
}

/// A list that has lost more than half of its rows is taken for a fault of upstream.
const MOST_LOST: u64 = 2;

impl Rows {
    async fn merge(&self, connection: &mut PgConnection, writing: &mut Writing) -> Result<()> {
        let of_contest = Scope::Alike(&["race_id", "contest"]);
        let of_race = Scope::Alike(&["race_id"]);
        let of_session = Scope::Alike(&["race_id", "session"]);
        merge_part(connection, &self.practice, of_session, writing).await?;
        merge_part(connection, &self.qualifying, of_contest, writing).await?;
        merge_part(connection, &self.grid, of_contest, writing).await?;
        merge_part(connection, &self.results, of_contest, writing).await?;
        merge_part(connection, &self.pit_stops, of_race, writing).await?;
        merge_part(connection, &self.laps, of_contest, writing).await
    }

    /// Rows of ours that these would change.
    async fn differences(&self, connection: &mut PgConnection) -> Result<u64> {
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

async fn merge_part<T: Table>(
    connection: &mut PgConnection,
    rows: &[T],
    scope: Scope,
    writing: &mut Writing,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let changes = merge(connection, rows, scope).await?;
    ensure!(
        changes.deleted <= changes.inserted
            || changes.deleted * MOST_LOST <= changes.read + changes.deleted,
        "{} of {} rows of {} have vanished: taken for a fault, nothing was changed",
        changes.deleted,
        changes.read + changes.deleted,
        T::NAME
    );
    writing.changes += changes;
    Ok(())
}
