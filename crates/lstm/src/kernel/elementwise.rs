//! Sums, and dropout whose mask is a hash of place and key.

use super::instruction_set::InstructionSet;
use super::simd::{Kernel, Simd};
use crate::matrix::BLOCK;

/// The dropout of one buffer: which values fall is a function of `key` and the place in the whole buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mask {
    pub(crate) key: u32,
    /// Of 2^32.
    pub(crate) share: u32,
    pub(crate) scale: f32,
}

impl Mask {
    /// Drops `thousandths` and scales the rest up, so that the expectation stays.
    pub(crate) fn new(key: u32, thousandths: u16) -> Mask {
        let share = f64::from(thousandths) / 1000.0;
        Mask { key, share: (share * 4_294_967_296.0) as u32, scale: (1.0 / (1.0 - share)) as f32 }
    }

    /// Multiplies `values`, which begin at `place` of the whole buffer, by the mask.
    pub(crate) fn apply(self, isa: InstructionSet, place: usize, values: &mut [f32]) {
        isa.wide(
            #[inline(always)]
            || {
                for (i, value) in values.iter_mut().enumerate() {
                    *value *= self.factor((place + i) as u32);
                }
            },
        );
    }

    /// 0 or the scale, by a 32-bit mixer (Wellons's `lowbias32`) of place and key.
    #[inline(always)]
    fn factor(self, place: u32) -> f32 {
        let mut x = place ^ self.key;
        x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
        x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
        x ^= x >> 16;
        if x < self.share { 0.0 } else { self.scale }
    }
}

/// `to = from * mask`, where `from` begins at `place` of the whole buffer.
pub(crate) fn drop_out(isa: InstructionSet, mask: Mask, place: usize, from: &[f32], to: &mut [f32]) {
    isa.wide(
        #[inline(always)]
        || {
            for (i, (to, from)) in to.iter_mut().zip(from).enumerate() {
                *to = from * mask.factor((place + i) as u32);
            }
        },
    );
}

/// How many squares are summed in single precision.
pub(crate) const SQUARES: usize = 4096;

impl InstructionSet {
    /// The sum of the squares: those of its blocks, in double.
    pub(crate) fn sum_of_squares(self, values: &[f32]) -> f64 {
        self.squares(values).sum()
    }

    /// The sum of the squares of each block of [`SQUARES`], from sixteen running sums.
    pub(crate) fn squares(self, values: &[f32]) -> impl Iterator<Item = f64> {
        values.chunks(SQUARES).map(move |block| f64::from(self.run(Squares(block))))
    }
}

struct Squares<'a>(&'a [f32]);

impl Kernel for Squares<'_> {
    type Output = f32;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> f32 {
        let mut sums = [0.0; BLOCK];
        for block in self.0.chunks(BLOCK) {
            let mut values = [0.0; BLOCK];
            values[..block.len()].copy_from_slice(block);
            for n in (0..BLOCK).step_by(S::LANES) {
                let x = s.read(&values[n..]);
                let sum = s.fma(x, x, s.read(&sums[n..]));
                s.write(&mut sums[n..], sum);
            }
        }
        total(&sums)
    }
}

/// Sum of sixteen numbers in one fixed order.
#[inline(always)]
pub(crate) fn total(sums: &[f32; BLOCK]) -> f32 {
    folded(*sums, |a, b| a + b)
}

/// Sixteen numbers put together by halves.
#[inline(always)]
pub(crate) fn folded(mut lanes: [f32; BLOCK], put: impl Fn(f32, f32) -> f32) -> f32 {
    let mut half = BLOCK / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] = put(lanes[i], lanes[i + half]);
        }
        half /= 2;
    }
    lanes[0]
}
