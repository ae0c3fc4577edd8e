//! The list of seasons.

use askama::Template;
use axum::response::IntoResponse;
use client::seasons::Season;

use super::frame;
use crate::{
    error::Error,
    extract::Api,
    page::{Frame, Page, Section},
    parts::Lede,
    words,
};

#[derive(Template)]
#[template(path = "seasons.html")]
struct SeasonsPage {
    frame: Frame,
    lede: Lede,
    rows: Vec<Season>,
}

/// `GET /seasons`
pub(crate) async fn show(Api(api): Api) -> Result<impl IntoResponse, Error> {
    let (frame, seasons) = tokio::join!(frame(&api, Section::Races), api.seasons());
    let rows = seasons?.seasons;
    let races: i64 = rows.iter().map(|season| season.completed).sum();
    let lede = Lede {
        strong: format!(
            "{} and {}",
            words::count(rows.len(), "season", "seasons"),
            words::count(races, "race", "races")
        ),
        rest: " with results, qualifying and grids.".to_owned(),
    };
    Ok(Page(SeasonsPage {
        frame: frame?,
        lede,
        rows,
    }))
}
