//! What can be wrong with a file.

/// Why bytes gave no music, cut by what the caller can do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are of another format: try the next reader.
    #[error("this is not {0}")]
    NotThisFormat(&'static str),
    /// The file is damaged at a place: nothing can be read from it.
    #[error("{place}: {what}")]
    Malformed {
        /// Where: a byte, a line, a bar and beat.
        place: String,
        /// What is wrong there, and what was expected.
        what: String,
    },
    /// The file is sound, but holds something that is not read here.
    #[error("{place}: {what} is not supported; {hint}")]
    Unsupported {
        /// Where.
        place: String,
        /// What was found.
        what: String,
        /// The way out.
        hint: &'static str,
    },
}
