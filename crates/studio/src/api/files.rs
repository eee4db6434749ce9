//! Takes as files for other programs.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::sync::Arc;

use sideman_session::Take;
use sideman_session::sound::{Recording, SoundFormat};

use super::takes::{TakeQuery, ready};
use crate::ask::{Ask, PathParts};
use crate::problem::{Answer, Problem};
use crate::reply::Reply;
use crate::studio::Studio;

/// `GET /api/takes/{id}/files/{kind}?tempo=&part=`: `mid`, `mp3`, `wav`, `flac`, `musicxml` or `pdf`.
pub(crate) fn download(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let query: TakeQuery = ask.query()?;
    let ready = ready(studio, places.name(0))?;
    let (take, key) = (query.at_tempo(&ready.take)?, query.part_key()?);
    let (kind, mime, bytes) = match places.name(1) {
        "mid" => ("mid", "audio/midi", take.midi()),
        "mp3" => ("mp3", "audio/mpeg", recorded(studio, &take, SoundFormat::Mp3)?),
        "wav" => ("wav", "audio/wav", recorded(studio, &take, SoundFormat::Wav)?),
        "flac" => ("flac", "audio/flac", recorded(studio, &take, SoundFormat::Flac)?),
        "musicxml" => ("musicxml", "application/vnd.recordare.musicxml+xml", take.musicxml(key).value),
        "pdf" => ("pdf", "application/pdf", take.pages_pdf(key)?.value),
        _ => return Err(Problem::missing("kind of file")),
    };
    let part = if matches!(kind, "musicxml" | "pdf") { format!("-{key}") } else { String::new() };
    let name = format!("{}-{}{part}.{kind}", plain(take.sheet().title()), ready.file.order.seed);
    Ok(Reply::bytes(mime, bytes).with("content-disposition", format!("attachment; filename=\"{name}\"")))
}

fn recorded(studio: &Studio, take: &Take, format: SoundFormat) -> Answer<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    let mut watch = |_: sideman_session::WorkEvent<'_>| ControlFlow::Continue(());
    take.record(&studio.font()?, &Recording::default(), vec![(format, &mut file)], &mut watch)?;
    Ok(file.into_inner())
}

/// A title as a file may be called on every system.
fn plain(title: &str) -> String {
    let letters = title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let words: String = letters.take(60).collect();
    let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "solo".into() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_plain_name() {
        assert_eq!(plain("Blues in F"), "blues-in-f");
        assert_eq!(plain("../../etc/pass\"wd\r\n"), "etc-pass-wd");
        assert_eq!(plain("É"), "solo");
    }
}
