//! Matrices packed for the product kernel: panels of up to 64 columns, each contiguous.

use std::ops::Range;

use crate::kernel::{BLOCK, add_to, half};
use crate::projection::Order;

/// Columns of a full panel.
pub(crate) const PANEL: usize = 4 * BLOCK;

/// `width` rounded up to whole blocks of sixteen.
pub(crate) const fn padded(width: usize) -> usize {
    width.div_ceil(BLOCK) * BLOCK
}

/// A right-hand operand `[depth x width]`, width padded to sixteens with zeros, cut into panels of 64 columns.
///
/// Gate matrices interleave the four gates: columns 64 p .. 64 p + 64 are i, f, g, o of units 16 p .. 16 p + 16.
#[derive(Clone, Debug, Default)]
pub(crate) struct Panels<W = f32> {
    pub(crate) depth: usize,
    pub(crate) width: usize,
    pub(crate) values: Vec<W>,
}

/// Some whole panels of a packed matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a, W = f32> {
    pub(crate) depth: usize,
    pub(crate) width: usize,
    pub(crate) values: &'a [W],
}

impl<W> Panels<W> {
    pub(crate) fn view(&self) -> View<'_, W> {
        View { depth: self.depth, width: self.width, values: &self.values }
    }

    /// The columns of `range`, which begins and ends at panels.
    pub(crate) fn columns(&self, range: Range<usize>) -> View<'_, W> {
        let values = &self.values[range.start * self.depth..range.end * self.depth];
        View { depth: self.depth, width: range.len(), values }
    }
}

impl Panels {
    /// Room for a matrix of `depth` rows and `width` columns.
    pub(crate) fn new(depth: usize, width: usize) -> Panels {
        let width = padded(width);
        Panels { depth, width, values: vec![0.0; depth * width] }
    }

    /// Packs a row-major `[depth x columns]` matrix.
    pub(crate) fn pack(&mut self, from: &[f32], columns: usize) {
        let width = self.width;
        for k in 0..self.depth {
            let row = &from[k * columns..][..columns];
            for first in (0..columns).step_by(BLOCK) {
                let run = BLOCK.min(columns - first);
                let at = place(self.depth, width, k, first);
                self.values[at..at + run].copy_from_slice(&row[first..first + run]);
            }
        }
    }

    /// Packs the transpose of a row-major `[columns x depth]` matrix, whose inner dimension may be padded here.
    pub(crate) fn pack_transposed(&mut self, from: &[f32], columns: usize, depth: usize) {
        for n in 0..columns {
            self.set_column(n, 0, &from[n * depth..][..depth]);
        }
    }

    /// Packs a row-major `[depth x 4 units]` gate matrix, gates interleaved.
    pub(crate) fn pack_gates(&mut self, from: &[f32], units: usize) {
        for k in 0..self.depth {
            let row = &from[k * 4 * units..][..4 * units];
            for (gate, row) in row.chunks_exact(units).enumerate() {
                for (block, run) in row.chunks(BLOCK).enumerate() {
                    let at = (block * self.depth + k) * PANEL + gate * BLOCK;
                    self.values[at..at + run.len()].copy_from_slice(run);
                }
            }
        }
    }

    /// Packs the transpose of a row-major `[columns x 4 units]` gate matrix, the inner dimension interleaved.
    pub(crate) fn pack_gates_transposed(&mut self, from: &[f32], columns: usize, units: usize) {
        for n in 0..columns {
            let row = &from[n * 4 * units..][..4 * units];
            for (gate, row) in row.chunks_exact(units).enumerate() {
                for (block, run) in row.chunks(BLOCK).enumerate() {
                    self.set_column(n, block * PANEL + gate * BLOCK, run);
                }
            }
        }
    }

    /// The same matrix in half precision.
    pub(crate) fn to_half(&self) -> Panels<u16> {
        let values = self.values.iter().map(|&x| half::from_f32(x)).collect();
        Panels { depth: self.depth, width: self.width, values }
    }

    /// Sets column `n` from row `first` on.
    fn set_column(&mut self, n: usize, first: usize, values: &[f32]) {
        let start = n / PANEL * PANEL;
        let panel = PANEL.min(self.width - start);
        let column = self.values[start * self.depth + n - start + first * panel..].iter_mut().step_by(panel);
        column.zip(values).for_each(|(to, from)| *to = *from);
    }

    /// Adds the rows `first ..` to those of a parameter's gradient, whose columns lie in `order`.
    pub(crate) fn add_to(&self, order: Order, first: usize, to: &mut [f32]) {
        for (there, here, run) in order.runs() {
            let start = here / PANEL * PANEL;
            let panel = PANEL.min(self.width - start);
            let from = &self.values[start * self.depth + first * panel + here - start..];
            for (from, to) in from.chunks(panel).zip(to.chunks_exact_mut(order.columns())) {
                add_to(&mut to[there..there + run], &from[..run]);
            }
        }
    }
}

fn place(depth: usize, width: usize, k: usize, n: usize) -> usize {
    let panel = n / PANEL * PANEL;
    panel * depth + k * PANEL.min(width - panel) + n - panel
}
