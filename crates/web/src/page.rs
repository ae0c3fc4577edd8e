//! A whole page: a template in the frame of the site, and how long it may be cached.

use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use client::status::Summary;

use crate::{assets, error::Error, parts::Link};

/// Browsers keep a page for a minute.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// What surrounds every page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) stylesheet: &'static str,
    pub(crate) links: Vec<Link>,
    pub(crate) demo: bool,
    pub(crate) loading: bool,
    /// The current season; `None` while no season is loaded.
    pub(crate) season: Option<i16>,
}

/// The sections of the site. All but the home page have a link in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Home,
    Predictions,
    Accuracy,
    Races,
    Drivers,
    Teams,
    Model,
    Data,
}

impl Section {
    /// The links of the navigation; some lead to the current season where there is one.
    fn links(season: Option<i16>) -> [(Self, String, &'static str); 7] {
        let of_season = |page: &str, otherwise: &str| {
            season.map_or_else(
                || otherwise.to_owned(),
                |season| format!("/seasons/{season}{page}"),
            )
        };
        [
            (Self::Predictions, "/predictions".to_owned(), "Forecasts"),
            (Self::Accuracy, "/accuracy".to_owned(), "Accuracy"),
            (Self::Races, of_season("", "/seasons"), "Races"),
            (
                Self::Drivers,
                of_season("/standings/drivers", "/drivers"),
                "Drivers",
            ),
            (
                Self::Teams,
                of_season("/standings/teams", "/teams"),
                "Teams",
            ),
            (Self::Model, "/model".to_owned(), "Model"),
            (Self::Data, "/data".to_owned(), "Data"),
        ]
    }
}

impl Frame {
    /// The frame of a page in `section`, from the API's summary.
    pub(crate) fn new(section: Section, status: &Summary) -> Self {
        let links = Section::links(status.last_season).map(|(of, href, text)| Link {
            here: of == section,
            ..Link::new(href, text)
        });
        Self {
            links: links.into(),
            demo: status.demo,
            loading: status.loading,
            season: status.last_season,
            ..Self::bare()
        }
    }

    /// The frame of a page without an answer of the API.
    pub(crate) fn bare() -> Self {
        let links = Section::links(None).map(|(_, href, text)| Link::new(href, text));
        Self {
            stylesheet: assets::stylesheet_path(),
            links: links.into(),
            demo: false,
            loading: false,
            season: None,
        }
    }
}

/// A template that is a whole page.
pub(crate) struct Page<T>(pub(crate) T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => ([(header::CACHE_CONTROL, CACHE_CONTROL)], Html(html)).into_response(),
            Err(error) => Error::Internal(error.to_string()).into_response(),
        }
    }
}

/// What page handlers return.
pub(crate) type Result<T> = std::result::Result<Page<T>, Error>;
