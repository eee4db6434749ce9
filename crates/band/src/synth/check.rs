//! What is checked of a SoundFont before it is loaded, so that loading takes memory and time in proportion to its
//! size, whatever it claims.

/// A chunk of a RIFF file: its name and its body.
pub(super) type RiffChunk<'a> = (&'a [u8], &'a [u8]);

/// The longest sample data, in frames, whose offsets can be added without overflow.
const MOST_FRAMES: u32 = 1 << 29;
/// Samples of a compressed font may overlap so many times over in all.
const MOST_OVERLAP: u64 = 4;

/// Says what is wrong with the frame of a font: chunks that reach past their parents, records that are cut, indices
/// that run backwards, samples outside the sound.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    let riff = chunks(bytes, 1).next().ok_or("the file is too short")??;
    let (b"RIFF", body) = riff else { return Err("it does not begin with RIFF".into()) };
    let body = body.strip_prefix(b"sfbk").ok_or("its RIFF form is not sfbk")?;
    let (mut sound, mut compressed) = (0, false);
    let mut samples = None;
    for list in chunks(body, 1) {
        let (b"LIST", list) = list? else { continue };
        for chunk in chunks(list.get(4..).unwrap_or_default(), 2) {
            let (name, body) = chunk?;
            match name {
                b"smpl" => (sound, compressed) = (body.len() as u64, body.starts_with(b"OggS")),
                b"phdr" => forwards("phdr", body, 38, 24)?,
                b"pbag" => forwards("pbag", body, 4, 0)?,
                b"inst" => forwards("inst", body, 22, 20)?,
                b"ibag" => forwards("ibag", body, 4, 0)?,
                b"shdr" => samples = Some(body),
                _ => {}
            }
        }
    }
    check_samples(samples.ok_or("it has no sample headers")?, sound, compressed)
}

/// The chunks of a body, one after the other, each beginning at a multiple of so many bytes (fonts in use pad the
/// chunks of a list, but not the lists); an error where one reaches past the end.
pub(super) fn chunks(
    mut body: &[u8],
    alignment: usize,
) -> impl Iterator<Item = Result<RiffChunk<'_>, String>> {
    std::iter::from_fn(move || {
        let (head, rest) = body.split_at_checked(8)?;
        let (name, length) = head.split_at(4);
        let length = u32_at(length, 0) as usize;
        let Some((chunk, rest)) = rest.split_at_checked(length) else {
            body = &[];
            let name = String::from_utf8_lossy(name);
            return Some(Err(format!("chunk {name} claims {length} bytes, more than there are")));
        };
        body = rest.get(length % alignment..).unwrap_or_default();
        Some(Ok((name, chunk)))
    })
}

/// Records of `size` bytes whose 16-bit index at `place` never falls.
fn forwards(name: &str, records: &[u8], size: usize, place: usize) -> Result<(), String> {
    let mut last = 0;
    for (number, record) in records.chunks(size).enumerate() {
        let index = record.get(place..place + 2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
        match index {
            Some(index) if index >= last => last = index,
            Some(_) => return Err(format!("{name} record {number} points backwards")),
            None => return Err(format!("{name} record {number} is cut off")),
        }
    }
    Ok(())
}

fn check_samples(headers: &[u8], sound: u64, compressed: bool) -> Result<(), String> {
    let unit = if compressed { 1 } else { 2 };
    let mut total = 0;
    for (number, header) in headers.chunks_exact(46).enumerate() {
        let (start, end) = (u32_at(header, 20), u32_at(header, 24));
        if start > end || u64::from(end) * unit > sound || end > MOST_FRAMES {
            return Err(format!("sample {number} ({start} to {end}) is not in the sound ({sound} bytes)"));
        }
        total += u64::from(end - start);
    }
    if compressed && total > MOST_OVERLAP * sound {
        return Err(format!("its samples overlap: {total} bytes of {sound}"));
    }
    Ok(())
}

pub(super) fn u32_at(bytes: &[u8], place: usize) -> u32 {
    bytes.get(place..place + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}
