//! One Adam step over a piece of the flat buffers.

use super::instruction_set::InstructionSet;
use super::simd::{Kernel, Simd};
use crate::matrix::BLOCK;

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
    /// Takes weights, first and second moments and gradient, slices of one length; forgets the gradient.
    pub(crate) fn step(self, isa: InstructionSet, mut buffers: Vec<&mut [f32]>) {
        if let [w, m, v, g] = &mut buffers[..] {
            isa.run(AdamStep { row: self, w, m, v, g });
        }
    }

    #[inline(always)]
    fn lanes<S: Simd>(&self, s: S, w: &mut [f32], m: &mut [f32], v: &mut [f32], g: &mut [f32]) {
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
        s.write(g, s.splat(0.0));
    }
}

struct AdamStep<'a> {
    row: AdamRow,
    w: &'a mut [f32],
    m: &'a mut [f32],
    v: &'a mut [f32],
    g: &'a mut [f32],
}

impl Kernel for AdamStep<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let AdamStep { row, w, m, v, g } = self;
        let whole = w.len() / S::LANES * S::LANES;
        for at in (0..whole).step_by(S::LANES) {
            let lanes = at..at + S::LANES;
            let (w, m) = (&mut w[lanes.clone()], &mut m[lanes.clone()]);
            row.lanes(s, w, m, &mut v[lanes.clone()], &mut g[lanes]);
        }
        let rest = [w, m, v, g].map(|buffer| &mut buffer[whole..]);
        let mut last = [[0.0; BLOCK]; 4];
        last.iter_mut().zip(&rest).for_each(|(to, from)| to[..from.len()].copy_from_slice(from));
        let [w, m, v, g] = &mut last;
        row.lanes(s, w, m, v, g);
        rest.into_iter().zip(&last).for_each(|(to, from)| to.copy_from_slice(&from[..to.len()]));
    }
}
