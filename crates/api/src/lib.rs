//! Read-only JSON over PostgreSQL. [`app`] builds the router; every endpoint is a line of [`routes`].

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::FromRef,
    http::{HeaderName, HeaderValue, Method, Uri, header},
    middleware::{from_fn, from_fn_with_state, map_request, map_response},
};
use schema::Clock;
use sqlx::PgPool;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{Any, CorsLayer},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

mod accuracy;
mod aliases;
mod cache;
mod corrections;
mod data_version;
mod document;
mod drivers;
mod entrants;
mod error;
mod extract;
mod model;
mod params;
mod predictions;
mod races;
mod request;
mod seasons;
mod sessions;
mod standings;
mod status;
mod teams;
mod title_odds;

pub use error::Error;

use data_version::DataVersion;
use request::QueryParameters;

/// The state shared by all handlers.
#[derive(Clone)]
pub struct AppState {
    pool: PgPool,
    clock: Clock,
}

impl FromRef<AppState> for PgPool {
    fn from_ref(state: &AppState) -> Self {
        state.pool.clone()
    }
}

impl FromRef<AppState> for Clock {
    fn from_ref(state: &AppState) -> Self {
        state.clock
    }
}

/// The API over `pool`.
pub fn app(pool: PgPool, clock: Clock) -> Router {
    let (router, document) = routes().split_for_parts();
    let document = document::complete(document);
    let parameters = QueryParameters::of(&document);
    let text: Arc<str> = document.to_pretty_json().unwrap_or_default().into();
    let data = DataVersion::new(pool.clone());
    let state = AppState { pool, clock };
    let routed = router
        .route(
            "/openapi.json",
            axum::routing::get(async move || cache::json_text(&text)),
        )
        .route_layer(from_fn_with_state(parameters, request::refuse_unknown))
        .route_layer(from_fn(error::name_route))
        .fallback(async |uri: Uri| {
            Error::not_found(format!("nothing is at {}", error::shown(uri.path())))
        })
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .with_state(state.clone())
        .layer(from_fn(cache::validate))
        .layer(map_response(cache::mark_status))
        .layer(CompressionLayer::new())
        .layer(map_response(cache::accept_uncompressed));
    Router::new()
        .fallback_service(routed)
        .layer(from_fn_with_state(state, aliases::resolve))
        .layer(from_fn(request::refuse_oversized))
        .layer(from_fn_with_state(data, data_version::name))
        .layer(from_any_site())
        .layer(from_fn(request::answer_options))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(from_fn(error::name_request))
        .layer(TraceLayer::new_for_http().make_span_with(error::span))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(map_request(request::drop_odd_id))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
}

/// CORS: every site may read, and sees the headers that a client needs.
fn from_any_site() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers(Any)
        .expose_headers([
            header::CONTENT_LOCATION,
            header::ETAG,
            header::LINK,
            header::RETRY_AFTER,
            HeaderName::from_static(data_version::NAME),
            HeaderName::from_static(request::ID),
            HeaderName::from_static("ratelimit"),
            HeaderName::from_static("ratelimit-policy"),
        ])
        .max_age(Duration::from_hours(24))
        .vary([])
}

/// The `OpenAPI` 3.1 document, pretty-printed.
#[must_use]
pub fn openapi() -> String {
    let (_, document) = routes().split_for_parts();
    document::complete(document)
        .to_pretty_json()
        .unwrap_or_default()
}

fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(document::Head::openapi())
        .routes(routes!(seasons::list))
        .routes(routes!(races::list))
        .routes(routes!(races::show))
        .routes(routes!(sessions::results))
        .routes(routes!(sessions::sprint))
        .routes(routes!(sessions::qualifying))
        .routes(routes!(sessions::sprint_qualifying))
        .routes(routes!(sessions::grid))
        .routes(routes!(sessions::sprint_grid))
        .routes(routes!(sessions::practice))
        .routes(routes!(sessions::pit_stops))
        .routes(routes!(corrections::show))
        .routes(routes!(predictions::show))
        .routes(routes!(predictions::show_sprint))
        .routes(routes!(predictions::upcoming))
        .routes(routes!(predictions::history::show))
        .routes(routes!(predictions::history::show_sprint))
        .routes(routes!(predictions::season::list))
        .routes(routes!(accuracy::show))
        .routes(routes!(model::show))
        .routes(routes!(standings::drivers))
        .routes(routes!(standings::teams))
        .routes(routes!(title_odds::show))
        .routes(routes!(drivers::list))
        .routes(routes!(drivers::show))
        .routes(routes!(teams::list))
        .routes(routes!(teams::show))
        .routes(routes!(status::show))
        .routes(routes!(status::summary))
        .routes(routes!(status::live))
        .routes(routes!(status::ready))
}
