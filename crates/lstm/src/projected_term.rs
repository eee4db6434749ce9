//! One term of a layer's input: the matrix `P = E W`, its rows and its gradient.

use std::ops::Range;

use crate::NONE;
use crate::aligned::Aligned;
use crate::batch::FeatureColumn;
use crate::column_order::ColumnOrder;
use crate::kernel::{InstructionSet, ProductStart};
use crate::matrix::{Matrix, add_to, padded};
use crate::network::Network;
use crate::packed::PackedMatrix;
use crate::products::{ParameterColumns, Workspace};
use crate::shape::{FeatureKind, Term};
use crate::weight_source::WeightSource;

/// One term of a layer's input.
#[derive(Debug)]
pub(crate) struct ProjectedTerm {
    pub(crate) feature: usize,
    kind: FeatureKind,
    /// Rows of P: the feature's values.
    pub(crate) values: usize,
    /// The first of its rows when the P of all terms lie below one another.
    pub(crate) first: usize,
    /// The parameter of the embedding, if there is one.
    pub(crate) table: Option<usize>,
    /// The rows of the layer's weight that belong to the term's block.
    pub(crate) inputs: Range<usize>,
    /// P packed, for a dense feature.
    pub(crate) panels: PackedMatrix,
    /// E, empty without a table, and the block of W: what rows are formed from in generation.
    embedding: Vec<f32>,
    block: PackedMatrix,
}

impl ProjectedTerm {
    pub(crate) fn new(
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
        let panels = PackedMatrix::new(values, order.width());
        let block = PackedMatrix::new(inputs.len(), order.width());
        ProjectedTerm { feature, kind, values, first, table, inputs, panels, embedding: vec![], block }
    }

    /// Forms P.
    pub(crate) fn form(
        &mut self,
        network: &Network,
        isa: InstructionSet,
        (weight, order): (usize, ColumnOrder),
        rows: &mut [f32],
    ) {
        let width = order.width();
        match (self.table, self.block(network, weight, order)) {
            (None, WeightSource::Memory(block)) => {
                let rows = block.chunks_exact(order.columns()).zip(rows.chunks_exact_mut(width));
                rows.for_each(|(from, to)| order.spread(from, to));
            }
            (None, block) => {
                self.block.pack(isa, 0, order, &block);
                (0..).zip(rows.chunks_exact_mut(width)).for_each(|(k, row)| self.block.read_row(k, row));
            }
            (Some(table), block) => {
                let mut panels = PackedMatrix::<f32>::new(self.inputs.len(), width);
                panels.pack(isa, 0, order, &block);
                let table = network.read(table);
                isa.product(
                    Matrix::dense(&table, self.inputs.len()),
                    panels.panels(),
                    ProductStart::Zero,
                    rows,
                );
            }
        }
        if self.kind == FeatureKind::Dense {
            self.panels.pack(isa, 0, ColumnOrder::Plain(width), &WeightSource::Memory(rows));
        }
    }

    /// Keeps what rows are formed from; forms P of a dense feature at once.
    pub(crate) fn prepare(
        &mut self,
        network: &Network,
        isa: InstructionSet,
        weight: usize,
        order: ColumnOrder,
    ) {
        if self.kind == FeatureKind::Dense {
            let mut rows = Aligned::zeros(self.values * order.width());
            return self.form(network, isa, (weight, order), &mut rows);
        }
        self.embedding = self.table.map_or(vec![], |table| network.read(table).into_owned());
        let block = self.block(network, weight, order);
        self.block.pack(isa, 0, order, &block);
    }

    /// Forms one row of P.
    pub(crate) fn form_row(&self, isa: InstructionSet, value: usize, to: &mut [f32]) {
        match self.table {
            None => self.block.read_row(value, to),
            Some(_) => {
                let embedding = Matrix::dense(&self.embedding, self.inputs.len()).rows_from(value);
                isa.product(embedding, self.block.panels(), ProductStart::Zero, to);
            }
        }
    }

    /// The values of an index feature at some rows.
    pub(crate) fn indices<'a>(
        &'a self,
        columns: &'a [FeatureColumn],
        rows: Range<usize>,
    ) -> impl Iterator<Item = (&'a ProjectedTerm, usize)> {
        let values = match &columns[self.feature] {
            FeatureColumn::Index(values) => &values[rows],
            FeatureColumn::Dense(_) => &[],
        };
        values.iter().filter(|&&value| value != NONE).map(move |&value| (self, value as usize))
    }

    /// Adds the gradients of the weight's block and of the embedding from that of P.
    pub(crate) fn backward(
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
        let weight = network.values(weight);
        let block = &weight[self.inputs.start * order.columns()..self.inputs.end * order.columns()];
        transposed.pack_transposed(0, order, block);
        let mut d = Aligned::zeros(self.values * padded(inputs));
        workspace.product(Matrix::dense(rows, width), &transposed, ProductStart::Zero, &mut d);
        let to = gradient[layout.range(table)].chunks_exact_mut(inputs);
        d.chunks_exact(padded(inputs)).zip(to).for_each(|(d, to)| add_to(to, d));
    }

    /// The rows of the layer's weight that belong to the term's block.
    fn block<'a>(&self, network: &'a Network, weight: usize, order: ColumnOrder) -> WeightSource<'a> {
        network.weight(weight).inputs(order.columns(), self.inputs.clone())
    }

    /// Calls `visit` with every value of the feature at a row that is not zero, and its weight.
    pub(crate) fn each_value(
        &self,
        columns: &[FeatureColumn],
        row: usize,
        mut visit: impl FnMut(usize, f32),
    ) {
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
