//! A page is a value: a template in the frame of the site, with how long it keeps.

use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use client::status::Summary;

use crate::{assets, error::Error, parts::Link};

/// Pages keep this long without asking.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// What surrounds every page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) stylesheet: &'static str,
    pub(crate) links: Vec<Link>,
    pub(crate) demo: bool,
    pub(crate) loading: bool,
    /// The current season, if one is loaded.
    pub(crate) season: Option<i16>,
}

/// The parts of the site, as the navigation names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Home,
    Forecasts,
    Accuracy,
    Races,
    Drivers,
    Teams,
    Model,
    Data,
}

impl Frame {
    /// The frame of a page in `part`, from the API's summary.
    pub(crate) fn new(part: Part, status: &Summary) -> Self {
        let season = status.last_season;
        let of_season = |path: &str, otherwise: &str| {
            season.map_or_else(
                || otherwise.to_owned(),
                |season| path.replace("{}", &season.to_string()),
            )
        };
        let links = [
            (Part::Forecasts, "/predictions".to_owned(), "Forecasts"),
            (Part::Accuracy, "/accuracy".to_owned(), "Accuracy"),
            (Part::Races, of_season("/seasons/{}", "/seasons"), "Races"),
            (
                Part::Drivers,
                of_season("/seasons/{}/standings/drivers", "/drivers"),
                "Drivers",
            ),
            (
                Part::Teams,
                of_season("/seasons/{}/standings/teams", "/teams"),
                "Teams",
            ),
            (Part::Model, "/model".to_owned(), "Model"),
            (Part::Data, "/data".to_owned(), "Data"),
        ];
        let links = links.into_iter().map(|(of, href, text)| Link {
            here: of == part,
            ..Link::new(href, text)
        });
        Self {
            stylesheet: assets::stylesheet_path(),
            links: links.collect(),
            demo: status.demo,
            loading: status.loading,
            season,
        }
    }

    /// The frame of a page that must do without the API.
    pub(crate) fn bare() -> Self {
        let links = [
            ("/predictions", "Forecasts"),
            ("/accuracy", "Accuracy"),
            ("/seasons", "Races"),
            ("/drivers", "Drivers"),
            ("/teams", "Teams"),
            ("/model", "Model"),
            ("/data", "Data"),
        ];
        Self {
            stylesheet: assets::stylesheet_path(),
            links: links.map(|(href, text)| Link::new(href, text)).into(),
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
            Ok(html) => ([(header::CACHE_CONTROL, KEEP)], Html(html)).into_response(),
            Err(error) => Error::Internal(error.to_string()).into_response(),
        }
    }
}

/// What page handlers return.
pub(crate) type Result<T> = std::result::Result<Page<T>, Error>;
