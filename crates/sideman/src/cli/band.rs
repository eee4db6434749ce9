//! What can be asked of the band.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use sideman_band::{Band, BandOptions as Options, Style, Swing};
use sideman_music::{Instrument, Sheet, Solo};

use crate::terminal::Terminal;
use crate::{output, source};

/// Who plays with the soloist, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "The band")]
pub(crate) struct Players {
    /// Who plays with the soloist: trio (chords, bass, drums), duo (chords, bass), drums or none
    #[arg(long, default_value_t = Band::Trio, value_name = "WHO")]
    band: Band,
    /// How they play: swing, "slow swing", "up swing", waltz, two-feel, ballad, bossa, "even eighths", shuffle, or
    /// a file ending in .style; without it what the chart names, else what goes with its meter and tempo
    #[arg(long, value_name = "STYLE")]
    style: Option<String>,
    /// How the beat is divided: style (as style and tempo have it), straight, or a ratio such as 2 or 3:2
    #[arg(long, default_value_t = Swing::Style)]
    swing: Swing,
    /// What plays the chords: piano, guitar, "electric piano" or vibraphone
    #[arg(long, default_value_t = Instrument::Piano, value_name = "INSTRUMENT", value_parser = chordal)]
    chords: Instrument,
}

impl Players {
    /// What they ask of the band.
    pub(crate) fn options(&self) -> Result<Options> {
        let style = self.style.as_deref().map(style).transpose()?;
        let (band, swing, chords) = (self.band, self.swing, self.chords);
        Ok(Options { band, style, swing, chords, ..Options::default() })
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "The band")]
pub(crate) struct BandOptions {
    #[command(flatten)]
    players: Players,
    /// Count two bars before the first
    #[arg(long)]
    count_in: bool,
    /// Play this melody over one chorus before and after the solo: MIDI, MusicXML, ABC, Impro-Visor, a corpus
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
}

impl BandOptions {
    /// What they ask of the band that plays one chorus of `sheet`.
    pub(crate) fn options(&self, sheet: &Sheet, terminal: &Terminal) -> Result<Options> {
        Ok(Options {
            count_in: self.count_in,
            melody: self.head.as_deref().map(|file| head(file, sheet, terminal)).transpose()?,
            ..self.players.options()?
        })
    }
}

/// The instruments that play chords.
const CHORDAL: [Instrument; 4] =
    [Instrument::Piano, Instrument::Guitar, Instrument::ElectricPiano, Instrument::Vibraphone];

fn chordal(text: &str) -> Result<Instrument, String> {
    let found = text.parse().ok().filter(|instrument| CHORDAL.contains(instrument));
    found.ok_or_else(|| format!("chords are played by {}", CHORDAL.map(Instrument::name).join(", ")))
}

/// The style of a name, or in a file.
fn style(name: &str) -> Result<Style> {
    let path = Path::new(name);
    if path.extension().is_some_and(|ending| ending == "style") {
        let text = String::from_utf8(output::read(path)?).with_context(|| format!("{name} is no text"))?;
        return text.parse().with_context(|| name.to_owned());
    }
    let names: Vec<String> = Style::all().map(|style| style.name().to_owned()).collect();
    let Ok(style) = Style::named(name) else {
        bail!(
            "there is no style {name:?}; choose among {}, or give a file ending in .style",
            names.join(", ")
        )
    };
    Ok(style)
}

/// The melody of a file, in the key of the sheet where both say theirs.
fn head(file: &Path, sheet: &Sheet, terminal: &Terminal) -> Result<Solo> {
    let library = source::corpus(&[file.to_owned()], terminal)?;
    let melody = library.pieces.into_iter().find_map(|piece| Some((piece.sheet, piece.solo?)));
    let Some((own, solo)) = melody else { bail!("there is no melody in {}", file.display()) };
    if own.bars().len() > sheet.bars().len() {
        let (own, chorus) = (own.bars().len(), sheet.bars().len());
        terminal.note(format_args!("{}: {own} bars, of which a chorus takes {chorus}", file.display()));
    }
    let tonic = |sheet: &Sheet| sheet.key().map(|key| key.tonic().class());
    let up = match (tonic(&own), tonic(sheet)) {
        (Some(from), Some(to)) => from.up_to(to),
        _ => 0,
    };
    let up = if up > 6 { up - 12 } else { up };
    solo.transposed(up).with_context(|| format!("{} leaves the range of pitches in this key", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_answered_with_what_there_is() {
        let error = format!("{:#}", style("polka").unwrap_err());
        assert!(error.contains("polka") && Style::all().all(|style| error.contains(style.name())), "{error}");
        let error = chordal("trumpet").unwrap_err();
        assert!(CHORDAL.iter().all(|instrument| error.contains(instrument.name())), "{error}");
        assert_eq!(chordal("rhodes"), Ok(Instrument::ElectricPiano));
    }
}
