//! The bytes of files: ordinary ones of a size that can be meant.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The largest file of music, models or text that is read, in bytes; one that is larger is none.
pub(super) const LARGEST: u64 = 1 << 29;

/// The bytes of a file that has at most so many. What is no ordinary file is not opened: it may never end, or keep one
/// waiting.
///
/// # Errors
/// When it is no such file, or cannot be read.
pub(super) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let data = fs::metadata(path)?;
    if data.is_dir() {
        fs::read_dir(path)?;
        return Err(refused("it is a folder"));
    }
    if !data.is_file() {
        return Err(refused("it is no ordinary file; write what it gives to one first"));
    }
    let mut bytes = Vec::new();
    if data.len() <= most {
        bytes.reserve_exact(data.len() as usize + 1);
        File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    }
    if data.len().max(bytes.len() as u64) > most {
        return Err(refused(&format!("it is larger than {} MB, the most that is read", most >> 20)));
    }
    Ok(bytes)
}

fn refused(why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_over_the_limit_folders_and_devices_are_refused() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, b"12345").unwrap();
        assert_eq!(read(&file, 5).unwrap(), b"12345");
        assert!(read(&file, 4).unwrap_err().to_string().contains("larger"));
        File::create(&file).unwrap().set_len(LARGEST + 1).unwrap();
        assert!(read(&file, LARGEST).unwrap_err().to_string().contains("512 MB"));
        assert!(read(home.path(), 5).unwrap_err().to_string().contains("folder"));
        #[cfg(unix)]
        assert!(read(Path::new("/dev/zero"), 5).unwrap_err().to_string().contains("no ordinary file"));
    }
}
