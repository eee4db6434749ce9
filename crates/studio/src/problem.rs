//! What is answered when something cannot be done.

use std::fmt;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why not: a status and words for the page.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    words: String,
}

/// What the page reads.
#[derive(Serialize)]
struct ProblemBody {
    error: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// What most handlers give.
pub(crate) type Answer<T> = Result<T, Problem>;

impl Problem {
    pub(crate) fn new(status: StatusCode, words: impl ToString) -> Self {
        Self { status, words: words.to_string() }
    }

    /// What was asked cannot be meant, or cannot be done.
    pub(crate) fn asked(words: impl ToString) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, words)
    }

    /// There is no such thing here.
    pub(crate) fn missing(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }

    /// Something of our own went wrong.
    pub(crate) fn ours(words: impl ToString) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, words)
    }
}

impl From<sideman_session::Error> for Problem {
    fn from(error: sideman_session::Error) -> Self {
        Self::asked(error)
    }
}

impl From<sideman_music::Error> for Problem {
    fn from(error: sideman_music::Error) -> Self {
        Self::asked(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(ProblemBody { error: self.words })).into_response()
    }
}
