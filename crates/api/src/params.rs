//! Parameters that several endpoints share.

use schema::EntityKind;
use serde::Deserialize;
use sqlx::PgPool;
use utoipa::IntoParams;

use crate::error::{Error, shown};

/// A season in the path.
#[derive(Deserialize, IntoParams)]
pub(crate) struct SeasonPath {
    /// Calendar year
    pub(crate) year: i16,
}

/// A race in the path.
#[derive(Deserialize, IntoParams)]
pub(crate) struct RacePath {
    /// Calendar year
    pub(crate) year: i16,
    /// 1, 2, ... within the season
    pub(crate) round: i16,
}

/// A season in the query.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeasonQuery {
    /// Calendar year; all seasons if omitted
    pub(crate) season: Option<i16>,
}

/// A key in the path.
#[derive(Deserialize, IntoParams)]
pub(crate) struct KeyPath {
    /// Stable key, such as `max-verstappen`
    key: String,
}

impl KeyPath {
    /// The key, or 404 if its characters cannot be a key of the database.
    pub(crate) fn well_formed(self, kind: EntityKind) -> Result<String, Error> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !self.key.is_empty() && self.key.len() <= 80 && self.key.bytes().all(plain) {
            return Ok(self.key);
        }
        Err(missing(kind, &self.key))
    }
}

/// The answer for a key that no driver or team has: 301 if one had it in the past, else 404.
pub(crate) async fn moved_or_missing(
    pool: &PgPool,
    kind: EntityKind,
    key: &str,
) -> Result<Error, Error> {
    let current = sqlx::query_scalar!(
        r#"SELECT coalesce(d.driver_key, t.team_key)::text AS "key!"
           FROM key_aliases a
           LEFT JOIN drivers d ON a.kind = 'driver' AND d.id = a.entity_id
           LEFT JOIN teams t ON a.kind = 'team' AND t.id = a.entity_id
           WHERE a.kind = $1 AND a.alias = $2 AND coalesce(d.id, t.id) IS NOT NULL"#,
        kind as EntityKind,
        key,
    )
    .fetch_optional(pool)
    .await?;
    Ok(match current {
        Some(current) => Error::Moved(format!("/v1/{kind}s/{current}")),
        None => missing(kind, key),
    })
}

fn missing(kind: EntityKind, key: &str) -> Error {
    Error::not_found(format!("there is no {kind} {:?}", shown(key)))
}
