//! What goes into a network: columns of features and targets.

use std::iter::repeat_n;
use std::ops::Range;

use crate::shape::FeatureKind;
use crate::{Error, NONE, Shape};

/// `steps` x `lanes` of features and targets, time-major: place (step, lane) is row `step * lanes + lane`.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Number of time steps.
    pub steps: usize,
    /// Number of sequences side by side.
    pub lanes: usize,
    pub(crate) columns: Vec<FeatureColumn>,
    pub(crate) targets: Vec<Vec<u32>>,
    pub(crate) allowed: Vec<Option<Vec<bool>>>,
    /// For each head the counted rows of the batch of which this is a part.
    whole: Option<Vec<usize>>,
}

/// A feature's values.
#[derive(Clone, Debug)]
pub(crate) enum FeatureColumn {
    Index(Vec<u32>),
    Dense(Vec<f32>),
}

impl FeatureColumn {
    fn new(kind: FeatureKind, width: usize, rows: usize) -> FeatureColumn {
        match kind {
            FeatureKind::Index => FeatureColumn::Index(vec![NONE; rows]),
            FeatureKind::Dense => FeatureColumn::Dense(vec![0.0; rows * width]),
        }
    }

    pub(crate) fn all(shape: &Shape, rows: usize) -> Vec<FeatureColumn> {
        shape.features.iter().map(|f| FeatureColumn::new(f.kind, f.width, rows)).collect()
    }

    /// Each of so many rows so many times, side by side.
    pub(crate) fn spread(&self, rows: usize, times: usize) -> FeatureColumn {
        match self {
            FeatureColumn::Index(values) => FeatureColumn::Index(spread(values, rows, times)),
            FeatureColumn::Dense(values) => FeatureColumn::Dense(spread(values, rows, times)),
        }
    }
}

impl Batch {
    /// A batch with no values and no targets yet.
    pub fn new(shape: &Shape, steps: usize, lanes: usize) -> Batch {
        let rows = steps * lanes;
        Batch {
            steps,
            lanes,
            columns: FeatureColumn::all(shape, rows),
            targets: vec![vec![NONE; rows]; shape.heads.len()],
            allowed: vec![None; shape.heads.len()],
            whole: None,
        }
    }

    /// Number of rows, `steps * lanes`.
    pub fn rows(&self) -> usize {
        self.steps * self.lanes
    }

    /// The values of an index feature, one per row. A dense feature has none: an empty slice.
    pub fn index(&mut self, feature: usize) -> &mut [u32] {
        match &mut self.columns[feature] {
            FeatureColumn::Index(values) => values,
            FeatureColumn::Dense(_) => &mut [],
        }
    }

    /// The values of a dense feature, `width` per row. An index feature has none: an empty slice.
    pub fn dense(&mut self, feature: usize) -> &mut [f32] {
        match &mut self.columns[feature] {
            FeatureColumn::Dense(values) => values,
            FeatureColumn::Index(_) => &mut [],
        }
    }

    /// The classes a head should say, one per row; [`NONE`] takes a row out of the loss.
    pub fn target(&mut self, head: usize) -> &mut [u32] {
        &mut self.targets[head]
    }

    /// Which classes a head may say, `classes` per row, all at first. A target must be allowed.
    pub fn allowed(&mut self, head: usize, classes: usize) -> &mut [bool] {
        let rows = self.steps * self.lanes;
        self.allowed[head].get_or_insert_with(|| vec![true; rows * classes])
    }

    /// The number of rows that count for a head.
    pub(crate) fn counted(&self, head: usize) -> usize {
        self.targets[head].iter().filter(|&&target| target != NONE).count()
    }

    /// The number of rows over which a head's mean goes: those of the whole batch.
    pub(crate) fn mean_over(&self, head: usize) -> usize {
        self.whole.as_ref().map_or_else(|| self.counted(head), |whole| whole[head])
    }

    /// Some of the lanes; means still go over the whole batch.
    pub(crate) fn part(&self, lanes: &Range<usize>) -> Batch {
        let column = |column: &FeatureColumn| match column {
            FeatureColumn::Index(values) => FeatureColumn::Index(part(values, self, lanes)),
            FeatureColumn::Dense(values) => FeatureColumn::Dense(part(values, self, lanes)),
        };
        let allowed = |allowed: &Option<Vec<bool>>| Some(part(allowed.as_ref()?, self, lanes));
        Batch {
            steps: self.steps,
            lanes: lanes.len(),
            columns: self.columns.iter().map(column).collect(),
            targets: self.targets.iter().map(|targets| part(targets, self, lanes)).collect(),
            allowed: self.allowed.iter().map(allowed).collect(),
            whole: Some((0..self.targets.len()).map(|head| self.mean_over(head)).collect()),
        }
    }

    /// Whether every index and target is in range of `shape`, and the batch was made for it.
    ///
    /// # Errors
    /// [`Error::Data`] names the column.
    pub fn check(&self, shape: &Shape) -> Result<(), Error> {
        let rows = self.rows();
        if rows == 0 || self.columns.len() != shape.features.len() || self.targets.len() != shape.heads.len()
        {
            return Err(Error::data("the batch is empty or made for another shape"));
        }
        for (feature, column) in shape.features.iter().zip(&self.columns) {
            let fits = match (column, feature.kind) {
                (FeatureColumn::Index(values), FeatureKind::Index) => {
                    values.len() == rows && values.iter().all(|&v| v == NONE || (v as usize) < feature.width)
                }
                (FeatureColumn::Dense(values), FeatureKind::Dense) => values.len() == rows * feature.width,
                _ => false,
            };
            if !fits {
                return Err(Error::data(format!("feature \"{}\" has a value out of range", feature.name)));
            }
        }
        shape
            .heads
            .iter()
            .enumerate()
            .try_for_each(|(i, head)| self.check_targets(i, &head.name, head.classes))
    }

    fn check_targets(&self, head: usize, name: &str, classes: usize) -> Result<(), Error> {
        let targets = &self.targets[head];
        if targets.iter().any(|&t| t != NONE && t as usize >= classes) {
            return Err(Error::data(format!("head \"{name}\" has a target out of range")));
        }
        let Some(allowed) = &self.allowed[head] else { return Ok(()) };
        let said = |row: usize, target: u32| {
            target == NONE || allowed.get(row * classes + target as usize) == Some(&true)
        };
        if allowed.len() != self.rows() * classes || !targets.iter().enumerate().all(|(r, &t)| said(r, t)) {
            return Err(Error::data(format!("head \"{name}\" has a target that is not allowed")));
        }
        Ok(())
    }
}

/// Each of so many rows so many times, one behind the other.
pub(crate) fn spread<T: Copy>(values: &[T], rows: usize, times: usize) -> Vec<T> {
    let rows = values.chunks_exact((values.len() / rows.max(1)).max(1));
    rows.flat_map(|row| repeat_n(row, times)).flatten().copied().collect()
}

/// The values of some lanes, of as many for each row as there are.
fn part<T: Copy>(values: &[T], batch: &Batch, lanes: &Range<usize>) -> Vec<T> {
    let width = values.len() / batch.rows().max(1);
    let steps = values.chunks_exact((width * batch.lanes).max(1));
    steps.flat_map(|step| &step[lanes.start * width..lanes.end * width]).copied().collect()
}
