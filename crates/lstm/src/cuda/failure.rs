//! Errors of the libraries.

use std::fmt::Display;

use crate::Error;

/// An error of one of the libraries.
pub(super) fn failed<E: Display>(what: &str) -> impl FnOnce(E) -> Error + '_ {
    move |e| Error::device(format!("{what}: {e}"))
}
