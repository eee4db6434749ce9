//! Weights on their way into panels, and half-precision numbers on their way out of a file.

use super::instruction_set::InstructionSet;
use super::simd::{Kernel, Simd};
use super::tile::Weight;
use crate::column_order::{ColumnOrder, ColumnRun};
use crate::matrix::{BLOCK, place};

impl InstructionSet {
    /// Packs a parameter `[depth, order.columns()]` into the columns from `first` on of a packed matrix of `size`,
    /// depth and width.
    pub(crate) fn pack<W: Weight>(
        self,
        from: &[f32],
        order: ColumnOrder,
        size: (usize, usize),
        first: usize,
        to: &mut [W],
    ) {
        self.run(Pack { from, order, size, first, to });
    }

    /// Packs some outputs of a parameter, `[outputs, depth]` with at most sixteen of them, into the columns from
    /// `column` on of a packed matrix of `size`, depth and width.
    pub(crate) fn pack_outputs<W: Weight>(
        self,
        from: &[f32],
        size: (usize, usize),
        column: usize,
        to: &mut [W],
    ) {
        self.run(PackOutputs { from, size, column, to });
    }

    /// Reads as many half-precision numbers as `to` holds from their little-endian bytes.
    pub(crate) fn read_half(self, from: &[u8], to: &mut [f32]) {
        self.run(ReadHalf { from, to });
    }
}

struct Pack<'a, W> {
    from: &'a [f32],
    order: ColumnOrder,
    size: (usize, usize),
    first: usize,
    to: &'a mut [W],
}

impl<W: Weight> Kernel for Pack<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Pack { from, order, size, first, to } = self;
        let runs: Vec<ColumnRun> = order.runs().collect();
        for (k, row) in from.chunks_exact(order.columns()).enumerate() {
            for run in &runs {
                let at = place(size, k, first + run.memory);
                let (from, to) = (&row[run.parameter..][..run.length], &mut to[at..][..run.length]);
                match (from.first_chunk(), to.first_chunk_mut()) {
                    (Some(from), Some(to)) => store_block(s, from, to),
                    _ => to.iter_mut().zip(from).for_each(|(to, &x)| *to = W::of(x)),
                }
            }
        }
    }
}

struct PackOutputs<'a, W> {
    from: &'a [f32],
    size: (usize, usize),
    column: usize,
    to: &'a mut [W],
}

impl<W: Weight> Kernel for PackOutputs<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let PackOutputs { from, size, column, to } = self;
        let (depth, outputs) = (size.0, from.len() / size.0);
        for k in 0..depth {
            let to = &mut to[place(size, k, column)..][..outputs];
            match to.first_chunk_mut() {
                Some(to) => store_block(s, &std::array::from_fn(|i| from[i * depth + k]), to),
                None => to.iter_mut().enumerate().for_each(|(i, to)| *to = W::of(from[i * depth + k])),
            }
        }
    }
}

#[inline(always)]
fn store_block<S: Simd, W: Weight>(s: S, from: &[f32; BLOCK], to: &mut [W; BLOCK]) {
    for n in (0..BLOCK).step_by(S::LANES) {
        // SAFETY: the number of lanes divides the block.
        unsafe { W::store(s, to.as_mut_ptr().add(n), s.read(&from[n..])) };
    }
}

struct ReadHalf<'a> {
    from: &'a [u8],
    to: &'a mut [f32],
}

impl Kernel for ReadHalf<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let (blocks, rest) = self.to.as_chunks_mut::<BLOCK>();
        let (from, last) = self.from.split_at(2 * BLOCK * blocks.len());
        from.as_chunks().0.iter().zip(blocks).for_each(|(from, to)| read_block(s, from, to));
        if !rest.is_empty() {
            let (mut from, mut to) = ([0; 2 * BLOCK], [0.0; BLOCK]);
            from[..2 * rest.len()].copy_from_slice(&last[..2 * rest.len()]);
            read_block(s, &from, &mut to);
            rest.copy_from_slice(&to[..rest.len()]);
        }
    }
}

#[inline(always)]
fn read_block<S: Simd>(s: S, from: &[u8; 2 * BLOCK], to: &mut [f32; BLOCK]) {
    let mut halves = [0u16; BLOCK];
    halves.iter_mut().zip(from.as_chunks().0).for_each(|(half, bytes)| *half = u16::from_le_bytes(*bytes));
    for n in (0..BLOCK).step_by(S::LANES) {
        // SAFETY: the number of lanes divides the block.
        let lanes = unsafe { s.load_half(halves.as_ptr().add(n)) };
        s.write(&mut to[n..], lanes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::half;

    /// Every finite half, and singles between and beyond them.
    fn numbers() -> Vec<f32> {
        let halves = (0..=u16::MAX).filter(|bits| bits & 0x7c00 != 0x7c00).map(half::to_f32);
        halves.flat_map(|x| [x, x * 1.000_3, x * 1.000_488_3, x * 3.0 + 1e-8]).chain([1e9, -1e9]).collect()
    }

    #[test]
    fn every_instruction_set_rounds_to_the_same_half() {
        let numbers = numbers();
        let order = ColumnOrder::Plain(numbers.len());
        let width = order.width();
        let expected: Vec<u16> = numbers.iter().map(|&x| half::from_f32(x)).collect();
        for isa in InstructionSet::all() {
            let mut packed = vec![0u16; width];
            isa.pack(&numbers, order, (1, width), 0, &mut packed);
            assert!(packed[..numbers.len()] == expected, "{isa:?}");
        }
    }

    #[test]
    fn every_instruction_set_reads_the_same_half() {
        let bits: Vec<u16> = (0..=u16::MAX).filter(|bits| bits & 0x7c00 != 0x7c00).collect();
        let bytes: Vec<u8> = bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
        for isa in InstructionSet::all() {
            let mut singles = vec![0.0; bits.len()];
            isa.read_half(&bytes, &mut singles);
            let same = |(x, &bits): (&f32, &u16)| x.to_bits() == half::to_f32(bits).to_bits();
            assert!(singles.iter().zip(&bits).all(same), "{isa:?}");
        }
    }
}
