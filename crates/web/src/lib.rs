//! Server-rendered pages over the API. [`app`] is the only constructor and lists every page.
//!
//! Knows no database: all data comes from the API over HTTP. Ships no script; pages are complete as they arrive.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    middleware,
    routing::get,
};
use client::Client;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};

mod address;
mod assets;
mod chart;
mod colour;
mod competitor;
mod error;
mod extract;
#[cfg(test)]
mod fixtures;
mod markdown;
mod page;
mod pages;
mod parts;
mod words;

/// Allows the site's own stylesheet and icon, and no script.
const POLICY: &str = "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The site over the API that `client` speaks to.
pub fn app(client: Client) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    Router::new()
        .route("/", get(pages::home::show))
        .route("/predictions", get(pages::predictions::show))
        .route("/accuracy", get(pages::accuracy::show))
        .route("/model", get(pages::model::show))
        .route("/seasons", get(pages::seasons::show))
        .route("/seasons/{year}", get(pages::season::show))
        .route("/seasons/{year}/races", get(pages::season::show))
        .route("/seasons/{year}/outlook", get(pages::title_odds::show))
        .route("/seasons/{year}/races/{round}", get(pages::race::show))
        .route(
            "/seasons/{year}/races/{round}/prediction",
            get(pages::prediction::show),
        )
        .route(
            "/seasons/{year}/races/{round}/sprint-prediction",
            get(pages::prediction::show_sprint),
        )
        .route(
            "/seasons/{year}/standings/drivers",
            get(pages::standings::drivers),
        )
        .route(
            "/seasons/{year}/standings/teams",
            get(pages::standings::teams),
        )
        .route("/drivers", get(pages::directory::drivers))
        .route("/drivers/{key}", get(pages::profile::driver))
        .route("/teams", get(pages::directory::teams))
        .route("/teams/{key}", get(pages::profile::team))
        .route("/data", get(pages::data::show))
        .route("/status", get(pages::status::show))
        .route("/assets/{name}", get(assets::serve))
        .fallback(async || error::Error::not_found())
        .with_state(client)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(middleware::from_fn(error::render))
        .layer(CompressionLayer::new())
        .layer(header(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(TraceLayer::new_for_http())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}
