//! What is answered, for either door to hand out.

use std::ops::ControlFlow;
use std::time::Duration;

use serde::Serialize;

use crate::problem::{Answer, Problem};

/// An answer, and what is left to do behind it.
pub struct Reply {
    /// As HTTP has it.
    pub status: u16,
    /// Names in lower case, and what they say.
    pub headers: Vec<(&'static str, String)>,
    /// What is handed out.
    pub body: ReplyBody,
    /// Work that goes on when the answer is out.
    pub rest: Option<Rest>,
}

/// The body of an answer.
pub enum ReplyBody {
    /// All of it.
    Whole(Vec<u8>),
    /// It is made while it is read.
    Pieces(Box<dyn Pieces>),
}

/// Work in steps; to be called until it breaks.
pub type Rest = Box<dyn FnMut() -> ControlFlow<()> + Send>;

/// A body that is made while it is read.
pub trait Pieces: Send {
    /// The next piece; where there is none yet, waits so long for it, and not at all for no time.
    fn next(&mut self, patience: Duration) -> Piecemeal;
}

/// How reading piece by piece goes on.
#[derive(Debug, PartialEq, Eq)]
pub enum Piecemeal {
    /// The next piece.
    Bytes(Vec<u8>),
    /// It is not there yet.
    Later,
    /// There is no other.
    End,
}

impl Reply {
    fn new(status: u16, kind: Option<&str>, body: ReplyBody) -> Self {
        let headers = kind.map(|kind| ("content-type", kind.to_owned())).into_iter().collect();
        Self { status, headers, body, rest: None }
    }

    pub(crate) fn json(value: &impl Serialize) -> Answer<Self> {
        let bytes = serde_json::to_vec(value).map_err(Problem::ours)?;
        Ok(Self::new(200, Some("application/json"), ReplyBody::Whole(bytes)))
    }

    pub(crate) fn bytes(kind: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(200, Some(kind), ReplyBody::Whole(bytes.into()))
    }

    pub(crate) fn pieces(kind: &str, pieces: impl Pieces + 'static) -> Self {
        Self::new(200, Some(kind), ReplyBody::Pieces(Box::new(pieces)))
    }

    /// It is done, and there is nothing to say of it.
    pub(crate) fn nothing() -> Self {
        Self::new(204, None, ReplyBody::Whole(Vec::new()))
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    pub(crate) fn then(self, rest: Rest) -> Self {
        Self { rest: Some(rest), ..self }
    }
}

/// What the page reads of a refusal.
#[derive(Serialize)]
struct ProblemBody {
    error: String,
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        let body = serde_json::to_vec(&ProblemBody { error: problem.to_string() }).unwrap_or_default();
        Self::new(problem.status(), Some("application/json"), ReplyBody::Whole(body))
    }
}
