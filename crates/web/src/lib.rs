//! Server-rendered pages over the API. [`app`] is the only constructor.

use axum::Router;
use client::Client;

/// The site over the API that `client` speaks to.
pub fn app(client: Client) -> Router {
    Router::new().with_state(client)
}
