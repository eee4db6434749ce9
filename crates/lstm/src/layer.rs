//! An LSTM layer over a whole batch: forward, backward through time, gradients of its weights.

use std::ops::Range;

use crate::aligned::Aligned;
use crate::batch::{Column, State};
use crate::kernel::{BLOCK, CellBackward, CellForward, InstructionSet, Outer, Scratch, Start, add_to};
use crate::network::Network;
use crate::panels::{Panels, View, padded};
use crate::projection::{Order, Projection, block_of};
use crate::team::{Lanes, Piece, Team};

/// The threads, the instruction set and each member's room to pack in.
#[derive(Debug)]
pub(crate) struct Crew {
    pub(crate) team: Team,
    pub(crate) path: InstructionSet,
    pub(crate) scratch: Vec<Scratch>,
    /// Where the gradient of one weight is summed.
    pub(crate) sum: Aligned,
    /// Where the gradients of embeddings times weights are summed.
    pub(crate) slopes: Aligned,
}

/// A layer's weights, packed.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) index: usize,
    pub(crate) units: usize,
    /// The first layer's way in, but for training with dropout of the input.
    pub(crate) features: Option<Projection>,
    /// Every other way in: from rows of floats.
    pub(crate) dense: Option<Dense>,
    pub(crate) recurrent: Panels,
    /// For training: `[4 U, units]`.
    recurrent_t: Panels,
}

/// A layer's weight for rows of floats.
#[derive(Clone, Debug)]
pub(crate) struct Dense {
    pub(crate) weight: Panels,
    transposed: Panels,
    pub(crate) bias: Aligned,
}

/// What the forward pass leaves for the backward pass. U is the padded width, R the rows, B the lanes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tape {
    /// `[R, 4 U]`: i, f, g, o, then the gradient of their sums.
    gates: Aligned,
    /// `[B + R, U]`, the state before the first step in front.
    h: Aligned,
    c: Aligned,
    /// `[R, U]`.
    tanh_c: Aligned,
    /// `[B, U]`.
    dc: Aligned,
}

/// Sizes of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) steps: usize,
    pub(crate) lanes: usize,
}

impl Extent {
    pub(crate) fn rows(self) -> usize {
        self.steps * self.lanes
    }
}

impl Layer {
    pub(crate) fn new(network: &Network, index: usize) -> Layer {
        let shape = network.shape();
        let at = network.layout.layers[index];
        let units = shape.layers[index];
        let width = 4 * padded(units);
        let features = (index == 0)
            .then(|| Projection::new(network, &shape.input, Order::Gates(units), Some(at.input), at.bias));
        let below = match index {
            0 if shape.dropout.input == 0 => None,
            0 => Some(shape.input_width(&shape.input)),
            _ => Some(shape.layers[index - 1]),
        };
        let dense = below.map(|below| Dense {
            weight: Panels::new(below, width),
            transposed: Panels::new(width, below),
            bias: Aligned::zeros(width),
        });
        let recurrent = Panels::new(units, width);
        Layer { index, units, features, dense, recurrent, recurrent_t: Panels::new(width, units) }
    }

    /// The work of packing the weights; those of the backward pass too if `training`.
    pub(crate) fn packing<'a>(
        &'a mut self,
        network: &'a Network,
        path: InstructionSet,
        training: bool,
    ) -> Vec<Piece<'a>> {
        let at = network.layout.layers[self.index];
        let (weight, order) = (network.values(at.recurrent), Order::Gates(self.units));
        let Layer { features, dense, recurrent, recurrent_t, .. } = self;
        let mut pieces: Vec<Piece> = vec![Box::new(move || recurrent.pack(0, order, weight))];
        if training {
            pieces.push(Box::new(move || recurrent_t.pack_transposed(0, order, weight)));
        }
        if let Some(features) = features.as_mut().filter(|_| !training || dense.is_none()) {
            pieces.push(Box::new(move || features.refresh(network, path)));
        }
        if let Some(Dense { weight, transposed, bias }) = dense {
            let from = network.values(at.input);
            order.spread(network.values(at.bias), bias);
            if training {
                pieces.push(Box::new(move || transposed.pack_transposed(0, order, from)));
            }
            pieces.push(Box::new(move || weight.pack(0, order, from)));
        }
        pieces
    }

    pub(crate) fn padded(&self) -> usize {
        padded(self.units)
    }

    /// Runs all steps; `below` is `[R, its padded width]`, or empty where the features enter.
    pub(crate) fn forward(
        &self,
        crew: &mut Crew,
        extent: Extent,
        columns: &[Column],
        below: &[f32],
        state: &State,
        tape: &mut Tape,
    ) {
        let (path, width) = (crew.path, self.padded());
        tape.resize(extent, width);
        let first = extent.lanes * width;
        tape.h[..first].copy_from_slice(&state.h[self.index]);
        tape.c[..first].copy_from_slice(&state.c[self.index]);
        let ranges = crew.team.ranges(extent.rows(), 1);
        let pieces = cut(&mut tape.gates, 4 * width, &ranges);
        crew.team.each(pieces, |(row, gates)| self.sums(path, columns, below, row, gates));

        let ranges = crew.team.ranges(extent.lanes, 1);
        let shares = |buffer, width| Lanes::cut(buffer, extent.lanes, width, &ranges);
        let gates = shares(&mut tape.gates, 4 * width);
        let hc = shares(&mut tape.h, width).into_iter().zip(shares(&mut tape.c, width));
        let pieces = gates.into_iter().zip(hc).zip(shares(&mut tape.tanh_c, width));
        crew.team.each(pieces.collect(), |((mut gates, (mut h, mut c)), mut tanh_c)| {
            for step in 0..extent.steps {
                let ((h_before, h), (c_before, c)) = (h.pair(step, step + 1), c.pair(step, step + 1));
                let (gates, tanh_c) = (gates.at_mut(step), tanh_c.at_mut(step));
                path.cell_forward(CellForward {
                    weight: self.recurrent.view(),
                    h_step: width,
                    h_before,
                    c_before,
                    gates,
                    c,
                    tanh_c,
                    h,
                });
            }
        });
    }

    /// The sums of the gates before the recurrent part, for rows from `row` on.
    pub(crate) fn sums(
        &self,
        path: InstructionSet,
        columns: &[Column],
        below: &[f32],
        row: usize,
        gates: &mut [f32],
    ) {
        match (&self.dense, &self.features) {
            (Some(Dense { weight, bias, .. }), _) if !below.is_empty() => {
                let step = padded(weight.depth);
                path.product(&below[row * step..], step, weight.view(), Start::Row(bias), gates);
            }
            (_, Some(features)) => features.apply(path, columns, row, gates),
            _ => {}
        }
    }

    /// Turns `dh`, the gradient of h from above, into the gradient of the gates' sums, left on the tape.
    pub(crate) fn backward(&self, crew: &mut Crew, extent: Extent, tape: &mut Tape, dh: &mut [f32]) {
        let (path, width) = (crew.path, self.padded());
        tape.dc.fill(0.0);
        let ranges = crew.team.ranges(extent.lanes, 1);
        let shares = |buffer, width| Lanes::cut(buffer, extent.lanes, width, &ranges);
        let gates = shares(&mut tape.gates, 4 * width);
        let dhc = shares(dh, width).into_iter().zip(shares(&mut tape.dc, width));
        let cs = shares(&mut tape.c, width).into_iter().zip(shares(&mut tape.tanh_c, width));
        let pieces = gates.into_iter().zip(dhc).zip(cs);
        crew.team.each(pieces.collect(), |((mut gates, (mut dh, mut dc)), (c, tanh_c))| {
            for step in (0..extent.steps).rev() {
                let (after, gates) = match step + 1 {
                    last if last == extent.steps => (None, gates.at_mut(step)),
                    next => {
                        let (after, gates) = gates.pair(next, step);
                        (Some(after), gates)
                    }
                };
                let (dh, dc) = (dh.at_mut(step), dc.at_mut(0));
                let (c_before, tanh_c) = (c.at(step), tanh_c.at(step));
                let weight = &self.recurrent_t;
                path.cell_backward(CellBackward { weight, after, c_before, tanh_c, gates, dh, dc });
            }
        });
    }

    /// Adds the gradients of the layer's weights, from the gradient on the tape.
    pub(crate) fn weight_gradients(
        &self,
        crew: &mut Crew,
        network: &Network,
        columns: &[Column],
        below: &[f32],
        tape: &Tape,
        gradient: &mut [f32],
    ) {
        let at = network.layout.layers[self.index];
        let order = Order::Gates(self.units);
        let gates = (&tape.gates[..], order.width());
        let whole = |parameter| [Target { first: 0, order, range: network.layout.range(parameter) }];
        let before = (&tape.h[..], self.padded(), self.units);
        weight_gradient(crew, before, gates, &whole(at.recurrent), gradient);
        match (&self.dense, &self.features) {
            (Some(Dense { weight, .. }), _) if !below.is_empty() => {
                let below = (below, padded(weight.depth), weight.depth);
                weight_gradient(crew, below, gates, &whole(at.input), gradient);
                bias_gradient(crew, gates, &whole(at.bias), gradient);
            }
            (_, Some(features)) => features_gradient(crew, network, features, columns, &tape.gates, gradient),
            _ => {}
        }
    }

    /// The gradient of the rows of floats below, `[R, their padded width]`; empty where features enter.
    pub(crate) fn input_gradient(&self, crew: &mut Crew, extent: Extent, tape: &Tape, to: &mut Aligned) {
        if let Some(Dense { transposed, .. }) = &self.dense {
            to.fit(extent.rows() * transposed.width);
            product_rows(crew, (&tape.gates, 4 * self.padded()), transposed, Fill::Set, to);
        }
    }
}

impl Tape {
    fn resize(&mut self, extent: Extent, width: usize) {
        let (rows, lanes) = (extent.rows(), extent.lanes);
        self.gates.fit(rows * 4 * width);
        self.h.fit((rows + lanes) * width);
        self.c.fit((rows + lanes) * width);
        self.tanh_c.fit(rows * width);
        self.dc.fit(lanes * width);
    }

    /// The layer's output, `[R, U]`.
    pub(crate) fn output(&self, extent: Extent) -> &[f32] {
        let width = self.dc.len() / extent.lanes;
        &self.h[extent.lanes * width..]
    }

    /// Carries the state after the last step over.
    pub(crate) fn leave(&self, index: usize, state: &mut State) {
        let last = self.dc.len();
        state.h[index].copy_from_slice(&self.h[self.h.len() - last..]);
        state.c[index].copy_from_slice(&self.c[self.c.len() - last..]);
    }
}

/// Cuts rows of `width` into pieces, each with its first row.
pub(crate) fn cut<'a>(
    mut buffer: &'a mut [f32],
    width: usize,
    ranges: &[Range<usize>],
) -> Vec<(usize, &'a mut [f32])> {
    let mut pieces = Vec::with_capacity(ranges.len());
    for range in ranges {
        let (piece, rest) = buffer.split_at_mut(range.len() * width);
        pieces.push((range.start, piece));
        buffer = rest;
    }
    pieces
}

/// Whether a product replaces its result or adds to it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fill {
    Set,
    Add,
}

/// A product whose rows are shared among the team.
pub(crate) fn product_rows(
    crew: &mut Crew,
    (left, step): (&[f32], usize),
    right: &Panels,
    fill: Fill,
    to: &mut [f32],
) {
    let path = crew.path;
    let zero = Aligned::zeros(right.width);
    let ranges = crew.team.ranges(to.len() / right.width, 1);
    crew.team.each(cut(to, right.width, &ranges), |(row, to)| {
        let start = match fill {
            Fill::Set => Start::Row(&zero),
            Fill::Add => Start::Sum,
        };
        path.product(&left[row * step..], step, right.view(), start, to);
    });
}

/// Where a parameter's gradient goes: the first of its columns in a product, their order, its place in the flat
/// buffer.
pub(crate) struct Target {
    pub(crate) first: usize,
    pub(crate) order: Order,
    pub(crate) range: Range<usize>,
}

/// Adds the columns of `left^T x right` to the gradients of the parameters to which they belong.
///
/// `left` is `[R, step]` of which `depth` columns count, `right` `[R, width]`.
pub(crate) fn weight_gradient(
    crew: &mut Crew,
    (left, left_step, depth): (&[f32], usize, usize),
    (right, width): (&[f32], usize),
    targets: &[Target],
    gradient: &mut [f32],
) {
    let path = crew.path;
    crew.sum.fit(depth * width);
    let ranges = crew.team.ranges(width, BLOCK);
    let pieces = cut(&mut crew.sum, depth, &ranges).into_iter().zip(&mut crew.scratch);
    crew.team.each(pieces.collect(), |((first, to), scratch)| {
        path.run_outer(Outer { left, left_step, depth, right, right_step: width, first, to, scratch });
    });
    let (sums, rows) = (&crew.sum, crew.team.ranges(depth, 1));
    for Target { first, order, range } in targets {
        crew.team.each(cut(&mut gradient[range.clone()], order.columns(), &rows), |(row, to)| {
            for columns in &ranges {
                let values = &sums[columns.start * depth..columns.end * depth];
                let sum = View { depth, width: columns.len(), values };
                sum.add_to(*order, (row, columns.start), *first, to);
            }
        });
    }
}

/// Adds the column sums of d, `[R, width]`.
pub(crate) fn bias_gradient(
    crew: &mut Crew,
    (d, width): (&[f32], usize),
    targets: &[Target],
    gradient: &mut [f32],
) {
    let mut sum = Aligned::zeros(width);
    let ranges = crew.team.ranges(width, BLOCK);
    let path = crew.path;
    crew.team.each(cut(&mut sum, 1, &ranges), |(first, sum)| {
        path.wide(
            #[inline(always)]
            || {
                for d in d.chunks_exact(width) {
                    add_to(sum, &d[first..first + sum.len()]);
                }
            },
        );
    });
    for Target { first, order, range } in targets {
        order.collect(&sum[*first..], &mut gradient[range.clone()]);
    }
}

/// Adds the gradients of a projection's weight, bias and embeddings.
pub(crate) fn features_gradient(
    crew: &mut Crew,
    network: &Network,
    projection: &Projection,
    columns: &[Column],
    d: &[f32],
    gradient: &mut [f32],
) {
    let (path, order, layout) = (crew.path, projection.order, &network.layout);
    let width = order.width();
    let mut slopes = std::mem::take(&mut crew.slopes);
    slopes.fit((projection.values() + 1) * width);
    let ranges = crew.team.ranges(width / BLOCK, 1);
    let shares = Lanes::cut(&mut slopes, width / BLOCK, BLOCK, &ranges);
    crew.team.each(ranges.iter().zip(shares).collect(), |(range, mut slopes)| {
        path.wide(
            #[inline(always)]
            || projection.scatter(columns, d, range.start * BLOCK, &mut slopes),
        );
    });
    let (rows, bias) = slopes.split_at_mut(projection.values() * width);
    order.collect(bias, &mut gradient[layout.range(projection.bias)]);
    for way in &projection.ways {
        let Some(weight) = projection.weight else { break };
        let range = way.first * width..(way.first + way.values) * width;
        if let Column::Dense(values) = &columns[way.feature] {
            rows[range.clone()].fill(0.0);
            let target = Target { first: 0, order: Order::Plain(width), range: range.clone() };
            weight_gradient(crew, (values, way.values, way.values), (d, width), &[target], rows);
        }
        let slopes = &rows[range];
        let start = layout.range(weight).start + way.block.0 * order.columns();
        let block = start..start + way.block.1 * order.columns();
        match way.table {
            None => {
                let to = gradient[block].chunks_exact_mut(order.columns());
                slopes.chunks_exact(width).zip(to).for_each(|(from, to)| order.collect(from, to));
            }
            Some((table, inner)) => {
                // P = E W, so dE = dP W^T and dW = E^T dP.
                let target = Target { first: 0, order, range: block };
                weight_gradient(
                    crew,
                    (network.values(table), inner, inner),
                    (slopes, width),
                    &[target],
                    gradient,
                );
                let mut transposed = Panels::new(width, inner);
                transposed.pack_transposed(0, order, block_of(network.values(weight), way.block, order));
                let mut d = Aligned::zeros(way.values * padded(inner));
                product_rows(crew, (slopes, width), &transposed, Fill::Set, &mut d);
                let to = gradient[layout.range(table)].chunks_exact_mut(inner);
                d.chunks_exact(padded(inner)).zip(to).for_each(|(d, to)| add_to(to, d));
            }
        }
    }
    crew.slopes = slopes;
}
