//! Bits in a row, the highest first, and the checks over them.

/// Bytes to which bits are added.
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet, and how many.
    rest: u64,
    count: u32,
}

impl BitWriter {
    /// Adds the lowest `count` bits of a value, at most 56.
    pub(super) fn put(&mut self, value: u64, count: u32) {
        self.rest = self.rest << count | value & ((1 << count) - 1);
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            self.bytes.push((self.rest >> self.count) as u8);
        }
    }

    /// Adds a value in two's complement.
    pub(super) fn put_signed(&mut self, value: i32, count: u32) {
        self.put(value as u64, count);
    }

    /// Adds so many zeros and a one.
    pub(super) fn put_unary(&mut self, zeros: u32) {
        (0..zeros / 32).for_each(|_| self.put(0, 32));
        self.put(1, zeros % 32 + 1);
    }

    /// Fills the last byte with zeros.
    pub(super) fn align(&mut self) {
        self.put(0, (8 - self.count) % 8);
    }

    /// The whole bytes so far.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// All of it, the last byte filled with zeros.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.align();
        self.bytes
    }
}

/// The remainder of bytes by a polynomial of `width` bits (8 or 16), the highest bit first, from zero.
pub(super) fn crc(bytes: &[u8], polynomial: u32, width: u32) -> u64 {
    let step = |crc: u32, &byte: &u8| {
        let shifted = crc ^ u32::from(byte) << (width - 8);
        (0..8).fold(shifted, |crc, _| {
            let out = crc >> (width - 1) & 1;
            ((crc << 1) ^ (out * polynomial)) & ((1 << width) - 1)
        })
    };
    u64::from(bytes.iter().fold(0, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_fill_bytes_from_the_top() {
        let mut out = BitWriter::default();
        out.put(0b101, 3);
        out.put_signed(-1, 2);
        out.put_unary(35);
        out.put(0x1ff, 8);
        assert_eq!(out.into_bytes(), [0b1011_1000, 0, 0, 0, 0, 0xff, 0x80]);
    }

    #[test]
    fn crcs_are_those_of_the_catalogue() {
        assert_eq!(crc(b"123456789", 0x07, 8), 0xf4);
        assert_eq!(crc(b"123456789", 0x8005, 16), 0xfee8);
    }
}
