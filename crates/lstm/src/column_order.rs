//! The order of a layer's columns in memory, beside that of its parameters.

use crate::matrix::{BLOCK, add_to, padded};

/// How the columns of a parameter lie in packed matrices and in rows of activations.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ColumnOrder {
    /// The gates of so many units, interleaved: columns 64 p .. 64 p + 64 are i, f, g, o of units 16 p .. 16 p + 16.
    Gates(usize),
    /// As they are, padded.
    Plain(usize),
}

/// Columns that lie together both in the parameter and in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColumnRun {
    /// The first of them in the parameter.
    pub(crate) parameter: usize,
    /// The first of them in memory.
    pub(crate) memory: usize,
    /// Their number, at most a block.
    pub(crate) length: usize,
}

impl ColumnOrder {
    /// Columns in memory.
    pub(crate) fn width(self) -> usize {
        match self {
            ColumnOrder::Gates(units) => 4 * padded(units),
            ColumnOrder::Plain(columns) => padded(columns),
        }
    }

    /// Columns in the parameter.
    pub(crate) fn columns(self) -> usize {
        match self {
            ColumnOrder::Gates(units) => 4 * units,
            ColumnOrder::Plain(columns) => columns,
        }
    }

    /// All runs, in the parameter's order.
    pub(crate) fn runs(self) -> impl Iterator<Item = ColumnRun> {
        let (parts, length) = match self {
            ColumnOrder::Gates(units) => (4, units),
            ColumnOrder::Plain(columns) => (1, columns),
        };
        (0..parts).flat_map(move |part| {
            (0..length).step_by(BLOCK).map(move |first| ColumnRun {
                parameter: part * length + first,
                memory: parts * first + part * BLOCK,
                length: BLOCK.min(length - first),
            })
        })
    }

    /// Copies a row of the parameter into memory.
    pub(crate) fn spread(self, from: &[f32], to: &mut [f32]) {
        for ColumnRun { parameter, memory, length } in self.runs() {
            to[memory..memory + length].copy_from_slice(&from[parameter..parameter + length]);
        }
    }

    /// Adds a row in memory to a row of the parameter's gradient.
    pub(crate) fn collect(self, from: &[f32], to: &mut [f32]) {
        for ColumnRun { parameter, memory, length } in self.runs() {
            add_to(&mut to[parameter..parameter + length], &from[memory..memory + length]);
        }
    }
}
