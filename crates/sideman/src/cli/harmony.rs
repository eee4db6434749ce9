//! What can be asked of harmony.

use std::path::PathBuf;

use clap::Args;
use sideman_music::Bars;

use super::chance::ChanceArgs;

pub(super) const SURPRISE_EXAMPLES: &str = "\
Examples:
  sideman surprise \"Cmaj7 | A7 | Dm7 | Db7 | Cmaj7 | %\"
  sideman surprise tune.ireal --out curve.svg
  sideman train charts.sideman --recipe harmony --out mine.harmony
  sideman surprise tune.ireal --model mine.harmony";

#[derive(Debug, Args)]
pub(crate) struct SurpriseArgs {
    /// Bars of chords, an irealb:// link, or a file
    pub(crate) chart: String,
    /// Which tune of a playlist, by number or title
    #[arg(long)]
    pub(crate) tune: Option<String>,
    /// What is expected: a file that `train --recipe harmony` has written; without it what the built-in charts say
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// A picture, ending in .svg
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Write one JSON list, a member for each chord, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

pub(super) const REHARMONIZE_EXAMPLES: &str = "\
Examples:
  sideman reharmonize \"Dm7 | G7 | Cmaj7 | %\" --spice 60
  sideman reharmonize tune.ireal --bars 9-16 --out tune.ireal    the new chords small, above the old
  sideman reharmonize tune.txt --melody tune.mid --replace --takes 3 --out new.musicxml
  sideman improvise tune.txt --spice 50                          a solo over new changes";

#[derive(Debug, Args)]
pub(crate) struct ReharmonizeArgs {
    /// Bars of chords, an irealb:// link, or a file
    pub(crate) chart: String,
    /// Which tune of a playlist, by number or title
    #[arg(long)]
    pub(crate) tune: Option<String>,
    /// How much is rewritten, and how far from what is expected
    #[arg(long, default_value_t = 40, value_name = "0-100", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) spice: u8,
    /// The bars that may change, such as 5-8; without it all
    #[arg(long, value_name = "FIRST-LAST")]
    pub(crate) bars: Option<Bars>,
    /// What is sung over them: no new chord makes an avoid note of a note that is held
    #[arg(long, value_name = "FILE")]
    pub(crate) melody: Option<PathBuf>,
    /// Put the new chords in the place of the old; without it they stand beside them as alternatives
    #[arg(long)]
    pub(crate) replace: bool,
    /// What is expected: a file that `train --recipe harmony` has written; without it what the built-in charts say
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// How many versions, each from a seed of its own
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) takes: u16,
    #[command(flatten)]
    pub(crate) chance: ChanceArgs,
    /// Where it goes: a file ending in .txt, .musicxml, .mid or .ireal; of several versions each is numbered
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}
