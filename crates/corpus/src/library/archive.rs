//! Archives: the files in a `.zip`, `.gz`, `.tar` or `.tar.gz`, told by their first bytes.
//!
//! What is unpacked is bounded, with all that lies in it: 16 MiB and thirty times the packed size, 512 MiB and 100,000
//! entries at most, names too, whether an entry is sound or not; archives in archives four deep.

use std::io::{Cursor, Read};

/// How deep archives may be nested.
const DEPTH: usize = 4;
/// The most entries that are looked at, of an archive and all archives in it.
const ENTRIES: usize = 100_000;
/// How many times its size an archive of music unpacks to: notation as text packs to a tenth, or a twentieth.
const EXPANSION: u64 = 30;
const MIB: u64 = 1 << 20;

/// A file with its bytes, or why it could not be had.
pub(super) type Unpacked = (String, Result<Vec<u8>, String>);

/// Whether bytes hold files.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    ArchiveKind::of(bytes).is_some()
}

/// The files in some bytes: themselves, or what they hold when they are an archive.
pub(super) fn unpack(name: String, bytes: Vec<u8>) -> Vec<Unpacked> {
    let bytes_left = (16 * MIB + EXPANSION * bytes.len() as u64).min(512 * MIB);
    let mut budget = Budget { bytes: bytes_left, entries: ENTRIES };
    let mut files = Vec::new();
    open(name, bytes, 0, &mut budget, &mut files);
    files
}

/// What may still be unpacked.
struct Budget {
    bytes: u64,
    entries: usize,
}

impl Budget {
    /// Takes an entry and its name off; whether there was enough for them.
    fn entry(&mut self, name: &str) -> bool {
        let bytes = self.bytes.checked_sub(name.len() as u64);
        let entries = self.entries.checked_sub(1);
        (self.bytes, self.entries) = (bytes.unwrap_or(0), entries.unwrap_or(0));
        bytes.is_some() && entries.is_some()
    }

    /// What a reader gives; it is taken off also where it is damaged.
    fn read(&mut self, reader: impl Read) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let end = reader.take(self.bytes + 1).read_to_end(&mut bytes);
        let size = bytes.len() as u64;
        let left = self.bytes.checked_sub(size);
        self.bytes = left.unwrap_or(0);
        end.map_err(|error| format!("it cannot be unpacked: {error}"))?;
        left.map(|_| bytes).ok_or_else(|| TOO_MUCH.to_owned())
    }
}

const TOO_MUCH: &str = "it unpacks to far more than archives of music do; unpack it first";

fn open(name: String, bytes: Vec<u8>, depth: usize, budget: &mut Budget, files: &mut Vec<Unpacked>) {
    let Some(kind) = ArchiveKind::of(&bytes) else { return files.push((name, Ok(bytes))) };
    if depth == DEPTH {
        return files
            .push((name, Err(format!("archives are nested more than {DEPTH} deep; unpack it first"))));
    }
    let inner = match kind {
        ArchiveKind::Gzip => {
            let inner = name.strip_suffix(".gz").map(str::to_owned);
            let inner = inner.or_else(|| Some(format!("{}.tar", name.strip_suffix(".tgz")?)));
            let unpacked = budget.read(flate2::read::MultiGzDecoder::new(bytes.as_slice()));
            unpacked.map(|bytes| vec![(inner.unwrap_or_else(|| name.clone()), Ok(bytes))])
        }
        ArchiveKind::Tar => tar_files(&name, &bytes, budget),
        ArchiveKind::Zip => zip_files(&name, bytes, budget),
    };
    match inner {
        Err(why) => files.push((name, Err(why))),
        Ok(inner) => {
            for (name, bytes) in inner.into_iter().filter(|(name, _)| !is_litter(name)) {
                match bytes {
                    Ok(bytes) => open(name, bytes, depth + 1, budget, files),
                    Err(why) => files.push((name, Err(why))),
                }
            }
        }
    }
}

/// What systems leave in archives beside the files.
fn is_litter(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    name.contains("__MACOSX/") || last.starts_with("._") || last == ".DS_Store"
}

enum ArchiveKind {
    Gzip,
    Tar,
    Zip,
}

impl ArchiveKind {
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            Some(Self::Gzip)
        } else if bytes.get(257..262) == Some(b"ustar") {
            Some(Self::Tar)
        } else if bytes.starts_with(b"PK\x03\x04") && !is_compressed_musicxml(bytes) {
            Some(Self::Zip)
        } else {
            None
        }
    }
}

/// A `.mxl`, which is a zip with a container file, and a score for the reader.
fn is_compressed_musicxml(bytes: &[u8]) -> bool {
    let zip = zip::ZipArchive::new(Cursor::new(bytes));
    zip.is_ok_and(|zip| zip.index_for_name("META-INF/container.xml").is_some())
}

fn tar_files(name: &str, bytes: &[u8], budget: &mut Budget) -> Result<Vec<Unpacked>, String> {
    let mut archive = tar::Archive::new(bytes);
    let mut files = Vec::new();
    for entry in archive.entries().map_err(|error| error.to_string())? {
        if !budget.entry(name) {
            files.push((name.to_owned(), Err(TOO_MUCH.to_owned())));
            break;
        }
        let mut entry = match entry {
            Ok(entry) if entry.header().entry_type().is_file() => entry,
            Ok(_) => continue,
            Err(error) => {
                files.push((name.to_owned(), Err(format!("the archive is damaged from here on: {error}"))));
                break;
            }
        };
        let inner = format!("{name}/{}", String::from_utf8_lossy(&entry.path_bytes()));
        files.push((inner, budget.read(&mut entry)));
    }
    Ok(files)
}

fn zip_files(name: &str, bytes: Vec<u8>, budget: &mut Budget) -> Result<Vec<Unpacked>, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    for i in 0..archive.len() {
        if !budget.entry(name) {
            files.push((name.to_owned(), Err(TOO_MUCH.to_owned())));
            break;
        }
        match archive.by_index(i) {
            Ok(entry) if entry.is_dir() => {}
            Ok(mut entry) => {
                let inner =
                    format!("{name}/{}", entry.name().unwrap_or_else(|_| format!("#{}", i + 1).into()));
                files.push((inner, budget.read(&mut entry)));
            }
            Err(error) => files.push((format!("{name}/#{}", i + 1), Err(error.to_string()))),
        }
    }
    Ok(files)
}
