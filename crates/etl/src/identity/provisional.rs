//! Provisional rows for drivers and teams that F1DB does not have yet: with a generated key and gaps. The first release that
//! has them takes the row over (`jobs::load`).

use anyhow::{Context as _, Result, ensure};
use chrono::NaiveDate;
use schema::EntityKind;
use sqlx::PgConnection;

use super::names::{folded, slug};

/// The longest key, as in the domain `entity_key`.
const LONGEST_KEY: usize = 80;

/// A driver without a row of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvisionalDriver<'a> {
    /// Given name.
    pub given_name: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// Birth date: with the name, it identifies the driver in a release.
    pub date_of_birth: NaiveDate,
    /// Three letters as on timing screens, where the upstream has them.
    pub code: Option<&'a str>,
    /// The number chosen for a career.
    pub permanent_number: Option<i16>,
}

/// Drivers and teams without a row of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProvisionalEntrants<'a> {
    /// The drivers.
    pub drivers: Vec<ProvisionalDriver<'a>>,
    /// The names of the teams.
    pub teams: Vec<&'a str>,
}

/// Creates rows for `drivers` and `teams` (by name) that a [`Roster`](super::roster::Roster) lacks, and returns the new keys;
/// the next roster has them. An existing provisional row is not created again. Must run in the transaction that writes
/// their results: a release deletes entities without any reference.
pub async fn create(
    connection: &mut PgConnection,
    drivers: &[ProvisionalDriver<'_>],
    teams: &[&str],
) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for driver in drivers {
        let about = || format!("cannot create the driver {driver:?}");
        keys.extend(
            create_driver(connection, driver)
                .await
                .with_context(about)?,
        );
    }
    for name in teams {
        let about = || format!("cannot create the team {name:?}");
        keys.extend(create_team(connection, name).await.with_context(about)?);
    }
    Ok(keys)
}

async fn create_driver(
    connection: &mut PgConnection,
    driver: &ProvisionalDriver<'_>,
) -> Result<Option<String>> {
    let (given, family) = (driver.given_name.trim(), driver.family_name.trim());
    ensure!(
        !folded(given).is_empty(),
        "the given name has no letter or digit"
    );
    ensure!(
        !folded(family).is_empty(),
        "the family name has no letter or digit"
    );
    let name = format!("{given} {family}");
    let present = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM drivers WHERE name = $1 AND date_of_birth = $2 AND nationality IS NULL) AS "present!""#,
        name,
        driver.date_of_birth
    );
    if present.fetch_one(&mut *connection).await? {
        return Ok(None);
    }
    let fallback = format!("driver-{}", driver.date_of_birth.format("%Y-%m-%d"));
    let key = free_key(connection, EntityKind::Driver, &name, &fallback).await?;
    sqlx::query!(
        "INSERT INTO drivers (driver_key, name, first_name, last_name, full_name, code, permanent_number, date_of_birth)
         VALUES ($1::text, $2, $3, $4, $2, $5, $6, $7)",
        key,
        name,
        given,
        family,
        code(driver),
        driver.permanent_number,
        driver.date_of_birth,
    )
    .execute(connection)
    .await?;
    Ok(Some(key))
}

/// Creates a team with a lineage of its own: only a release knows its predecessor.
async fn create_team(connection: &mut PgConnection, name: &str) -> Result<Option<String>> {
    let name = name.trim();
    ensure!(!folded(name).is_empty(), "the name has no letter or digit");
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

/// The key made from `name`, or `fallback` if the name has no letter for one; with a number if the key is or was in use.
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

/// The upstream's code, else the first letters of the family name, then of the given name; `X` where both are short.
fn code(driver: &ProvisionalDriver<'_>) -> String {
    let given = driver
        .code
        .filter(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    given.map_or_else(
        || {
            let letters = format!("{} {}", driver.family_name, driver.given_name);
            let letters = slug(&letters, LONGEST_KEY).to_uppercase();
            let letters = letters.chars().filter(char::is_ascii_alphanumeric);
            letters.chain("XXX".chars()).take(3).collect()
        },
        str::to_owned,
    )
}
