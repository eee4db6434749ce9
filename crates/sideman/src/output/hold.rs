//! A folder that one run at a time writes its takes to.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result};

use super::step::{operation, unwritten};
use crate::terminal::Terminal;

/// A folder in which no other run writes takes meanwhile, so that those of two do not mix.
pub(crate) struct Hold {
    /// The folder itself; none where a system cannot lock one.
    _locked: Option<File>,
}

impl Hold {
    /// Waits until no other run holds the folder, which is made where there is none.
    pub(crate) fn new(folder: &Path, terminal: &Terminal) -> Result<Self> {
        operation(|| fs::create_dir_all(folder)).with_context(|| unwritten(folder))?;
        let lock = File::open(folder).ok().and_then(|lock| match lock.try_lock() {
            Ok(()) => Some(lock),
            Err(TryLockError::WouldBlock) => {
                terminal
                    .note(format_args!("another run writes to {}; waiting for its end", folder.display()));
                lock.lock().ok().map(|()| lock)
            }
            Err(TryLockError::Error(_)) => None,
        });
        Ok(Self { _locked: lock })
    }
}
