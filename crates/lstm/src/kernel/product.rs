//! Products of row-major matrices with packed ones, and sums of outer products.

use super::simd::Simd;
use super::tile::{Left, ROWS, Right, Weight};
use super::{Path, Task};
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

impl Path {
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

/// `to += left^T x right` for some panels of the result.
///
/// `left` is `[rows, left_step]` of which `depth` columns count; `right` is `[rows, right_step]`; `to` holds
/// panels `first ..` of a packed `[depth, right_step]` matrix.
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
    left: Vec<f32>,
    right: Vec<f32>,
}

/// Rows that are packed at once.
const RUN: usize = 256;
/// Columns of the left operand that are packed together: whole tiles and whole vectors.
const STRIP: usize = 48;

impl Task for Outer<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let rows = self.right.len() / self.right_step;
        assert!(rows == 0 || self.left.len() >= (rows - 1) * self.left_step + self.depth);
        for row in (0..rows).step_by(RUN) {
            let run = RUN.min(rows - row);
            pack(
                &mut self.scratch.left,
                &self.left[row * self.left_step..],
                self.left_step,
                run,
                (0, self.depth),
            );
            let (mut at, mut column) = (0, self.first * PANEL);
            while at < self.to.len() {
                let panel = PANEL.min(self.right_step - column);
                let from = &self.right[row * self.right_step..];
                pack_panel(&mut self.scratch.right, from, self.right_step, run, (column, panel));
                let right = Right { at: self.scratch.right.as_ptr(), width: panel, depth: run };
                let to = &mut self.to[at..at + self.depth * panel];
                // SAFETY: strips and panel were packed above for `run` rows; `to` is one whole panel.
                unsafe { strips(s, &self.scratch.left, self.depth, run, right, to) };
                at += self.depth * panel;
                column += panel;
            }
        }
    }
}

/// # Safety
/// `left` must hold `depth` columns of `run` rows as [`pack`] leaves them; `right` must be readable.
#[inline(always)]
unsafe fn strips<S: Simd>(s: S, left: &[f32], depth: usize, run: usize, right: Right<f32>, to: &mut [f32]) {
    for first in (0..depth).step_by(STRIP) {
        let strip = STRIP.min(depth - first);
        // SAFETY: a strip is `run` rows of `strip` columns, laid at `first * run`; `to` has `depth` rows.
        unsafe {
            let left = Left { at: left.as_ptr().add(first * run), row_step: 1, k_step: strip };
            let to = to.as_mut_ptr().add(first * right.width);
            s.tiles(strip, left, right, (to.cast_const(), right.width), (to, right.width));
        }
    }
}

/// Copies `run` rows of the columns `first .. first + count` into strips of [`STRIP`] columns.
#[inline(always)]
fn pack(to: &mut Vec<f32>, from: &[f32], step: usize, run: usize, (first, count): (usize, usize)) {
    to.clear();
    for strip in (first..first + count).step_by(STRIP) {
        let width = STRIP.min(first + count - strip);
        for row in 0..run {
            to.extend_from_slice(&from[row * step + strip..][..width]);
        }
    }
}

#[inline(always)]
fn pack_panel(to: &mut Vec<f32>, from: &[f32], step: usize, run: usize, (first, count): (usize, usize)) {
    to.clear();
    for row in 0..run {
        to.extend_from_slice(&from[row * step + first..][..count]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::Panels;

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
            panels.pack(&b, columns);
            let bias = vec![2.0; panels.width];
            for path in Path::all() {
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
            wanted.pack(&exact, width);
            for path in Path::all() {
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
