//! From bytes to the text of a score: plain XML in UTF-8 or UTF-16, or packed as `.mxl`.

use std::io::{Cursor, Read};

use crate::{Error, Location};

pub(super) const NAME: &str = "a MusicXML score";

/// A file may unpack to this many times its size, and a mebibyte; notation packs to a twentieth or so.
const MOST_EXPANSION: u64 = 40;
/// The longest score that is unpacked, in bytes: many times the longest symphony.
const LONGEST: u64 = 128 << 20;

/// The XML of a file.
pub(super) fn text(bytes: &[u8]) -> Result<String, Error> {
    let text = if bytes.starts_with(b"PK\x03\x04") { decoded(&unpacked(bytes)?) } else { decoded(bytes) };
    if !text.contains("<score-partwise") && !text.contains("<score-timewise") {
        return Err(Error::NotThisFormat(NAME));
    }
    if text.contains("<!ENTITY") {
        return Err(Error::Unsupported {
            place: Location::part("document type"),
            what: "a definition of entities".into(),
            hint: "no program writes one into a score: remove it",
        });
    }
    Ok(text)
}

/// UTF-16 where its mark says so, else UTF-8.
fn decoded(bytes: &[u8]) -> String {
    let units =
        |from: fn([u8; 2]) -> u16| bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect();
    let units: Vec<u16> = match bytes {
        [0xFF, 0xFE, ..] => units(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => units(u16::from_be_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            return str::from_utf8(bytes)
                .map_or_else(|_| String::from_utf8_lossy(bytes).into_owned(), str::to_owned);
        }
    };
    String::from_utf16_lossy(&units)
}

/// The score in a packed file: the one its container names, else the first XML outside of META-INF.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(Error::in_part("zip directory"))?;
    let limit = (bytes.len() as u64 * MOST_EXPANSION + (1 << 20)).min(LONGEST);
    let named = entry(&mut archive, "META-INF/container.xml", limit);
    let named = named.ok().and_then(|container| root_file(&decoded(&container)));
    if let Some(score) = named.and_then(|name| entry(&mut archive, &name, limit).ok()) {
        return Ok(score);
    }
    let is_score = |name: &String| name.to_lowercase().ends_with("xml") && !name.starts_with("META-INF/");
    let name = archive.file_names().flatten().map(|name| name.into_owned()).find(is_score);
    let name = name.ok_or(Error::NotThisFormat(NAME))?;
    entry(&mut archive, &name, limit)
}

fn entry(archive: &mut zip::ZipArchive<Cursor<&[u8]>>, name: &str, limit: u64) -> Result<Vec<u8>, Error> {
    let malformed = Error::in_part(name);
    let file = archive.by_name(name).map_err(|error| malformed(error.to_string()))?;
    let mut unpacked = Vec::new();
    file.take(limit + 1).read_to_end(&mut unpacked).map_err(|error| malformed(error.to_string()))?;
    if unpacked.len() as u64 > limit {
        return Err(malformed(format!("it unpacks to more than {limit} bytes")));
    }
    Ok(unpacked)
}

/// What `<rootfile full-path="…">` says.
fn root_file(container: &str) -> Option<String> {
    let rest = &container[container.find("full-path=")? + "full-path=".len()..];
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(rest[1..].split(quote).next()?.to_owned())
}
