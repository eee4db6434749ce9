//! Takes: solos with their band, and all that is made from them.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict};
use sideman_band::audio::{Mix, Mixdown};
use sideman_band::synth::{Frame, SoundFont, SynthError};
use sideman_corpus::Piece;
use sideman_formats::midi;
use sideman_music::{Performance, Time};
use sideman_session::sound::{Recording, SoundFormat};
use sideman_session::{Error, Soloist, Take};

use crate::chart::{PyChart, written};
use crate::columns::seconds;
use crate::error::raised;
use crate::lead::{NoteSound, solo_columns};
use crate::performance::PyPerformance;
use crate::watch::waited;

/// Frames rendered at once.
const BLOCK: usize = 4096;

/// A solo with its band, played.
#[pyclass(name = "Take", module = "sideman._sideman", frozen)]
pub(crate) struct PyTake {
    take: Arc<Take>,
    soloist: Arc<Soloist>,
}

impl PyTake {
    pub(crate) fn new(take: Take, soloist: Arc<Soloist>) -> Self {
        Self { take: Arc::new(take), soloist }
    }

    /// The solo over its sheet, to be measured.
    pub(crate) fn piece(&self, id: &str) -> Piece {
        let (sheet, solo) = (self.take.sheet().clone(), Some(self.take.solo().clone()));
        Piece { id: id.to_owned(), sheet, solo, credits: Default::default() }
    }
}

#[pymethods]
impl PyTake {
    #[getter]
    fn chart(&self) -> PyChart {
        PyChart::new(self.take.sheet().clone())
    }

    #[getter]
    fn performance(&self) -> PyPerformance {
        PyPerformance::new(self.take.performance().clone())
    }

    #[getter]
    fn instrument(&self) -> String {
        self.take.solo().instrument().to_string()
    }

    #[getter]
    fn caption(&self) -> &str {
        self.take.caption()
    }

    #[getter]
    fn remarks(&self) -> Vec<(String, String)> {
        self.take.remarks().to_vec()
    }

    /// What it shares with what was learned from, as JSON.
    fn certificate(&self) -> PyResult<Option<String>> {
        self.take.certificate().map(serde_json::to_string).transpose().map_err(raised)
    }

    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (sheet, solo) = (self.take.sheet(), self.take.solo());
        solo_columns(py, sheet, solo, &sounding(self.take.performance()))
    }

    /// Nats of each note of the solo; nothing where it is no player that improvises.
    fn surprises(&self, py: Python<'_>) -> PyResult<Option<Vec<f64>>> {
        if self.soloist.player().is_err() {
            return Ok(None);
        }
        let (take, soloist) = (Arc::clone(&self.take), Arc::clone(&self.soloist));
        let explanation = waited(py, move || take.explanation(&soloist))?;
        Ok(Some(explanation.notes.iter().map(|note| note.rhythm_nats + note.pitch_nats).collect()))
    }

    /// Each note of the solo explained, as JSON.
    fn explanation(&self, py: Python<'_>) -> PyResult<String> {
        let (take, soloist) = (Arc::clone(&self.take), Arc::clone(&self.soloist));
        let explanation = waited(py, move || take.explanation(&soloist))?;
        serde_json::to_string(&explanation).map_err(raised)
    }

    fn midi<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &midi::write(self.take.performance()))
    }

    fn page(&self, py: Python<'_>, format: &str, part: &str) -> PyResult<Vec<u8>> {
        py.detach(|| written(self.take.pages(), format, part))
    }

    fn roll(&self) -> String {
        self.take.roll(None)
    }

    fn sound<'py>(
        &self,
        py: Python<'py>,
        format: &str,
        rate: u32,
        font: Option<Vec<u8>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let kind = SoundFormat::of_ending(format)
            .ok_or_else(|| raised(format!("{format} is no form of sound; write wav, flac or mp3")))?;
        let (take, mix) = (Arc::clone(&self.take), mix(rate)?);
        let bytes = waited(py, move || {
            let mut file = Cursor::new(Vec::new());
            let recording = Recording { mix, ..Recording::default() };
            let mut watch = |_: sideman_session::WorkEvent<'_>| ControlFlow::Continue(());
            take.record(&sound_font(font)?, &recording, vec![(kind, &mut file)], &mut watch)?;
            Ok::<_, Error>(file.into_inner())
        })?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Frames of two floats of four bytes.
    fn audio<'py>(
        &self,
        py: Python<'py>,
        rate: u32,
        font: Option<Vec<u8>>,
    ) -> PyResult<Bound<'py, PyByteArray>> {
        let (take, mix) = (Arc::clone(&self.take), mix(rate)?);
        let frames = waited(py, move || frames(take.performance(), &sound_font(font)?, &mix))?;
        let bytes: Vec<u8> = frames.iter().flatten().flat_map(|sample| sample.to_ne_bytes()).collect();
        Ok(PyByteArray::new(py, &bytes))
    }
}

fn mix(rate: u32) -> PyResult<Mix> {
    match rate {
        44_100 | 48_000 => Ok(Mix { rate, ..Mix::default() }),
        _ => Err(raised(format!("rate is {rate}; it is 44100 or 48000"))),
    }
}

fn sound_font(bytes: Option<Vec<u8>>) -> Result<SoundFont, SynthError> {
    bytes.map_or_else(|| Ok(SoundFont::built_in()), |bytes| SoundFont::read(&bytes))
}

fn frames(song: &Performance, font: &SoundFont, mix: &Mix) -> Result<Vec<Frame>, SynthError> {
    let mut mixdown = Mixdown::new(font, song, mix)?;
    let mut frames = Vec::with_capacity(mixdown.frames() as usize);
    let mut block = [[0.0; 2]; BLOCK];
    loop {
        match mixdown.fill(&mut block) {
            0 => return Ok(frames),
            count => frames.extend_from_slice(&block[..count]),
        }
    }
}

/// How the soloist, whose track is the first, is heard.
fn sounding(song: &Performance) -> Vec<NoteSound> {
    let tempos = &song.tempos;
    let notes = song.tracks.iter().take(1).flat_map(|track| track.notes());
    let sound = |(onset, duration, _, velocity): (Time, _, _, _)| NoteSound {
        onset: seconds(tempos, onset),
        duration: tempos.clock(onset, onset + duration).as_secs_f64(),
        velocity,
    };
    notes.map(sound).collect()
}
