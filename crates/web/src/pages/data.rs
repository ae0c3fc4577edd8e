//! Where the data is from; can be read when the API is away.

use askama::Template;
use axum::response::IntoResponse;

use crate::{
    extract::Api,
    page::{Frame, Page, Part},
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
    let unknown = || "–".to_owned();
    let number = |of: fn(&client::status::Summary) -> i64| {
        status
            .as_ref()
            .map_or_else(unknown, |status| of(status).to_string())
    };
    Page(DataPage {
        frame: status
            .as_ref()
            .map_or_else(Frame::bare, |status| Frame::new(Part::Data, status)),
        release: status
            .as_ref()
            .and_then(|status| status.release.clone())
            .unwrap_or_else(unknown),
        races: number(|status| status.races_completed),
        live: number(|status| status.live_predictions),
        retrospective: number(|status| status.retrospective_predictions),
    })
}
