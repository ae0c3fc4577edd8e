//! The pages: one module a page, with the template of the same name. Drivers and teams share `standings`, `directory`
//! and `profile`.

pub(crate) mod accuracy;
pub(crate) mod data;
pub(crate) mod directory;
pub(crate) mod home;
pub(crate) mod model;
pub(crate) mod prediction;
pub(crate) mod predictions;
pub(crate) mod profile;
pub(crate) mod race;
pub(crate) mod season;
pub(crate) mod seasons;
pub(crate) mod standings;
pub(crate) mod status;
pub(crate) mod title_odds;

use client::{Client, Error as ApiError};

use crate::{
    error::{Error, note_api},
    extract::{FromParameters, Parameters},
    page::{Frame, Section},
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

/// The round after which a table stands; `None` for the latest.
pub(crate) struct AfterRoundQuery {
    pub(crate) after_round: Option<i16>,
}

impl FromParameters for AfterRoundQuery {
    fn from_parameters(parameters: &Parameters) -> Result<Self, Error> {
        Ok(Self {
            after_round: parameters.get_unless_empty("after_round", "a round")?,
        })
    }
}

/// The frame of a page in `section`, with the state that the API reports.
pub(crate) async fn frame(api: &Client, section: Section) -> Result<Frame, Error> {
    let status = api.summary().await?;
    note_api(true);
    Ok(Frame::new(section, &status))
}

/// `None` where the API has no such thing.
pub(crate) fn if_found<T>(answer: Result<T, ApiError>) -> Result<Option<T>, Error> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(ApiError::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
