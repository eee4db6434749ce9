//! What can be wrong with a text that should be music.

/// A text that is not the music it should be: what, where, and what would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}{what} {found:?} is not known; {hint}")]
pub struct Error {
    place: String,
    what: &'static str,
    found: String,
    hint: &'static str,
}

impl Error {
    /// `found` is not a `what`; `hint` says what one looks like.
    pub fn new(what: &'static str, found: &str, hint: &'static str) -> Self {
        let found = found.chars().take(60).collect();
        Self { place: String::new(), what, found, hint }
    }

    /// The same complaint, at a place such as `bar 17`.
    #[must_use]
    pub fn at(mut self, place: impl std::fmt::Display) -> Self {
        self.place = format!("{place}: {}", self.place);
        self
    }
}
