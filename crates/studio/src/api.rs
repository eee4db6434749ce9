//! What the page can ask for: a file for each group of calls, with the types that go over the wire.

pub(crate) mod adapt;
pub(crate) mod charts;
pub(crate) mod files;
pub(crate) mod jobs;
pub(crate) mod judge;
pub(crate) mod learn;
pub(crate) mod lessons;
pub(crate) mod sound;
pub(crate) mod takes;
pub(crate) mod trades;

use axum::Json;
use serde::Serialize;

/// That the server is there.
#[derive(Serialize)]
pub(crate) struct Health {
    ok: bool,
    version: &'static str,
}

/// `GET /api/health`
pub(crate) async fn health() -> Json<Health> {
    Json(Health { ok: true, version: env!("CARGO_PKG_VERSION") })
}
