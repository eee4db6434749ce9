//! A file that grows over several runs.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::hold::Claim;
use super::place::Place;
use super::step::{FileContents, operation, unwritten};

/// A file that grows by whole parts, in one run or several, under the name of its place with `.paused` behind it, and takes
/// that of the place when it is complete.
pub(crate) struct GrowingFile {
    place: Place,
    paused: PathBuf,
    file: File,
    _claim: Claim,
}

impl GrowingFile {
    /// Begins one in the place of any that was interrupted.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        Self::open(path, OpenOptions::new().read(true).write(true).create(true).truncate(true))
    }

    /// Goes on with one that was interrupted.
    pub(crate) fn reopened(path: &Path) -> Result<Self> {
        Self::open(path, OpenOptions::new().read(true).write(true))
    }

    fn open(path: &Path, options: &OpenOptions) -> Result<Self> {
        let place = Place::of(path).with_context(|| unwritten(path))?;
        let mut paused = place.path().as_os_str().to_owned();
        paused.push(".paused");
        let paused = PathBuf::from(paused);
        let claim = Claim::new(&paused)?;
        let file = operation(|| options.open(&paused))
            .with_context(|| format!("{} could not be opened", paused.display()))?;
        Ok(Self { place, paused, file, _claim: claim })
    }

    /// What to read from and to write to.
    pub(crate) fn contents(&self) -> Result<FileContents> {
        Ok(FileContents(self.file.try_clone().with_context(|| unwritten(&self.paused))?))
    }

    /// Leaves out what stands behind so many bytes.
    pub(crate) fn cut(&self, bytes: u64) -> Result<()> {
        operation(|| self.file.set_len(bytes)).with_context(|| unwritten(&self.paused))
    }

    /// Brings the file to the disk and gives it its name.
    pub(crate) fn keep(self) -> Result<()> {
        self.place.take_named(&self.file, &self.paused).with_context(|| unwritten(self.place.path()))
    }

    /// Leaves nothing of it.
    pub(crate) fn discard(self) {
        // What cannot be removed does no harm.
        let _ = operation(|| fs::remove_file(&self.paused));
    }
}
