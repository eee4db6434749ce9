//! General products of matrices, shared among threads: what the passes of every layer are made of.

use std::ops::Range;

use crate::aligned::Aligned;
use crate::column_order::{ColumnOrder, ColumnRun};
use crate::kernel::{InstructionSet, ProductStart, Scratch};
use crate::matrix::{BLOCK, Matrix, PANEL, Panels, add_to};
use crate::packed::PackedMatrix;
use crate::threads::{ThreadPool, cut};

/// The threads, the instruction set, and the room that products need beside their operands.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) pool: ThreadPool,
    pub(crate) isa: InstructionSet,
    /// Where each thread packs its operands.
    scratch: Vec<Scratch>,
    /// The gradient of one weight, packed.
    sum: Aligned,
    /// The gradients of embeddings times weights; see [`Projection`](crate::projection::Projection).
    pub(crate) projected: Aligned,
}

/// Where a parameter's gradient goes.
pub(crate) struct ParameterColumns {
    /// The first of its columns among those of a product.
    pub(crate) first: usize,
    pub(crate) order: ColumnOrder,
    /// Its place in the flat buffer.
    pub(crate) range: Range<usize>,
}

impl Workspace {
    /// Zero threads mean one for each processor.
    pub(crate) fn new(isa: InstructionSet, threads: usize) -> Workspace {
        let pool = ThreadPool::new(threads);
        let scratch = (0..pool.size()).map(|_| Scratch::default()).collect();
        Workspace { pool, isa, scratch, sum: Aligned::default(), projected: Aligned::default() }
    }

    /// `to = start + left x right`.
    pub(crate) fn product(
        &mut self,
        left: Matrix,
        right: &PackedMatrix,
        start: ProductStart,
        to: &mut [f32],
    ) {
        let isa = self.isa;
        self.pool.each_rows(to, (right.width(), 1), |row, to| {
            isa.product(left.rows_from(row), right.panels(), start, to);
        });
    }

    /// Adds the columns of `left^T x right` to the gradients of the parameters to which they belong. More rows of
    /// `left` than `right` has do not count.
    pub(crate) fn weight_gradient(
        &mut self,
        left: Matrix,
        right: Matrix,
        parameters: &[ParameterColumns],
        gradient: &mut [f32],
    ) {
        let (isa, depth) = (self.isa, left.columns);
        self.sum.fit(depth * right.columns);
        let columns = self.pool.ranges(right.columns, BLOCK);
        let pieces = cut(&mut self.sum, depth, &columns).into_iter().zip(&mut self.scratch);
        self.pool.each(pieces.collect(), |((first, to), scratch)| isa.outer(left, right, first, to, scratch));
        let sum = &self.sum;
        for parameter in parameters {
            let to = &mut gradient[parameter.range.clone()];
            self.pool.each_rows(to, (parameter.order.columns(), 1), |row, to| {
                for columns in &columns {
                    let values = &sum[columns.start * depth..columns.end * depth];
                    parameter.add(Panels { depth, width: columns.len(), values }, (row, columns.start), to);
                }
            });
        }
    }

    /// Adds the column sums of `d` to the gradients of the biases to which they belong.
    pub(crate) fn bias_gradient(&mut self, d: Matrix, parameters: &[ParameterColumns], gradient: &mut [f32]) {
        let (isa, mut sum) = (self.isa, Aligned::zeros(d.columns));
        self.pool.each_rows(&mut sum, (1, BLOCK), |first, sum| {
            isa.wide(
                #[inline(always)]
                || {
                    for d in d.values.chunks_exact(d.stride) {
                        add_to(sum, &d[first..first + sum.len()]);
                    }
                },
            );
        });
        for ParameterColumns { first, order, range } in parameters {
            order.collect(&sum[*first..], &mut gradient[range.clone()]);
        }
    }
}

impl ParameterColumns {
    /// Adds the rows `row ..` of a packed matrix, which is a larger one from its column `column` on, to those of
    /// the gradient.
    fn add(&self, from: Panels, (row, column): (usize, usize), to: &mut [f32]) {
        let inside = column..column + from.width;
        for ColumnRun { parameter, memory, length } in self.order.runs() {
            if !inside.contains(&(self.first + memory)) {
                continue;
            }
            let here = self.first + memory - column;
            let start = here / PANEL * PANEL;
            let panel = PANEL.min(from.width - start);
            let rows = &from.values[start * from.depth + row * panel + here - start..];
            for (from, to) in rows.chunks(panel).zip(to.chunks_exact_mut(self.order.columns())) {
                add_to(&mut to[parameter..parameter + length], &from[..length]);
            }
        }
    }
}
