//! Parameters that several endpoints share, with the bounds that the document states.

use std::{fmt, ops::RangeInclusive};

use schema::EntityKind;
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};
use sqlx::PgPool;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, SchemaFormat, Type},
};

use crate::error::{Error, shown};

const YEARS: RangeInclusive<i16> = 1..=9999;
/// As the table `races` allows.
const ROUNDS: RangeInclusive<i16> = 1..=99;

/// A season in the path.
#[derive(Deserialize, IntoParams)]
pub(crate) struct SeasonPath {
    /// Calendar year, or a word for it
    #[param(value_type = SeasonAddress, example = 2025)]
    #[serde(deserialize_with = "year")]
    pub(crate) year: i16,
}

/// A race in the path.
#[derive(Deserialize, IntoParams)]
pub(crate) struct RacePath {
    /// Calendar year, or a word for it
    #[param(value_type = SeasonAddress, example = 2025)]
    #[serde(deserialize_with = "year")]
    pub(crate) year: i16,
    /// 1, 2, ... within the season, or a word for it
    #[param(value_type = RoundAddress, example = 1)]
    #[serde(deserialize_with = "round")]
    pub(crate) round: i16,
}

/// A season in the query.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SeasonQuery {
    /// Calendar year; all seasons if omitted
    #[param(schema_with = year_schema)]
    #[serde(default, deserialize_with = "some_year")]
    pub(crate) season: Option<i16>,
}

/// A key in the path.
#[derive(Deserialize, IntoParams)]
pub(crate) struct KeyPath {
    /// Stable key, such as `max-verstappen`
    #[param(
        pattern = "^[a-z0-9-]+$",
        min_length = 1,
        max_length = 80,
        example = "max-verstappen"
    )]
    key: String,
}

/// How an address names a season: its year or a word, whose answer has the year in `Content-Location`.
pub(crate) struct SeasonAddress;

/// How an address names a round: its number or a word, whose answer has the number in `Content-Location`.
pub(crate) struct RoundAddress;

/// What an address may have in place of a year.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "the document reads its variants")]
pub(crate) enum SeasonWord {
    /// The season of this calendar year, or while that has no calendar, the newest before it.
    Current,
    /// The newest season whose races are all over.
    Last,
}

/// What an address may have in place of a round.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "the document reads its variants")]
pub(crate) enum RoundWord {
    /// The newest round whose weekend has begun.
    Current,
    /// The newest round with a result.
    Last,
    /// The first round that is not over.
    Next,
}

impl PartialSchema for SeasonAddress {
    fn schema() -> RefOr<Schema> {
        number_or_word(&YEARS, "SeasonWord")
    }
}

impl PartialSchema for RoundAddress {
    fn schema() -> RefOr<Schema> {
        number_or_word(&ROUNDS, "RoundWord")
    }
}

impl ToSchema for SeasonAddress {}
impl ToSchema for RoundAddress {}

fn number_or_word(range: &RangeInclusive<i16>, words: &str) -> RefOr<Schema> {
    OneOfBuilder::new()
        .item(whole_number(range))
        .item(Ref::from_schema_name(words))
        .into()
}

/// The schema of a year.
pub(crate) fn year_schema() -> Schema {
    whole_number(&YEARS)
}

/// The schema of a round.
pub(crate) fn round_schema() -> Schema {
    whole_number(&ROUNDS)
}

/// The schema of a whole number of a range.
pub(crate) fn whole_number(range: &RangeInclusive<i16>) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(*range.start()))
        .maximum(Some(*range.end()))
        .into()
}

/// Reads a year.
pub(crate) fn year<'de, D: Deserializer<'de>>(value: D) -> Result<i16, D::Error> {
    whole(value, &YEARS)
}

/// Reads a round.
pub(crate) fn round<'de, D: Deserializer<'de>>(value: D) -> Result<i16, D::Error> {
    whole(value, &ROUNDS)
}

/// Reads a year that may be omitted.
pub(crate) fn some_year<'de, D: Deserializer<'de>>(value: D) -> Result<Option<i16>, D::Error> {
    year(value).map(Some)
}

/// Reads a round that may be omitted.
pub(crate) fn some_round<'de, D: Deserializer<'de>>(value: D) -> Result<Option<i16>, D::Error> {
    round(value).map(Some)
}

/// Reads a whole number in its one spelling: digits, without sign and leading zero.
pub(crate) fn whole<'de, D: Deserializer<'de>>(
    value: D,
    range: &RangeInclusive<i16>,
) -> Result<i16, D::Error> {
    value.deserialize_str(Whole(range))
}

/// Accepts the whole numbers of a range.
struct Whole<'a>(&'a RangeInclusive<i16>);

impl Visitor<'_> for Whole<'_> {
    type Value = i16;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = (self.0.start(), self.0.end());
        write!(f, "a whole number from {least} to {most}")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<i16, E> {
        canonical(text, self.0).ok_or_else(|| {
            let expected: &dyn de::Expected = &self;
            E::custom(format_args!("{:?} is not {expected}", shown(text)))
        })
    }
}

/// The year that a text spells.
pub(crate) fn year_of(text: &str) -> Option<i16> {
    canonical(text, &YEARS)
}

/// The number of a range that a text spells, if it is the number's one spelling.
fn canonical(text: &str, range: &RangeInclusive<i16>) -> Option<i16> {
    let number: i16 = text.parse().ok()?;
    (range.contains(&number) && number.to_string() == text).then_some(number)
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
