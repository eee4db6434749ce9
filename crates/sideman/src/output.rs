//! Files, written whole or not at all.
//!
//! What is written goes to a temporary file beside its place, is brought to the disk, and takes its name last; so at
//! any moment there is the old file or the new one. Links are followed, rights are kept, devices are written to.

mod draft;
mod growing;
mod hold;
mod leftover;
mod place;
mod step;

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};

pub(crate) use draft::Draft;
pub(crate) use growing::GrowingFile;
pub(crate) use hold::{Claim, Hold};
pub(crate) use leftover::{is_leftover, remove_all};

use place::Place;
pub(crate) use step::FileContents;
use step::unwritten;

use crate::usage::refuse;

/// The least that a disk must have left for anything to be written, in bytes.
pub(crate) const LITTLE: u64 = 1 << 16;

/// Writes a file of these bytes.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let draft = Draft::new(path)?;
    let mut writer = draft.writer()?;
    writer.write_all(bytes).and_then(|()| writer.flush()).with_context(|| unwritten(path))?;
    draft.keep()
}

/// Makes sure before long work that a file of so many bytes can be written: its folder, its rights, room on the disk.
/// Nothing is left of the trial.
pub(crate) fn tried(path: &Path, bytes: u64) -> Result<()> {
    Place::of(path).and_then(|place| place.try_writing(bytes)).with_context(|| unwritten(path))
}

/// The same for files in a folder that may not be there yet.
pub(crate) fn folder_tried(folder: &Path, bytes: u64) -> Result<()> {
    ensure!(
        folder.is_dir() || !folder.exists(),
        "{} is no folder; name another with --out",
        folder.display()
    );
    tried(&folder.join("file"), bytes)
}

/// The same for a picture, whose name ends in .svg.
pub(crate) fn picture_tried(path: &Path) -> Result<()> {
    let words = format!("{}: a picture is written as SVG; end the name in .svg", path.display());
    refuse(ending(path).as_deref() != Some("svg"), words)?;
    tried(path, LITTLE)
}

/// Removes a file, where there is one.
pub(crate) fn remove(path: &Path) {
    // What cannot be removed does no harm.
    let _ = step::operation(|| fs::remove_file(path));
}

/// Whether a path names what is no file but can be written to, such as `/dev/null`.
pub(crate) fn is_device(path: &Path) -> bool {
    Place::of(path).is_ok_and(|place| place.is_device())
}

/// What stands behind the last dot of a name, in small letters.
pub(crate) fn ending(file: &Path) -> Option<String> {
    file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests;
