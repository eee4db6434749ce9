//! Where a weight's values are read from: memory, or the file that they came in.

use std::ops::Range;

use crate::kernel::InstructionSet;
use crate::matrix::BLOCK;
use crate::tensors::Floats;

/// Some inputs of a weight.
#[derive(Clone, Debug)]
pub(crate) enum WeightSource<'a> {
    /// In memory, inputs by outputs.
    Memory(&'a [f32]),
    /// In a file.
    File(FileWeight<'a>),
}

/// A weight in a file, outputs by inputs.
#[derive(Clone, Debug)]
pub(crate) struct FileWeight<'a> {
    floats: Floats<'a>,
    /// All inputs.
    rows: usize,
    /// Those that are looked at.
    inputs: Range<usize>,
}

impl<'a> WeightSource<'a> {
    /// Some of the inputs of a weight of `columns` outputs.
    pub(crate) fn inputs(self, columns: usize, inputs: Range<usize>) -> WeightSource<'a> {
        match self {
            WeightSource::Memory(values) => {
                WeightSource::Memory(&values[inputs.start * columns..inputs.end * columns])
            }
            WeightSource::File(weight) => WeightSource::File(FileWeight { inputs, ..weight }),
        }
    }
}

impl<'a> FileWeight<'a> {
    /// All inputs, `rows`, of a weight.
    pub(crate) fn new(floats: Floats<'a>, rows: usize) -> FileWeight<'a> {
        FileWeight { floats, rows, inputs: 0..rows }
    }

    /// Reads the values of some outputs, `[outputs, inputs]`.
    pub(crate) fn read(&self, isa: InstructionSet, outputs: Range<usize>, to: &mut Vec<f32>) {
        let count = self.inputs.len();
        to.resize(outputs.len() * count, 0.0);
        for (output, to) in outputs.zip(to.chunks_exact_mut(count)) {
            self.floats.read(isa, output * self.rows + self.inputs.start, to);
        }
    }

    /// Reads the whole weight into a matrix, inputs by `columns` outputs.
    pub(crate) fn read_all(&self, isa: InstructionSet, columns: usize, to: &mut [f32]) {
        let mut some = Vec::new();
        for first in (0..columns).step_by(BLOCK) {
            let outputs = first..columns.min(first + BLOCK);
            self.read(isa, outputs.clone(), &mut some);
            for (input, to) in to.chunks_exact_mut(columns).enumerate() {
                let from = some[input..].iter().step_by(self.inputs.len());
                to[outputs.clone()].iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            }
        }
    }
}
