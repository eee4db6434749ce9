//! How features enter a layer: rows of a table added up, never a product with a one-hot vector.
//!
//! For every term the matrix `P = E W` (or W itself for a one-hot) is formed once; an index then adds row
//! P[v] to the sums, and its gradient is scattered back into dP, from which dE and dW follow.

use std::ops::Range;

use crate::NONE;
use crate::aligned::Aligned;
use crate::batch::FeatureColumn;
use crate::column_order::ColumnOrder;
use crate::kernel::{InstructionSet, Start};
use crate::matrix::{BLOCK, Matrix, add_to, padded};
use crate::network::Network;
use crate::packed::PackedMatrix;
use crate::products::{ParameterColumns, Workspace};
use crate::shape::{FeatureKind, Term};
use crate::threads::{Job, LaneShare};

/// The sums that features and a bias give a layer.
#[derive(Clone, Debug)]
pub(crate) struct Projection {
    order: ColumnOrder,
    /// The layer's weight for its features; there is none without features.
    weight: Option<usize>,
    bias: usize,
    bias_row: Aligned,
    terms: Vec<ProjectedTerm>,
}

/// One feature's way into a layer.
#[derive(Clone, Debug)]
struct ProjectedTerm {
    feature: usize,
    kind: FeatureKind,
    /// Rows of P: the feature's values.
    values: usize,
    /// The first of its rows when the P of all terms lie below one another.
    first: usize,
    /// The parameter of the embedding, if there is one.
    table: Option<usize>,
    /// The rows of the layer's weight that belong to the term's block.
    inputs: Range<usize>,
    /// P, `[values, width]`.
    rows: Aligned,
    /// P packed, for a dense feature.
    panels: PackedMatrix,
}

impl Projection {
    pub(crate) fn new(
        network: &Network,
        blocks: &[Vec<Term>],
        order: ColumnOrder,
        weight: Option<usize>,
        bias: usize,
    ) -> Projection {
        let (mut terms, mut input, mut first) = (Vec::new(), 0, 0);
        for block in blocks {
            let inputs = input..input + network.shape().block_width(block);
            for term in block {
                let term = ProjectedTerm::new(network, term, inputs.clone(), first, order);
                first += term.values;
                terms.push(term);
            }
            input = inputs.end;
        }
        Projection { order, weight, bias, bias_row: Aligned::zeros(order.width()), terms }
    }

    /// The work of forming P and the bias from the parameters.
    pub(crate) fn packing<'a>(
        &'a mut self,
        network: &'a Network,
        isa: InstructionSet,
    ) -> impl Iterator<Item = Job<'a>> {
        let Projection { order, weight, bias, bias_row, terms } = self;
        order.spread(network.values(*bias), bias_row);
        let (order, weight) = (*order, weight.map_or(&[][..], |weight| network.values(weight)));
        terms.iter_mut().map(move |term| -> Job { Box::new(move || term.pack(network, isa, weight, order)) })
    }

    /// Fills `to`, rows `first ..` of the layer's sums.
    pub(crate) fn apply(&self, isa: InstructionSet, columns: &[FeatureColumn], first: usize, to: &mut [f32]) {
        let width = self.order.width();
        isa.wide(
            #[inline(always)]
            || {
                for (row, to) in to.chunks_exact_mut(width).enumerate() {
                    self.add_rows(columns, first + row, to);
                }
            },
        );
        for term in &self.terms {
            if let FeatureColumn::Dense(values) = &columns[term.feature] {
                let values = Matrix::dense(values, term.values).from_row(first);
                isa.product(values, term.panels.panels(), Start::Sum, to);
            }
        }
    }

    /// The bias and what the indices of one row add to it.
    #[inline(always)]
    fn add_rows(&self, columns: &[FeatureColumn], row: usize, to: &mut [f32]) {
        to.copy_from_slice(&self.bias_row);
        for term in &self.terms {
            if let FeatureColumn::Index(values) = &columns[term.feature]
                && values[row] != NONE
            {
                add_to(to, &term.rows[values[row] as usize * to.len()..][..to.len()]);
            }
        }
    }

    /// Adds the gradients of the weight, the bias and the embeddings, from `d`, that of the sums.
    pub(crate) fn backward(
        &self,
        workspace: &mut Workspace,
        network: &Network,
        columns: &[FeatureColumn],
        d: &[f32],
        gradient: &mut [f32],
    ) {
        let (order, width) = (self.order, self.order.width());
        let mut projected = std::mem::take(&mut workspace.projected);
        self.scatter(workspace, columns, d, &mut projected);
        let (rows, bias) = projected.split_at_mut(self.values() * width);
        order.collect(bias, &mut gradient[network.layout.range(self.bias)]);
        for term in &self.terms {
            let rows = &mut rows[term.first * width..][..term.values * width];
            if let FeatureColumn::Dense(values) = &columns[term.feature] {
                rows.fill(0.0);
                let all =
                    ParameterColumns { first: 0, order: ColumnOrder::Plain(width), range: 0..rows.len() };
                let values = Matrix::dense(values, term.values);
                workspace.weight_gradient(values, Matrix::dense(d, width), &[all], rows);
            }
            if let Some(weight) = self.weight {
                term.backward(workspace, network, (weight, order), rows, gradient);
            }
        }
        workspace.projected = projected;
    }

    /// Sums the rows of `d` into `to`: dP of every index, one term below the other, then the bias.
    fn scatter(&self, workspace: &mut Workspace, columns: &[FeatureColumn], d: &[f32], to: &mut Aligned) {
        let (isa, width) = (workspace.isa, self.order.width());
        to.fit((self.values() + 1) * width);
        let ranges = workspace.pool.ranges(width / BLOCK, 1);
        let shares = LaneShare::cut(to, width / BLOCK, BLOCK, &ranges);
        workspace.pool.each(ranges.iter().zip(shares).collect(), |(range, mut to)| {
            isa.wide(
                #[inline(always)]
                || self.scatter_columns(columns, d, range.start * BLOCK, &mut to),
            );
        });
    }

    /// [`scatter`](Self::scatter) for the columns from `first` on.
    #[inline(always)]
    fn scatter_columns(&self, columns: &[FeatureColumn], d: &[f32], first: usize, to: &mut LaneShare) {
        let bias = self.values();
        for row in 0..=bias {
            to.at_mut(row).fill(0.0);
        }
        let count = to.at(bias).len();
        for (row, d) in d.chunks_exact(self.order.width()).enumerate() {
            let d = &d[first..first + count];
            add_to(to.at_mut(bias), d);
            for term in &self.terms {
                if let FeatureColumn::Index(values) = &columns[term.feature]
                    && values[row] != NONE
                {
                    add_to(to.at_mut(term.first + values[row] as usize), d);
                }
            }
        }
    }

    /// The values of all terms together.
    fn values(&self) -> usize {
        self.terms.iter().map(|term| term.values).sum()
    }

    /// The input as rows of floats, `[rows, padded width]`, from row `first` on, as dropout needs them.
    pub(crate) fn embed(&self, network: &Network, columns: &[FeatureColumn], first: usize, to: &mut [f32]) {
        to.fill(0.0);
        for (row, to) in to.chunks_exact_mut(self.input_width()).enumerate() {
            for term in &self.terms {
                let to = &mut to[term.inputs.clone()];
                term.each_value(columns, first + row, |value, weight| match term.table {
                    None => to[value] += weight,
                    Some(table) => {
                        let from = &network.values(table)[value * to.len()..][..to.len()];
                        to.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
                    }
                });
            }
        }
    }

    /// Adds the embeddings' gradients from `d`, that of what [`embed`](Self::embed) gave.
    pub(crate) fn embed_backward(
        &self,
        network: &Network,
        columns: &[FeatureColumn],
        d: &[f32],
        gradient: &mut [f32],
    ) {
        for term in &self.terms {
            let Some(table) = term.table else { continue };
            let gradient = &mut gradient[network.layout.range(table)];
            for (row, d) in d.chunks_exact(self.input_width()).enumerate() {
                let d = &d[term.inputs.clone()];
                term.each_value(columns, row, |value, weight| {
                    let to = gradient[value * d.len()..][..d.len()].iter_mut();
                    to.zip(d).for_each(|(to, d)| *to += weight * d);
                });
            }
        }
    }

    /// The padded width of the input as floats.
    pub(crate) fn input_width(&self) -> usize {
        padded(self.terms.last().map_or(0, |term| term.inputs.end))
    }
}

impl ProjectedTerm {
    fn new(
        network: &Network,
        term: &Term,
        inputs: Range<usize>,
        first: usize,
        order: ColumnOrder,
    ) -> ProjectedTerm {
        let shape = network.shape();
        let feature = shape.feature(&term.feature).unwrap_or_default();
        let (values, kind) = (shape.features[feature].width, shape.features[feature].kind);
        let table = term.table.as_ref().and_then(|name| shape.tables.iter().position(|t| t.name == *name));
        let table = table.map(|table| network.layout.tables[table]);
        let rows = Aligned::zeros(values * order.width());
        let panels = PackedMatrix::new(values, order.width());
        ProjectedTerm { feature, kind, values, first, table, inputs, rows, panels }
    }

    /// Forms P.
    fn pack(&mut self, network: &Network, isa: InstructionSet, weight: &[f32], order: ColumnOrder) {
        let width = order.width();
        let block = self.block(weight, order);
        match self.table {
            None => {
                let rows = block.chunks_exact(order.columns()).zip(self.rows.chunks_exact_mut(width));
                rows.for_each(|(from, to)| order.spread(from, to));
            }
            Some(table) => {
                let inputs = self.inputs.len();
                let mut panels = PackedMatrix::<f32>::new(inputs, width);
                panels.pack(isa, 0, order, block);
                let table = Matrix::dense(network.values(table), inputs);
                isa.product(table, panels.panels(), Start::Zero, &mut self.rows);
            }
        }
        if self.kind == FeatureKind::Dense {
            self.panels.pack(isa, 0, ColumnOrder::Plain(width), &self.rows);
        }
    }

    /// Adds the gradients of the weight's block and of the embedding from that of P.
    fn backward(
        &self,
        workspace: &mut Workspace,
        network: &Network,
        (weight, order): (usize, ColumnOrder),
        rows: &[f32],
        gradient: &mut [f32],
    ) {
        let (layout, width, inputs) = (&network.layout, order.width(), self.inputs.len());
        let start = layout.range(weight).start;
        let range = start + self.inputs.start * order.columns()..start + self.inputs.end * order.columns();
        let Some(table) = self.table else {
            let to = gradient[range].chunks_exact_mut(order.columns());
            return rows.chunks_exact(width).zip(to).for_each(|(from, to)| order.collect(from, to));
        };
        // P = E W, so dW = E^T dP and dE = dP W^T.
        let embedding = Matrix::dense(network.values(table), inputs);
        let block = ParameterColumns { first: 0, order, range };
        workspace.weight_gradient(embedding, Matrix::dense(rows, width), &[block], gradient);
        let mut transposed = PackedMatrix::new(width, inputs);
        transposed.pack_transposed(0, order, self.block(network.values(weight), order));
        let mut d = Aligned::zeros(self.values * padded(inputs));
        workspace.product(Matrix::dense(rows, width), &transposed, Start::Zero, &mut d);
        let to = gradient[layout.range(table)].chunks_exact_mut(inputs);
        d.chunks_exact(padded(inputs)).zip(to).for_each(|(d, to)| add_to(to, d));
    }

    /// The rows of the layer's weight that belong to the term's block.
    fn block<'a>(&self, weight: &'a [f32], order: ColumnOrder) -> &'a [f32] {
        &weight[self.inputs.start * order.columns()..self.inputs.end * order.columns()]
    }

    /// Calls `visit` with every value of the feature at a row that is not zero, and its weight.
    fn each_value(&self, columns: &[FeatureColumn], row: usize, mut visit: impl FnMut(usize, f32)) {
        match &columns[self.feature] {
            FeatureColumn::Index(values) if values[row] == NONE => {}
            FeatureColumn::Index(values) => visit(values[row] as usize, 1.0),
            FeatureColumn::Dense(values) => {
                let values = values[row * self.values..][..self.values].iter().enumerate();
                values
                    .filter(|(_, weight)| **weight != 0.0)
                    .for_each(|(value, weight)| visit(value, *weight));
            }
        }
    }
}
