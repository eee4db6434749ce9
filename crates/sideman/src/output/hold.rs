//! Folders and files that one run at a time writes to.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::leftover;
use super::step::{operation, unwritten};
use crate::terminal::Terminal;

/// A folder in which no other run writes takes meanwhile, so that those of two do not mix.
pub(crate) struct Hold {
    /// The folder itself; none where a system cannot lock one.
    _locked: Option<File>,
}

impl Hold {
    /// Waits until no other run holds the folder, which is made where there is none; those who share it hold it together.
    pub(crate) fn new(folder: &Path, shared: bool, terminal: &Terminal) -> Result<Self> {
        let try_lock = |file: &File| if shared { file.try_lock_shared() } else { file.try_lock() };
        let lock = |file: &File| if shared { file.lock_shared() } else { file.lock() };
        operation(|| fs::create_dir_all(folder)).with_context(|| unwritten(folder))?;
        let locked = File::open(folder).ok().and_then(|file| match try_lock(&file) {
            Ok(()) => Some(file),
            Err(TryLockError::WouldBlock) => {
                terminal
                    .note(format_args!("another run writes to {}; waiting for its end", folder.display()));
                lock(&file).ok().map(|()| file)
            }
            Err(TryLockError::Error(_)) => None,
        });
        Ok(Self { _locked: locked })
    }
}

/// A file that one run at a time writes again and again, long before it is done.
pub(crate) struct Claim {
    lock: PathBuf,
    _locked: File,
}

impl Claim {
    /// Claims a file, whose folder is made where there is none.
    ///
    /// # Errors
    /// When another run has claimed it.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let lock = leftover::lock_of(path);
        let folder = path.parent().unwrap_or(Path::new(""));
        let begun = fs::create_dir_all(folder).and_then(|()| operation(|| File::create(&lock)));
        let locked = begun.with_context(|| unwritten(path))?;
        let taken = matches!(locked.try_lock(), Err(TryLockError::WouldBlock));
        ensure!(!taken, "another run writes to {}; wait for its end, or name another file", path.display());
        Ok(Self { lock, _locked: locked })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // One that stays does no harm: the next run removes it.
        let _ = fs::remove_file(&self.lock);
    }
}
