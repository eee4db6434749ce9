//! Temporary files: who lives holds a lock on them, and what a killed run has left is removed.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

use super::step::operation;

const PREFIX: &str = ".sideman-";
/// Letters and digits behind the prefix.
const RANDOM: usize = 6;
/// How often another run may take a file that was just made for a leftover.
const TRIES: usize = 8;

/// Temporary files of this run.
static LIVING: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
/// Folders in which leftovers were looked for.
static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn held<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A temporary file in a folder, with the rights of a new one; before the first, leftovers are removed.
pub(super) fn begin(folder: &Path) -> io::Result<NamedTempFile> {
    if held(&SWEPT).insert(folder.to_owned()) {
        sweep(folder);
    }
    for _ in 0..TRIES {
        let mut living = held(&LIVING);
        let file = operation(|| made(folder))?;
        if is_ours(&file) {
            living.insert(file.path().to_owned());
            return Ok(file);
        }
    }
    Err(io::Error::other("its temporary file is taken by other programs"))
}

/// A temporary file for a lock on the file at a path: the same in every run.
pub(super) fn lock_of(path: &Path) -> PathBuf {
    const DIGITS: u64 = 36_u64.pow(RANDOM as u32);
    let mut hasher = DefaultHasher::new();
    path.file_name().hash(&mut hasher);
    let mut rest = hasher.finish() % DIGITS;
    let mut name = PREFIX.to_owned();
    for _ in 0..RANDOM {
        name.extend(char::from_digit((rest % 36) as u32, 36));
        rest /= 36;
    }
    path.with_file_name(name)
}

/// The file at a path is no longer a temporary one of ours.
pub(super) fn end(path: &Path) {
    held(&LIVING).remove(path);
}

/// Removes all temporary files of this run, and lets it make no more: it ends.
pub(crate) fn remove_all() {
    let living = held(&LIVING);
    for file in living.iter() {
        let _ = fs::remove_file(file);
    }
    std::mem::forget(living);
}

/// Whether a file is named as the temporary ones are.
pub(crate) fn is_leftover(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(PREFIX));
    name.is_some_and(|random| random.len() == RANDOM && random.chars().all(|c| c.is_ascii_alphanumeric()))
}

#[cfg(unix)]
fn made(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    let rights = fs::Permissions::from_mode(0o666);
    tempfile::Builder::new().prefix(PREFIX).rand_bytes(RANDOM).permissions(rights).tempfile_in(folder)
}

#[cfg(not(unix))]
fn made(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(PREFIX).rand_bytes(RANDOM).tempfile_in(folder)
}

/// Locks a file that was just made; false where another run has found it first and removes it.
fn is_ours(file: &NamedTempFile) -> bool {
    !matches!(file.as_file().try_lock(), Err(TryLockError::WouldBlock)) && file.path().exists()
}

/// Removes what killed runs have left in a folder: files named so that nobody has locked.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().filter(is_file).map(|entry| entry.path()).filter(|path| is_leftover(path)) {
        let Ok(file) = OpenOptions::new().read(true).write(true).open(&path) else { continue };
        if file.try_lock().is_ok() {
            let _ = operation(|| fs::remove_file(&path));
        }
    }
}

fn is_file(entry: &fs::DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_file())
}
