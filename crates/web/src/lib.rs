//! Server-rendered pages over the API. [`app`] is the only constructor; every page is one line of it.
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

mod assets;
mod chart;
mod colour;
mod error;
mod extract;
mod markdown;
mod page;
mod pages;
mod parts;
mod words;

/// Nothing but our own stylesheet and icon; no script at all.
const POLICY: &str = "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// The site over the API that `client` speaks to.
pub fn app(client: Client) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    Router::new()
        .route("/", get(pages::home::show))
        .route("/predictions", get(pages::predictions::list))
        .route("/accuracy", get(pages::accuracy::show))
        .route("/model", get(pages::model::show))
        .route("/seasons", get(pages::seasons::list))
        .route("/seasons/{year}", get(pages::seasons::show))
        .route("/seasons/{year}/races", get(pages::seasons::show))
        .route("/seasons/{year}/outlook", get(pages::outlook::show))
        .route("/seasons/{year}/races/{round}", get(pages::races::show))
        .route(
            "/seasons/{year}/races/{round}/prediction",
            get(pages::predictions::show),
        )
        .route(
            "/seasons/{year}/races/{round}/sprint-prediction",
            get(pages::predictions::show_sprint),
        )
        .route(
            "/seasons/{year}/standings/drivers",
            get(pages::standings::drivers),
        )
        .route(
            "/seasons/{year}/standings/teams",
            get(pages::standings::teams),
        )
        .route("/drivers", get(pages::drivers::list))
        .route("/drivers/{key}", get(pages::drivers::show))
        .route("/teams", get(pages::teams::list))
        .route("/teams/{key}", get(pages::teams::show))
        .route("/data", get(pages::data::show))
        .route("/status", get(pages::status::show))
        .route("/assets/{name}", get(assets::serve))
        .fallback(async || error::Error::NotFound { near: Vec::new() })
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
