//! SoundFont 3 as SoundFont 2: each sample unpacked, its points counted from the start of all sound.

use std::num::NonZeroUsize;
use std::panic::catch_unwind;

use super::check::{RiffChunk, chunks, u32_at};
use super::vorbis::{decoded, most_frames};

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
    Ok(Some(font_of(&lists, &frames, &placed)))
}

/// The lists of a font as they are, but for its sound and the headers of its samples.
fn font_of(lists: &[RiffList<'_>], frames: &[u8], headers: &[u8]) -> Vec<u8> {
    let mut font = b"RIFF\0\0\0\0sfbk".to_vec();
    font.reserve(frames.len() + (1 << 20));
    for (kind, list) in lists {
        let start = font.len();
        font.extend([b"LIST\0\0\0\0", *kind].concat());
        for &(name, body) in list {
            append(
                &mut font,
                name,
                match name {
                    b"smpl" => frames,
                    b"shdr" => headers,
                    _ => body,
                },
            );
        }
        set_length(&mut font, start);
    }
    set_length(&mut font, 0);
    font
}

fn append(font: &mut Vec<u8>, name: &[u8], body: &[u8]) {
    let start = font.len();
    font.extend([name, &[0; 4]].concat());
    font.extend_from_slice(body);
    set_length(font, start);
    font.resize(font.len() + body.len() % 2, 0);
}

/// Writes how long the chunk is that begins at a place and reaches to the end.
fn set_length(font: &mut [u8], start: usize) {
    let length = (font.len() - start - 8) as u32;
    font[start + 4..start + 8].copy_from_slice(&length.to_le_bytes());
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
    let most: usize = headers.iter().map(|header| most_frames(stream(sound, header))).sum();
    if most > FRAMES_A_BYTE * sound.len() {
        return Err("its samples unpack to far more than music does".into());
    }
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get).min(8);
    let frames_of = |some: &[&[u8]]| some.iter().map(|header| frames_of(sound, header)).collect();
    if threads == 1 {
        return frames_of(headers);
    }
    let share = headers.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let work: Vec<_> = headers.chunks(share).map(|some| scope.spawn(move || frames_of(some))).collect();
        let done =
            work.into_iter().map(|work| work.join().unwrap_or_else(|_| Err("its samples break".into())));
        Ok(done.collect::<Result<Vec<Vec<_>>, String>>()?.into_iter().flatten().collect())
    })
}

/// The packed bytes of a sample.
fn stream<'a>(sound: &'a [u8], header: &[u8]) -> &'a [u8] {
    sound.get(u32_at(header, 20) as usize..u32_at(header, 24) as usize).unwrap_or_default()
}

fn frames_of(sound: &[u8], header: &[u8]) -> Result<Vec<i16>, String> {
    let stream = stream(sound, header);
    let frames = catch_unwind(|| decoded(stream)).unwrap_or_else(|_| Err("it breaks the decoder".into()));
    let name = header[..20].split(|&b| b == 0).next().unwrap_or_default();
    frames.map_err(|what| format!("sample \"{}\": {what}", String::from_utf8_lossy(name)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::vorbis::tests::{page, stream};

    fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
        let mut chunk = Vec::new();
        append(&mut chunk, name, body);
        chunk
    }

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
    fn samples_say_that_they_unpack_to_so_much_in_the_mean() {
        let saying = |frames| [stream(1, 2, 1), page(&[vec![0]], frames)].concat();
        let most = (FRAMES_A_BYTE * saying(0).len()) as u64;
        for (frames, enough) in [(most, true), (most + 1, false)] {
            let said = unpacked(&font(&saying(frames), 17)).unwrap_err();
            assert_eq!(said.contains("far more"), !enough, "{said}");
        }
    }

    #[test]
    fn a_header_is_placed_among_all_sound() {
        let bytes = font(&[0; 8], 17);
        let header = placed_at(&bytes[bytes.len() - 2 * HEADER..][..HEADER], 100, 50);
        assert_eq!([20, 24, 28, 32, 36].map(|at| u32_at(&header, at)), [100, 150, 102, 103, 44_100]);
        assert_eq!(header[44], 1);
    }
}
