//! Products of row-major matrices with packed ones, and sums of outer products.

use super::instruction_set::InstructionSet;
use super::simd::{Kernel, Simd};
use super::tile::{Left, ROWS, Right, Weight, rows_of_tiles};
use crate::aligned::Aligned;
use crate::matrix::{BLOCK, Matrix, PANEL, Panels};

/// The inner dimension is cut into pieces whose panel stays in the second-level cache.
const DEPTH: usize = 512;
/// Rows that share one sweep over all panels.
const SWEEP: usize = 16 * ROWS;

/// A row of a panel.
static ZEROS: [f32; PANEL] = [0.0; PANEL];

/// What a product is added to.
#[derive(Clone, Copy)]
pub(crate) enum ProductStart<'a> {
    /// One row, for example a bias, for every row of the result.
    Row(&'a [f32]),
    /// Nothing.
    Zero,
    /// What the result already holds.
    Sum,
}

impl InstructionSet {
    /// `to = start + left x right`, where `to` is `[rows, right.width]`; more rows of `left` do not count.
    pub(crate) fn product<W: Weight>(
        self,
        left: Matrix,
        right: Panels<W>,
        start: ProductStart,
        to: &mut [f32],
    ) {
        self.run(Product { left, right, start, to });
    }

    /// `to = left^T x right` for the columns of `right` from `first` on: `to` becomes the packed
    /// `[left.columns, its columns]` matrix. More rows of `left` than `right` has do not count.
    pub(crate) fn outer(
        self,
        left: Matrix,
        right: Matrix,
        first: usize,
        to: &mut [f32],
        scratch: &mut Scratch,
    ) {
        self.run(Outer { left, right, first, to, scratch });
    }
}

struct Product<'a, W> {
    left: Matrix<'a>,
    right: Panels<'a, W>,
    start: ProductStart<'a>,
    to: &'a mut [f32],
}

impl<W: Weight> Kernel for Product<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let (depth, width) = (self.right.depth, self.right.width);
        let rows = self.to.len() / width;
        assert!(rows * width == self.to.len() && self.right.values.len() == depth * width);
        assert!(self.left.columns == depth && self.left.holds(rows));
        if let ProductStart::Row(row) = self.start {
            assert!(row.len() >= width);
        }
        for first in (0..rows).step_by(SWEEP) {
            let count = SWEEP.min(rows - first);
            for (block, k) in (0..depth.max(1)).step_by(DEPTH).enumerate() {
                let deep = DEPTH.min(depth - k);
                for column in (0..width).step_by(PANEL) {
                    let panel = PANEL.min(width - column);
                    // SAFETY: the assertions bound rows, columns and depth of the three operands.
                    unsafe {
                        let right = self.right.values.as_ptr().add(column * depth + k * panel);
                        let right = Right { at: right, width: panel, depth: deep };
                        let to = self.to.as_mut_ptr().add(first * width + column);
                        let (from, from_step) = match self.start {
                            ProductStart::Row(row) if block == 0 => (row.as_ptr().add(column), 0),
                            ProductStart::Zero if block == 0 => (ZEROS.as_ptr(), 0),
                            _ => (to.cast_const(), width),
                        };
                        let left = self.left.values.as_ptr().add(first * self.left.stride + k);
                        let left = Left { at: left, row_step: self.left.stride, k_step: 1 };
                        rows_of_tiles(s, count, left, right, (from, from_step), (to, width));
                    }
                }
            }
        }
    }
}

struct Outer<'a> {
    left: Matrix<'a>,
    right: Matrix<'a>,
    first: usize,
    to: &'a mut [f32],
    scratch: &'a mut Scratch,
}

/// Where a worker packs its operands.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    left: Aligned,
    right: Aligned,
}

/// Rows that are packed at once.
const RUN: usize = 256;

impl Kernel for Outer<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Outer { left, right, first, to, scratch } = self;
        let depth = left.columns;
        let (rows, width) = (right.values.len() / right.stride, to.len() / depth);
        assert!(rows * right.stride == right.values.len() && depth * width == to.len());
        for row in (0..rows).step_by(RUN) {
            let run = RUN.min(rows - row);
            pack::<ROWS>(&mut scratch.left, left.rows_from(row), run, (0, depth));
            pack::<PANEL>(&mut scratch.right, right.rows_from(row), run, (first, width));
            for column in (0..width).step_by(PANEL) {
                let panel = PANEL.min(width - column);
                let to = &mut to[column * depth..][..panel * depth];
                let right = &scratch.right[column / PANEL * stride(PANEL, run)..][..run * panel];
                let right = Right { at: right.as_ptr(), width: panel, depth: run };
                // SAFETY: strips and panel were packed above for `run` rows; `to` is one whole panel.
                unsafe { strips(s, &scratch.left, depth, right, row == 0, to) };
            }
        }
    }
}

/// `to += left^T x right`, or `=` if this is the beginning.
///
/// # Safety
/// `left` must hold `depth` columns of `right.depth` rows as [`pack`] leaves them; `right` must be readable.
#[inline(always)]
unsafe fn strips<S: Simd>(s: S, left: &[f32], depth: usize, right: Right<f32>, begin: bool, to: &mut [f32]) {
    for (strip, first) in (0..depth).step_by(ROWS).enumerate() {
        let rows = ROWS.min(depth - first);
        // SAFETY: a strip is `right.depth` rows of `rows` columns; `to` has `depth` rows of the panel's width.
        unsafe {
            let left = left.as_ptr().add(strip * stride(ROWS, right.depth));
            let to = (to.as_mut_ptr().add(first * right.width), right.width);
            let from = if begin { (ZEROS.as_ptr(), 0) } else { (to.0.cast_const(), to.1) };
            rows_of_tiles(s, rows, Left { at: left, row_step: 1, k_step: rows }, right, from, to);
        }
    }
}

/// Floats from one packed piece of `columns` to the next; a line more than it holds, so that the pieces of a row
/// do not fall into the same sets of a cache.
const fn stride(columns: usize, run: usize) -> usize {
    (columns * run).next_multiple_of(BLOCK) + BLOCK
}

/// Copies `run` rows of the columns `first .. first + count` into pieces of `N` columns and one narrower.
#[inline(always)]
fn pack<const N: usize>(to: &mut Aligned, from: Matrix, run: usize, (first, count): (usize, usize)) {
    let stride = stride(N, run);
    to.fit(count.div_ceil(N) * stride);
    for row in 0..run {
        let (pieces, rest) = from.values[row * from.stride + first..][..count].as_chunks::<N>();
        for (to, piece) in to.chunks_exact_mut(stride).zip(pieces) {
            to[row * N..][..N].copy_from_slice(piece);
        }
        if !rest.is_empty() {
            to[pieces.len() * stride + row * rest.len()..][..rest.len()].copy_from_slice(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column_order::ColumnOrder;
    use crate::matrix::padded;

    /// A row-major matrix, packed.
    fn packed(depth: usize, columns: usize, values: &[f32]) -> Vec<f32> {
        let mut packed = vec![0.0; depth * padded(columns)];
        let order = ColumnOrder::Plain(columns);
        InstructionSet::Scalar.pack(values, order, (depth, padded(columns)), 0, &mut packed);
        packed
    }

    /// Small integers, whose products are exact in any order.
    fn matrix(rows: usize, columns: usize, salt: usize) -> Vec<f32> {
        (0..rows * columns).map(|i| ((i * 7 + salt) % 11) as f32 - 5.0).collect()
    }

    fn naive(a: &[f32], b: &[f32], (rows, depth, columns): (usize, usize, usize)) -> Vec<f32> {
        let sum = |r: usize, c: usize| (0..depth).map(|k| a[r * depth + k] * b[k * columns + c]).sum();
        (0..rows * columns).map(|i| sum(i / columns, i % columns)).collect()
    }

    const SIZES: [(usize, usize, usize); 7] =
        [(1, 1, 1), (5, 7, 16), (6, 16, 100), (13, 33, 64), (97, 65, 90), (200, 600, 33), (7, 1030, 130)];

    #[test]
    fn products_are_those_of_the_definition() {
        for (rows, depth, columns) in SIZES {
            let (a, b) = (matrix(rows, depth, 1), matrix(depth, columns, 5));
            let (width, values) = (padded(columns), packed(depth, columns, &b));
            let panels = Panels { depth, width, values: &values[..] };
            let bias = vec![2.0; width];
            for isa in InstructionSet::all() {
                let mut to = vec![f32::NAN; rows * width];
                isa.product(Matrix::dense(&a, depth), panels, ProductStart::Row(&bias), &mut to);
                isa.product(Matrix::dense(&a, depth), panels, ProductStart::Sum, &mut to);
                for (ours, exact) in
                    to.chunks(width).zip(naive(&a, &b, (rows, depth, columns)).chunks(columns))
                {
                    assert!(ours[..columns].iter().zip(exact).all(|(o, e)| *o == 2.0 + 2.0 * e), "{isa:?}");
                    assert!(ours[columns..].iter().all(|&o| o == 2.0));
                }
            }
        }
    }

    #[test]
    fn outer_sums_are_those_of_the_definition() {
        for (depth, rows, columns) in SIZES {
            let (a, width) = (matrix(rows, depth, 1), padded(columns));
            let b = matrix(rows, width, 5);
            let transposed: Vec<f32> = (0..depth * rows).map(|i| a[i % rows * depth + i / rows]).collect();
            let exact = naive(&transposed, &b, (depth, rows, width));
            let wanted = packed(depth, width, &exact);
            for isa in InstructionSet::all() {
                let (mut to, mut scratch) = (vec![f32::NAN; depth * width], Scratch::default());
                let (a, b) = (Matrix::dense(&a, depth), Matrix::dense(&b, width));
                isa.outer(a, b, 0, &mut to, &mut scratch);
                assert!(to == wanted, "{isa:?} {depth} {rows} {columns}");
            }
        }
    }
}
