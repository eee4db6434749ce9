//! What can be asked of the band.

use std::path::PathBuf;

use clap::Args;
use sideman_band::{Band, Swing};
use sideman_music::Instrument;

/// Who plays with the soloist, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "The band")]
pub(crate) struct PlayerArgs {
    /// Who plays with the soloist: trio (chords, bass, drums), duo (chords, bass), drums or none
    #[arg(long, default_value_t = Band::Trio, value_name = "WHO")]
    pub(crate) band: Band,
    /// How they play: swing, "slow swing", "up swing", waltz, two-feel, ballad, bossa, "even eighths", shuffle, or
    /// a file ending in .style; without it what the chart names, else what goes with its meter and tempo
    #[arg(long, value_name = "STYLE")]
    pub(crate) style: Option<String>,
    /// How the beat is divided: style (as style and tempo have it), straight, or a ratio such as 2 or 3:2
    #[arg(long, default_value_t = Swing::Style)]
    pub(crate) swing: Swing,
    /// What plays the chords: piano, guitar, "electric piano" or vibraphone
    #[arg(long, default_value_t = Instrument::Piano, value_name = "INSTRUMENT", value_parser = Band::chordal)]
    pub(crate) chords: Instrument,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "The band")]
pub(crate) struct BandArgs {
    #[command(flatten)]
    pub(crate) players: PlayerArgs,
    /// Count two bars before the first
    #[arg(long)]
    pub(crate) count_in: bool,
    /// Play four bars before the first chorus
    #[arg(long)]
    pub(crate) intro: bool,
    /// Play this melody over one chorus before and after the solo: MIDI, MusicXML, ABC, Impro-Visor, a corpus
    #[arg(long, value_name = "FILE")]
    pub(crate) head: Option<PathBuf>,
}
