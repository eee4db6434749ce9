//! The operations on files between which a program may be killed.
//!
//! A build with debug assertions dies at the operation whose number, from 1, stands in `SIDEMAN_DIES_AT`; so a test can
//! kill every command at every one of them. A release knows nothing of it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// The status of a program that died so: that of one which was killed.
#[cfg(debug_assertions)]
const KILLED: i32 = 137;

/// What is said of a file at which an operation failed.
pub(super) fn unwritten(path: &Path) -> String {
    format!("{} could not be written", path.display())
}

/// Does what changes a folder or brings a file to the disk.
pub(super) fn operation<T>(change: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    #[cfg(debug_assertions)]
    if dies_now() {
        std::process::exit(KILLED);
    }
    change()
}

/// A file under way, whose writing is an operation.
#[derive(Debug)]
pub(crate) struct FileContents(pub(super) File);

impl Read for FileContents {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read(bytes)
    }
}

impl Write for FileContents {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write(&self.0, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for FileContents {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

/// Writes to a file; a program that dies at it has written the half.
fn write(mut file: &File, bytes: &[u8]) -> io::Result<usize> {
    #[cfg(debug_assertions)]
    if dies_now() {
        let _ = file.write_all(&bytes[..bytes.len() / 2]);
        std::process::exit(KILLED);
    }
    file.write(bytes)
}

#[cfg(debug_assertions)]
fn dies_now() -> bool {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    static LAST: OnceLock<Option<u64>> = OnceLock::new();
    static DONE: AtomicU64 = AtomicU64::new(0);
    let last = LAST.get_or_init(|| std::env::var("SIDEMAN_DIES_AT").ok()?.parse().ok());
    *last == Some(DONE.fetch_add(1, Ordering::Relaxed) + 1)
}
