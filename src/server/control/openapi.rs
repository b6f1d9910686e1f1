//! `/api/v1/openapi.json`: what the HTTP API is, for programs. Made of the tables that the routers are made of.

use super::api::table;
use super::{accounts, api};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::OnceLock;

/// Where it is.
pub const PATH: &str = "/api/v1/openapi.json";

/// The document, as it is served and as `docs/openapi.json` has it.
pub fn document() -> String {
    let abouts = table::abouts(api::routes())
        .chain(table::abouts(accounts::routes()))
        .chain(table::abouts(crate::server::operations::routes()));
    let mut text = serde_json::to_string_pretty(&table::document(abouts)).unwrap_or_default();
    text.push('\n');
    text
}

/// Serves it.
pub(super) async fn serve() -> Response {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.get_or_init(document).as_str()).into_response()
}
