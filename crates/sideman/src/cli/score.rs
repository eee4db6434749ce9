//! What can be asked of scores.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sideman_formats::notation::PartKey;

pub(super) const SCORE_EXAMPLES: &str = "\
Examples:
  sideman score output/solo.mid --out solo.pdf
  sideman score output/solo.musicxml --part Bb --out trumpet.pdf
  sideman score \"Dm7 | G7 | Cmaj7 | %\" --out chart.svg";

#[derive(Debug, Args)]
pub(crate) struct ScoreArgs {
    /// What to write: a MIDI file, MusicXML, or a chart in any form that `sideman chart` reads
    pub(crate) source: String,
    /// Which tune of several, by number or title
    #[arg(long)]
    pub(crate) tune: Option<String>,
    /// For whom: C, Bb, Eb, F or bass (clef); the instrument decides the octave
    #[arg(long, default_value_t)]
    pub(crate) part: PartKey,
    /// Where it goes: a file ending in .svg, .pdf or .musicxml
    #[arg(long)]
    pub(crate) out: PathBuf,
}

/// Which files a take has, and for whom its score is written.
#[derive(Debug, Args)]
#[command(next_help_heading = "The files")]
pub(crate) struct HandoutArgs {
    /// Write only the files that end so, with commas between: mid, wav, mp3, flac, musicxml, svg, pdf
    #[arg(long, value_enum, value_delimiter = ',', value_name = "ENDINGS", hide_possible_values = true)]
    pub(crate) only: Vec<FileEnding>,
    /// For whom the score is written: C, Bb, Eb, F or bass (clef); the instrument decides the octave
    #[arg(long, default_value_t)]
    pub(crate) part: PartKey,
}

/// How the name of a file ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileEnding {
    Mid,
    Wav,
    Mp3,
    Flac,
    Musicxml,
    Svg,
    Pdf,
}

impl HandoutArgs {
    /// Whether a file with this ending is written.
    pub(crate) fn has(&self, ending: &str) -> bool {
        let is =
            |only: &FileEnding| only.to_possible_value().is_some_and(|value| value.matches(ending, false));
        self.only.is_empty() || self.only.iter().any(is)
    }
}
