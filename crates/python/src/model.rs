//! Who improvises.

use std::collections::BTreeMap;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sideman_improv::line::LineModel;
use sideman_session::learn::Precision;
use sideman_session::{Soloist, Source, Take};

use crate::chart::PyChart;
use crate::error::raised;
use crate::take::PyTake;
use crate::watch::waited;
use crate::wishes::Keywords;

/// A player, the classic, or rules.
#[pyclass(name = "Model", module = "sideman._sideman", frozen)]
pub(crate) struct PyModel(pub(crate) Arc<Soloist>);

impl PyModel {
    pub(crate) fn new(soloist: Soloist) -> Self {
        Self(Arc::new(soloist))
    }

    /// The network that knows the chart.
    pub(crate) fn line(&self) -> PyResult<&LineModel> {
        match &*self.0 {
            Soloist::Player(player) => Ok(player.model()),
            Soloist::Classic(_) => {
                Err(raised("this is a classic model; give one of the line recipe, or none"))
            }
            Soloist::Grammar(_) => {
                Err(raised("these are rules and no model; give one of the line recipe, or none"))
            }
        }
    }
}

#[pymethods]
impl PyModel {
    #[staticmethod]
    fn shipped(py: Python<'_>) -> PyResult<Self> {
        py.detach(Soloist::shipped).map(Self::new).map_err(raised)
    }

    #[staticmethod]
    fn read(py: Python<'_>, data: &[u8], name: &str) -> PyResult<Self> {
        let source = py.detach(|| Source::read(data, name)).map_err(raised)?.value;
        let model = source.model().map_err(|error| raised(error.of(name)))?;
        Ok(Self::new(model.into()))
    }

    #[staticmethod]
    fn grammar(text: &str) -> PyResult<Self> {
        Soloist::grammar(text).map(Self::new).map_err(raised)
    }

    #[staticmethod]
    fn rules(style: &str) -> Self {
        Self::new(Soloist::rules(style))
    }

    #[getter]
    fn name(&self) -> String {
        self.0.name()
    }

    #[getter]
    fn recipe(&self) -> &'static str {
        match &*self.0 {
            Soloist::Player(_) => "line",
            Soloist::Classic(_) => "classic",
            Soloist::Grammar(_) => "grammar",
        }
    }

    /// What the model says of itself.
    #[getter]
    fn remarks(&self) -> BTreeMap<String, String> {
        match &*self.0 {
            Soloist::Player(player) => player.model().remarks.clone(),
            Soloist::Classic(player) => player.metadata().clone(),
            Soloist::Grammar(_) => BTreeMap::new(),
        }
    }

    /// Name, values at each step and parameters of each layer.
    fn layers(&self) -> Vec<(String, usize, usize)> {
        let table = match &*self.0 {
            Soloist::Player(player) => player.model().network.table(),
            Soloist::Classic(player) => player.layers(),
            Soloist::Grammar(_) => Vec::new(),
        };
        table.into_iter().map(|layer| (layer.name, layer.output, layer.parameters)).collect()
    }

    fn data<'py>(&self, py: Python<'py>, half: bool) -> PyResult<Bound<'py, PyBytes>> {
        let precision = if half { Precision::Half } else { Precision::Single };
        let bytes = match &*self.0 {
            Soloist::Player(player) => player.model().to_bytes(precision),
            Soloist::Classic(player) => player.to_bytes(),
            Soloist::Grammar(_) => return Err(raised("rules have no weights; keep their text")),
        };
        Ok(PyBytes::new(py, &bytes.map_err(raised)?))
    }

    fn improvise(&self, py: Python<'_>, chart: &PyChart, seed: u64, wishes: Keywords) -> PyResult<PyTake> {
        let (request, band) = (wishes.request()?, wishes.band(&chart.sheet)?);
        let (soloist, sheet) = (Arc::clone(&self.0), chart.sheet.clone());
        let take = waited(py, move || Take::new(&soloist, &sheet, &request, &band, seed))?;
        Ok(PyTake::new(take, Arc::clone(&self.0)))
    }
}
