//! One Adam step over a piece of the flat buffers.

use super::simd::Simd;
use super::{Path, Task};

/// Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019):
/// `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`, `w = keep w - rate m / (sqrt(v) * sharpen + epsilon)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdamRow {
    pub(crate) gradient_scale: f32,
    pub(crate) beta1: f32,
    pub(crate) beta2: f32,
    /// The learning rate over `1 - b1^t`.
    pub(crate) rate: f32,
    /// `1 / sqrt(1 - b2^t)`.
    pub(crate) sharpen: f32,
    pub(crate) epsilon: f32,
    /// `1 - learning rate * weight decay`.
    pub(crate) keep: f32,
}

impl AdamRow {
    /// Slices of one length: weights, first and second moments, gradient.
    pub(crate) fn step(self, path: Path, w: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32]) {
        path.run(Step { row: self, w, m, v, g });
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, s: S, w: &mut [f32], m: &mut [f32], v: &mut [f32], g: &[f32]) {
        let gradient = s.mul(s.read(g), s.splat(self.gradient_scale));
        let mean = s.fma(s.splat(self.beta1), s.read(m), s.mul(s.splat(1.0 - self.beta1), gradient));
        let square = s.mul(s.splat(1.0 - self.beta2), s.mul(gradient, gradient));
        let square = s.fma(s.splat(self.beta2), s.read(v), square);
        let below = s.fma(s.sqrt(square), s.splat(self.sharpen), s.splat(self.epsilon));
        let change = s.div(s.mul(s.splat(self.rate), mean), below);
        let new = s.sub(s.mul(s.splat(self.keep), s.read(w)), change);
        s.write(m, mean);
        s.write(v, square);
        s.write(w, new);
    }
}

struct Step<'a> {
    row: AdamRow,
    w: &'a mut [f32],
    m: &'a mut [f32],
    v: &'a mut [f32],
    g: &'a [f32],
}

impl Task for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Step { row, w, m, v, g } = self;
        let whole = w.len() / S::LANES * S::LANES;
        let pieces = w[..whole].chunks_exact_mut(S::LANES).zip(m[..whole].chunks_exact_mut(S::LANES));
        let pieces = pieces.zip(v[..whole].chunks_exact_mut(S::LANES)).zip(g[..whole].chunks_exact(S::LANES));
        for (((w, m), v), g) in pieces {
            row.lanes(s, w, m, v, g);
        }
        let rest = w.len() - whole;
        if rest == 0 {
            return;
        }
        let fill = |from: &[f32]| {
            let mut to = [0.0; super::BLOCK];
            to[..rest].copy_from_slice(&from[whole..]);
            to
        };
        let (mut tw, mut tm, mut tv, tg) = (fill(w), fill(m), fill(v), fill(g));
        row.lanes(s, &mut tw, &mut tm, &mut tv, &tg);
        for (to, from) in [(w, tw), (m, tm), (v, tv)] {
            to[whole..].copy_from_slice(&from[..rest]);
        }
    }
}
