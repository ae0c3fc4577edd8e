//! People and teams that another upstream has before F1DB: a row with a key of our making and gaps, which the release
//! that brings them takes over (`jobs::load`).

use anyhow::{Context as _, Result, ensure};
use chrono::NaiveDate;
use schema::EntityKind;
use sqlx::PgConnection;

use super::names::{folded, slug};

/// The length of a key, as the domain `entity_key` has it.
const LONGEST_KEY: usize = 80;

/// A driver whom nobody of ours can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newcomer<'a> {
    /// Given name.
    pub given_name: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// Day of birth: with the name, what a release will know him by.
    pub date_of_birth: NaiveDate,
    /// Three letters as on the timing screens, where the upstream has them.
    pub code: Option<&'a str>,
    /// The number chosen for a career.
    pub permanent_number: Option<i16>,
}

/// Gives rows to `people` and `teams` (names) that a [`Roster`](super::roster::Roster) did not know, and returns their
/// keys; the next roster knows them. Who has a provisional row already gets no other. To be called in the transaction
/// that writes what they did: a release deletes those whom nothing mentions.
pub async fn admit(
    connection: &mut PgConnection,
    people: &[Newcomer<'_>],
    teams: &[&str],
) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for person in people {
        let about = || format!("cannot admit the driver {person:?}");
        keys.extend(admit_driver(connection, person).await.with_context(about)?);
    }
    for name in teams {
        let about = || format!("cannot admit the team {name:?}");
        keys.extend(admit_team(connection, name).await.with_context(about)?);
    }
    Ok(keys)
}

async fn admit_driver(
    connection: &mut PgConnection,
    person: &Newcomer<'_>,
) -> Result<Option<String>> {
    let (given, family) = (person.given_name.trim(), person.family_name.trim());
    ensure!(!folded(given).is_empty(), "the given name is no name");
    ensure!(!folded(family).is_empty(), "the family name is no name");
    let name = format!("{given} {family}");
    let present = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM drivers WHERE name = $1 AND date_of_birth = $2 AND nationality IS NULL) AS "present!""#,
        name,
        person.date_of_birth
    );
    if present.fetch_one(&mut *connection).await? {
        return Ok(None);
    }
    let fallback = format!("driver-{}", person.date_of_birth.format("%Y-%m-%d"));
    let key = free_key(connection, EntityKind::Driver, &name, &fallback).await?;
    sqlx::query!(
        "INSERT INTO drivers (driver_key, name, first_name, last_name, full_name, code, permanent_number, date_of_birth)
         VALUES ($1::text, $2, $3, $4, $2, $5, $6, $7)",
        key,
        name,
        given,
        family,
        code(person),
        person.permanent_number,
        person.date_of_birth,
    )
    .execute(connection)
    .await?;
    Ok(Some(key))
}

/// A team with an organisation of its own: whose successor it is, only the release knows.
async fn admit_team(connection: &mut PgConnection, name: &str) -> Result<Option<String>> {
    let name = name.trim();
    ensure!(!folded(name).is_empty(), "the name is no name");
    let present = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM teams WHERE name = $1 AND country IS NULL) AS "present!""#,
        name
    );
    if present.fetch_one(&mut *connection).await? {
        return Ok(None);
    }
    let key = free_key(connection, EntityKind::Team, name, "team").await?;
    sqlx::query!(
        "WITH lineage AS (INSERT INTO team_lineages (lineage_key) VALUES ($1::text) RETURNING id)
         INSERT INTO teams (team_key, lineage_id, name, full_name) SELECT $1::text, id, $2, $2 FROM lineage",
        key,
        name
    )
    .execute(connection)
    .await?;
    Ok(Some(key))
}

/// The key that `name` makes, or `fallback` where it has no letter for one; with a number if somebody has or had it.
async fn free_key(
    connection: &mut PgConnection,
    kind: EntityKind,
    name: &str,
    fallback: &str,
) -> Result<String> {
    let stem = Some(slug(name, LONGEST_KEY)).filter(|stem| !stem.is_empty());
    let stem = stem.unwrap_or_else(|| fallback.to_owned());
    let mut number = 1;
    loop {
        let key = match number {
            1 => stem.clone(),
            _ => numbered(&stem, number),
        };
        let taken = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM key_aliases WHERE kind = $1 AND alias::text = $2)
                   OR CASE $1 WHEN 'driver' THEN EXISTS (SELECT FROM drivers WHERE driver_key::text = $2)
                              ELSE EXISTS (SELECT FROM teams WHERE team_key::text = $2)
                                OR EXISTS (SELECT FROM team_lineages WHERE lineage_key::text = $2) END AS "taken!""#,
            kind as EntityKind,
            key
        );
        if !taken.fetch_one(&mut *connection).await? {
            return Ok(key);
        }
        number += 1;
    }
}

/// `stem-2`, the stem shortened where the key would be too long.
fn numbered(stem: &str, number: u32) -> String {
    let suffix = format!("-{number}");
    let room = LONGEST_KEY - suffix.len();
    let kept = stem.get(..room).unwrap_or(stem).trim_end_matches('-');
    format!("{kept}{suffix}")
}

/// The code the upstream has, else the first letters of the family name, then of the given name; `X` where both are short.
fn code(person: &Newcomer<'_>) -> String {
    let given = person
        .code
        .filter(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    given.map_or_else(
        || {
            let letters = format!("{} {}", person.family_name, person.given_name);
            let letters = slug(&letters, LONGEST_KEY).to_uppercase();
            let letters = letters.chars().filter(char::is_ascii_alphanumeric);
            letters.chain("XXX".chars()).take(3).collect()
        },
        str::to_owned,
    )
}
