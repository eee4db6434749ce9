//! What a file holds, told by its bytes.

use sideman_formats::midi;

use super::archive;
use super::bytes::is_corpus;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileContent {
    /// More files: a `.zip`, `.gz`, `.tar` or `.tar.gz`; a packed score (`.mxl`) is none.
    Archive,
    /// A corpus of this program ([`super::Library::from_bytes`]).
    Corpus,
    /// The weights of a network, as safetensors.
    Checkpoint,
    /// A performance ([`midi::read`]), from which [`crate::import`] takes a melody.
    Midi,
    /// Charts and solos, in whatever format [`sideman_formats::read`] tells; or nothing that is known.
    Tunes,
}

impl FileContent {
    /// What bytes are; no name plays a part.
    ///
    /// ```
    /// use sideman_corpus::library::FileContent;
    /// assert_eq!(FileContent::of(b"\x1f\x8b\x08\0"), FileContent::Archive);
    /// assert_eq!(FileContent::of(b"Dm7 | G7 | Cmaj7"), FileContent::Tunes);
    /// ```
    pub fn of(bytes: &[u8]) -> Self {
        if archive::is_one(bytes) {
            Self::Archive
        } else if is_corpus(bytes) {
            Self::Corpus
        } else if is_checkpoint(bytes) {
            Self::Checkpoint
        } else if midi::is_one(bytes) {
            Self::Midi
        } else {
            Self::Tunes
        }
    }
}

/// Safetensors begin with the length of their header, which is a JSON object.
fn is_checkpoint(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else { return false };
    let length = u64::from_le_bytes(*length);
    rest.first() == Some(&b'{') && (2..=rest.len() as u64).contains(&length)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use sideman_music::Performance;

    use super::*;
    use crate::Library;

    fn zipped(name: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"C | F").unwrap();
        zip.finish().unwrap().into_inner()
    }

    fn tarred() -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_size(5);
        header.set_cksum();
        tar.append_data(&mut header, "a.txt", &b"C | F"[..]).unwrap();
        tar.into_inner().unwrap()
    }

    #[test]
    fn bytes_say_what_they_are() {
        let song = midi::write(&Performance::default());
        let wrapped = [b"RIFF\x20\0\0\0RMIDdata\x18\0\0\0", song.as_slice()].concat();
        for (bytes, content) in [
            (zipped("a.txt"), FileContent::Archive),
            (tarred(), FileContent::Archive),
            (zipped("META-INF/container.xml"), FileContent::Tunes),
            (Library::default().to_bytes(), FileContent::Corpus),
            (b"\x02\0\0\0\0\0\0\0{}".to_vec(), FileContent::Checkpoint),
            (song, FileContent::Midi),
            (wrapped, FileContent::Midi),
            (b"RIFF\x20\0\0\0WAVEfmt ".to_vec(), FileContent::Tunes),
            (b"Dm7 | G7{F | C".to_vec(), FileContent::Tunes),
            (Vec::new(), FileContent::Tunes),
        ] {
            assert_eq!(FileContent::of(&bytes), content, "{}", String::from_utf8_lossy(&bytes));
        }
    }
}
