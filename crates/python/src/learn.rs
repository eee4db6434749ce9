//! Learning.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use sideman_improv::line::{NetworkSize, TrainingStart};
use sideman_improv::{Epoch, TrainingEvent};
use sideman_session::WorkEvent;
use sideman_session::learn::{HeldOutPieces, Lesson, MOST_DROPOUT, Processor, Recipe, TrainingRequest};

use crate::bounds::within;
use crate::corpus::PyCorpus;
use crate::error::raised;
use crate::model::PyModel;
use crate::watch::watched;

/// The keywords of `train`.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Lessons {
    recipe: String,
    /// A list as JSON, or `tune`, or `none`.
    held_out: String,
    epochs: Option<usize>,
    threads: Option<usize>,
    seed: u64,
    size: Option<String>,
    dropout: Option<f32>,
    windows: Option<usize>,
    vocabulary: Option<usize>,
    start: Option<Py<PyModel>>,
    remarks: Vec<(String, String)>,
}

impl Lessons {
    fn held_out(&self) -> HeldOutPieces {
        match self.held_out.as_str() {
            "tune" => HeldOutPieces::ByTune,
            "none" => HeldOutPieces::Nothing,
            list => HeldOutPieces::Listed(list.to_owned()),
        }
    }

    fn request(&self) -> PyResult<TrainingRequest> {
        let recipe = match self.recipe.as_str() {
            "classic" => self.classic()?,
            "line" => self.line()?,
            other => return Err(raised(format!("recipe is {other:?}; write classic or line"))),
        };
        let epochs = within("epochs", self.epochs, 1..=100_000)?;
        let processor = within("threads", self.threads, 0..=1024)?.map(Processor::Cpu);
        Ok(TrainingRequest { recipe, epochs, processor, shards: 1, accumulate: 1, seed: self.seed })
    }

    fn classic(&self) -> PyResult<Recipe> {
        let unknown = [
            ("size", self.size.is_some()),
            ("dropout", self.dropout.is_some()),
            ("start", self.start.is_some()),
            ("remarks", !self.remarks.is_empty()),
        ];
        match unknown.into_iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(raised(format!("{name} is for recipe line"))),
            None => Ok(Recipe::Classic {
                windows: within("windows", self.windows, 1..=1_000_000)?,
                vocabulary: within("vocabulary", self.vocabulary, 2..=100_000)?,
            }),
        }
    }

    fn line(&self) -> PyResult<Recipe> {
        let unknown = [("windows", self.windows.is_some()), ("vocabulary", self.vocabulary.is_some())];
        if let Some((name, _)) = unknown.into_iter().find(|(_, given)| *given) {
            return Err(raised(format!("{name} is for recipe classic")));
        }
        for (given, name) in [(self.size.is_some(), "size"), (self.dropout.is_some(), "dropout")] {
            if self.start.is_some() && given {
                let why = format!("{name} has no effect with start; a player keeps the {name} that it has");
                return Err(raised(why));
            }
        }
        let dropout = within("dropout", self.dropout, 0.0..=MOST_DROPOUT)?;
        let size = match self.size.as_deref() {
            Some("small") => NetworkSize::Small,
            None | Some("base") => NetworkSize::Base,
            Some("large") => NetworkSize::Large,
            Some(other) => return Err(raised(format!("size is {other:?}; write small, base or large"))),
        };
        let start = match &self.start {
            Some(model) => TrainingStart::From(Box::new(model.get().line()?.clone())),
            None => TrainingStart::Fresh,
        };
        Ok(Recipe::Line { size, dropout, start, remarks: self.remarks.clone() })
    }
}

/// Learns; `on_epoch` is called with what an epoch came to and says whether to go on, `progress` with the share of the
/// whole that is done. Gives the model, the losses by epoch and by name, and the figures of the classic in words.
#[pyfunction]
pub(crate) fn train<'py>(
    py: Python<'py>,
    corpus: &PyCorpus,
    lessons: Lessons,
    on_epoch: Py<PyAny>,
    progress: Py<PyAny>,
) -> PyResult<(PyModel, Bound<'py, PyDict>, Option<String>)> {
    let (request, held_out) = (lessons.request()?, lessons.held_out());
    let library = Arc::clone(&corpus.0);
    let tell = |py: Python<'_>, event: &WorkEvent<'_>| {
        let WorkEvent::Training(event) = event else { return Ok(true) };
        progress.call1(py, (event.done(),))?;
        match event {
            TrainingEvent::Epoch(epoch, _) => on_epoch.call1(py, (told(py, epoch)?,))?.extract(py),
            TrainingEvent::Step { .. } | TrainingEvent::Settling { .. } => Ok(true),
        }
    };
    let learned =
        watched(py, tell, move |watch| Lesson::new(&library.pieces, &held_out)?.learn(request, watch))?;
    let losses = PyDict::new(py);
    losses.set_item("training", &learned.curve.training)?;
    losses.set_item("held_out", &learned.curve.held_out)?;
    losses.set_item("floors", learned.curve.floors.clone())?;
    losses.set_item("unit", learned.curve.unit)?;
    let figures = learned.figures.map(|figures| figures.to_string());
    Ok((PyModel::new(learned.model.into()), losses, figures))
}

fn told<'py>(py: Python<'py>, epoch: &Epoch) -> PyResult<Bound<'py, PyDict>> {
    let words = PyDict::new(py);
    words.set_item("number", epoch.number)?;
    words.set_item("of", epoch.of)?;
    words.set_item("loss", epoch.loss)?;
    words.set_item("held_out", epoch.held_out)?;
    words.set_item("best", epoch.best)?;
    Ok(words)
}
