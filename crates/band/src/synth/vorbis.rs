//! One Ogg Vorbis stream, as SoundFont 3 keeps its samples, into frames (Vorbis I specification; RFC 3533).

use lewton::audio::{PreviousWindowRight, read_audio_packet};
use lewton::header::{read_header_ident, read_header_setup};

/// Frames that a byte of one stream may unpack to: a blow with ten seconds of silence behind it, as there are in fonts,
/// has 88. What all streams of a font say that they unpack to is bounded closer.
const FRAMES_A_BYTE: usize = 128;
/// Packets before those of sound.
const HEADERS: usize = 3;
/// Numbers that the tables of a stream may hold, for each of its bytes: encoders need some sixty in a short stream.
const NUMBERS_A_BYTE: usize = 128;

/// The most frames that a stream unpacks to: as many as it says, if that is in proportion to its bytes.
pub(super) fn most_frames(stream: &[u8]) -> usize {
    let (packets, frames_told) = packets(stream);
    if packets.len() > HEADERS { frames_told.min(FRAMES_A_BYTE * stream.len()) } else { 0 }
}

/// The frames of a stream of one channel, with a sample of 16 bits each.
///
/// # Errors
/// Says what is wrong with the stream.
pub(super) fn decoded(stream: &[u8]) -> Result<Vec<i16>, String> {
    let (packets, frames_told) = packets(stream);
    let [ident, _, setup, audio @ ..] = &packets[..] else { return Err("it has no Vorbis headers".into()) };
    let ident = read_header_ident(ident).map_err(|error| error.to_string())?;
    if ident.audio_channels != 1 {
        return Err(format!("it has {} channels, and a sample has one", ident.audio_channels));
    }
    check_tables(setup, NUMBERS_A_BYTE * stream.len())?;
    let setup = read_header_setup(setup, 1, (ident.blocksize_0, ident.blocksize_1));
    let setup = setup.map_err(|error| error.to_string())?;
    let (mut window, mut frames) = (PreviousWindowRight::new(), Vec::new());
    for packet in audio {
        if frames.len() >= frames_told {
            break;
        }
        let block =
            read_audio_packet(&ident, &setup, packet, &mut window).map_err(|error| error.to_string())?;
        frames.extend(block.into_iter().next().unwrap_or_default());
        if frames.len() > FRAMES_A_BYTE * stream.len() {
            return Err("it unpacks to far more than music does".into());
        }
    }
    frames.truncate(frames_told);
    Ok(frames)
}

/// The packets on the pages of an Ogg stream, and how many frames its last page says there are.
fn packets(mut pages: &[u8]) -> (Vec<Vec<u8>>, usize) {
    let (mut packets, mut packet, mut frames) = (Vec::new(), Vec::new(), usize::MAX);
    while let Some((head, rest)) = pages.split_at_checked(27).filter(|(head, _)| head.starts_with(b"OggS")) {
        let Some((segments, mut data)) = rest.split_at_checked(head[26].into()) else { break };
        for &length in segments {
            let (segment, rest) = data.split_at(data.len().min(length.into()));
            packet.extend_from_slice(segment);
            data = rest;
            if length < 255 {
                packets.push(std::mem::take(&mut packet));
            }
        }
        pages = data;
        let told = head[6..14].try_into().map_or(-1, i64::from_le_bytes);
        frames = usize::try_from(told).unwrap_or(frames);
    }
    (packets, frames)
}

/// Whether the codebooks of a setup header hold so many numbers at most (Vorbis I, 3.2.1).
fn check_tables(setup: &[u8], most: usize) -> Result<(), String> {
    let ends = || "its tables are cut off".to_owned();
    let mut bits = Bits { bytes: setup.get(7..).ok_or_else(ends)?, at: 0 };
    let mut numbers = 0_usize;
    for _ in 0..bits.read(8).ok_or_else(ends)? + 1 {
        numbers = numbers.saturating_add(codebook(&mut bits).ok_or_else(ends)?);
        if numbers > most {
            return Err("its tables are far larger than those of any encoder".into());
        }
    }
    Ok(())
}

/// Reads over a codebook; how many numbers its entries hold.
fn codebook(bits: &mut Bits) -> Option<usize> {
    bits.read(24)?;
    let (dimensions, entries) = (bits.read(16)? as usize, bits.read(24)? as usize);
    if bits.read(1)? == 1 {
        bits.read(5)?;
        let mut left = entries;
        while left > 0 {
            let run = bits.read(usize::BITS - left.leading_zeros())? as usize;
            left = left.checked_sub(run)?;
        }
    } else {
        let sparse = bits.read(1)? == 1;
        for _ in 0..entries {
            if !sparse || bits.read(1)? == 1 {
                bits.read(5)?;
            }
        }
    }
    let lookup = bits.read(4)?;
    if lookup == 0 {
        return Some(entries);
    }
    bits.read(32)?;
    bits.read(32)?;
    let width = bits.read(4)? as usize + 1;
    bits.read(1)?;
    let values = if lookup == 1 { lookup_values(entries, dimensions) } else { entries * dimensions };
    bits.at += values * width;
    Some(entries * dimensions.max(1))
}

/// The largest number whose power of so many dimensions is at most the entries (Vorbis I, 9.2.3).
fn lookup_values(entries: usize, dimensions: usize) -> usize {
    let power = |n: usize| u32::try_from(dimensions).ok().and_then(|d| n.checked_pow(d));
    let fits = |n: &usize| power(*n).is_some_and(|power| power <= entries);
    if dimensions == 0 { 0 } else { (1..=entries).take_while(fits).last().unwrap_or(0) }
}

/// Bits of bytes, the least significant first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn read(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for place in 0..count {
            let bit = self.bytes.get(self.at / 8)? >> (self.at % 8) & 1;
            value |= u32::from(bit) << place;
            self.at += 1;
        }
        Some(value)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Numbers of so many bits each, the least significant first.
    fn packed(numbers: &[(u64, u32)]) -> Vec<u8> {
        let bits: Vec<bool> =
            numbers.iter().flat_map(|&(n, count)| (0..count).map(move |i| n >> i & 1 == 1)).collect();
        let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit));
        bits.chunks(8).map(byte).collect()
    }

    /// An Ogg page of packets shorter than 255 bytes.
    pub(crate) fn page(packets: &[Vec<u8>], frames: u64) -> Vec<u8> {
        let lengths = packets.iter().map(|packet| packet.len() as u8);
        let head = [b"OggS\0\0".as_slice(), &frames.to_le_bytes(), &[0; 12], &[packets.len() as u8]].concat();
        head.into_iter().chain(lengths).chain(packets.concat()).collect()
    }

    fn header(kind: u8, body: Vec<u8>) -> Vec<u8> {
        [vec![kind], b"vorbis".to_vec(), body].concat()
    }

    /// A stream whose only codebook has these entries of these dimensions in one run, with nothing behind it.
    pub(crate) fn stream(channels: u64, entries: u64, dimensions: u64) -> Vec<u8> {
        let ident =
            packed(&[(0, 32), (channels, 8), (44_100, 32), (0, 32), (0, 32), (0, 32), (0xb8, 8), (1, 8)]);
        let run = 64 - entries.leading_zeros();
        let book = [(0, 8), (0x56_4342, 24), (dimensions, 16), (entries, 24), (1, 1), (0, 5), (entries, run)];
        let packets = [
            header(1, ident),
            header(3, vec![]),
            header(5, packed(&[&book[..], &[(1, 4), (0, 32), (0, 32), (0, 4), (0, 1)]].concat())),
        ];
        page(&packets, 0)
    }

    #[test]
    fn streams_that_are_none_are_refused() {
        for (bytes, words) in [
            (vec![], "no Vorbis headers"),
            (b"OggS".to_vec(), "no Vorbis headers"),
            (stream(2, 1, 1), "2 channels"),
            (stream(1, 1 << 23, 60_000), "far larger than those of any encoder"),
        ] {
            let said = decoded(&bytes).unwrap_err();
            assert!(said.contains(words), "{said}");
        }
        let whole = stream(1, 2, 1);
        assert!((0..whole.len()).all(|end| decoded(&whole[..end]).is_err()));
    }

    #[test]
    fn packets_go_on_over_pages() {
        let segment = vec![7; 255];
        let bytes = [page(std::slice::from_ref(&segment), 5), page(&[vec![8; 3], vec![9]], 11)].concat();
        assert_eq!(packets(&bytes), (vec![[segment, vec![8; 3]].concat(), vec![9]], 11));
    }
}
