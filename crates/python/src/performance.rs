//! Performances: what MIDI files hold.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use sideman_formats::{Warned, midi};
use sideman_music::{Performance, Time};
use sideman_session::Source;

use crate::columns::{Columns, beats, seconds};
use crate::error::raised;

/// Parts of timed notes.
#[pyclass(name = "Performance", module = "sideman._sideman", frozen)]
pub(crate) struct PyPerformance {
    pub(crate) song: Performance,
    warnings: Vec<String>,
}

impl PyPerformance {
    pub(crate) fn new(song: Performance) -> Self {
        Self { song, warnings: Vec::new() }
    }
}

#[pymethods]
impl PyPerformance {
    #[staticmethod]
    fn read(py: Python<'_>, data: &[u8], name: &str) -> PyResult<Self> {
        let Warned { value, warnings } = py.detach(|| Source::read(data, name)).map_err(raised)?;
        let song = value.performance().map_err(|error| raised(error.of(name)))?;
        Ok(Self { song, warnings: warnings.iter().map(ToString::to_string).collect() })
    }

    #[getter]
    fn title(&self) -> &str {
        &self.song.title
    }

    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    /// Seconds from its start to the end of its last event.
    #[getter]
    fn duration(&self) -> f64 {
        seconds(&self.song.tempos, self.song.end())
    }

    /// Name, channel and program of each track.
    fn tracks(&self) -> Vec<(String, u8, Option<u8>)> {
        self.song.tracks.iter().map(|t| (t.name.clone(), t.channel, t.program())).collect()
    }

    /// Onset in quarter notes and quarter notes a minute of each change of tempo.
    fn tempos(&self) -> Vec<(f64, f64)> {
        let bpm = |micros: u32| 60e6 / f64::from(micros);
        let changes = self.song.tempos.changes().iter();
        changes.map(|&(at, tempo)| (beats(at - Time::ZERO), bpm(tempo.micros()))).collect()
    }

    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let tempos = &self.song.tempos;
        let tracks = self.song.tracks.iter().enumerate();
        let mut notes: Vec<_> = tracks.flat_map(|(i, t)| t.notes().map(move |n| (n, t.channel, i))).collect();
        notes.sort_by_key(|&((onset, _, pitch, _), _, track)| (onset, track, pitch.number()));
        let sounds = || notes.iter().map(|&(note, ..)| note);
        Columns::new(py)
            .floats("onset_beat", sounds().map(|(onset, ..)| beats(onset - Time::ZERO)))?
            .floats("duration_beat", sounds().map(|(_, duration, ..)| beats(duration)))?
            .floats("onset_sec", sounds().map(|(onset, ..)| seconds(tempos, onset)))?
            .floats(
                "duration_sec",
                sounds().map(|(on, length, ..)| tempos.clock(on, on + length).as_secs_f64()),
            )?
            .integers("pitch", sounds().map(|(_, _, pitch, _)| pitch.number().into()))?
            .integers("velocity", sounds().map(|(.., velocity)| velocity.into()))?
            .integers("channel", notes.iter().map(|&(_, channel, _)| channel.into()))?
            .integers("track", notes.iter().map(|&(.., track)| track as i32))
            .map(Columns::done)
    }

    fn midi<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &midi::write(&self.song))
    }
}
