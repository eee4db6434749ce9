//! A corpus: its pieces, and what became of each file they were gathered from.

mod archive;
mod bytes;
mod catalogue;
mod content;
mod dataset;
mod filter;
mod gathering;
mod summary;
mod texts;
mod volumes;

use sideman_formats::{Warning, WarningKind};

use crate::Piece;

pub use bytes::fingerprint;
pub use catalogue::{Catalogue, CatalogueEntry};
pub use content::FileContent;
pub use dataset::{Dataset, VolumeError};
pub use filter::{Filter, FilterError};
pub use gathering::{GatherProgress, NamedBytes, gather};
pub use summary::{Agreement, Summary, WarningTally};
pub use volumes::{SomePieces, VolumeWriter, Volumes};

/// A corpus as it is kept in one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Library {
    /// The pieces, in the order of the files; their ids are unique.
    pub pieces: Vec<Piece>,
    /// The files, those in archives one by one.
    pub files: Vec<FileRecord>,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// Its name; of one in an archive the archive's name, a slash, and its own.
    pub name: String,
    /// Pieces that were taken from it.
    pub pieces: usize,
    /// Why it was skipped, if it was.
    pub skipped: Option<String>,
    /// What was read in another way than written, or left out.
    pub warnings: Vec<FileWarning>,
}

/// A complaint about a file, with its place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileWarning {
    /// What it is about.
    pub kind: WarningKind,
    /// Where, and what became of it.
    pub words: String,
}

impl From<&Warning> for FileWarning {
    fn from(warning: &Warning) -> Self {
        Self { kind: warning.kind, words: warning.to_string() }
    }
}

impl Library {
    /// The pieces that pass every filter, with the same files.
    #[must_use]
    pub fn filtered(&self, filters: &[Filter]) -> Self {
        let passes = |piece: &&Piece| filters.iter().all(|filter| filter.passes(piece));
        Self { pieces: self.pieces.iter().filter(passes).cloned().collect(), files: self.files.clone() }
    }
}

#[cfg(test)]
mod tests;
