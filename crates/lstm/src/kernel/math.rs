//! Exponential, logistic sigmoid and hyperbolic tangent.
//!
//! `exp` reduces its argument to `n ln 2 + r`, |r| <= ln 2 / 2, with ln 2 in two parts (Cody and Waite 1980),
//! and sums the Taylor polynomial of degree 6 in `r`; relative error below 3e-7. `sigmoid` and `tanh` follow
//! from it with an absolute error below 5e-7 everywhere.

use super::simd::Simd;

const LOG2_E: f32 = std::f32::consts::LOG2_E;
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;
/// Adding it leaves the nearest integer in the low bits.
const SHIFT: f32 = 12_582_912.0;
const TAYLOR: [f32; 7] = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];

/// `e^x` for x clamped to -87 ..= 88.
#[inline(always)]
pub(crate) fn exp<S: Simd>(s: S, x: S::V) -> S::V {
    let x = s.min(s.max(x, s.splat(-87.0)), s.splat(88.0));
    exp_in_range(s, x)
}

#[inline(always)]
fn exp_in_range<S: Simd>(s: S, x: S::V) -> S::V {
    let shift = s.splat(SHIFT);
    let shifted = s.fma(x, s.splat(LOG2_E), shift);
    let n = s.sub(shifted, shift);
    let r = s.fma(n, s.splat(-LN2_LOW), s.fma(n, s.splat(-LN2_HIGH), x));
    let mut sum = s.splat(TAYLOR[0]);
    for term in &TAYLOR[1..] {
        sum = s.fma(sum, r, s.splat(*term));
    }
    s.mul(sum, s.exp2_of_bits(shifted))
}

/// The gates of a cell from their sums: sigmoid of i, f, o and tanh of g.
///
/// With p = e^-i, q = e^-f, u = e^-o, w = e^-2g the four are 1/(1+p), 1/(1+q), 1/(1+u) and 2/(1+w) - 1;
/// one division serves all four. Sums are clamped to ±20 (g to ±10), where they are saturated.
#[inline(always)]
pub(crate) fn gates<S: Simd>(s: S, i: S::V, f: S::V, g: S::V, o: S::V) -> [S::V; 4] {
    let one = s.splat(1.0);
    let (p, q) = (grown(s, i, 20.0, -1.0), grown(s, f, 20.0, -1.0));
    let (w, u) = (grown(s, g, 10.0, -2.0), grown(s, o, 20.0, -1.0));
    let (pq, wu) = (s.mul(p, q), s.mul(w, u));
    let inverse = s.div(one, s.mul(pq, wu));
    let (of_pq, of_wu) = (s.mul(inverse, wu), s.mul(inverse, pq));
    let g = s.fma(s.splat(2.0), s.mul(of_wu, u), s.splat(-1.0));
    [s.mul(of_pq, q), s.mul(of_pq, p), g, s.mul(of_wu, w)]
}

/// `1 + e^(scale x)` with x clamped to ±`limit`.
#[inline(always)]
fn grown<S: Simd>(s: S, x: S::V, limit: f32, scale: f32) -> S::V {
    let x = s.min(s.max(x, s.splat(-limit)), s.splat(limit));
    s.add(s.splat(1.0), exp_in_range(s, s.mul(x, s.splat(scale))))
}

/// Hyperbolic tangent, 2 / (1 + e^-2x) - 1.
#[inline(always)]
pub(crate) fn tanh<S: Simd>(s: S, x: S::V) -> S::V {
    s.sub(s.div(s.splat(2.0), grown(s, x, 10.0, -2.0)), s.splat(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::InstructionSet;
    use crate::kernel::simd::Kernel;

    /// All functions at sixteen places.
    struct At([f32; 16]);

    impl Kernel for At {
        type Output = [[f32; 16]; 6];

        fn run<S: Simd>(self, s: S) -> [[f32; 16]; 6] {
            let mut out = [[0.0; 16]; 6];
            for n in (0..16).step_by(S::LANES) {
                let x = s.read(&self.0[n..]);
                let [i, f, g, o] = gates(s, x, s.sub(s.splat(0.0), x), x, x);
                for (out, y) in out.iter_mut().zip([exp(s, x), tanh(s, x), i, f, g, o]) {
                    s.write(&mut out[n..], y);
                }
            }
            out
        }
    }

    /// From -30 to 30 and far beyond.
    fn places() -> impl Iterator<Item = [f32; 16]> {
        let ends = [
            -1e30,
            -100.0,
            -88.0,
            -1e-20,
            0.0,
            1e-20,
            88.0,
            100.0,
            1e30,
            f32::MAX,
            1.0,
            2.0,
            3.0,
            4.0,
            5.0,
            6.0,
        ];
        (0..60_000).map(|k| std::array::from_fn(|i| (k * 16 + i) as f32 / 16_000.0 - 30.0)).chain([ends])
    }

    #[test]
    fn errors_stay_below_the_stated_ones() {
        for x in places() {
            let [e, t, i, f, g, o] = InstructionSet::detect().run(At(x));
            for n in 0..16 {
                let exact = f64::from(x[n]);
                let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
                if exact.abs() < 87.0 {
                    assert!((f64::from(e[n]) / exact.exp() - 1.0).abs() < 3e-7, "exp {exact}");
                }
                for (ours, exact) in [
                    (t[n], exact.tanh()),
                    (g[n], exact.tanh()),
                    (i[n], sigmoid(exact)),
                    (o[n], sigmoid(exact)),
                    (f[n], sigmoid(-exact)),
                ] {
                    assert!((f64::from(ours) - exact).abs() < 5e-7, "{ours} {exact} at {}", x[n]);
                }
            }
        }
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        for x in places() {
            let reference = InstructionSet::Scalar.run(At(x));
            assert!(InstructionSet::all().into_iter().all(|isa| isa.run(At(x)) == reference), "{x:?}");
        }
    }
}
