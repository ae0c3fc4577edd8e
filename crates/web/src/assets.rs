//! The stylesheet and the icon, compiled into the binary; the stylesheet's address contains a hash of it.

use std::sync::LazyLock;

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest as _, Sha256};

use crate::extract::Path;

const STYLE: &str = include_str!("../assets/style.css");
const ICON: &str = include_str!("../assets/icon.svg");
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

static STYLESHEET_PATH: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest(STYLE.as_bytes());
    let hash = digest
        .iter()
        .take(6)
        .fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
    format!("/assets/style-{hash:012x}.css")
});

/// The address of the stylesheet.
pub(crate) fn stylesheet_path() -> &'static str {
    &STYLESHEET_PATH
}

/// `GET /assets/{name}`
pub(crate) async fn serve(Path(name): Path<String>) -> Response {
    let kept = |kind: &'static str, age: &'static str, text: &'static str| {
        (
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, age)],
            text,
        )
            .into_response()
    };
    match name.as_str() {
        "icon.svg" => kept("image/svg+xml", "public, max-age=86400", ICON),
        _ if Some(name.as_str()) == stylesheet_path().strip_prefix("/assets/") => {
            kept("text/css; charset=utf-8", IMMUTABLE, STYLE)
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
