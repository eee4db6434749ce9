//! Sealed bytes: a magic word, a version, a checksum, and compact values.

use crate::hash::StableHash;

/// Why bytes are not the file they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// They begin in another way.
    #[error("this is no {0}")]
    NotThisFile(&'static str),
    /// They were written by another version.
    #[error("this is a {what} of version {found}, and this program reads version {known}; make it again")]
    Version {
        /// What kind of file.
        what: &'static str,
        /// The version it says.
        found: u16,
        /// The version that is read.
        known: u16,
    },
    /// They changed after they were written.
    #[error("this {0} is damaged: its checksum is wrong; make it again, or copy it again")]
    Checksum(&'static str),
    /// They agree with their checksum, yet make no sense.
    #[error("this {what} is malformed at byte {at}: {problem}")]
    Malformed {
        /// What kind of file.
        what: &'static str,
        /// Where.
        at: usize,
        /// What is wrong.
        problem: String,
    },
}

/// A kind of file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seal {
    pub(crate) what: &'static str,
    pub(crate) magic: [u8; 8],
    pub(crate) version: u16,
    /// The oldest version that is still read.
    pub(crate) oldest: u16,
}

const HEADER: usize = 8 + 2 + 8;

/// Writes compact values: whole numbers as LEB128, signed ones zigzag.
#[derive(Debug, Default)]
pub(crate) struct SealedWriter(Vec<u8>);

impl SealedWriter {
    pub(crate) fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    pub(crate) fn signed(&mut self, value: i64) {
        self.number(((value << 1) ^ (value >> 63)) as u64);
    }

    pub(crate) fn fixed(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend(text.as_bytes());
    }

    /// Bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    /// All that another writer wrote.
    pub(crate) fn append(&mut self, other: Self) {
        self.raw(&other.0);
    }

    /// The bytes behind a header.
    pub(crate) fn sealed(self, seal: Seal) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + self.0.len());
        bytes.extend(seal.magic);
        bytes.extend(seal.version.to_le_bytes());
        bytes.extend(StableHash::new().with(&self.0).finish().to_le_bytes());
        bytes.extend(self.0);
        bytes
    }

    /// The bytes without a header, as a fingerprint takes them.
    pub(crate) fn hash(&self) -> u64 {
        StableHash::new().with(&self.0).finish()
    }
}

/// Reads what a [`SealedWriter`] wrote; never takes more memory than a small multiple of the bytes.
pub(crate) struct SealedReader<'a> {
    seal: Seal,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> SealedReader<'a> {
    pub(crate) fn open(seal: Seal, bytes: &'a [u8]) -> Result<Self, FileError> {
        let (header, body) = bytes.split_at_checked(HEADER).ok_or(FileError::NotThisFile(seal.what))?;
        if header[..8] != seal.magic {
            return Err(FileError::NotThisFile(seal.what));
        }
        let found = u16::from_le_bytes([header[8], header[9]]);
        if !(seal.oldest..=seal.version).contains(&found) {
            return Err(FileError::Version { what: seal.what, found, known: seal.version });
        }
        if header[10..] != StableHash::new().with(body).finish().to_le_bytes() {
            return Err(FileError::Checksum(seal.what));
        }
        Ok(Self { seal: Seal { version: found, ..seal }, bytes, at: HEADER })
    }

    /// The version that the bytes are of.
    pub(crate) const fn version(&self) -> u16 {
        self.seal.version
    }

    pub(crate) fn malformed(&self, problem: impl ToString) -> FileError {
        FileError::Malformed { what: self.seal.what, at: self.at, problem: problem.to_string() }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], FileError> {
        let taken = self.bytes[self.at..].get(..count).ok_or_else(|| self.malformed("it ends early"))?;
        self.at += count;
        Ok(taken)
    }

    pub(crate) fn number(&mut self) -> Result<u64, FileError> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.malformed("a number has no end"))
    }

    pub(crate) fn signed(&mut self) -> Result<i64, FileError> {
        let value = self.number()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// A number that must fit a smaller type.
    pub(crate) fn small<T: TryFrom<u64>>(&mut self) -> Result<T, FileError> {
        let value = self.number()?;
        T::try_from(value).map_err(|_| self.malformed(format!("{value} is out of range")))
    }

    /// How many things follow, each of at least `least` bytes; no more than there are bytes for.
    pub(crate) fn count(&mut self, least: usize) -> Result<usize, FileError> {
        let count: usize = self.small()?;
        if count > (self.bytes.len() - self.at) / least {
            return Err(self.malformed(format!("{count} things do not fit")));
        }
        Ok(count)
    }

    /// So many things as are announced, each of at least `least` bytes.
    pub(crate) fn list<T>(
        &mut self,
        least: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, FileError>,
    ) -> Result<Vec<T>, FileError> {
        (0..self.count(least)?).map(|_| read(self)).collect()
    }

    /// So many numbers of four bytes each.
    pub(crate) fn fixed_list(&mut self, count: usize) -> Result<Vec<u32>, FileError> {
        let bytes = self.take(count.saturating_mul(4))?;
        Ok(bytes.as_chunks().0.iter().map(|&bytes| u32::from_le_bytes(bytes)).collect())
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, FileError> {
        let count = self.count(1)?;
        std::str::from_utf8(self.take(count)?).map_err(|error| self.malformed(error))
    }

    /// All bytes that follow.
    pub(crate) fn rest(self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// That nothing follows.
    pub(crate) fn end(&self) -> Result<(), FileError> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.malformed("it goes on behind its end")) }
    }
}

/// The bytes of a file with a checksum that fits, whatever was done to them.
#[cfg(test)]
pub(crate) fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = StableHash::new().with(&bytes[HEADER..]).finish();
    bytes[HEADER - 8..HEADER].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEAL: Seal = Seal { what: "test file", magic: *b"sideman?", version: 3, oldest: 3 };

    #[test]
    fn values_are_read_back() {
        let mut writer = SealedWriter::default();
        let numbers = [0, 1, 127, 128, u64::from(u32::MAX), u64::MAX];
        let signed = [0, -1, 1, i64::MIN, i64::MAX];
        numbers.iter().for_each(|&n| writer.number(n));
        signed.iter().for_each(|&n| writer.signed(n));
        writer.fixed(0xdead_beef);
        writer.text("Até");
        let bytes = writer.sealed(SEAL);
        let mut reader = SealedReader::open(SEAL, &bytes).unwrap();
        assert!(numbers.iter().all(|&n| reader.number() == Ok(n)));
        assert!(signed.iter().all(|&n| reader.signed() == Ok(n)));
        assert_eq!((reader.fixed_list(1), reader.text()), (Ok(vec![0xdead_beef]), Ok("Até")));
        assert_eq!(reader.end(), Ok(()));
        assert!(reader.number().is_err());
    }

    #[test]
    fn other_bytes_are_refused() {
        let mut writer = SealedWriter::default();
        writer.number(1 << 40);
        let bytes = writer.sealed(SEAL);
        let open = |bytes: &[u8], seal| SealedReader::open(seal, bytes).map(|_| ()).unwrap_err();
        assert_eq!(open(&bytes[..9], SEAL), FileError::NotThisFile("test file"));
        assert_eq!(open(&bytes, Seal { magic: *b"sideman!", ..SEAL }), FileError::NotThisFile("test file"));
        let version = FileError::Version { what: "test file", found: 3, known: 4 };
        assert_eq!(open(&bytes, Seal { version: 4, oldest: 4, ..SEAL }), version);
        let mut flipped = bytes.clone();
        flipped[HEADER] ^= 1;
        assert_eq!(open(&flipped, SEAL), FileError::Checksum("test file"));
        let mut reader = SealedReader::open(SEAL, &bytes).unwrap();
        assert!(matches!(reader.count(1), Err(FileError::Malformed { .. })));
    }
}
