//! A corpus: its pieces, and what became of each file they were gathered from.

mod archive;
mod bytes;
mod filter;
mod gather;
mod summary;

use crate::Piece;
use crate::codec::SealedWriter;

pub use filter::{Filter, FilterError};
pub use gather::{GatherProgress, NamedBytes, gather};
pub use summary::{Agreement, Summary};

/// A corpus as it is kept in one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Library {
    /// The pieces, in the order of the files; their ids are unique.
    pub pieces: Vec<Piece>,
    /// The files, those in archives one by one.
    pub files: Vec<FileRecord>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FileRecord {
    /// Its name; of one in an archive the archive's name, a slash, and its own.
    pub name: String,
    /// Pieces that were taken from it.
    pub pieces: usize,
    /// Why it was skipped, if it was.
    pub skipped: Option<String>,
    /// What was read in another way than written, or left out.
    pub warnings: Vec<String>,
}

impl Library {
    /// The pieces that pass every filter, with the same files.
    #[must_use]
    pub fn filtered(&self, filters: &[Filter]) -> Self {
        let passes = |piece: &&Piece| filters.iter().all(|filter| filter.passes(piece));
        Self { pieces: self.pieces.iter().filter(passes).cloned().collect(), files: self.files.clone() }
    }

    /// A hash of all that is in the pieces, whatever their order: what a checkpoint says of the corpus it
    /// learned from. The same on every machine.
    pub fn fingerprint(&self) -> u64 {
        fingerprint(&self.pieces)
    }
}

/// A hash of all that is in some pieces, whatever their order.
pub fn fingerprint<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> u64 {
    let mut hashes: Vec<u64> = pieces.into_iter().map(bytes::hash).collect();
    hashes.sort_unstable();
    let mut writer = SealedWriter::default();
    hashes.into_iter().for_each(|hash| writer.number(hash));
    writer.hash()
}

#[cfg(test)]
mod tests;
