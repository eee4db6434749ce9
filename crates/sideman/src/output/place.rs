//! Where a file goes: behind links, with the rights of the one that it replaces.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::leftover;
use super::step::operation;

/// Links that are followed one after the other.
const MOST_LINKS: usize = 40;

/// A place for a file.
pub(super) struct Place {
    /// Behind all links.
    path: PathBuf,
    content: PlaceContent,
}

/// What is there before.
enum PlaceContent {
    Nothing,
    File(Metadata),
    Device,
}

impl Place {
    /// What a path leads to.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(data) if data.is_file() => {
                let path = if path.is_symlink() { fs::canonicalize(path)? } else { path.to_owned() };
                Ok(Self { path, content: PlaceContent::File(data) })
            }
            Ok(data) if data.is_dir() => Err(refused("it is a folder; name a file in it")),
            Ok(data) if takes_bytes(&data) => {
                Ok(Self { path: path.to_owned(), content: PlaceContent::Device })
            }
            Ok(_) => Err(refused("it is no ordinary file; name one, and let other programs read that")),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(Self { path: end_of_links(path)?, content: PlaceContent::Nothing })
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn is_device(&self) -> bool {
        matches!(self.content, PlaceContent::Device)
    }

    /// A file without a name in use, beside the place, with the rights that it shall have.
    pub(super) fn draft(&self) -> io::Result<NamedTempFile> {
        if self.is_device() {
            return leftover::begin(&std::env::temp_dir());
        }
        let folder = self.folder();
        if !folder.is_dir() {
            operation(|| fs::create_dir_all(folder))?;
        }
        let draft = leftover::begin(folder)?;
        if let PlaceContent::File(old) = &self.content {
            give_rights(draft.as_file(), old)?;
        }
        Ok(draft)
    }

    /// Gives a draft that is complete its name, or its bytes to the device.
    pub(super) fn take(&self, mut draft: NamedTempFile) -> io::Result<()> {
        if self.is_device() {
            let mut device = OpenOptions::new().write(true).open(&self.path)?;
            io::Seek::rewind(draft.as_file_mut())?;
            return io::copy(draft.as_file_mut(), &mut device).map(drop);
        }
        operation(|| draft.as_file().sync_all())?;
        operation(|| draft.persist(&self.path).map_err(|error| error.error))?;
        operation(|| synced(self.folder()))
    }

    /// Gives a complete file that has another name beside the place this one.
    pub(super) fn take_named(&self, file: &File, name: &Path) -> io::Result<()> {
        if let PlaceContent::File(old) = &self.content {
            give_rights(file, old)?;
        }
        operation(|| file.sync_all())?;
        operation(|| fs::rename(name, &self.path))?;
        operation(|| synced(self.folder()))
    }

    /// Where the file goes.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Tries what writing takes, and leaves nothing.
    pub(super) fn try_writing(&self, bytes: u64) -> io::Result<()> {
        if !matches!(self.content, PlaceContent::Nothing) {
            OpenOptions::new().write(true).open(&self.path)?;
        }
        if self.is_device() {
            return Ok(());
        }
        let there = |folder: &&Path| folder.is_dir();
        let ancestors =
            self.folder().ancestors().map(|f| if f == Path::new("") { Path::new(".") } else { f });
        let folder = ancestors.take_while(|f| !f.is_file()).find(there);
        let folder = folder.ok_or_else(|| refused("its folder is a file"))?;
        leftover::begin(folder)?;
        if room(folder).is_some_and(|room| room < bytes) {
            return Err(io::Error::new(ErrorKind::StorageFull, "the disk is full"));
        }
        Ok(())
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }
}

fn refused(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, why)
}

/// Where a file would be made that a path names through links which lead to nothing yet.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        if !path.is_symlink() {
            return Ok(path);
        }
        let next = fs::read_link(&path)?;
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(refused("its links lead in a circle"))
}

#[cfg(unix)]
fn takes_bytes(data: &Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_char_device(&data.file_type())
}

#[cfg(not(unix))]
fn takes_bytes(_: &Metadata) -> bool {
    false
}

/// Gives a file the owner (where we may) and the rights of another.
#[cfg(unix)]
fn give_rights(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (old.uid(), old.gid()) {
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
    file.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn give_rights(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

/// Brings the names in a folder to the disk, where a system does that.
fn synced(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).or_else(unless_unknown)
    } else {
        Ok(())
    }
}

/// Some file systems do not know how to bring a folder to the disk, and one that may not be read cannot be.
fn unless_unknown(error: io::Error) -> io::Result<()> {
    match error.kind() {
        ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied => Ok(()),
        _ => Err(error),
    }
}

/// Bytes that are left on the disk of a folder, where a system says so.
#[cfg(unix)]
fn room(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<u64> {
    None
}
