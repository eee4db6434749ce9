//! The files in folders.

use std::fs;
use std::path::{Path, PathBuf};

use crate::output;

/// The files below a path, in the order of their names. A folder that cannot be read stands for itself, so that
/// reading it tells why.
pub(super) fn files_below(path: &Path, files: &mut Vec<PathBuf>) {
    let entries = match fs::read_dir(path) {
        Ok(entries) if path.is_dir() => entries,
        _ => return files.push(path.to_owned()),
    };
    let mut inside: Vec<PathBuf> =
        entries.flatten().filter(|entry| !is_link(entry)).map(|entry| entry.path()).collect();
    inside.retain(|path| !output::is_leftover(path));
    inside.sort();
    inside.iter().for_each(|path| files_below(path, files));
}

/// Links are not followed, since they may lead in a circle.
fn is_link(entry: &fs::DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_symlink())
}

/// Whether two paths lead to one file.
pub(super) fn are_one(a: &Path, b: &Path) -> bool {
    fs::canonicalize(a).ok().zip(fs::canonicalize(b).ok()).is_some_and(|(a, b)| a == b)
}
