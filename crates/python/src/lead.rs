//! Melodies with the chart under them.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use sideman_corpus::role::{Role, roles};
use sideman_formats::Warned;
use sideman_music::{Duration, Note, Pitch, Sheet, Solo, TempoMap, Time, Track};
use sideman_session::{Lead, Source};

use crate::chart::PyChart;
use crate::columns::{Columns, beats, seconds};
use crate::error::raised;

/// A melody over its bars.
#[pyclass(name = "Lead", module = "sideman._sideman", frozen)]
pub(crate) struct PyLead {
    pub(crate) lead: Lead,
    warnings: Vec<String>,
}

#[pymethods]
impl PyLead {
    #[staticmethod]
    fn read(py: Python<'_>, data: &[u8], name: &str) -> PyResult<Self> {
        let read = || {
            let Warned { value: source, mut warnings } = Source::read(data, name)?;
            let Warned { value: lead, warnings: more } = Lead::read(source, name)?;
            warnings.extend(more);
            Ok::<_, sideman_session::Error>((lead, warnings))
        };
        let (lead, warnings) = py.detach(read).map_err(raised)?;
        Ok(Self { lead, warnings: warnings.iter().map(ToString::to_string).collect() })
    }

    #[getter]
    fn chart(&self) -> PyChart {
        PyChart::new(self.lead.sheet.clone())
    }

    #[getter]
    fn instrument(&self) -> String {
        self.lead.solo.instrument().to_string()
    }

    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        solo_columns(py, &self.lead.sheet, &self.lead.solo, &[])
    }
}

/// When and how loud a note of a solo sounds.
#[derive(Clone, Copy)]
pub(crate) struct NoteSound {
    /// Seconds from the start.
    pub(crate) onset: f64,
    /// Seconds.
    pub(crate) duration: f64,
    pub(crate) velocity: u8,
}

/// The notes of a solo over its sheet, one row for each pitch, beside how they are played; where that is not told, at
/// the sheet's tempo.
pub(crate) fn solo_columns<'py>(
    py: Python<'py>,
    sheet: &Sheet,
    solo: &Solo,
    played: &[NoteSound],
) -> PyResult<Bound<'py, PyDict>> {
    let roles = roles(sheet, solo);
    let notes = solo.notes().iter().zip(roles).enumerate();
    let rows: Vec<(usize, &Note, Pitch, Option<Role>)> = notes
        .flat_map(|(i, (note, role))| {
            note.pitches.as_slice().iter().map(move |&pitch| (i, note, pitch, role))
        })
        .collect();
    let tempos = TempoMap::constant(sheet.tempo().unwrap_or_default());
    let written = Track::as_written(solo);
    let written = rows.iter().zip(written.notes()).map(|((_, note, ..), sound)| (note, sound.3));
    let sounds: Vec<NoteSound> = match played.len() == rows.len() {
        true => played.to_vec(),
        false => written.map(|(note, velocity)| NoteSound::of(note, velocity, &tempos)).collect(),
    };
    let chord = |note: &Note| sheet.chord_at(note.onset).map(|chord| chord.to_string()).unwrap_or_default();
    Columns::new(py)
        .floats("onset_beat", rows.iter().map(|(_, note, ..)| beats(note.onset - Time::ZERO)))?
        .floats("duration_beat", rows.iter().map(|(_, note, ..)| beats(note.duration)))?
        .floats("onset_sec", sounds.iter().map(|sound| sound.onset))?
        .floats("duration_sec", sounds.iter().map(|sound| sound.duration))?
        .integers("pitch", rows.iter().map(|(_, _, pitch, _)| pitch.number().into()))?
        .integers("velocity", sounds.iter().map(|sound| sound.velocity.into()))?
        .words("chord", rows.iter().map(|(_, note, ..)| chord(note)))?
        .words("role", rows.iter().map(|(.., role)| role.map_or("", Role::name).to_owned()))?
        .integers("note", rows.iter().map(|&(i, ..)| i as i32))
        .map(Columns::done)
}

impl NoteSound {
    fn of(note: &Note, velocity: u8, tempos: &TempoMap) -> Self {
        let onset = note.onset + note.delay.unwrap_or(Duration::ZERO);
        let duration = tempos.at(Time::ZERO).clock(note.duration).as_secs_f64();
        Self { onset: seconds(tempos, onset), duration, velocity }
    }
}
