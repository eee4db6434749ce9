//! Second-order filters (R. Bristow-Johnson, *Cookbook formulae for audio EQ biquad filter coefficients*).

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// Far below hearing and far above the smallest numbers, on which processors are slow: added where a decay would
/// reach them.
pub(crate) const FLOOR: f64 = 1e-25;

/// A filter of two poles and two zeros, in direct form II transposed, for channels that are heard side by side.
#[derive(Clone, Debug)]
pub(crate) struct Biquad<const CHANNELS: usize = 1> {
    b: [f64; 3],
    a: [f64; 2],
    state: [[f64; CHANNELS]; 2],
}

impl<const CHANNELS: usize> Biquad<CHANNELS> {
    /// From the coefficients of numerator and denominator, the first of the latter being 1.
    pub(crate) fn new(b: [f64; 3], a: [f64; 2]) -> Self {
        Self { b, a, state: [[0.0; CHANNELS]; 2] }
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

    /// The next sample of each channel of the output.
    #[inline]
    pub(crate) fn next(&mut self, x: [f64; CHANNELS]) -> [f64; CHANNELS] {
        let ([b0, b1, b2], [a1, a2], [first, second]) = (self.b, self.a, &mut self.state);
        std::array::from_fn(|channel| {
            let x = x[channel] + FLOOR;
            let y = b0 * x + first[channel];
            first[channel] = b1 * x - a1 * y + second[channel];
            second[channel] = b2 * x - a2 * y;
            y
        })
    }
}

fn angle(hertz: f64, rate: u32) -> (f64, f64) {
    let rate = f64::from(rate);
    let w = TAU * hertz.min(0.45 * rate) / rate;
    (w.cos(), w.sin() * FRAC_1_SQRT_2)
}
