//! The digest of the samples that FLAC asks for: MD5 (RFC 1321).

/// A digest of bytes that come in any portions.
#[derive(Clone)]
pub(super) struct Md5 {
    state: [u32; 4],
    block: [u8; 64],
    length: u64,
    sines: [u32; 64],
}

/// Bits that each round rotates by.
const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

impl Md5 {
    pub(super) fn new() -> Self {
        let sines = std::array::from_fn(|i| ((i as f64 + 1.0).sin().abs() * 4_294_967_296.0) as u32);
        let state = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
        Self { state, block: [0; 64], length: 0, sines }
    }

    /// Takes the next bytes.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let place = (self.length % 64) as usize;
            self.block[place] = byte;
            self.length += 1;
            if place == 63 {
                self.mix();
            }
        }
    }

    /// The digest of all of them.
    pub(super) fn finish(mut self) -> [u8; 16] {
        let bits = 8 * self.length;
        self.hear(&[0x80]);
        while self.length % 64 != 56 {
            self.hear(&[0]);
        }
        self.hear(&bits.to_le_bytes());
        let mut digest = [0; 16];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        digest
    }

    fn mix(&mut self) {
        let word = |i: usize| {
            let at = 4 * i;
            u32::from_le_bytes([self.block[at], self.block[at + 1], self.block[at + 2], self.block[at + 3]])
        };
        let [mut a, mut b, mut c, mut d] = self.state;
        for i in 0..64 {
            let (mixed, at) = match i / 16 {
                0 => (b & c | !b & d, i),
                1 => (d & b | !d & c, (5 * i + 1) % 16),
                2 => (b ^ c ^ d, (3 * i + 5) % 16),
                _ => (c ^ (b | !d), 7 * i % 16),
            };
            let sum = a.wrapping_add(mixed).wrapping_add(self.sines[i]).wrapping_add(word(at));
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(TURNS[i / 16][i % 4])));
        }
        for (state, more) in self.state.iter_mut().zip([a, b, c, d]) {
            *state = state.wrapping_add(more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standard() {
        let digest = |text: &str| {
            let mut md5 = Md5::new();
            md5.hear(text.as_bytes());
            md5.finish().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        assert_eq!(digest(""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(digest("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
        assert_eq!(digest(&"1234567890".repeat(8)), "57edf4a22be3c955ac49da2e2107b67a");
    }
}
