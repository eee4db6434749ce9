//! Softmax and cross-entropy of rows of logits, in place.

use super::elementwise::{folded, total};
use super::instruction_set::InstructionSet;
use super::math;
use super::simd::{Kernel, Simd};
use crate::matrix::BLOCK;

/// What is taken for minus infinity: its exponential adds nothing to any sum.
const NEVER: f32 = -1e30;

/// One row's cross-entropy against `target`, smoothed: the wanted distribution gives `1 - smoothing` to the
/// target and shares `smoothing` equally among all allowed classes (Szegedy et al. 2016).
pub(crate) struct CrossEntropy<'a> {
    /// In: logits, then padding to sixteens; out: `scale` times the gradient, zeros in the padding.
    pub(crate) logits: &'a mut [f32],
    pub(crate) classes: usize,
    pub(crate) allowed: Option<&'a [bool]>,
    pub(crate) target: usize,
    pub(crate) smoothing: f32,
    pub(crate) scale: f32,
}

/// The loss of one row in nats, without and with smoothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SoftmaxLoss {
    pub(crate) nats: f32,
    pub(crate) smoothed: f32,
}

impl InstructionSet {
    pub(crate) fn cross_entropy(self, row: CrossEntropy) -> SoftmaxLoss {
        self.run(row)
    }

    pub(crate) fn log_softmax(self, logits: &mut [f32]) {
        self.run(LogSoftmax(logits));
    }
}

struct LogSoftmax<'a>(&'a mut [f32]);

impl Kernel for LogSoftmax<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let LogSoftmax(logits) = self;
        let most = largest(s, logits);
        let mut sums = [0.0; BLOCK];
        for block in logits.chunks(BLOCK) {
            let mut terms = [f32::MIN; BLOCK];
            terms[..block.len()].copy_from_slice(block);
            exponentials(s, &mut terms, most, &mut sums);
        }
        let log = most + total(&sums).ln();
        for x in logits {
            *x -= log;
        }
    }
}

/// Turns logits into natural logarithms of probabilities.
pub fn log_softmax(logits: &mut [f32]) {
    InstructionSet::detect().log_softmax(logits);
}

/// A class drawn from `softmax(logits)`: the one at which the cumulative probability passes `level`, 0 to 1
/// (inverse transform sampling). The logits become `e^(logit - largest)`, which is cheaper than probabilities.
pub fn draw(logits: &mut [f32], level: f32) -> u32 {
    InstructionSet::detect().run(Draw { logits, level })
}

struct Draw<'a> {
    logits: &'a mut [f32],
    level: f32,
}

impl Kernel for Draw<'_> {
    type Output = u32;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> u32 {
        let Draw { logits, level } = self;
        let most = largest(s, logits);
        let mut sums = [0.0; BLOCK];
        for block in logits.chunks_mut(BLOCK) {
            let mut terms = [f32::MIN; BLOCK];
            terms[..block.len()].copy_from_slice(block);
            exponentials(s, &mut terms, most, &mut sums);
            block.copy_from_slice(&terms[..block.len()]);
        }
        let (mut left, mut likely) = (level * total(&sums), 0);
        for (class, &weight) in logits.iter().enumerate() {
            if weight > TINY {
                likely = class;
                left -= weight;
            }
            if left < 0.0 {
                break;
            }
        }
        likely as u32
    }
}

/// A weight that stands for nothing: that of a logit far below the largest, or rounding.
const TINY: f32 = 1e-30;

/// The largest of some values, at least [`NEVER`].
#[inline(always)]
fn largest<S: Simd>(s: S, values: &[f32]) -> f32 {
    let mut most = s.splat(NEVER);
    let whole = values.chunks_exact(S::LANES);
    let rest = whole.remainder();
    for lanes in whole {
        most = s.max(most, s.read(lanes));
    }
    let mut lanes = [NEVER; BLOCK];
    s.write(&mut lanes, most);
    lanes[BLOCK - 1] = rest.iter().copied().fold(lanes[BLOCK - 1], larger);
    folded(lanes, larger)
}

#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// `terms = e^(terms - most)`, added to `sums`.
#[inline(always)]
fn exponentials<S: Simd>(s: S, terms: &mut [f32], most: f32, sums: &mut [f32; BLOCK]) {
    for n in (0..BLOCK).step_by(S::LANES) {
        let e = math::exp(s, s.sub(s.read(&terms[n..]), s.splat(most)));
        s.write(&mut terms[n..], e);
        let sum = s.add(s.read(&sums[n..]), e);
        s.write(&mut sums[n..], sum);
    }
}

impl Kernel for CrossEntropy<'_> {
    type Output = SoftmaxLoss;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> SoftmaxLoss {
        let CrossEntropy { logits, classes, allowed, target, smoothing, scale } = self;
        logits[classes..].fill(NEVER);
        if let Some(allowed) = allowed {
            let banned = logits.iter_mut().zip(allowed).filter(|(_, allowed)| !**allowed);
            banned.for_each(|(logit, _)| *logit = NEVER);
        }
        let wanted = logits[target];
        let uniform = if smoothing > 0.0 { mean_allowed(&logits[..classes]) } else { (0.0, 1.0) };
        let most = largest(s, logits);
        let mut sums = [0.0; BLOCK];
        for block in logits.chunks_exact_mut(BLOCK) {
            exponentials(s, block, most, &mut sums);
        }
        let sum = total(&sums);
        let factor = s.splat(scale / sum);
        for block in logits.chunks_exact_mut(S::LANES) {
            let p = s.mul(s.read(block), factor);
            s.write(block, p);
        }
        logits[target] -= scale * (1.0 - smoothing);
        if smoothing > 0.0 {
            logits[..classes].iter_mut().for_each(|p| *p -= scale * smoothing / uniform.1);
        }
        if let Some(allowed) = allowed {
            let banned = logits.iter_mut().zip(allowed).filter(|(_, allowed)| !**allowed);
            banned.for_each(|(p, _)| *p = 0.0);
        }
        logits[classes..].fill(0.0);
        let log = most + sum.ln();
        let nats = log - wanted;
        SoftmaxLoss { nats, smoothed: (1.0 - smoothing) * nats + smoothing * (log - uniform.0) }
    }
}

/// Mean of the allowed logits, and their number.
fn mean_allowed(logits: &[f32]) -> (f32, f32) {
    let allowed = logits.iter().filter(|&&x| x > NEVER / 2.0);
    let (sum, count) = allowed.fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0f32));
    (sum / count.max(1.0), count.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_shared_out_like_the_probabilities() {
        let logits: Vec<f32> =
            (0..37).map(|i| if i % 5 == 0 { f32::NEG_INFINITY } else { (i % 7) as f32 }).collect();
        let sum: f32 = logits.iter().map(|x| x.exp()).sum();
        let mut counts = [0u32; 37];
        for level in 0..=10_000u16 {
            counts[draw(&mut logits.clone(), f32::from(level) / 1e4) as usize] += 1;
        }
        for (count, logit) in counts.into_iter().zip(&logits) {
            assert!((count as f32 - 1e4 * logit.exp() / sum).abs() < 2.5, "{count} {logit}");
            assert!(logit.is_finite() || count == 0);
        }
    }
}
