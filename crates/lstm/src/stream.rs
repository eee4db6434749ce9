//! Generation: one step at a time, for one stream or several side by side, allocating nothing.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::aligned::Aligned;
use crate::batch::Column;
use crate::cpu::Packed;
use crate::kernel::{BLOCK, CellForward, InstructionSet, Start};
use crate::layer::Layer;
use crate::network::Network;
use crate::panels::{Panels, padded};
use crate::team::Team;
use crate::{Error, Shape, State};

/// A network packed for generation; cheap to clone.
#[derive(Clone, Debug)]
pub struct Generator(Arc<Weights>);

#[derive(Debug)]
struct Weights {
    shape: Shape,
    path: InstructionSet,
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

    /// `to = start + left x` some columns.
    fn product(
        &self,
        path: InstructionSet,
        (left, step): (&[f32], usize),
        columns: Range<usize>,
        start: Start,
        to: &mut [f32],
    ) {
        match self {
            Matrix::Single(panels) => path.product(left, step, panels.columns(columns), start, to),
            Matrix::Half(panels) => path.product(left, step, panels.columns(columns), start, to),
        }
    }
}

/// The most threads that share a step.
const MEMBERS: usize = 8;
/// Multiplications in a step from which on a second thread pays for its meeting points.
const WORTH_SHARING: usize = 1 << 18;

/// A layer's step, or one thread's share of it: all units of some lanes, or some units of the only lane.
struct Share<'a> {
    units: Range<usize>,
    /// Rows of the layer below, if it is not the first.
    below: &'a [f32],
    h_before: &'a [f32],
    c_before: &'a [f32],
    gates: &'a mut [f32],
    c: &'a mut [f32],
    tanh_c: &'a mut [f32],
    h: &'a mut [f32],
}

impl<'a> Share<'a> {
    /// Cuts the whole step of so many lanes into shares.
    fn cut(self, lanes: usize, members: usize) -> impl Iterator<Item = Share<'a>> {
        let Share { units, below, h_before, c_before, gates, c, tanh_c, h } = self;
        let width = units.len();
        let share = |count: usize| count.div_ceil(members);
        let (rows, units) = match lanes {
            1 => (1, share(width / BLOCK) * BLOCK),
            _ => (share(lanes), width),
        };
        let size = rows * units;
        let after = gates.chunks_mut(4 * size).zip(c.chunks_mut(size)).zip(tanh_c.chunks_mut(size));
        let pieces = after.zip(h.chunks_mut(size).zip(c_before.chunks(size)));
        pieces.enumerate().map(move |(i, (((gates, c), tanh_c), (h, c_before)))| {
            let (first, unit) = if lanes == 1 { (0, i * units) } else { (i * rows, 0) };
            let some = rows.min(lanes - first);
            let rows_of = |buffer: &'a [f32]| {
                let width = buffer.len() / lanes;
                &buffer[first * width..(first + some) * width]
            };
            let units = unit..unit + units.min(width - unit);
            let (below, h_before) = (rows_of(below), rows_of(h_before));
            Share { units, below, h_before, c_before, gates, c, tanh_c, h }
        })
    }

    fn step(self, path: InstructionSet, layer: &Layer, (input, recurrent): &(Option<Matrix>, Matrix)) {
        let Share { units, below, h_before, c_before, gates, c, tanh_c, h } = self;
        let (columns, h_step) = (4 * units.start..4 * units.end, layer.padded());
        if let (Some(dense), Some(input)) = (&layer.dense, input) {
            let start = Start::Row(&dense.bias[columns.clone()]);
            input.product(path, (below, padded(dense.weight.depth)), columns.clone(), start, gates);
        }
        match recurrent {
            Matrix::Single(weight) => {
                let weight = weight.columns(columns);
                path.cell_forward(CellForward { weight, h_before, h_step, c_before, gates, c, tanh_c, h });
            }
            Matrix::Half(weight) => {
                let weight = weight.columns(columns);
                path.cell_forward(CellForward { weight, h_before, h_step, c_before, gates, c, tanh_c, h });
            }
        }
    }
}

impl Generator {
    /// Packs a network's weights.
    pub fn new(network: &Network, precision: Precision) -> Generator {
        Generator::on(InstructionSet::detect(), network, precision)
    }

    /// Packs a network's weights for a given path, to compare paths.
    pub fn on(path: InstructionSet, network: &Network, precision: Precision) -> Generator {
        let mut packed = Packed::new(network);
        packed.refresh(network, path, &mut Team::new(1), false);
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
        let (shape, lanes) = (&self.0.shape, lanes.max(1));
        let rows = |width: usize| Aligned::zeros(lanes * width);
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
            team: Team::new(self.threads(lanes)),
            weights: Arc::clone(&self.0),
        }
    }

    /// One thread for a small step, all processors for a large one.
    fn threads(&self, lanes: usize) -> usize {
        let size = |layer: &Layer| {
            layer.dense.as_ref().map_or(0, |d| d.weight.values.len()) + layer.recurrent.values.len()
        };
        let work = lanes * self.0.packed.layers.iter().map(size).sum::<usize>();
        let processors = std::thread::available_parallelism().map_or(1, |n| n.get());
        if work < WORTH_SHARING { 1 } else { processors.min(MEMBERS) }
    }
}

/// Streams that run step by step: set features, [`step`](Stream::step), read logits, choose, set, and so on.
#[derive(Debug)]
pub struct Stream {
    weights: Arc<Weights>,
    team: Team,
    lanes: usize,
    columns: Vec<Column>,
    state: State,
    next: State,
    gates: Vec<Aligned>,
    tanh_c: Vec<Aligned>,
    contexts: Vec<Aligned>,
    heads: Vec<Aligned>,
    logits: Vec<Aligned>,
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
        let Stream { weights, team, lanes, columns, state, next, gates, tanh_c, .. } = self;
        let path = weights.path;
        for (l, (layer, matrices)) in weights.packed.layers.iter().zip(&weights.layers).enumerate() {
            if matrices.0.is_none() {
                layer.sums(path, columns, &[], 0, &mut gates[l]);
            }
            let (below, h) = next.h.split_at_mut(l);
            let whole = Share {
                units: 0..layer.padded(),
                below: below.last().map_or(&[], |below| below),
                h_before: &state.h[l],
                c_before: &state.c[l],
                gates: &mut gates[l],
                c: &mut next.c[l],
                tanh_c: &mut tanh_c[l],
                h: &mut h[0],
            };
            if team.size() == 1 {
                whole.step(path, layer, matrices);
                continue;
            }
            let mut shares = whole.cut(*lanes, team.size());
            let shares: [_; MEMBERS] = std::array::from_fn(|_| Mutex::new(shares.next()));
            team.run(&|member| {
                let share = shares[member].lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(share) = share {
                    share.step(path, layer, matrices);
                }
            });
        }
        std::mem::swap(state, next);
    }

    /// The logits of a head after the last step, `[lanes, classes]`, from the features as they are now.
    pub fn logits(&mut self, head: usize) -> &mut [f32] {
        let Stream { weights, lanes, columns, state, contexts, heads, logits, .. } = self;
        let path = weights.path;
        let layer = &weights.packed.heads[head];
        let h = state.h.last().map_or(&[][..], |h| h);
        let source = match layer.source {
            None => h,
            Some(c) => {
                weights.packed.contexts[c].forward(path, columns, h, 0, &mut contexts[c]);
                &contexts[c]
            }
        };
        let (rows, width, classes) = (&mut heads[head], layer.width(), layer.classes);
        let left = (source, padded(layer.weight.depth));
        weights.heads[head].product(path, left, 0..width, Start::Row(&layer.bias), rows);
        for (lane, row) in rows.chunks_exact_mut(width).enumerate() {
            layer.gather(columns, lane, row);
        }
        if *lanes == 1 {
            return &mut rows[..classes];
        }
        for (row, to) in rows.chunks_exact(width).zip(logits[head].chunks_exact_mut(classes)) {
            to.copy_from_slice(&row[..classes]);
        }
        &mut logits[head]
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
