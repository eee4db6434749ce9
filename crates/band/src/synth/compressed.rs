//! SoundFont 3 as SoundFont 2: each sample unpacked, its points counted from the start of all sound.

use std::num::NonZeroUsize;
use std::panic::catch_unwind;

use super::check::{RiffChunk, chunks, u32_at};
use super::vorbis::decoded;

/// Bytes of a sample header.
const HEADER: usize = 46;
/// Frames of silence that the specification asks for behind each sample (§6.1).
const GUARD: usize = 46;

/// Frames that a byte may unpack to in the mean: the lowest quality of Vorbis gives some eleven.
const FRAMES_A_BYTE: usize = 16;

/// The font with its samples unpacked; `None` where they are not packed. The font has been checked.
///
/// # Errors
/// Names the sample that cannot be unpacked.
pub(super) fn unpacked(font: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let lists = lists(font)?;
    let find =
        |name: &[u8]| lists.iter().flat_map(|(_, list)| list).rfind(|chunk| chunk.0 == name).map(|c| c.1);
    let (Some(sound), Some(headers)) = (find(b"smpl"), find(b"shdr")) else { return Ok(None) };
    if !sound.starts_with(b"OggS") {
        return Ok(None);
    }
    let headers: Vec<&[u8]> = headers.chunks_exact(HEADER).collect();
    let Some((end, headers)) = headers.split_last() else { return Ok(None) };
    let (mut frames, mut placed) = (Vec::new(), Vec::new());
    for (header, sample) in headers.iter().zip(samples(sound, headers)?) {
        placed.extend(placed_at(header, frames.len() / 2, sample.len()));
        frames.extend(sample.iter().flat_map(|frame| frame.to_le_bytes()));
        frames.resize(frames.len() + 2 * GUARD, 0);
    }
    placed.extend_from_slice(end);
    let lists = lists.iter().map(|(kind, list)| {
        let chunk = |&(name, body): &RiffChunk<'_>| match name {
            b"smpl" => chunk(name, &frames),
            b"shdr" => chunk(name, &placed),
            _ => chunk(name, body),
        };
        self::chunk(b"LIST", &[kind.to_vec(), list.iter().flat_map(chunk).collect()].concat())
    });
    let body: Vec<u8> = b"sfbk".iter().copied().chain(lists.flatten()).collect();
    Ok(Some(chunk(b"RIFF", &body)))
}

/// The kind of a list, and its chunks.
type RiffList<'a> = (&'a [u8], Vec<RiffChunk<'a>>);

/// The lists of a font: their kinds and chunks.
fn lists(font: &[u8]) -> Result<Vec<RiffList<'_>>, String> {
    let (_, body) = chunks(font, 1).next().ok_or("the file is too short")??;
    let mut lists = Vec::new();
    for chunk in chunks(body.get(4..).unwrap_or_default(), 1) {
        if let (b"LIST", list) = chunk? {
            let (kind, list) = list.split_at_checked(4).ok_or("a list is cut off")?;
            lists.push((kind, chunks(list, 2).collect::<Result<_, _>>()?));
        }
    }
    Ok(lists)
}

/// The frames of each sample, unpacked side by side.
fn samples(sound: &[u8], headers: &[&[u8]]) -> Result<Vec<Vec<i16>>, String> {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(8);
    let share = headers.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let work: Vec<_> =
            headers.chunks(share).map(|some| scope.spawn(move || frames_of(sound, some))).collect();
        let done =
            work.into_iter().map(|work| work.join().unwrap_or_else(|_| Err("its samples break".into())));
        Ok(done.collect::<Result<Vec<_>, String>>()?.concat())
    })
}

fn frames_of(sound: &[u8], headers: &[&[u8]]) -> Result<Vec<Vec<i16>>, String> {
    let sample = |header: &&[u8]| {
        let stream = sound.get(u32_at(header, 20) as usize..u32_at(header, 24) as usize).unwrap_or_default();
        let frames = catch_unwind(|| decoded(stream)).unwrap_or_else(|_| Err("it breaks the decoder".into()));
        let name = header[..20].split(|&b| b == 0).next().unwrap_or_default();
        frames.map_err(|what| format!("sample \"{}\": {what}", String::from_utf8_lossy(name)))
    };
    let mut room = FRAMES_A_BYTE * sound.len();
    let fitting = |header| {
        let frames = sample(header)?;
        room = room_after(room, frames.len())?;
        Ok(frames)
    };
    headers.iter().map(fitting).collect()
}

/// What is left of a room for frames once some have been unpacked into it.
fn room_after(room: usize, frames: usize) -> Result<usize, String> {
    room.checked_sub(frames).ok_or_else(|| "its samples unpack to far more than music does".into())
}

/// A sample's header where it starts at a frame of all sound and has so many frames.
fn placed_at(header: &[u8], start: usize, frames: usize) -> Vec<u8> {
    /// Says that a sample is packed (its type's fifth bit).
    const PACKED: u8 = 0x10;
    let (start, end) = (start as u32, (start + frames) as u32);
    let points =
        [start, end, start.saturating_add(u32_at(header, 28)), start.saturating_add(u32_at(header, 32))];
    let mut header = header.to_vec();
    header[20..36].copy_from_slice(points.map(u32::to_le_bytes).as_flattened());
    header[44] &= !PACKED;
    header
}

fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    let padding = &[0][..body.len() % 2];
    [name, &(body.len() as u32).to_le_bytes(), body, padding].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::vorbis::tests::stream;

    fn font(sound: &[u8], kind: u8) -> Vec<u8> {
        let points = [0, sound.len() as u32, 2, 3, 44_100].map(u32::to_le_bytes);
        let mut header =
            [b"one\0".as_slice(), &[0; 16], points.as_flattened(), &[60, 0, 0, 0, kind, 0]].concat();
        header.extend([0; HEADER]);
        let list = |kind: &[u8], chunks: Vec<u8>| chunk(b"LIST", &[kind, &chunks].concat());
        let lists = [list(b"sdta", chunk(b"smpl", sound)), list(b"pdta", chunk(b"shdr", &header))].concat();
        chunk(b"RIFF", &[b"sfbk".as_slice(), &lists].concat())
    }

    #[test]
    fn a_sample_that_cannot_be_unpacked_is_named() {
        assert_eq!(unpacked(&font(&[1, 2, 3, 4], 1)), Ok(None));
        for sound in [b"OggS".to_vec(), stream(1, 1 << 23, 60_000), stream(1, 2, 1)] {
            let said = unpacked(&font(&sound, 17)).unwrap_err();
            assert!(said.starts_with("sample \"one\": "), "{said}");
        }
    }

    #[test]
    fn samples_unpack_to_so_much_in_the_mean() {
        assert_eq!(room_after(FRAMES_A_BYTE, FRAMES_A_BYTE), Ok(0));
        assert!(room_after(FRAMES_A_BYTE, FRAMES_A_BYTE + 1).unwrap_err().contains("far more"));
    }

    #[test]
    fn a_header_is_placed_among_all_sound() {
        let bytes = font(&[0; 8], 17);
        let header = placed_at(&bytes[bytes.len() - 2 * HEADER..][..HEADER], 100, 50);
        assert_eq!([20, 24, 28, 32, 36].map(|at| u32_at(&header, at)), [100, 150, 102, 103, 44_100]);
        assert_eq!(header[44], 1);
    }
}
