//! A file being written.

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::NamedTempFile;

use super::leftover;
use super::place::Place;
use super::step::{FileContents, unwritten};

/// Bytes that are gathered before they are written.
const BLOCK: usize = 1 << 16;

/// A file being written under a temporary name; nothing is left of it unless it is kept.
pub(crate) struct Draft {
    named: PathBuf,
    place: Place,
    file: Option<NamedTempFile>,
    temporary: PathBuf,
}

impl Draft {
    /// Begins a file, and its folder where there is none.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let begin = || {
            let place = Place::of(path)?;
            let file = place.draft()?;
            let temporary = file.path().to_owned();
            io::Result::Ok(Self { named: path.to_owned(), place, file: Some(file), temporary })
        };
        begin().with_context(|| unwritten(path))
    }

    /// What to write to.
    pub(crate) fn writer(&self) -> Result<BufWriter<FileContents>> {
        let file = self.file.as_ref().context("the file is complete")?;
        let file = file.as_file().try_clone().with_context(|| unwritten(&self.named))?;
        Ok(BufWriter::with_capacity(BLOCK, FileContents(file)))
    }

    /// Brings the file to the disk and gives it its name, in place of one that had it.
    pub(crate) fn keep(mut self) -> Result<()> {
        let file = self.file.take().context("the file is complete")?;
        self.place.take(file).with_context(|| unwritten(&self.named))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        drop(self.file.take());
        leftover::end(&self.temporary);
    }
}
