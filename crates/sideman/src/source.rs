//! What a user names: a chart, a file, a corpus.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use sideman_corpus::Piece;
use sideman_corpus::import::{self, Options};
use sideman_formats::midi;
use sideman_improv::classic::Player;
use sideman_music::{Performance, Sheet};

use crate::output;
use crate::terminal::Terminal;

/// A file whose kind is known.
pub(crate) enum Source {
    /// A trained model.
    Model(Box<Player>),
    /// A MIDI file.
    Midi(Box<Performance>),
    /// A chart.
    Chart(Box<Sheet>),
}

/// Reads a file of any kind, which is told by its bytes.
pub(crate) fn recognise(path: &Path, bytes: &[u8]) -> Result<Source> {
    by_content(bytes).with_context(|| path.display().to_string())
}

fn by_content(bytes: &[u8]) -> Result<Source> {
    if bytes.get(8) == Some(&b'{') {
        return Ok(Source::Model(Box::new(Player::load(bytes)?)));
    }
    if bytes.starts_with(b"MThd") || bytes.starts_with(b"RIFF") {
        return Ok(Source::Midi(Box::new(midi::read(bytes)?.value)));
    }
    let text = std::str::from_utf8(bytes).context("this is no model, no MIDI file and no chart")?;
    Ok(Source::Chart(Box::new(text.parse()?)))
}

/// The chart of a text such as `Dm7 | G7`, or of a file of that name.
pub(crate) fn chart(text: &str) -> Result<Sheet> {
    let path = Path::new(text);
    if path.is_file() {
        return match recognise(path, &output::read(path)?)? {
            Source::Chart(sheet) => Ok(*sheet),
            _ => bail!("{text} is not a chart; give bars of chords, such as \"Dm7 | G7 | Cmaj7 | %\", or a file of them"),
        };
    }
    text.parse::<Sheet>().map_err(|error| match looks_like_a_path(text) {
        true => anyhow!("there is no file {text}"),
        false => anyhow!(error).context("the chart cannot be read"),
    })
}

fn looks_like_a_path(text: &str) -> bool {
    !text.contains(['|', ' ', '\n']) && text.contains(['.', std::path::MAIN_SEPARATOR])
}

/// The pieces in a file, with a table of what was taken from it.
pub(crate) fn pieces(file: &Path, terminal: &Terminal) -> Result<Vec<Piece>> {
    let name = file.display().to_string();
    match import::midi(&output::read(file)?, &name, &Options::default()) {
        Ok(import) => {
            terminal.note(&import.report);
            Ok(import.pieces)
        }
        Err(import::Error::NoMelody { why, report }) => {
            terminal.note(&report);
            Err(anyhow!(import::Error::NoMelody { why, report }))
        }
        Err(error) => Err(anyhow!(error)),
    }
}
