//! A frame of FLAC: a block of samples of both channels, each told as what a polynomial through the samples before
//! does not foresee (T. Robinson, *SHORTEN*, 1994; RFC 9639 §9).

use super::super::Bits;
use super::bits::{BitWriter, crc};

/// Samples of a block.
pub(super) const BLOCK: usize = 4096;
/// The highest degree of the polynomials, and one.
const ORDERS: usize = 5;
/// A block is cut into at most two to this power of parts, each with a Rice parameter of its own.
const MOST_PARTS: u32 = 6;
/// Bits of a Rice parameter, and the largest one.
const PARAMETER: (u32, u32) = (5, 30);

/// What all frames have in common.
pub(super) struct FlacStream {
    pub(super) rate: u32,
    pub(super) bits: Bits,
}

impl FlacStream {
    /// The bytes of a frame with a block of left and right samples.
    pub(super) fn frame(&self, number: u64, [left, right]: &[Vec<i32>; 2]) -> Vec<u8> {
        let bits = u32::from(self.bits.count());
        let each =
            |f: fn(i32, i32) -> i32| left.iter().zip(right).map(|(&l, &r)| f(l, r)).collect::<Vec<_>>();
        let (middle, side) = (each(|l, r| (l + r) >> 1), each(|l, r| l - r));
        let left = Subframe::new(left, bits);
        let right = Subframe::new(right, bits);
        let (middle, side) = (Subframe::new(&middle, bits), Subframe::new(&side, bits + 1));
        let ways = [(1, &left, &right), (8, &left, &side), (9, &side, &right), (10, &middle, &side)];
        let shortest = ways.into_iter().min_by_key(|(_, a, b)| a.length + b.length);
        let (way, first, second) = shortest.unwrap_or(ways[0]);
        let mut out = BitWriter::default();
        self.header(&mut out, number, first.samples.len(), way);
        first.write(&mut out);
        second.write(&mut out);
        out.align();
        out.put(crc(out.bytes(), 0x8005, 16), 16);
        out.into_bytes()
    }

    /// The header (§9.1) of a frame whose channels are told in a way.
    fn header(&self, out: &mut BitWriter, number: u64, samples: usize, way: u64) {
        let full = samples == BLOCK;
        out.put(0b1111_1111_1111_1000, 16);
        out.put(if full { 0b1100 } else { 0b0111 }, 4);
        out.put(if self.rate == 44_100 { 0b1001 } else { 0b1010 }, 4);
        out.put(way, 4);
        out.put(if self.bits == Bits::Sixteen { 0b100 } else { 0b110 }, 3);
        out.put(0, 1);
        put_number(out, number);
        if !full {
            out.put(samples as u64 - 1, 16);
        }
        out.put(crc(out.bytes(), 0x07, 8), 8);
    }
}

/// A number as UTF-8 writes it, up to 36 bits.
fn put_number(out: &mut BitWriter, number: u64) {
    if number < 0x80 {
        return out.put(number, 8);
    }
    let more = (1..6).find(|more| number >> (5 * more + 6) == 0).unwrap_or(6);
    let ones = 0xff << (7 - more) & 0xff;
    out.put(ones | number >> (6 * more), 8);
    (0..more).rev().for_each(|i| out.put(0x80 | number >> (6 * i) & 0x3f, 8));
}

/// How a channel is told.
enum SubframeKind {
    Constant,
    Verbatim,
    Fixed(Residual),
}

/// A channel of a block, and how it is told in the fewest bits.
struct Subframe<'a> {
    samples: &'a [i32],
    bits: u32,
    kind: SubframeKind,
    /// In bits, and at most.
    length: u64,
}

impl<'a> Subframe<'a> {
    fn new(samples: &'a [i32], bits: u32) -> Self {
        let verbatim = 8 + samples.len() as u64 * u64::from(bits);
        let made = |kind, length| Self { samples, bits, kind, length };
        if samples.iter().all(|&x| x == samples[0]) {
            return made(SubframeKind::Constant, 8 + u64::from(bits));
        }
        let fixed = Residual::new(samples);
        match 8 + (fixed.order as u64) * u64::from(bits) + fixed.length {
            length if length < verbatim => made(SubframeKind::Fixed(fixed), length),
            _ => made(SubframeKind::Verbatim, verbatim),
        }
    }

    fn write(&self, out: &mut BitWriter) {
        let samples = |out: &mut BitWriter, count: usize| {
            self.samples[..count].iter().for_each(|&x| out.put_signed(x, self.bits));
        };
        match &self.kind {
            SubframeKind::Constant => {
                out.put(0, 8);
                samples(out, 1);
            }
            SubframeKind::Verbatim => {
                out.put(0b10, 8);
                samples(out, self.samples.len());
            }
            SubframeKind::Fixed(residual) => {
                out.put(0b1_0000 | (residual.order as u64) << 1, 8);
                samples(out, residual.order);
                residual.write(out);
            }
        }
    }
}

/// What the polynomial of a degree below `order` through the samples before does not foresee.
struct Residual {
    order: usize,
    /// Folded: 0, −1, 1, −2 … as 0, 1, 2, 3 …
    values: Vec<u32>,
    /// Two to this power of parts, and the Rice parameter of each.
    parts: u32,
    parameters: Vec<u32>,
    length: u64,
}

impl Residual {
    /// Of the order whose differences are the smallest.
    fn new(samples: &[i32]) -> Self {
        let mut differences = samples.to_vec();
        let mut best = (u64::MAX, 0, Vec::new());
        for order in 0..ORDERS.min(samples.len()) {
            let sum = differences.iter().map(|&x| u64::from(x.unsigned_abs())).sum();
            if sum < best.0 {
                best = (sum, order, differences.clone());
            }
            differences = differences.windows(2).map(|two| two[1] - two[0]).collect();
        }
        let (_, order, differences) = best;
        let values: Vec<u32> = differences.iter().map(|&x| (x << 1 ^ x >> 31) as u32).collect();
        let even = |parts: &u32| samples.len().is_multiple_of(1 << parts) && samples.len() >> parts > order;
        let ways = (0..=MOST_PARTS).filter(even).map(|parts| {
            let (length, parameters) = parted(&values, order, samples.len() >> parts);
            (length, parts, parameters)
        });
        let (length, parts, parameters) = ways.min_by_key(|way| way.0).unwrap_or_default();
        Self { order, values, parts, parameters, length }
    }

    fn write(&self, out: &mut BitWriter) {
        out.put(1, 2);
        out.put(u64::from(self.parts), 4);
        let part = (self.values.len() + self.order) >> self.parts;
        for (values, &parameter) in slices(&self.values, self.order, part).zip(&self.parameters) {
            out.put(u64::from(parameter), PARAMETER.0);
            for &value in values {
                out.put_unary(value >> parameter);
                out.put(u64::from(value), parameter);
            }
        }
    }
}

/// The values in parts for so many samples each, of which the first lacks those that stand as they are.
fn slices(values: &[u32], order: usize, part: usize) -> impl Iterator<Item = &[u32]> {
    let (first, rest) = values.split_at(part - order);
    std::iter::once(first).chain(rest.chunks(part))
}

/// Bits that the values take at most in parts, and the Rice parameter of each part.
fn parted(values: &[u32], order: usize, part: usize) -> (u64, Vec<u32>) {
    let mut length = 6;
    let parameters = slices(values, order, part).map(|values| {
        let (count, sum) = (values.len() as u64, values.iter().map(|&x| u64::from(x)).sum::<u64>());
        let bits = |parameter: u32| count * u64::from(parameter + 1) + (sum >> parameter);
        let usual = (sum / count.max(1)).checked_ilog2().unwrap_or(0);
        let near = usual.saturating_sub(1)..=(usual + 1).min(PARAMETER.1);
        let best = near.min_by_key(|&parameter| bits(parameter)).unwrap_or(0);
        length += u64::from(PARAMETER.0) + bits(best);
        best
    });
    let parameters = parameters.collect();
    (length, parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_numbers_are_written_like_characters() {
        for number in [0x41, 0xe9, 0x20ac, 0x1f3b7] {
            let mut out = BitWriter::default();
            put_number(&mut out, u64::from(number));
            let wanted = char::from_u32(number).unwrap().to_string();
            assert_eq!(out.into_bytes(), wanted.as_bytes());
        }
    }

    #[test]
    fn a_cubic_leaves_nothing() {
        let cubic: Vec<i32> = (-300..300).map(|x: i32| x * x * x - 3 * x).collect();
        let residual = Residual::new(&cubic);
        assert_eq!((residual.order, residual.values.iter().max()), (4, Some(&0)));
    }
}
