//! IEEE 754 half precision, for weights at rest.

/// The largest finite value.
pub(super) const LARGEST: f32 = 65504.0;

/// The value of half-precision `bits`, exactly.
pub(crate) fn to_f32(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let rest = u32::from(bits & 0x7fff);
    let magnitude = if rest >= 0x7c00 {
        f32::from_bits(0x7f80_0000 | (rest & 0x3ff) << 13)
    } else {
        // A half's exponent and fraction, moved to a single's place, are 2^112 too small; subnormals too.
        f32::from_bits(rest << 13) * f32::from_bits((127 + 112) << 23)
    };
    f32::from_bits(magnitude.to_bits() | sign)
}

/// The nearest half-precision value, ties to even; what is too large becomes the largest finite value.
pub(crate) fn from_f32(x: f32) -> u16 {
    let sign = ((x.to_bits() >> 16) & 0x8000) as u16;
    let x = x.abs().min(LARGEST);
    // Adding a power of two whose last place is the half's last place rounds there.
    let exponent = (x.to_bits() >> 23).max(127 - 14);
    let anchor = f32::from_bits((exponent + 13) << 23);
    let rounded = (x + anchor) - anchor;
    let scaled = rounded * f32::from_bits((127 - 112) << 23);
    sign | (scaled.to_bits() >> 13) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finite_half_survives_the_round_trip() {
        for bits in (0..=u16::MAX).filter(|b| b & 0x7c00 != 0x7c00) {
            assert_eq!(from_f32(to_f32(bits)), bits, "{bits:#06x}");
        }
    }

    #[test]
    fn rounds_to_the_nearest_even() {
        assert_eq!(to_f32(from_f32(1.0 + 1.0 / 2048.0)), 1.0);
        assert_eq!(to_f32(from_f32(1.0 + 3.0 / 2048.0)), 1.0 + 2.0 / 1024.0);
        assert_eq!(to_f32(from_f32(1e6)), 65504.0);
        assert_eq!(to_f32(0x0001), 2f32.powi(-24));
    }
}
