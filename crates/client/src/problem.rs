//! Errors as RFC 9457 `application/problem+json`.

use serde::{Deserialize, Serialize};

/// An error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The type of problem as a URI; `about:blank` if the status is the type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The type in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// A description of this occurrence.
    pub detail: String,
    /// The id of the request in the server's log.
    pub request_id: Option<String>,
}
