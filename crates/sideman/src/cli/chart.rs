//! What can be asked of charts.

use std::path::PathBuf;

use clap::Args;
use sideman_formats::notation::PartKey;

#[derive(Debug, Args)]
pub(crate) struct ChartArgs {
    /// Bars of chords, an irealb:// link, or a file: text, iReal Pro, MusicXML, Impro-Visor, ABC, MIDI with chord symbols
    pub(crate) chart: String,
    /// Which tune of a playlist, by number or title
    #[arg(long)]
    pub(crate) tune: Option<String>,
    /// Written for instruments in this key: C, Bb, Eb, F or bass
    #[arg(long, default_value_t)]
    pub(crate) part: PartKey,
    /// Show the form alone: which measures are played, in what order, by which sign
    #[arg(long, conflicts_with = "out")]
    pub(crate) form: bool,
    /// Where it goes: a file ending in .txt, .musicxml, .mid or .ireal
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}
