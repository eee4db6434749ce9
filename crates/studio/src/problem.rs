//! What is answered when something cannot be done.

use std::fmt;

/// Why not: a status and words for the page.
#[derive(Debug)]
pub(crate) struct Problem {
    status: u16,
    words: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// What most calls give.
pub(crate) type Answer<T> = Result<T, Problem>;

impl Problem {
    /// The status of what cannot be read.
    pub(crate) const UNREADABLE: u16 = 400;
    /// The status of what is not there.
    pub(crate) const MISSING: u16 = 404;
    /// The status of another method than one that a path has.
    pub(crate) const NO_SUCH_METHOD: u16 = 405;
    const ASKED: u16 = 422;
    const OURS: u16 = 500;

    /// A status of HTTP, and words.
    pub(crate) fn new(status: u16, words: impl ToString) -> Self {
        Self { status, words: words.to_string() }
    }

    /// What was asked cannot be meant, or cannot be done.
    pub(crate) fn asked(words: impl ToString) -> Self {
        Self::new(Self::ASKED, words)
    }

    /// There is no such thing here.
    pub(crate) fn missing(what: &str) -> Self {
        Self::new(Self::MISSING, format!("there is no such {what}"))
    }

    /// Something of our own went wrong.
    pub(crate) fn ours(words: impl ToString) -> Self {
        Self::new(Self::OURS, words)
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
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
