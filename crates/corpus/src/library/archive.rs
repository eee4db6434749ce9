//! Archives: the files in a `.zip`, `.gz`, `.tar` or `.tar.gz`, told by their first bytes.
//!
//! What is unpacked is bounded: 16 MiB and a hundred times the packed size, 512 MiB and 100,000 files at
//! most, archives in archives four deep.

use std::io::{Cursor, Read};

/// How deep archives may be nested.
const DEPTH: usize = 4;
/// The most files that are taken out of one archive.
const FILES: usize = 100_000;
const MIB: u64 = 1 << 20;

/// A file with its bytes, or why it could not be had.
pub(super) type Unpacked = (String, Result<Vec<u8>, String>);

/// Whether bytes hold files.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    ArchiveKind::of(bytes).is_some()
}

/// The files in some bytes: themselves, or what they hold when they are an archive.
pub(super) fn unpack(name: String, bytes: Vec<u8>) -> Vec<Unpacked> {
    let mut budget = (16 * MIB + 100 * bytes.len() as u64).min(512 * MIB);
    let mut files = Vec::new();
    open(name, bytes, 0, &mut budget, &mut files);
    files
}

fn open(name: String, bytes: Vec<u8>, depth: usize, budget: &mut u64, files: &mut Vec<Unpacked>) {
    let Some(kind) = ArchiveKind::of(&bytes) else { return files.push((name, Ok(bytes))) };
    if depth == DEPTH {
        return files
            .push((name, Err(format!("archives are nested more than {DEPTH} deep; unpack it first"))));
    }
    let inner = match kind {
        ArchiveKind::Gzip => {
            let inner = name.strip_suffix(".gz").map(str::to_owned);
            let inner = inner.or_else(|| Some(format!("{}.tar", name.strip_suffix(".tgz")?)));
            let unpacked = bounded(flate2::read::MultiGzDecoder::new(bytes.as_slice()), budget);
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

fn tar_files(name: &str, bytes: &[u8], budget: &mut u64) -> Result<Vec<Unpacked>, String> {
    let mut archive = tar::Archive::new(bytes);
    let mut files = Vec::new();
    for entry in archive.entries().map_err(|error| error.to_string())?.take(FILES) {
        let mut entry = match entry {
            Ok(entry) if entry.header().entry_type().is_file() => entry,
            Ok(_) => continue,
            Err(error) => {
                files.push((name.to_owned(), Err(format!("the archive is damaged from here on: {error}"))));
                break;
            }
        };
        let inner = format!("{name}/{}", String::from_utf8_lossy(&entry.path_bytes()));
        files.push((inner, bounded(&mut entry, budget)));
    }
    Ok(files)
}

fn zip_files(name: &str, bytes: Vec<u8>, budget: &mut u64) -> Result<Vec<Unpacked>, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    for i in 0..archive.len().min(FILES) {
        match archive.by_index(i) {
            Ok(entry) if entry.is_dir() => {}
            Ok(mut entry) => {
                let inner =
                    format!("{name}/{}", entry.name().unwrap_or_else(|_| format!("#{}", i + 1).into()));
                files.push((inner, bounded(&mut entry, budget)));
            }
            Err(error) => files.push((format!("{name}/#{}", i + 1), Err(error.to_string()))),
        }
    }
    Ok(files)
}

/// What a reader gives, taken off the budget.
fn bounded(reader: impl Read, budget: &mut u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    reader
        .take(*budget + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("it cannot be unpacked: {error}"))?;
    let size = bytes.len() as u64;
    if size > *budget {
        *budget = 0;
        return Err("it unpacks to far more than archives of music do; unpack it first".to_owned());
    }
    *budget -= size;
    Ok(bytes)
}
