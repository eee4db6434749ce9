//! What can be asked of corpora.

use std::path::PathBuf;

use clap::Args;
use sideman_corpus::library::Filter;
use sideman_music::Bars;

pub(super) const IMPORT_EXAMPLES: &str = "\
Examples:
  sideman import solos/ more.zip --out mine.sideman
  sideman import charts/ --report read.html --out charts.sideman
  sideman import song.mid --melody 3 --chords piano --bars 5..36 --out song.sideman
  sideman train mine.sideman --out mine.safetensors

From a MIDI file the melody and its chords are found, and a table says what was taken and why.";

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files, folders and archives (.zip, .gz, .tar, .tar.gz) of any mixture
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The part with the melody, by number or name, in the MIDI files that are named
    #[arg(long)]
    pub(crate) melody: Option<String>,
    /// The part with the chords, by number or name
    #[arg(long)]
    pub(crate) chords: Option<String>,
    /// The bars to take, such as 5..36
    #[arg(long)]
    pub(crate) bars: Option<Bars>,
    /// Of several notes at once take the highest alone
    #[arg(long)]
    pub(crate) monophonic: bool,
    /// Write the report as one JSON object and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    /// Show on a page, file by file, what was read beside what is written; the files that ask for it most come first
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// Go on with an import of very many files that was interrupted, without reading again what was taken
    #[arg(long)]
    pub(crate) resume: bool,
    /// Where the corpus goes
    #[arg(long)]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct CorpusArgs {
    /// Which corpus: built-in, or a file that `import` has written
    pub(crate) corpus: PathBuf,
    /// Keep the pieces for which this holds, such as 'performer=Charlie Parker' or 'tempo>200'
    #[arg(long)]
    pub(crate) filter: Vec<Filter>,
    /// Show how the solos measure
    #[arg(long)]
    pub(crate) report: bool,
    /// Where it goes: a file ending in .sideman, or a folder for its pieces as MIDI
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MeasureArgs {
    /// Solos: a corpus, or files, folders and archives
    #[arg(required = true)]
    pub(crate) solos: Vec<PathBuf>,
    /// The corpus to hold them against
    #[arg(long)]
    pub(crate) against: Option<PathBuf>,
    /// Write one JSON object and nothing else
    #[arg(long)]
    pub(crate) json: bool,
    /// Draw the measures beside the bands of the reference, as SVG
    #[arg(long, requires = "against")]
    pub(crate) plot: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct OriginalityArgs {
    /// Solos: a corpus, or files, folders and archives
    #[arg(required = true)]
    pub(crate) solos: Vec<PathBuf>,
    /// The corpus that they may have taken from
    #[arg(long)]
    pub(crate) corpus: PathBuf,
    /// Write one JSON list and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}
