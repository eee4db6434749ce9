//! An LSTM layer over a whole batch: forward, backward through time, gradients of its weights.

use crate::aligned::Aligned;
use crate::batch::FeatureColumn;
use crate::column_order::ColumnOrder;
use crate::kernel::{CellBackward, CellForward, InstructionSet, ProductStart};
use crate::matrix::{Matrix, padded};
use crate::network::Network;
use crate::packed::{PackedMatrix, PackedWeight, Precision, Purpose};
use crate::products::{ParameterColumns, Workspace};
use crate::projection::Projection;
use crate::state::State;
use crate::threads::{Job, LaneShare};

/// A layer's weights, packed.
#[derive(Debug)]
pub(crate) struct Layer {
    index: usize,
    units: usize,
    /// What the first layer reads, but for training with dropout of the input.
    pub(crate) features: Option<Projection>,
    /// What every other layer reads, and the first where its input is dropped: rows of floats.
    pub(crate) dense: Option<Dense>,
    pub(crate) recurrent: PackedWeight,
    /// For training: `[4 U, units]`.
    recurrent_transposed: PackedMatrix,
}

/// A layer's weight for rows of floats.
#[derive(Debug)]
pub(crate) struct Dense {
    pub(crate) weight: PackedWeight,
    /// For training.
    transposed: PackedMatrix,
    pub(crate) bias: Aligned,
}

/// What the forward pass leaves for the backward pass. U is the padded width, R the rows, B the lanes.
#[derive(Debug, Default)]
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
    pub(crate) fn new(network: &Network, index: usize, precision: Precision) -> Layer {
        let shape = network.shape();
        let at = network.layout.layers[index];
        let units = shape.layers[index];
        let order = ColumnOrder::Gates(units);
        let features =
            (index == 0).then(|| Projection::new(network, &shape.input, order, Some(at.input), at.bias));
        let below = match index {
            0 if shape.dropout.input == 0 => None,
            0 => Some(shape.input_width(&shape.input)),
            _ => Some(shape.layers[index - 1]),
        };
        let dense = below.map(|below| Dense {
            weight: PackedWeight::new(below, order.width(), precision),
            transposed: PackedMatrix::new(order.width(), below),
            bias: Aligned::zeros(order.width()),
        });
        let recurrent = PackedWeight::new(units, order.width(), precision);
        let recurrent_transposed = PackedMatrix::new(order.width(), units);
        Layer { index, units, features, dense, recurrent, recurrent_transposed }
    }

    /// The work of packing the weights.
    pub(crate) fn packing<'a>(
        &'a mut self,
        network: &'a Network,
        isa: InstructionSet,
        purpose: Purpose,
    ) -> Vec<Job<'a>> {
        let at = network.layout.layers[self.index];
        let (training, order) = (purpose == Purpose::Training, ColumnOrder::Gates(self.units));
        let Layer { features, dense, recurrent, recurrent_transposed, .. } = self;
        let mut jobs: Vec<Job> =
            vec![Box::new(move || recurrent.pack(isa, 0, order, &network.weight(at.recurrent)))];
        if training {
            let weight = network.values(at.recurrent);
            jobs.push(Box::new(move || recurrent_transposed.pack_transposed(0, order, weight)));
        }
        let dense = dense.as_mut().filter(|_| training || features.is_none());
        match (dense, features) {
            (Some(Dense { weight, transposed, bias }), _) => {
                order.spread(&network.read(at.bias), bias);
                if training {
                    let from = network.values(at.input);
                    jobs.push(Box::new(move || transposed.pack_transposed(0, order, from)));
                }
                jobs.push(Box::new(move || weight.pack(isa, 0, order, &network.weight(at.input))));
            }
            (None, Some(features)) => jobs.extend(features.packing(network, isa, purpose)),
            (None, None) => {}
        }
        jobs
    }

    pub(crate) fn padded(&self) -> usize {
        padded(self.units)
    }

    /// h, or another of the layer's buffers of its width.
    pub(crate) fn rows<'a>(&self, values: &'a [f32]) -> Matrix<'a> {
        Matrix::padded(values, self.units)
    }

    /// Multiplications in a step of one lane.
    pub(crate) fn multiplications(&self) -> usize {
        let weights = self.dense.iter().map(|dense| &dense.weight).chain([&self.recurrent]);
        weights.map(|weight| weight.depth() * weight.width()).sum()
    }

    /// Runs all steps; `below` is `[R, its padded width]`, or empty where the features enter.
    pub(crate) fn forward(
        &self,
        workspace: &mut Workspace,
        extent: Extent,
        columns: &[FeatureColumn],
        below: &[f32],
        state: &State,
        tape: &mut Tape,
    ) {
        let (isa, width) = (workspace.isa, self.padded());
        tape.resize(extent, width);
        let first = extent.lanes * width;
        tape.h[..first].copy_from_slice(&state.h[self.index]);
        tape.c[..first].copy_from_slice(&state.c[self.index]);
        workspace.pool.each_rows(&mut tape.gates, (4 * width, 1), |row, gates| {
            self.sums(isa, columns, below, row, gates);
        });
        let ranges = workspace.pool.ranges(extent.lanes, 1);
        let shares = |buffer, width| LaneShare::cut(buffer, extent.lanes, width, &ranges);
        let gates = shares(&mut tape.gates, 4 * width);
        let hc = shares(&mut tape.h, width).into_iter().zip(shares(&mut tape.c, width));
        let pieces = gates.into_iter().zip(hc).zip(shares(&mut tape.tanh_c, width));
        workspace.pool.each(pieces.collect(), |((mut gates, (mut h, mut c)), mut tanh_c)| {
            for step in 0..extent.steps {
                let ((h_before, h), (c_before, c)) = (h.pair(step, step + 1), c.pair(step, step + 1));
                let (gates, tanh_c, h_before) =
                    (gates.at_mut(step), tanh_c.at_mut(step), self.rows(h_before));
                let cell = CellForward { h_before, c_before, gates, c, tanh_c, h };
                self.recurrent.cell_forward(isa, 0..4 * width, cell);
            }
        });
    }

    /// The sums of the gates before the recurrent part, for rows from `row` on.
    fn sums(
        &self,
        isa: InstructionSet,
        columns: &[FeatureColumn],
        below: &[f32],
        row: usize,
        gates: &mut [f32],
    ) {
        match (&self.dense, &self.features) {
            (Some(dense), _) if !below.is_empty() => {
                let below = dense.below(below).rows_from(row);
                dense.weight.product(isa, below, 0..dense.bias.len(), ProductStart::Row(&dense.bias), gates);
            }
            (_, Some(features)) => features.apply(isa, columns, row, gates),
            _ => {}
        }
    }

    /// Turns `dh`, the gradient of h from above, into the gradient of the gates' sums, left on the tape.
    pub(crate) fn backward(
        &self,
        workspace: &mut Workspace,
        extent: Extent,
        tape: &mut Tape,
        dh: &mut [f32],
    ) {
        let (isa, width) = (workspace.isa, self.padded());
        tape.dc.fill(0.0);
        let ranges = workspace.pool.ranges(extent.lanes, 1);
        let shares = |buffer, width| LaneShare::cut(buffer, extent.lanes, width, &ranges);
        let gates = shares(&mut tape.gates, 4 * width);
        let dhc = shares(dh, width).into_iter().zip(shares(&mut tape.dc, width));
        let cs = shares(&mut tape.c, width).into_iter().zip(shares(&mut tape.tanh_c, width));
        let pieces = gates.into_iter().zip(dhc).zip(cs);
        workspace.pool.each(pieces.collect(), |((mut gates, (mut dh, mut dc)), (c, tanh_c))| {
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
                let weight = self.recurrent_transposed.panels();
                isa.cell_backward(CellBackward { weight, after, c_before, tanh_c, gates, dh, dc });
            }
        });
    }

    /// Adds the gradients of the layer's weights, from the gradient on the tape.
    pub(crate) fn weight_gradients(
        &self,
        workspace: &mut Workspace,
        network: &Network,
        columns: &[FeatureColumn],
        below: &[f32],
        tape: &Tape,
        gradient: &mut [f32],
    ) {
        let at = network.layout.layers[self.index];
        let order = ColumnOrder::Gates(self.units);
        let gates = Matrix::dense(&tape.gates, order.width());
        let whole =
            |parameter| [ParameterColumns { first: 0, order, range: network.layout.range(parameter) }];
        workspace.weight_gradient(self.rows(&tape.h), gates, &whole(at.recurrent), gradient);
        match (&self.dense, &self.features) {
            (Some(dense), _) if !below.is_empty() => {
                workspace.weight_gradient(dense.below(below), gates, &whole(at.input), gradient);
                workspace.bias_gradient(gates, &whole(at.bias), gradient);
            }
            (_, Some(features)) => features.backward(workspace, network, columns, &tape.gates, gradient),
            _ => {}
        }
    }

    /// The gradient of the rows of floats below, `[R, their padded width]`; untouched where features enter.
    pub(crate) fn input_gradient(
        &self,
        workspace: &mut Workspace,
        extent: Extent,
        tape: &Tape,
        to: &mut Aligned,
    ) {
        if let Some(Dense { transposed, .. }) = &self.dense {
            to.fit(extent.rows() * transposed.width());
            let gates = Matrix::dense(&tape.gates, transposed.depth());
            workspace.product(gates, transposed, ProductStart::Zero, to);
        }
    }
}

impl Dense {
    /// The rows that the layer reads.
    pub(crate) fn below<'a>(&self, values: &'a [f32]) -> Matrix<'a> {
        Matrix::padded(values, self.weight.depth())
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
