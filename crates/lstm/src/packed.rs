//! Weights packed for products: panels of up to 64 columns, each contiguous.

use std::ops::Range;

use crate::aligned::Aligned;
use crate::column_order::ColumnOrder;
use crate::kernel::{CellForward, InstructionSet, ProductStart, Weight};
use crate::matrix::{BLOCK, Matrix, PANEL, Panels, padded, place};
use crate::weight_source::WeightSource;

/// How weights rest in memory; all sums are in single precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// As they were trained.
    Single,
    /// Rounded to half precision: half the memory to read at each step.
    Half,
}

/// What weights are packed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Losses and gradients.
    Training,
    /// Losses alone.
    Evaluation,
    /// A step at a time: nothing is formed before a step needs it.
    Generation,
}

/// A right-hand operand `[depth, width]`, width padded to sixteens with zeros. It takes no room until packed.
#[derive(Clone, Debug)]
pub(crate) struct PackedMatrix<W: Copy + Default = f32> {
    depth: usize,
    width: usize,
    values: Aligned<W>,
}

impl<W: Weight> PackedMatrix<W> {
    pub(crate) fn new(depth: usize, width: usize) -> PackedMatrix<W> {
        PackedMatrix { depth, width: padded(width), values: Aligned::default() }
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// All panels.
    pub(crate) fn panels(&self) -> Panels<'_, W> {
        Panels { depth: self.depth, width: self.width, values: &self.values }
    }

    /// The columns of `range`, which begins and ends at panels.
    fn columns(&self, range: Range<usize>) -> Panels<'_, W> {
        let values = &self.values[range.start * self.depth..range.end * self.depth];
        Panels { depth: self.depth, width: range.len(), values }
    }

    /// Packs a weight of `depth` inputs, whose outputs lie in `order`, into the columns from `first` on.
    pub(crate) fn pack(
        &mut self,
        isa: InstructionSet,
        first: usize,
        order: ColumnOrder,
        from: &WeightSource,
    ) {
        self.allocate();
        let size = (self.depth, self.width);
        match from {
            WeightSource::Memory(values) => isa.pack(values, order, size, first, &mut self.values),
            WeightSource::File(weight) => {
                let mut some = Vec::new();
                for run in order.runs() {
                    weight.read(isa, run.parameter..run.parameter + run.length, &mut some);
                    isa.pack_outputs(&some, size, first + run.memory, &mut self.values);
                }
            }
        }
    }

    /// Copies row `k` of as many columns as `to` holds.
    pub(crate) fn read_row(&self, k: usize, to: &mut [W]) {
        for (panel, to) in to.chunks_mut(PANEL).enumerate() {
            let at = place((self.depth, self.width), k, panel * PANEL);
            to.copy_from_slice(&self.values[at..at + to.len()]);
        }
    }

    fn allocate(&mut self) {
        if self.values.is_empty() {
            self.values = Aligned::zeros(self.depth * self.width);
        }
    }
}

impl PackedMatrix {
    /// Packs the transpose of a parameter `[width, order.columns()]` into the rows from `first` on.
    pub(crate) fn pack_transposed(&mut self, first: usize, order: ColumnOrder, from: &[f32]) {
        self.allocate();
        let size = (self.depth, self.width);
        for run in order.runs() {
            for (block, rows) in from.chunks(BLOCK * order.columns()).enumerate() {
                for k in 0..run.length {
                    let at = place(size, first + run.memory + k, block * BLOCK);
                    let values = rows[run.parameter + k..].iter().step_by(order.columns());
                    self.values[at..].iter_mut().zip(values).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

/// A packed weight in either precision.
#[derive(Clone, Debug)]
pub(crate) enum PackedWeight {
    Single(PackedMatrix),
    Half(PackedMatrix<u16>),
}

impl PackedWeight {
    pub(crate) fn new(depth: usize, width: usize, precision: Precision) -> PackedWeight {
        match precision {
            Precision::Single => PackedWeight::Single(PackedMatrix::new(depth, width)),
            Precision::Half => PackedWeight::Half(PackedMatrix::new(depth, width)),
        }
    }

    pub(crate) fn depth(&self) -> usize {
        match self {
            PackedWeight::Single(matrix) => matrix.depth,
            PackedWeight::Half(matrix) => matrix.depth,
        }
    }

    pub(crate) fn width(&self) -> usize {
        match self {
            PackedWeight::Single(matrix) => matrix.width,
            PackedWeight::Half(matrix) => matrix.width,
        }
    }

    /// As [`PackedMatrix::pack`], rounding where the precision is half.
    pub(crate) fn pack(
        &mut self,
        isa: InstructionSet,
        first: usize,
        order: ColumnOrder,
        from: &WeightSource,
    ) {
        match self {
            PackedWeight::Single(matrix) => matrix.pack(isa, first, order, from),
            PackedWeight::Half(matrix) => matrix.pack(isa, first, order, from),
        }
    }

    /// `to = start + left x` the columns of `range`, which begins and ends at panels.
    pub(crate) fn product(
        &self,
        isa: InstructionSet,
        left: Matrix,
        range: Range<usize>,
        start: ProductStart,
        to: &mut [f32],
    ) {
        match self {
            PackedWeight::Single(matrix) => isa.product(left, matrix.columns(range), start, to),
            PackedWeight::Half(matrix) => isa.product(left, matrix.columns(range), start, to),
        }
    }

    /// A time step of the units whose gates are the columns of `range`; the weight is a recurrent one.
    pub(crate) fn cell_forward(&self, isa: InstructionSet, range: Range<usize>, cell: CellForward) {
        match self {
            PackedWeight::Single(matrix) => isa.cell_forward(matrix.columns(range), cell),
            PackedWeight::Half(matrix) => isa.cell_forward(matrix.columns(range), cell),
        }
    }
}
