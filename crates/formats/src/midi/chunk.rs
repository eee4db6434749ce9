//! The outer shape of a file: a header, and track chunks behind it.

use midly::{Format, Fps, Timing};

use crate::{Error, Location, Warning};

/// What the header says.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileHeader {
    pub(super) format: Format,
    pub(super) timing: Timing,
    /// How many tracks it announces.
    pub(super) tracks: u16,
    /// The byte behind it.
    pub(super) end: usize,
}

/// The contents of a track chunk, and the byte of the file at which they start.
#[derive(Debug, Clone, Copy)]
pub(super) struct TrackChunk<'a> {
    pub(super) start: usize,
    pub(super) data: &'a [u8],
}

/// The complaints of a reading; so many that a hostile file cannot fill the memory with them.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    list: Vec<Warning>,
    more: usize,
}

impl Warnings {
    const MOST: usize = 32;

    pub(super) fn push(&mut self, byte: usize, what: impl std::fmt::Display) {
        if self.list.len() < Self::MOST {
            self.list.push(Warning::new(Location::Byte(byte), what));
        } else {
            self.more += 1;
        }
    }

    pub(super) fn into_vec(mut self) -> Vec<Warning> {
        if self.more > 0 {
            self.list.push(Warning::new(Location::File, format!("and {} more", self.more)));
        }
        self.list
    }
}

pub(super) fn malformed(byte: usize, what: &str) -> Error {
    Error::malformed(Location::Byte(byte), what)
}

/// The bytes in which a header may start: behind a RIFF wrapper or a MacBinary header.
const SEARCHED: usize = 512;

/// Whether bytes are a MIDI file, also inside RIFF.
pub fn is_one(bytes: &[u8]) -> bool {
    header_start(bytes).is_some()
}

fn header_start(bytes: &[u8]) -> Option<usize> {
    find(&bytes[..bytes.len().min(SEARCHED)], b"MThd")
}

impl FileHeader {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let start = header_start(bytes).ok_or(Error::NotThisFormat("a MIDI file"))?;
        let fields = bytes.get(start + 4..start + 14).ok_or_else(|| {
            malformed(
                bytes.len(),
                "the file ends within its header; it was cut off when it was stored or sent",
            )
        })?;
        let field = |at: usize| u16::from_be_bytes([fields[at], fields[at + 1]]);
        let format = match field(4) {
            0 => Format::SingleTrack,
            1 => Format::Parallel,
            2 => Format::Sequential,
            _ => return Err(malformed(start + 8, "the file type is none of 0, 1 and 2")),
        };
        let timing = timing(field(8)).ok_or_else(|| {
            malformed(
                start + 12,
                "the time division is neither ticks a quarter nor frames of 24, 25, 29 or 30",
            )
        })?;
        let length = u32::from_be_bytes([fields[0], fields[1], fields[2], fields[3]]) as usize;
        let end = start.saturating_add(8).saturating_add(length.max(6)).min(bytes.len());
        Ok(Self { format, timing, tracks: field(6), end })
    }

    /// The track chunks behind the header, in order. A chunk whose length leads nowhere ends where the next
    /// track begins, or with the file.
    pub(super) fn chunks<'a>(&self, bytes: &'a [u8], warnings: &mut Warnings) -> Vec<TrackChunk<'a>> {
        let mut chunks = Vec::new();
        let mut at = self.end;
        while at < bytes.len() {
            let Some(declared) = chunk_length(&bytes[at..]) else {
                let next = next_track(bytes, at + 1);
                if bytes[at..next].iter().any(|&b| b != 0) {
                    warnings
                        .push(at, format_args!("{} bytes that belong to no chunk are left out", next - at));
                }
                at = next;
                continue;
            };
            let start = at + 8;
            let end = start.saturating_add(declared);
            let sound =
                end <= bytes.len() && (leads_on(&bytes[end..]) || bytes[start..end].ends_with(END_OF_TRACK));
            let end = if sound { end } else { next_track(bytes, start) };
            if !sound {
                let found = end - start;
                warnings.push(at, format_args!("a chunk says it has {declared} bytes, and has {found}"));
            }
            if bytes[at..].starts_with(b"MTrk") {
                chunks.push(TrackChunk { start, data: &bytes[start..end] });
            }
            at = end;
        }
        chunks
    }
}

const END_OF_TRACK: &[u8] = &[0xFF, 0x2F, 0x00];

fn timing(division: u16) -> Option<Timing> {
    let [high, low] = division.to_be_bytes();
    if division & 0x8000 == 0 {
        return (division > 0).then_some(Timing::Metrical(division.into()));
    }
    let fps = Fps::from_int((high as i8).unsigned_abs())?;
    (low > 0).then_some(Timing::Timecode(fps, low))
}

/// The length that a chunk at the start of the bytes declares; `None` where no chunk can start.
fn chunk_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.first_chunk::<8>().filter(|head| is_name(&head[..4]))?;
    Some(u32::from_be_bytes([head[4], head[5], head[6], head[7]]) as usize)
}

/// Whether the file may go on with these bytes behind a chunk.
fn leads_on(bytes: &[u8]) -> bool {
    bytes.is_empty() || bytes.get(..4).is_some_and(is_name)
}

fn is_name(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b' ')
}

fn next_track(bytes: &[u8], from: usize) -> usize {
    find(&bytes[from..], b"MTrk").map_or(bytes.len(), |found| from + found)
}

fn find(bytes: &[u8], wanted: &[u8; 4]) -> Option<usize> {
    bytes.windows(4).position(|window| window == wanted)
}
