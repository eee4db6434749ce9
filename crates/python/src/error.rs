//! What is raised: the words of the other doors.

use pyo3::exceptions::PyValueError;
use pyo3::{PyErr, create_exception};

create_exception!(
    sideman,
    Error,
    PyValueError,
    "What could not be done: what is wrong, where, and what to do next, in the words of the program."
);

/// Raises what went wrong.
pub(crate) fn raised(error: impl std::fmt::Display) -> PyErr {
    Error::new_err(error.to_string())
}
