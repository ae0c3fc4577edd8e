//! Where the data comes from. This page works without the API.

use askama::Template;
use axum::response::IntoResponse;
use client::status::Summary;

use crate::{
    extract::Api,
    page::{Frame, Page, Section},
    words,
};

#[derive(Template)]
#[template(path = "data.html")]
struct DataPage {
    frame: Frame,
    release: String,
    races: String,
    live: String,
    retrospective: String,
}

/// `GET /data`
pub(crate) async fn show(Api(api): Api) -> impl IntoResponse {
    let status = api.summary().await.ok();
    let number = |of: fn(&Summary) -> i64| {
        words::or_dash(status.as_ref().map(|status| words::thousands(of(status))))
    };
    Page(DataPage {
        frame: status
            .as_ref()
            .map_or_else(Frame::bare, |status| Frame::new(Section::Data, status)),
        release: words::or_dash(status.as_ref().and_then(|status| status.release.as_ref())),
        races: number(|status| status.races_completed),
        live: number(|status| status.live_predictions),
        retrospective: number(|status| status.retrospective_predictions),
    })
}
