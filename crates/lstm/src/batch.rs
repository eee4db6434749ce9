//! What goes into a network: columns of features and targets.

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
