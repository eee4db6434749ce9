//! Views of matrices, and the blocks in which their columns are padded and packed.

/// Columns of a block: sixteen floats, a cache line.
pub(crate) const BLOCK: usize = 16;

/// Columns of a full panel.
pub(crate) const PANEL: usize = 4 * BLOCK;

/// `width` rounded up to whole blocks.
pub(crate) const fn padded(width: usize) -> usize {
    width.div_ceil(BLOCK) * BLOCK
}

/// A row-major matrix whose rows may be longer than its columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrix<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) columns: usize,
    /// Floats from one row to the next.
    pub(crate) stride: usize,
}

impl<'a> Matrix<'a> {
    /// Rows of `columns`, one after another.
    pub(crate) fn dense(values: &'a [f32], columns: usize) -> Matrix<'a> {
        Matrix { values, columns, stride: columns }
    }

    /// Rows of `columns`, each padded to whole blocks.
    pub(crate) fn padded(values: &'a [f32], columns: usize) -> Matrix<'a> {
        Matrix { values, columns, stride: padded(columns) }
    }

    /// The rows from `row` on.
    pub(crate) fn rows_from(self, row: usize) -> Matrix<'a> {
        Matrix { values: &self.values[row * self.stride..], ..self }
    }

    /// Whether the values hold `rows` rows; the last may lack its padding.
    pub(crate) fn holds(&self, rows: usize) -> bool {
        rows == 0 || self.values.len() >= (rows - 1) * self.stride + self.columns
    }
}

/// Whole panels of a matrix `[depth, width]` packed for products: each panel lies row by row, after the one before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panels<'a, W = f32> {
    pub(crate) depth: usize,
    pub(crate) width: usize,
    pub(crate) values: &'a [W],
}

/// Where the value in row `k` and column `n` of a packed matrix lies.
#[inline(always)]
pub(crate) fn place((depth, width): (usize, usize), k: usize, n: usize) -> usize {
    let panel = n / PANEL * PANEL;
    panel * depth + k * PANEL.min(width - panel) + n - panel
}

/// `to += from`, value by value.
#[inline(always)]
pub(crate) fn add_to(to: &mut [f32], from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}
