//! A hidden layer between the last LSTM layer and heads.

use crate::batch::FeatureColumn;
use crate::column_order::ColumnOrder;
use crate::kernel::{InstructionSet, ProductStart};
use crate::matrix::{BLOCK, Matrix};
use crate::network::Network;
use crate::packed::{PackedMatrix, Purpose};
use crate::products::{ParameterColumns, Workspace};
use crate::projection::Projection;
use crate::threads::Job;

/// A hidden layer `relu(W h + U x + b)`, packed.
#[derive(Debug)]
pub(crate) struct HiddenLayer {
    index: usize,
    order: ColumnOrder,
    /// U x + b.
    projection: Projection,
    /// W.
    weight: PackedMatrix,
    /// For training.
    transposed: PackedMatrix,
}

impl HiddenLayer {
    pub(crate) fn new(network: &Network, index: usize) -> HiddenLayer {
        let (shape, at) = (network.shape(), network.layout.contexts[index]);
        let context = &shape.contexts[index];
        let order = ColumnOrder::Plain(context.width);
        let projection = Projection::new(network, &context.input, order, at.features, at.bias);
        let weight = PackedMatrix::new(shape.top(), order.width());
        let transposed = PackedMatrix::new(context.width, shape.top());
        HiddenLayer { index, order, projection, weight, transposed }
    }

    /// The work of packing the weights.
    pub(crate) fn packing<'a>(
        &'a mut self,
        network: &'a Network,
        isa: InstructionSet,
        purpose: Purpose,
    ) -> Vec<Job<'a>> {
        let from = network.layout.contexts[self.index].hidden;
        let HiddenLayer { order, projection, weight, transposed, .. } = self;
        let order = *order;
        let mut jobs: Vec<Job> = vec![Box::new(move || weight.pack(isa, 0, order, &network.weight(from)))];
        if purpose == Purpose::Training {
            let from = network.values(from);
            jobs.push(Box::new(move || transposed.pack_transposed(0, order, from)));
        }
        jobs.extend(projection.packing(network, isa, purpose));
        jobs
    }

    /// The width of a row of the output.
    pub(crate) fn width(&self) -> usize {
        self.order.width()
    }

    /// Rows `first ..` of the output from those of h.
    pub(crate) fn forward(
        &self,
        isa: InstructionSet,
        columns: &[FeatureColumn],
        h: &[f32],
        first: usize,
        to: &mut [f32],
    ) {
        self.projection.apply(isa, columns, first, to);
        isa.product(self.source(h).rows_from(first), self.weight.panels(), ProductStart::Sum, to);
        isa.wide(
            #[inline(always)]
            || {
                for x in to {
                    *x = x.max(0.0);
                }
            },
        );
    }

    /// All rows of the output.
    pub(crate) fn forward_rows(
        &self,
        workspace: &mut Workspace,
        columns: &[FeatureColumn],
        h: &[f32],
        to: &mut [f32],
    ) {
        let isa = workspace.isa;
        workspace.pool.each_rows(to, (self.width(), 1), |row, to| self.forward(isa, columns, h, row, to));
    }

    /// From `d`, the gradient of the output, adds to that of h and to the weights'; `d` becomes that of the sums.
    pub(crate) fn backward(
        &self,
        workspace: &mut Workspace,
        network: &Network,
        columns: &[FeatureColumn],
        (h, output): (&[f32], &[f32]),
        (d, dh): (&mut [f32], &mut [f32]),
        gradient: &mut [f32],
    ) {
        let isa = workspace.isa;
        workspace.pool.each_rows(d, (1, BLOCK), |first, d| {
            isa.wide(
                #[inline(always)]
                || {
                    for (d, y) in d.iter_mut().zip(&output[first..]) {
                        *d = if *y > 0.0 { *d } else { 0.0 };
                    }
                },
            );
        });
        workspace.product(
            Matrix::padded(d, self.transposed.depth()),
            &self.transposed,
            ProductStart::Sum,
            dh,
        );
        let range = network.layout.range(network.layout.contexts[self.index].hidden);
        let weight = ParameterColumns { first: 0, order: self.order, range };
        workspace.weight_gradient(self.source(h), Matrix::dense(d, self.width()), &[weight], gradient);
        self.projection.backward(workspace, network, columns, d, gradient);
    }

    fn source<'a>(&self, h: &'a [f32]) -> Matrix<'a> {
        Matrix::padded(h, self.weight.depth())
    }
}
