//! One file per concept, each with its template of the same name.

pub(crate) mod accuracy;
pub(crate) mod corrections;
pub(crate) mod data;
pub(crate) mod drivers;
pub(crate) mod forecast;
pub(crate) mod home;
pub(crate) mod model;
pub(crate) mod outlook;
pub(crate) mod predictions;
pub(crate) mod races;
pub(crate) mod seasons;
pub(crate) mod standings;
pub(crate) mod status;
pub(crate) mod teams;

use client::{Client, Error as ApiError};

use crate::{
    error::{Error, note_api},
    page::{Frame, Part},
    parts::Link,
};

/// A season in the address.
#[derive(serde::Deserialize)]
pub(crate) struct SeasonPath {
    pub(crate) year: i16,
}

/// A race in the address.
#[derive(serde::Deserialize)]
pub(crate) struct RacePath {
    pub(crate) year: i16,
    pub(crate) round: i16,
}

/// A season after the question mark.
#[derive(serde::Deserialize)]
pub(crate) struct SeasonQuery {
    pub(crate) season: Option<i16>,
}

/// The frame of a page: asks the API how things are.
pub(crate) async fn frame(api: &Client, part: Part) -> Result<Frame, Error> {
    let status = api.summary().await?;
    note_api(true);
    Ok(Frame::new(part, &status))
}

/// `None` where the API has no such thing.
pub(crate) fn if_found<T>(answer: Result<T, ApiError>) -> Result<Option<T>, Error> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(ApiError::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Up to five of `candidates` (address, name, key) whose key resembles `key`.
pub(crate) fn nearest(
    key: &str,
    candidates: impl Iterator<Item = (String, String, String)>,
) -> Vec<Link> {
    let wanted: String = key.chars().take(80).collect::<String>().to_lowercase();
    let mut scored: Vec<(f64, Link)> = candidates
        .map(|(href, name, key)| {
            let contains = wanted.len() >= 3 && key.contains(&wanted);
            let likeness = |part: &str| strsim::jaro_winkler(&wanted, part);
            let part = key
                .split('-')
                .filter(|part| part.len() >= 3)
                .map(likeness)
                .fold(0.0, f64::max);
            let score = if contains {
                1.0
            } else {
                part.max(likeness(&key))
            };
            (score, Link::new(href, name))
        })
        .filter(|(score, _)| *score > 0.88)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(5).map(|(_, link)| link).collect()
}
