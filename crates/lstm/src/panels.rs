//! Matrices packed for the product kernel: panels of up to 64 columns, each contiguous.

use std::ops::Range;

use crate::aligned::Aligned;
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
pub(crate) struct Panels<W: Copy + Default = f32> {
    pub(crate) depth: usize,
    pub(crate) width: usize,
    pub(crate) values: Aligned<W>,
}

/// Some whole panels of a packed matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a, W = f32> {
    pub(crate) depth: usize,
    pub(crate) width: usize,
    pub(crate) values: &'a [W],
}

impl<W: Copy + Default> Panels<W> {
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
        Panels { depth, width, values: Aligned::zeros(depth * width) }
    }

    /// Packs a row-major matrix, whose columns lie in `order`, into the columns from `first` on.
    pub(crate) fn pack(&mut self, first: usize, order: Order, from: &[f32]) {
        for (k, row) in from.chunks_exact(order.columns()).enumerate() {
            for (there, here, run) in order.runs() {
                let at = self.place(k, first + here);
                self.values[at..at + run].copy_from_slice(&row[there..there + run]);
            }
        }
    }

    /// Packs the transpose of a row-major matrix, whose columns lie in `order`, into the rows from `first` on.
    pub(crate) fn pack_transposed(&mut self, first: usize, order: Order, from: &[f32]) {
        for (there, here, run) in order.runs() {
            for (block, rows) in from.chunks(BLOCK * order.columns()).enumerate() {
                for k in 0..run {
                    let at = self.place(first + here + k, block * BLOCK);
                    let values = rows[there + k..].iter().step_by(order.columns());
                    self.values[at..].iter_mut().zip(values).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }

    /// Where the value in row k and column n lies.
    fn place(&self, k: usize, n: usize) -> usize {
        let panel = n / PANEL * PANEL;
        panel * self.depth + k * PANEL.min(self.width - panel) + n - panel
    }

    /// The same matrix in half precision.
    pub(crate) fn to_half(&self) -> Panels<u16> {
        let mut values = Aligned::zeros(self.values.len());
        values.iter_mut().zip(&*self.values).for_each(|(to, &x)| *to = half::from_f32(x));
        Panels { depth: self.depth, width: self.width, values }
    }
}

impl View<'_> {
    /// Adds the rows `row ..` of this matrix, which is a larger one from its column `column` on, to those of a
    /// parameter's gradient, whose columns lie in `order` and begin in the larger matrix at `first`.
    pub(crate) fn add_to(self, order: Order, (row, column): (usize, usize), first: usize, to: &mut [f32]) {
        let runs = order.runs().map(|(there, here, run)| (there, first + here, run));
        for (there, here, run) in runs.filter(|(_, here, _)| (column..column + self.width).contains(here)) {
            let column = here - column;
            let start = column / PANEL * PANEL;
            let panel = PANEL.min(self.width - start);
            let from = &self.values[start * self.depth + row * panel + column - start..];
            for (from, to) in from.chunks(panel).zip(to.chunks_exact_mut(order.columns())) {
                add_to(&mut to[there..there + run], &from[..run]);
            }
        }
    }
}
