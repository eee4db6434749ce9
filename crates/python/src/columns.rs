//! Notes as columns: what an array on the other side is made of.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use sideman_music::{Duration, TempoMap, Time};

/// Columns by name, each of which is bytes of numbers or a list.
pub(crate) struct Columns<'py>(Bound<'py, PyDict>);

impl<'py> Columns<'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        Self(PyDict::new(py))
    }

    /// A column of floats of eight bytes.
    pub(crate) fn floats(self, name: &str, values: impl Iterator<Item = f64>) -> PyResult<Self> {
        let bytes: Vec<u8> = values.flat_map(f64::to_ne_bytes).collect();
        let column = PyBytes::new(self.0.py(), &bytes);
        self.with(name, column)
    }

    /// A column of integers of four bytes.
    pub(crate) fn integers(self, name: &str, values: impl Iterator<Item = i32>) -> PyResult<Self> {
        let bytes: Vec<u8> = values.flat_map(i32::to_ne_bytes).collect();
        let column = PyBytes::new(self.0.py(), &bytes);
        self.with(name, column)
    }

    /// A column of words.
    pub(crate) fn words(self, name: &str, values: impl Iterator<Item = String>) -> PyResult<Self> {
        self.with(name, values.collect::<Vec<_>>())
    }

    pub(crate) fn done(self) -> Bound<'py, PyDict> {
        self.0
    }

    fn with(self, name: &str, column: impl IntoPyObject<'py>) -> PyResult<Self> {
        self.0.set_item(name, column)?;
        Ok(self)
    }
}

/// Quarter notes.
pub(crate) fn beats(duration: Duration) -> f64 {
    let (over, under) = duration.as_quarters();
    over as f64 / under as f64
}

/// Seconds from the start of a performance; before it, at its first tempo.
pub(crate) fn seconds(tempos: &TempoMap, time: Time) -> f64 {
    if time < Time::ZERO {
        return -tempos.at(Time::ZERO).clock(Time::ZERO - time).as_secs_f64();
    }
    tempos.clock(Time::ZERO, time).as_secs_f64()
}
