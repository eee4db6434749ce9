//! Products of row-major matrices with packed ones, and sums of outer products.

use super::simd::{BLOCK, Simd};
use super::tile::{Left, ROWS, Right, Weight};
use super::{InstructionSet, Task};
use crate::aligned::Aligned;
use crate::panels::{PANEL, View};

/// The inner dimension is cut into pieces whose panel stays in the second-level cache.
const DEPTH: usize = 512;
/// Rows that share one sweep over all panels.
const SWEEP: usize = 16 * ROWS;

/// What a product is added to.
#[derive(Clone, Copy)]
pub(crate) enum Start<'a> {
    /// One row, for example a bias, for every row of the result.
    Row(&'a [f32]),
    /// What the result already holds.
    Sum,
}

impl InstructionSet {
    /// `to = start + left x right`: `to` is `[rows, right.width]`, `left` `[rows, left_step]`, of which the
    /// first `right.depth` columns count.
    pub(crate) fn product<W: Weight>(
        self,
        left: &[f32],
        left_step: usize,
        right: View<W>,
        start: Start,
        to: &mut [f32],
    ) {
        self.run(Product { left, left_step, right, start, to });
    }

    pub(crate) fn run_outer(self, outer: Outer) {
        self.run(outer);
    }
}

struct Product<'a, W> {
    left: &'a [f32],
    left_step: usize,
    right: View<'a, W>,
    start: Start<'a>,
    to: &'a mut [f32],
}

impl<W: Weight> Task for Product<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let (depth, width) = (self.right.depth, self.right.width);
        let rows = self.to.len() / width;
        assert!(rows * width == self.to.len() && self.right.values.len() == depth * width);
        assert!(rows == 0 || self.left.len() >= (rows - 1) * self.left_step + depth);
        if let Start::Row(row) = self.start {
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
                            Start::Row(row) if block == 0 => (row.as_ptr().add(column), 0),
                            _ => (to.cast_const(), width),
                        };
                        let left = self.left.as_ptr().add(first * self.left_step + k);
                        let left = Left { at: left, row_step: self.left_step, k_step: 1 };
                        s.tiles(count, left, right, (from, from_step), (to, width));
                    }
                }
            }
        }
    }
}

/// `to = left^T x right` for some columns of the result.
///
/// `left` is `[rows, left_step]` of which `depth` columns count; `right` is `[rows, right_step]`; `to` becomes
/// the packed `[depth, its columns]` matrix of the columns of `right` from `first` on.
pub(crate) struct Outer<'a> {
    pub(crate) left: &'a [f32],
    pub(crate) left_step: usize,
    pub(crate) depth: usize,
    pub(crate) right: &'a [f32],
    pub(crate) right_step: usize,
    pub(crate) first: usize,
    pub(crate) to: &'a mut [f32],
    pub(crate) scratch: &'a mut Scratch,
}

/// Where a worker packs its operands.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    left: Aligned,
    right: Aligned,
}

/// Rows that are packed at once.
const RUN: usize = 256;

impl Task for Outer<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Outer { left, left_step, depth, right, right_step, first, to, scratch } = self;
        let (rows, width) = (right.len() / right_step, to.len() / depth);
        assert!(rows * right_step == right.len() && depth * width == to.len());
        for row in (0..rows).step_by(RUN) {
            let run = RUN.min(rows - row);
            pack::<ROWS>(&mut scratch.left, &left[row * left_step..], left_step, run, (0, depth));
            pack::<PANEL>(&mut scratch.right, &right[row * right_step..], right_step, run, (first, width));
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
    let zeros = [0.0f32; PANEL];
    for (strip, first) in (0..depth).step_by(ROWS).enumerate() {
        let rows = ROWS.min(depth - first);
        // SAFETY: a strip is `right.depth` rows of `rows` columns; `to` has `depth` rows of the panel's width.
        unsafe {
            let left = left.as_ptr().add(strip * stride(ROWS, right.depth));
            let to = (to.as_mut_ptr().add(first * right.width), right.width);
            let from = if begin { (zeros.as_ptr(), 0) } else { (to.0.cast_const(), to.1) };
            s.tiles(rows, Left { at: left, row_step: 1, k_step: rows }, right, from, to);
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
fn pack<const N: usize>(
    to: &mut Aligned,
    from: &[f32],
    step: usize,
    run: usize,
    (first, count): (usize, usize),
) {
    let stride = stride(N, run);
    to.fit(count.div_ceil(N) * stride);
    for row in 0..run {
        let (pieces, rest) = from[row * step + first..][..count].as_chunks::<N>();
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
    use crate::panels::Panels;
    use crate::projection::Order;

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
            let mut panels = Panels::new(depth, columns);
            panels.pack(0, Order::Plain(columns), &b);
            let bias = vec![2.0; panels.width];
            for path in InstructionSet::all() {
                let mut to = vec![f32::NAN; rows * panels.width];
                path.product(&a, depth, panels.view(), Start::Row(&bias), &mut to);
                path.product(&a, depth, panels.view(), Start::Sum, &mut to);
                for (ours, exact) in
                    to.chunks(panels.width).zip(naive(&a, &b, (rows, depth, columns)).chunks(columns))
                {
                    assert!(ours[..columns].iter().zip(exact).all(|(o, e)| *o == 2.0 + 2.0 * e), "{path:?}");
                    assert!(ours[columns..].iter().all(|&o| o == 2.0));
                }
            }
        }
    }

    #[test]
    fn outer_sums_are_those_of_the_definition() {
        for (depth, rows, columns) in SIZES {
            let (a, width) = (matrix(rows, depth, 1), crate::panels::padded(columns));
            let b = matrix(rows, width, 5);
            let transposed: Vec<f32> = (0..depth * rows).map(|i| a[i % rows * depth + i / rows]).collect();
            let exact = naive(&transposed, &b, (depth, rows, width));
            let mut wanted = Panels::new(depth, width);
            wanted.pack(0, Order::Plain(width), &exact);
            for path in InstructionSet::all() {
                let (mut to, mut scratch) = (Panels::new(depth, width), Scratch::default());
                path.run_outer(Outer {
                    left: &a,
                    left_step: depth,
                    depth,
                    right: &b,
                    right_step: width,
                    first: 0,
                    to: &mut to.values,
                    scratch: &mut scratch,
                });
                assert!(to.values == wanted.values, "{path:?} {depth} {rows} {columns}");
            }
        }
    }
}
