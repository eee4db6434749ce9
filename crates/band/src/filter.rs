//! Second-order filters (R. Bristow-Johnson, *Cookbook formulae for audio EQ biquad filter coefficients*).

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// Far below hearing and far above the smallest numbers, on which processors are slow: added where a decay would
/// reach them.
pub(crate) const FLOOR: f64 = 1e-25;

/// A filter of two poles and two zeros, in direct form II transposed.
#[derive(Clone, Debug)]
pub(crate) struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    /// From the coefficients of numerator and denominator, the first of the latter being 1.
    pub(crate) fn new(b: [f64; 3], a: [f64; 2]) -> Self {
        Self { b, a, state: [0.0; 2] }
    }

    /// Passes what is below `hertz` (Butterworth).
    pub(crate) fn low_pass(hertz: f64, rate: u32) -> Self {
        let (cos, alpha) = angle(hertz, rate);
        let b1 = 1.0 - cos;
        Self::normalised([b1 / 2.0, b1, b1 / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    /// Passes what is above `hertz` (Butterworth).
    pub(crate) fn high_pass(hertz: f64, rate: u32) -> Self {
        let (cos, alpha) = angle(hertz, rate);
        let b1 = 1.0 + cos;
        Self::normalised([b1 / 2.0, -b1, b1 / 2.0], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    fn normalised(b: [f64; 3], a: [f64; 3]) -> Self {
        Self::new(b.map(|x| x / a[0]), [a[1] / a[0], a[2] / a[0]])
    }

    /// The next sample of the output.
    #[inline]
    pub(crate) fn next(&mut self, x: f64) -> f64 {
        let x = x + FLOOR;
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}

fn angle(hertz: f64, rate: u32) -> (f64, f64) {
    let rate = f64::from(rate);
    let w = TAU * hertz.min(0.45 * rate) / rate;
    (w.cos(), w.sin() * FRAC_1_SQRT_2)
}
