//! Files, written whole or not at all.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::NamedTempFile;

/// A file being written under a temporary name; nothing is left of it unless it is kept.
pub(crate) struct Draft {
    path: PathBuf,
    file: NamedTempFile,
}

impl Draft {
    /// Begins a file, and its folder where there is none.
    pub(crate) fn new(path: &Path) -> Result<Self> {
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let begin = || {
            fs::create_dir_all(folder)?;
            tempfile::Builder::new().prefix(".sideman-").tempfile_in(folder)
        };
        let file = begin().with_context(|| format!("{} could not be written", path.display()))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// What to write to.
    pub(crate) fn writer(&self) -> Result<BufWriter<File>> {
        Ok(BufWriter::new(self.file.reopen()?))
    }

    /// Gives the file its name, in place of one that had it.
    pub(crate) fn keep(self) -> Result<()> {
        let Self { path, file } = self;
        let keep = || -> Result<()> {
            readable(file.path())?;
            file.persist(&path)?;
            Ok(())
        };
        keep().with_context(|| format!("{} could not be written", path.display()))
    }
}

/// Writes a file of these bytes.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let draft = Draft::new(path)?;
    let mut writer = draft.writer()?;
    writer
        .write_all(bytes)
        .and_then(|()| writer.flush())
        .with_context(|| format!("{} could not be written", path.display()))?;
    draft.keep()
}

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} could not be read", path.display()))
}

/// What stands behind the last dot of a name, in small letters.
pub(crate) fn ending(file: &Path) -> Option<String> {
    file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase)
}

/// Gives a temporary file the rights of an ordinary one.
#[cfg(unix)]
fn readable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_that_is_not_kept_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/file");
        write(&path, b"first").unwrap();
        let draft = Draft::new(&path).unwrap();
        draft.writer().unwrap().write_all(b"half").unwrap();
        drop(draft);
        assert_eq!(read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        let error = format!("{:#}", write(&path.join("below"), b"").unwrap_err());
        assert!(error.contains("below could not be written"), "{error}");
    }
}
