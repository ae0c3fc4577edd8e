//! Read-only JSON over PostgreSQL. [`app`] builds the router; every endpoint is a line of [`routes`].

use std::sync::Arc;

use axum::{Router, extract::FromRef, http::Uri};
use schema::Clock;
use sqlx::PgPool;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

mod accuracy;
mod cache;
mod corrections;
mod drivers;
mod entrants;
mod error;
mod extract;
mod model;
mod params;
mod predictions;
mod races;
mod seasons;
mod sessions;
mod standings;
mod status;
mod teams;
mod title_odds;

pub use error::Error;

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

#[derive(OpenApi)]
#[openapi(info(
    title = "Parc Fermé",
    description = "Formula 1 results and forecasts. Data: F1DB (CC BY 4.0), Jolpica-F1 (CC BY-NC-SA 4.0), OpenF1. \
                   Not affiliated with Formula 1."
))]
struct Documentation;

/// The API over `pool`.
pub fn app(pool: PgPool, clock: Clock) -> Router {
    let (router, document) = routes().split_for_parts();
    let document: Arc<str> = document.to_pretty_json().unwrap_or_default().into();
    router
        .route(
            "/openapi.json",
            axum::routing::get(async move || cache::json_text(&document)),
        )
        .fallback(async |uri: Uri| {
            Error::not_found(format!("nothing is at {}", error::shown(uri.path())))
        })
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .with_state(AppState { pool, clock })
        .layer(axum::middleware::from_fn(cache::validate))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(axum::middleware::from_fn(error::name_request))
        .layer(TraceLayer::new_for_http().make_span_with(error::span))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

/// The `OpenAPI` 3.1 document, pretty-printed.
#[must_use]
pub fn openapi() -> String {
    routes()
        .split_for_parts()
        .1
        .to_pretty_json()
        .unwrap_or_default()
}

fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Documentation::openapi())
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
