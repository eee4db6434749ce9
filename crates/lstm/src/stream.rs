//! Generation: one step at a time, for one stream or several side by side, allocating nothing.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::aligned::Aligned;
use crate::batch::FeatureColumn;
use crate::kernel::{CellForward, InstructionSet, ProductStart};
use crate::layer::Layer;
use crate::matrix::{BLOCK, padded};
use crate::network::Network;
use crate::packed::{Precision, Purpose};
use crate::packed_network::PackedNetwork;
use crate::state::State;
use crate::threads::ThreadPool;
use crate::{NONE, Shape};

/// A network packed for generation; cheap to clone.
#[derive(Clone, Debug)]
pub struct Generator(Arc<Weights>);

#[derive(Debug)]
struct Weights {
    isa: InstructionSet,
    packed: PackedNetwork,
}

/// The most threads that share a step.
const THREADS: usize = 8;
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
    fn cut(self, lanes: usize, threads: usize) -> impl Iterator<Item = Share<'a>> {
        let Share { units, below, h_before, c_before, gates, c, tanh_c, h } = self;
        let width = units.len();
        let share = |count: usize| count.div_ceil(threads);
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

    fn step(self, isa: InstructionSet, layer: &Layer) {
        let Share { units, below, h_before, c_before, gates, c, tanh_c, h } = self;
        let columns = 4 * units.start..4 * units.end;
        if let (None, Some(dense)) = (&layer.features, &layer.dense) {
            let start = ProductStart::Row(&dense.bias[columns.clone()]);
            dense.weight.product(isa, dense.below(below), columns.clone(), start, gates);
        }
        let h_before = layer.rows(h_before);
        layer.recurrent.cell_forward(isa, columns, CellForward { h_before, c_before, gates, c, tanh_c, h });
    }
}

impl Generator {
    /// Packs a network's weights.
    pub fn new(network: &Network, precision: Precision) -> Generator {
        Generator::on(InstructionSet::detect(), network, precision)
    }

    /// Packs a network's weights for a given instruction set, to compare them.
    pub fn on(isa: InstructionSet, network: &Network, precision: Precision) -> Generator {
        let mut packed = PackedNetwork::new(network, precision);
        packed.refresh(network, isa, &mut ThreadPool::new(0), Purpose::Generation);
        Generator(Arc::new(Weights { isa, packed }))
    }

    /// What the network looks like.
    pub fn shape(&self) -> &Shape {
        &self.0.packed.shape
    }

    /// Begins `lanes` streams side by side, each with the zero state and no feature set.
    pub fn stream(&self, lanes: usize) -> Stream {
        let (shape, lanes) = (self.shape(), lanes.max(1));
        let rows = |width: usize| Aligned::zeros(lanes * width);
        let widths: Vec<usize> = shape.layers.iter().map(|&u| padded(u)).collect();
        Stream {
            lanes,
            columns: FeatureColumn::all(shape, lanes),
            state: State::zero(shape, lanes),
            next: State::zero(shape, lanes),
            gates: widths.iter().map(|w| rows(4 * w)).collect(),
            tanh_c: widths.iter().map(|&w| rows(w)).collect(),
            contexts: self.0.packed.contexts.iter().map(|c| rows(c.width())).collect(),
            heads: self.0.packed.heads.iter().map(|h| rows(h.width())).collect(),
            logits: shape.heads.iter().map(|h| rows(h.classes)).collect(),
            pool: ThreadPool::new(self.threads(lanes)),
            weights: Arc::clone(&self.0),
        }
    }

    /// One thread for a small step, all processors for a large one.
    fn threads(&self, lanes: usize) -> usize {
        let work = lanes * self.0.packed.layers.iter().map(Layer::multiplications).sum::<usize>();
        let processors = std::thread::available_parallelism().map_or(1, |n| n.get());
        if work < WORTH_SHARING { 1 } else { processors.min(THREADS) }
    }
}

/// Streams that run step by step: set features, [`step`](Stream::step), read logits, choose, set, and so on.
#[derive(Debug)]
pub struct Stream {
    weights: Arc<Weights>,
    pool: ThreadPool,
    lanes: usize,
    columns: Vec<FeatureColumn>,
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

    /// Each of these streams so many times, side by side: the first, again the first, then the second and so on.
    pub fn spread(&self, times: usize) -> Stream {
        let Stream { weights, lanes, columns, state, .. } = self;
        Stream {
            columns: columns.iter().map(|column| column.spread(*lanes, times)).collect(),
            state: state.spread(times),
            ..Generator(Arc::clone(weights)).stream(lanes * times)
        }
    }

    /// Sets an index feature of a lane; it stays until set again. [`NONE`], and any other value that the feature does
    /// not have, is no value.
    ///
    /// # Panics
    /// If the feature is dense or not there, or the lane is out of range.
    pub fn set(&mut self, feature: usize, lane: usize, value: u32) {
        let values = self.weights.packed.shape.features[feature].width;
        match &mut self.columns[feature] {
            FeatureColumn::Index(column) => {
                column[lane] = if (value as usize) < values { value } else { NONE };
            }
            FeatureColumn::Dense(_) => panic!("feature {feature} is dense"),
        }
    }

    /// Sets a dense feature of a lane.
    ///
    /// # Panics
    /// If the feature is an index or not there, or the lane or length does not fit.
    pub fn set_dense(&mut self, feature: usize, lane: usize, values: &[f32]) {
        let width = self.weights.packed.shape.features[feature].width;
        match &mut self.columns[feature] {
            FeatureColumn::Dense(column) => {
                column[lane * width..(lane + 1) * width].copy_from_slice(values);
            }
            FeatureColumn::Index(_) => panic!("feature {feature} is an index"),
        }
    }

    /// Moves every lane one step on, from the features that the input reads.
    pub fn step(&mut self) {
        let Stream { weights, pool, lanes, columns, state, next, gates, tanh_c, .. } = self;
        let isa = weights.isa;
        for (l, layer) in weights.packed.layers.iter().enumerate() {
            if let Some(features) = &layer.features {
                features.apply(isa, columns, 0, &mut gates[l]);
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
            if pool.size() == 1 {
                whole.step(isa, layer);
                continue;
            }
            let mut shares = whole.cut(*lanes, pool.size());
            let shares: [_; THREADS] = std::array::from_fn(|_| Mutex::new(shares.next()));
            pool.run(&|worker| {
                let share = shares[worker].lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some(share) = share {
                    share.step(isa, layer);
                }
            });
        }
        std::mem::swap(state, next);
    }

    /// The logits of a head after the last step, `[lanes, classes]`, from the features as they are now.
    pub fn logits(&mut self, head: usize) -> &mut [f32] {
        let Stream { weights, lanes, columns, state, contexts, heads, logits, .. } = self;
        let isa = weights.isa;
        let layer = &weights.packed.heads[head];
        let h = state.h.last().map_or(&[][..], |h| h);
        let source = match layer.source {
            None => h,
            Some(c) => {
                weights.packed.contexts[c].forward(isa, columns, h, 0, &mut contexts[c]);
                &contexts[c]
            }
        };
        let (rows, width, classes) = (&mut heads[head], layer.width(), layer.classes);
        layer.forward(isa, layer.source_rows(source), rows);
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
        let (isa, classes) = (self.weights.isa, self.weights.packed.heads[head].classes);
        let logits = self.logits(head);
        logits.chunks_exact_mut(classes).for_each(|row| isa.log_softmax(row));
        logits
    }

    /// h and c of every lane.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Begins a new sequence in one lane; its features stay.
    pub fn reset(&mut self, lane: usize) {
        self.state.reset(lane);
    }
}
