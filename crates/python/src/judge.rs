//! How good solos and players are, as JSON.

use std::sync::Arc;

use pyo3::prelude::*;
use sideman_corpus::{Catalogue, Piece, Split};
use sideman_session::judge;

use crate::corpus::PyCorpus;
use crate::error::raised;
use crate::model::PyModel;
use crate::take::PyTake;
use crate::watch::waited;

/// A corpus, or takes.
#[derive(FromPyObject)]
pub(crate) enum Solos {
    Corpus(Py<PyCorpus>),
    Takes(Vec<Py<PyTake>>),
}

impl Solos {
    fn pieces(&self) -> Vec<Piece> {
        match self {
            Self::Corpus(corpus) => corpus.get().0.pieces.clone(),
            Self::Takes(takes) => {
                let piece = |(i, take): (usize, &Py<PyTake>)| take.get().piece(&format!("take {}", i + 1));
                takes.iter().enumerate().map(piece).collect()
            }
        }
    }
}

#[pyfunction]
pub(crate) fn evaluate(
    py: Python<'_>,
    model: Py<PyModel>,
    corpus: &PyCorpus,
    split: Option<String>,
    floor: Option<Py<PyCorpus>>,
) -> PyResult<String> {
    model.get().line()?;
    let library = Arc::clone(&corpus.0);
    let soloist = Arc::clone(&model.get().0);
    let others = floor.map(|floor| Arc::clone(&floor.get().0));
    let evaluation = waited(py, move || {
        let catalogue = Catalogue::of(&library.pieces);
        let split = split.map(|list| Split::listed(&catalogue, &list)).transpose()?;
        let player = soloist.player()?;
        let others = others.as_ref().map(|others| others.pieces.as_slice());
        judge::evaluate(player.model(), &library.pieces, split.as_ref(), others)
    })?;
    serde_json::to_string(&evaluation).map_err(raised)
}

#[pyfunction]
pub(crate) fn measure(py: Python<'_>, solos: Solos, against: Option<Solos>) -> PyResult<String> {
    let (pieces, others) = (solos.pieces(), against.map(|other| other.pieces()).unwrap_or_default());
    let report = waited(py, move || judge::measure(&pieces, &others))?;
    serde_json::to_string(&report).map_err(raised)
}

#[pyfunction]
pub(crate) fn originality(
    py: Python<'_>,
    solos: Solos,
    corpus: &PyCorpus,
) -> PyResult<Vec<(String, String)>> {
    let (pieces, library) = (solos.pieces(), Arc::clone(&corpus.0));
    let found = waited(py, move || judge::originality(&pieces, &library.pieces))?;
    found.iter().map(|solo| Ok((solo.id.clone(), serde_json::to_string(solo).map_err(raised)?))).collect()
}
