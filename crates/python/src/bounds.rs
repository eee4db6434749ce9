//! Numbers within their bounds, which are those of the other doors.

use std::fmt::Display;
use std::ops::RangeInclusive;

use pyo3::prelude::*;
use sideman_music::Duration;

use crate::error::raised;

/// A number within its bounds.
pub(crate) fn within<T: PartialOrd + Display>(
    name: &str,
    number: Option<T>,
    bounds: RangeInclusive<T>,
) -> PyResult<Option<T>> {
    match number {
        Some(number) if !bounds.contains(&number) => {
            Err(raised(format!("{name} is {number}; it goes from {} to {}", bounds.start(), bounds.end())))
        }
        number => Ok(number),
    }
}

/// A number above 0.
pub(crate) fn above_nought(name: &str, number: Option<f32>, most: f32) -> PyResult<Option<f32>> {
    match number {
        Some(number) if !(number > 0.0 && number <= most) => {
            Err(raised(format!("{name} is {number}; it is above 0, at most {most}")))
        }
        number => Ok(number),
    }
}

/// A length in quarter notes.
pub(crate) fn quarters(name: &str, quarters: f64) -> PyResult<Duration> {
    within(name, Some(quarters), 0.5..=64.0)?;
    Ok(Duration::quarters((quarters * 24.0).round() as i64, 24))
}
