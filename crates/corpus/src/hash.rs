//! A hash that stays the same from machine to machine and from version to version.

/// FNV-1a over 64 bits (Fowler, Noll, Vo 1991), with the finaliser of SplitMix64 (Steele et al. 2014), so
/// that every bit of the result depends on every byte.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StableHash(u64);

impl StableHash {
    pub(crate) const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    #[must_use]
    pub(crate) fn with(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)))
    }

    pub(crate) const fn finish(self) -> u64 {
        let h = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        h ^ (h >> 31)
    }
}

/// A digest of bytes that tells files apart, though not against those who mean to deceive.
pub fn digest(bytes: &[u8]) -> u64 {
    StableHash::new().with(bytes).finish()
}

/// The hash of a run of intervals in semitones.
pub(crate) fn of_intervals(intervals: &[i8]) -> u64 {
    intervals.iter().fold(StableHash::new(), |h, &i| h.with(&i.to_le_bytes())).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_never_changes() {
        assert_eq!(StableHash::new().0, 0xcbf2_9ce4_8422_2325);
        assert_eq!(StableHash::new().with(b"a").0, 0xaf63_dc4c_8601_ec8c, "as the authors of FNV list it");
        assert_ne!(of_intervals(&[1, 2]), of_intervals(&[2, 1]));
    }
}
