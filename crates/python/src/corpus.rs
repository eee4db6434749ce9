//! Corpora.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator};
use sideman_corpus::Piece;
use sideman_corpus::import::ImportOptions;
use sideman_corpus::library::{FileRecord, Library, NamedBytes, Summary};
use sideman_session::{Error, Watch, WorkEvent, corpus};

use crate::chart::PyChart;
use crate::error::raised;
use crate::watch::watched;

/// Pieces to learn from.
#[pyclass(name = "Corpus", module = "sideman._sideman", frozen)]
pub(crate) struct PyCorpus(pub(crate) Arc<Library>);

impl PyCorpus {
    fn new(library: Library) -> Self {
        Self(Arc::new(library))
    }
}

/// Names and bytes, or in their place words that say why there are none, one by one from Python.
struct Files(Py<PyIterator>);

impl Files {
    fn named(&self, py: Python<'_>) -> Option<PyResult<NamedBytes>> {
        let item = self.0.bind(py).clone().next()?;
        Some(item.and_then(|item| {
            let (name, held): (String, Bound<'_, PyAny>) = item.extract()?;
            let bytes = match held.extract::<Vec<u8>>() {
                Ok(bytes) if held.is_instance_of::<PyBytes>() => Ok(bytes),
                _ => Err(held.extract::<String>()?),
            };
            Ok(NamedBytes { name, bytes })
        }))
    }
}

impl Iterator for Files {
    type Item = NamedBytes;

    /// What Python raises here ends the files, and is raised where its interrupts are looked for.
    fn next(&mut self) -> Option<NamedBytes> {
        Python::attach(|py| match self.named(py)? {
            Ok(file) => Some(file),
            Err(error) => {
                error.restore(py);
                None
            }
        })
    }
}

#[pymethods]
impl PyCorpus {
    #[staticmethod]
    fn built_in() -> Self {
        Self::new(corpus::built_in())
    }

    /// Gathers files; `progress` is called with the number of those that are read.
    #[staticmethod]
    fn gather(py: Python<'_>, files: Py<PyIterator>, progress: Py<PyAny>) -> PyResult<Self> {
        let tell = |py: Python<'_>, event: &WorkEvent<'_>| {
            let WorkEvent::Reading(at) = event else { return Ok(true) };
            progress.call1(py, (at.sources,))?;
            Ok(true)
        };
        let gather = |watch: Watch<'_>| Ok::<_, Error>(corpus::gather(Files(files), watch));
        Ok(Self::new(watched(py, tell, gather)?))
    }

    /// The corpus with melody and chords of a MIDI file, and the words of what was taken and why.
    #[pyo3(signature = (data, name, melody, chords, bars, monophonic))]
    fn with_midi(
        &self,
        data: &[u8],
        name: &str,
        melody: Option<String>,
        chords: Option<String>,
        bars: Option<(usize, usize)>,
        monophonic: bool,
    ) -> PyResult<(Self, String)> {
        let bars = bars.map(|(first, last)| format!("{first}-{last}").parse()).transpose().map_err(raised)?;
        let options = ImportOptions { melody, chords, bars, monophonic };
        let mut library = Library::clone(&self.0);
        let words = match corpus::import(&mut library, data, name, &options) {
            Ok(report) => report.to_string(),
            Err(error) => format!("{name}: {error}"),
        };
        Ok((Self::new(library), words))
    }

    #[getter]
    fn report(&self) -> String {
        corpus::report(&self.0)
    }

    /// What is in it, as JSON.
    fn summary(&self) -> PyResult<String> {
        serde_json::to_string(&Summary::new(&self.0)).map_err(raised)
    }

    /// Name and reason of each file that was skipped.
    fn skipped(&self) -> Vec<(String, String)> {
        let reason = |file: &FileRecord| Some((file.name.clone(), file.skipped.clone()?));
        self.0.files.iter().filter_map(reason).collect()
    }

    /// Those pieces that pass every filter, such as `performer=Charlie Parker`.
    fn filtered(&self, filters: Vec<String>) -> PyResult<Self> {
        let filters =
            filters.iter().map(|filter| filter.parse().map_err(raised)).collect::<PyResult<Vec<_>>>()?;
        Ok(Self::new(self.0.filtered(&filters)))
    }

    fn __len__(&self) -> usize {
        self.0.pieces.len()
    }

    /// Id, title, performer and number of notes of each piece.
    fn pieces(&self) -> Vec<(String, String, String, usize)> {
        let notes = |piece: &Piece| piece.solo.as_ref().map_or(0, |solo| solo.notes().len());
        let row = |piece: &Piece| {
            let (title, performer) = (piece.sheet.title().to_owned(), piece.credits.performer.clone());
            (piece.id.clone(), title, performer, notes(piece))
        };
        self.0.pieces.iter().map(row).collect()
    }

    /// The chart of a piece.
    fn chart(&self, piece: usize) -> PyResult<PyChart> {
        let found = self.0.pieces.get(piece);
        found
            .map(|piece| PyChart::new(piece.sheet.clone()))
            .ok_or_else(|| raised(format!("there is no piece {piece}")))
    }

    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }
}
