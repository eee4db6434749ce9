//! What can be wrong with a file.

use crate::Location;

/// Why bytes gave no music, cut by what the caller can do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are of another format: try the next reader.
    #[error("this is not {0}")]
    NotThisFormat(&'static str),
    /// The file is damaged at a place: nothing can be read from it.
    #[error("{place}: {what}")]
    Malformed {
        /// Where.
        place: Location,
        /// What is wrong there, and what was expected.
        what: String,
    },
    /// The file is sound, but holds something that is not read here.
    #[error("{place}: {what} is not supported; {hint}")]
    Unsupported {
        /// Where.
        place: Location,
        /// What was found.
        what: String,
        /// The way out.
        hint: &'static str,
    },
}

impl Error {
    /// Damage at a place.
    pub(crate) fn malformed(place: Location, what: impl ToString) -> Self {
        Self::Malformed { place, what: what.to_string() }
    }

    /// Damage in a part of the file that has a name, such as what the types of music refuse.
    pub(crate) fn in_part<E: ToString>(name: &str) -> impl Fn(E) -> Self + Copy {
        move |what| Self::malformed(Location::part(name), what)
    }
}
