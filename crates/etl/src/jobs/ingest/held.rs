//! Which lists are held, by precedence: the source with the most say writes, the others are compared.

use std::collections::HashMap;

use anyhow::Result;
use schema::{RaceList, Upstream};
use sqlx::PgConnection;

use super::{Published, newcomers, rows::Reader};
use crate::{Context, calendar::Round, error_chain, merge::Changes};

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
    writing.changes += rows.merge(connection).await?;
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
            Ok(rows) => {
                let other = rows.differences(connection).await?;
                if other > 0 {
                    let (list, source) = (list.list, list.source);
                    writing
                        .notes
                        .push(format!("{other} of {list} otherwise at {source}"));
                    writing.disagreements += other;
                }
            }
            Err(error) => {
                writing.notes.push(format!(
                    "{} is not compared: {}",
                    list.list,
                    error_chain(&error)
                ));
            }
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
