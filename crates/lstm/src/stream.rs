//! Generation: one step at a time, for one stream or several side by side, allocating nothing.

use std::sync::Arc;

use crate::batch::Column;
use crate::cpu::Packed;
use crate::kernel::{CellForward, Path, Start};
use crate::layer::Layer;
use crate::network::Network;
use crate::panels::{Panels, padded};
use crate::{Error, Shape, State};

/// A network packed for generation; cheap to clone.
#[derive(Clone, Debug)]
pub struct Generator(Arc<Weights>);

#[derive(Debug)]
struct Weights {
    shape: Shape,
    path: Path,
    packed: Packed,
    /// Input (above the first layer) and recurrent weights of each layer, in the precision asked for.
    layers: Vec<(Option<Matrix>, Matrix)>,
    heads: Vec<Matrix>,
}

/// How weights rest in memory; all sums are in single precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// As they were trained.
    Single,
    /// Rounded to half precision: half the memory to read at each step.
    Half,
}

#[derive(Debug)]
enum Matrix {
    Single(Panels),
    Half(Panels<u16>),
}

impl Matrix {
    fn new(panels: &Panels, precision: Precision) -> Matrix {
        match precision {
            Precision::Single => Matrix::Single(panels.clone()),
            Precision::Half => Matrix::Half(panels.to_half()),
        }
    }

    fn product(&self, path: Path, (left, step): (&[f32], usize), start: Start, to: &mut [f32]) {
        match self {
            Matrix::Single(panels) => path.product(left, step, panels, start, to),
            Matrix::Half(panels) => path.product(left, step, panels, start, to),
        }
    }
}

impl Generator {
    /// Packs a network's weights.
    pub fn new(network: &Network, precision: Precision) -> Generator {
        Generator::on(Path::detect(), network, precision)
    }

    /// Packs a network's weights for a given path, to compare paths.
    pub fn on(path: Path, network: &Network, precision: Precision) -> Generator {
        let mut packed = Packed::new(network);
        packed.refresh(network, path, false);
        let matrix = |panels: &Panels| Matrix::new(panels, precision);
        let input = |layer: &Layer| match (&layer.features, &layer.dense) {
            (None, Some(dense)) => Some(matrix(&dense.weight)),
            _ => None,
        };
        let layers = packed.layers.iter().map(|l| (input(l), matrix(&l.recurrent))).collect();
        let heads = packed.heads.iter().map(|h| matrix(&h.weight)).collect();
        Generator(Arc::new(Weights { shape: network.shape().clone(), path, packed, layers, heads }))
    }

    /// What the network looks like.
    pub fn shape(&self) -> &Shape {
        &self.0.shape
    }

    /// Begins `lanes` streams side by side, each with the zero state and no feature set.
    pub fn stream(&self, lanes: usize) -> Stream {
        let shape = &self.0.shape;
        let rows = |width: usize| vec![0.0; lanes * width];
        let widths: Vec<usize> = shape.layers.iter().map(|&u| padded(u)).collect();
        Stream {
            lanes,
            columns: Column::all(shape, lanes),
            state: State::zero(shape, lanes),
            next: State::zero(shape, lanes),
            gates: widths.iter().map(|w| rows(4 * w)).collect(),
            tanh_c: widths.iter().map(|&w| rows(w)).collect(),
            contexts: self.0.packed.contexts.iter().map(|c| rows(c.padded())).collect(),
            heads: self.0.packed.heads.iter().map(|h| rows(h.width())).collect(),
            logits: shape.heads.iter().map(|h| rows(h.classes)).collect(),
            weights: Arc::clone(&self.0),
        }
    }
}

/// Streams that run step by step: set features, [`step`](Stream::step), read logits, choose, set, and so on.
#[derive(Debug)]
pub struct Stream {
    weights: Arc<Weights>,
    lanes: usize,
    columns: Vec<Column>,
    state: State,
    next: State,
    gates: Vec<Vec<f32>>,
    tanh_c: Vec<Vec<f32>>,
    contexts: Vec<Vec<f32>>,
    heads: Vec<Vec<f32>>,
    logits: Vec<Vec<f32>>,
}

impl Stream {
    /// Number of streams.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// Sets an index feature of a lane; it stays until set again. [`NONE`](crate::NONE) is no value.
    ///
    /// # Panics
    /// If the feature is dense or not there, or the lane or value is out of range.
    pub fn set(&mut self, feature: usize, lane: usize, value: u32) {
        let values = self.weights.shape.features[feature].width;
        assert!(value == crate::NONE || (value as usize) < values, "value {value} of feature {feature}");
        match &mut self.columns[feature] {
            Column::Index(column) => column[lane] = value,
            Column::Dense(_) => panic!("feature {feature} is dense"),
        }
    }

    /// Sets a dense feature of a lane.
    ///
    /// # Panics
    /// If the feature is an index or not there, or the lane or length does not fit.
    pub fn set_dense(&mut self, feature: usize, lane: usize, values: &[f32]) {
        let width = self.weights.shape.features[feature].width;
        match &mut self.columns[feature] {
            Column::Dense(column) => column[lane * width..(lane + 1) * width].copy_from_slice(values),
            Column::Index(_) => panic!("feature {feature} is an index"),
        }
    }

    /// Moves every lane one step on, from the features that the input reads.
    pub fn step(&mut self) {
        let weights = Arc::clone(&self.weights);
        let path = weights.path;
        for (l, (layer, (input, recurrent))) in weights.packed.layers.iter().zip(&weights.layers).enumerate()
        {
            let below = if l > 0 { &self.next.h[l - 1][..] } else { &[] };
            let gates = &mut self.gates[l][..];
            match (&layer.dense, input) {
                (Some(dense), Some(matrix)) => {
                    matrix.product(path, (below, padded(dense.weight.depth)), Start::Row(&dense.bias), gates);
                }
                _ => layer.sums(path, &self.columns, below, 0, gates),
            }
            let (h_before, c_before) = (&self.state.h[l][..], &self.state.c[l][..]);
            let (h, c, tanh_c) = (&mut self.next.h[l][..], &mut self.next.c[l][..], &mut self.tanh_c[l][..]);
            match recurrent {
                Matrix::Single(weight) => {
                    path.cell_forward(CellForward { weight, h_before, c_before, gates, c, tanh_c, h });
                }
                Matrix::Half(weight) => {
                    path.cell_forward(CellForward { weight, h_before, c_before, gates, c, tanh_c, h });
                }
            }
        }
        std::mem::swap(&mut self.state, &mut self.next);
    }

    /// The logits of a head after the last step, `[lanes, classes]`, from the features as they are now.
    pub fn logits(&mut self, head: usize) -> &mut [f32] {
        let weights = Arc::clone(&self.weights);
        let path = weights.path;
        let layer = &weights.packed.heads[head];
        let h = self.state.h.last().map_or(&[][..], |h| &h[..]);
        let source = match layer.source {
            None => h,
            Some(c) => {
                weights.packed.contexts[c].forward(path, &self.columns, h, 0, &mut self.contexts[c]);
                &self.contexts[c]
            }
        };
        let (rows, width) = (&mut self.heads[head], layer.width());
        weights.heads[head].product(
            path,
            (source, padded(layer.weight.depth)),
            Start::Row(&layer.bias),
            rows,
        );
        let logits = &mut self.logits[head];
        for (lane, (row, to)) in
            rows.chunks_exact_mut(width).zip(logits.chunks_exact_mut(layer.classes)).enumerate()
        {
            layer.gather(&self.columns, lane, row);
            to.copy_from_slice(&row[..layer.classes]);
        }
        logits
    }

    /// The natural logarithms of the probabilities of a head's classes, `[lanes, classes]`.
    pub fn log_probabilities(&mut self, head: usize) -> &mut [f32] {
        let (path, classes) = (self.weights.path, self.weights.packed.heads[head].classes);
        let logits = self.logits(head);
        logits.chunks_exact_mut(classes).for_each(|row| path.log_softmax(row));
        logits
    }

    /// h and c of every lane, for example to come back to.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Goes to a state.
    ///
    /// # Errors
    /// [`Error::Data`] if the state has other lanes or layers.
    pub fn set_state(&mut self, state: &State) -> Result<(), Error> {
        state.check(&self.weights.shape, self.lanes)?;
        self.state.clone_from(state);
        Ok(())
    }

    /// Begins a new sequence in one lane; its features stay.
    pub fn reset(&mut self, lane: usize) {
        self.state.reset(lane);
    }
}
