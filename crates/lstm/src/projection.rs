//! How features enter a layer: rows of a table added up, never a product with a one-hot vector.
//!
//! For every term the matrix `P = E W` (or W itself for a one-hot) is formed once, for generation row by row as rows
//! are needed; an index then adds row P[v] to the sums, and its gradient is scattered back into dP, from which dE and
//! dW follow.

use std::ops::Range;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use crate::NONE;
use crate::aligned::Aligned;
use crate::batch::FeatureColumn;
use crate::column_order::ColumnOrder;
use crate::kernel::{InstructionSet, ProductStart};
use crate::matrix::{BLOCK, Matrix, add_to, padded};
use crate::network::Network;
use crate::packed::Purpose;
use crate::products::{ParameterColumns, Workspace};
use crate::projected_term::ProjectedTerm;
use crate::shape::Term;
use crate::threads::{Job, LaneShare};

/// The sums that features and a bias give a layer.
#[derive(Debug)]
pub(crate) struct Projection {
    order: ColumnOrder,
    /// The layer's weight for its features; there is none without features.
    weight: Option<usize>,
    bias: usize,
    bias_row: Aligned,
    terms: Vec<ProjectedTerm>,
    formed: RwLock<FormedRows>,
}

/// The rows of the P of all terms, one term below the other.
#[derive(Debug, Default)]
struct FormedRows {
    /// `[values of all terms, width]`.
    rows: Aligned,
    /// Which rows have been formed, unless all have.
    formed: Vec<bool>,
    all: bool,
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
        let bias_row = Aligned::zeros(order.width());
        Projection { order, weight, bias, bias_row, terms, formed: RwLock::default() }
    }

    /// The work of forming P and the bias from the parameters.
    pub(crate) fn packing<'a>(
        &'a mut self,
        network: &'a Network,
        isa: InstructionSet,
        purpose: Purpose,
    ) -> Vec<Job<'a>> {
        self.order.spread(&network.read(self.bias), &mut self.bias_row);
        let (order, values) = (self.order, self.values());
        let Projection { weight: Some(weight), terms, formed, .. } = self else { return vec![] };
        let (weight, formed) = (*weight, formed.get_mut().unwrap_or_else(PoisonError::into_inner));
        if purpose == Purpose::Generation {
            formed.rows = Aligned::zeros(values * order.width());
            formed.formed = vec![false; values];
            let job = |term: &'a mut ProjectedTerm| -> Job<'a> {
                Box::new(move || term.prepare(network, isa, weight, order))
            };
            return terms.iter_mut().map(job).collect();
        }
        formed.rows.fit(values * order.width());
        formed.all = true;
        let (mut jobs, mut rest): (Vec<Job>, _) = (vec![], &mut formed.rows[..]);
        for term in terms {
            let (rows, after) = rest.split_at_mut(term.values * order.width());
            rest = after;
            jobs.push(Box::new(move || term.form(network, isa, (weight, order), rows)));
        }
        jobs
    }

    /// Fills `to`, rows `first ..` of the layer's sums.
    pub(crate) fn apply(&self, isa: InstructionSet, columns: &[FeatureColumn], first: usize, to: &mut [f32]) {
        let width = self.order.width();
        let formed = self.formed(isa, columns, first..first + to.len() / width);
        isa.wide(
            #[inline(always)]
            || {
                for (row, to) in to.chunks_exact_mut(width).enumerate() {
                    self.add_rows(&formed.rows, columns, first + row, to);
                }
            },
        );
        for term in &self.terms {
            if let FeatureColumn::Dense(values) = &columns[term.feature] {
                let values = Matrix::dense(values, term.values).rows_from(first);
                isa.product(values, term.panels.panels(), ProductStart::Sum, to);
            }
        }
    }

    /// P, with every row that rows `range` of the columns need.
    fn formed(
        &self,
        isa: InstructionSet,
        columns: &[FeatureColumn],
        range: Range<usize>,
    ) -> RwLockReadGuard<'_, FormedRows> {
        let formed = self.formed.read().unwrap_or_else(PoisonError::into_inner);
        let needed = || self.terms.iter().flat_map(|term| term.indices(columns, range.clone()));
        if formed.all || needed().all(|(term, value)| formed.formed[term.first + value]) {
            return formed;
        }
        drop(formed);
        let mut formed = self.formed.write().unwrap_or_else(PoisonError::into_inner);
        for (term, value) in needed() {
            let row = term.first + value;
            if !std::mem::replace(&mut formed.formed[row], true) {
                let width = self.order.width();
                term.form_row(isa, value, &mut formed.rows[row * width..][..width]);
            }
        }
        drop(formed);
        self.formed.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bias and what the indices of one row add to it.
    #[inline(always)]
    fn add_rows(&self, rows: &[f32], columns: &[FeatureColumn], row: usize, to: &mut [f32]) {
        to.copy_from_slice(&self.bias_row);
        for term in &self.terms {
            if let FeatureColumn::Index(values) = &columns[term.feature]
                && values[row] != NONE
            {
                add_to(to, &rows[(term.first + values[row] as usize) * to.len()..][..to.len()]);
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
