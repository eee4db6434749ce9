//! Charts.

use pyo3::prelude::*;
use sideman_formats::Warned;
use sideman_music::{Chord, Key, Score, Sheet, Tempo, Time};
use sideman_session::pages::PageFormat;
use sideman_session::{Pages, Source};

use crate::bounds::within;
use crate::columns::beats;
use crate::error::raised;

/// Bars of chords.
#[pyclass(name = "Chart", module = "sideman._sideman", frozen)]
pub(crate) struct PyChart {
    pub(crate) sheet: Sheet,
    warnings: Vec<String>,
}

impl PyChart {
    pub(crate) fn new(sheet: Sheet) -> Self {
        Self { sheet, warnings: Vec::new() }
    }

    fn of(read: Warned<Source>, tune: Option<&str>) -> PyResult<Self> {
        let Warned { value, warnings } = read;
        let chosen = match tune {
            Some(tune) => value.chosen(tune).map_err(raised)?,
            None => value,
        };
        let sheet = chosen.chart().map_err(raised)?;
        Ok(Self { sheet, warnings: warnings.iter().map(ToString::to_string).collect() })
    }
}

#[pymethods]
impl PyChart {
    #[staticmethod]
    #[pyo3(signature = (text, tune=None))]
    fn typed(text: &str, tune: Option<&str>) -> PyResult<Self> {
        Self::of(Source::typed(text).map_err(raised)?, tune)
    }

    #[staticmethod]
    #[pyo3(signature = (data, name, tune=None))]
    fn read(py: Python<'_>, data: &[u8], name: &str, tune: Option<&str>) -> PyResult<Self> {
        Self::of(py.detach(|| Source::read(data, name)).map_err(raised)?, tune)
    }

    #[staticmethod]
    fn blues() -> PyResult<Self> {
        Ok(Self::new(Source::blues().and_then(Source::chart).map_err(raised)?))
    }

    #[getter]
    fn title(&self) -> &str {
        self.sheet.title()
    }

    #[getter]
    fn composer(&self) -> &str {
        self.sheet.composer()
    }

    #[getter]
    fn style(&self) -> &str {
        self.sheet.style()
    }

    #[getter]
    fn key(&self) -> Option<String> {
        self.sheet.key().map(|key| key.to_string())
    }

    #[getter]
    fn tempo(&self) -> Option<u32> {
        self.sheet.tempo().map(Tempo::to_bpm)
    }

    #[getter]
    fn meter(&self) -> String {
        self.sheet.meter_at(Time::ZERO).to_string()
    }

    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn __len__(&self) -> usize {
        self.sheet.bars().len()
    }

    /// Onset in quarter notes and symbol, `None` where nothing sounds.
    fn chords(&self) -> Vec<(f64, Option<String>)> {
        let change = |&(at, chord): &(Time, Option<Chord>)| {
            (beats(at - Time::ZERO), chord.map(|chord| chord.to_string()))
        };
        self.sheet.chords().iter().map(change).collect()
    }

    #[pyo3(signature = (key=None, tempo=None))]
    fn varied(&self, key: Option<&str>, tempo: Option<u16>) -> PyResult<Self> {
        let key: Option<Key> = key.map(str::parse).transpose().map_err(raised)?;
        let tempo = within("tempo", tempo, 20..=400)?;
        let sheet = key.map_or_else(|| self.sheet.clone(), |key| self.sheet.in_key(key));
        let tempo = tempo.map(Tempo::bpm).or(sheet.tempo());
        Ok(Self { sheet: sheet.with_tempo(tempo), warnings: self.warnings.clone() })
    }

    fn __str__(&self) -> String {
        self.sheet.to_string()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.sheet == other.sheet
    }

    fn page(&self, py: Python<'_>, format: &str, part: &str) -> PyResult<Vec<u8>> {
        let pages = Pages { score: Score::new(self.sheet.clone(), Vec::new()), remarks: Vec::new() };
        py.detach(|| written(&pages, format, part))
    }
}

/// Pages in the form that the ending of a file asks for, for instruments in a key.
pub(crate) fn written(pages: &Pages, ending: &str, part: &str) -> PyResult<Vec<u8>> {
    let format = PageFormat::of_ending(ending)
        .ok_or_else(|| raised(format!("{ending} is no form of a score; write svg, pdf or musicxml")))?;
    Ok(pages.written(format, part.parse().map_err(raised)?).map_err(raised)?.value)
}
