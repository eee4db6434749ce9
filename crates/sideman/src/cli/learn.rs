//! What can be asked of learning.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::chance::ChanceArgs;
use super::number;

pub(super) const TRAIN_EXAMPLES: &str = "\
Examples:
  sideman train --out classic.safetensors --vocabulary 90     the classic exercise on the built-in corpus, a second
  sideman train mine.sideman --recipe line --out m.safetensors        a player of your own; an hour for 400 solos
  sideman train mine.sideman --recipe line --out m.safetensors --resume   on from where it was interrupted
  sideman train parker/ --from m.safetensors --out parker.safetensors     adapt a player to a handful of solos
  sideman train mine.sideman --recipe grammar --like Parker --out parker.grammar      rules from one player's solos
  sideman train charts.sideman --recipe harmony --out mine.harmony        what charts expect, and substitutions";

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// What to learn from: a corpus, MIDI files, folders; nothing means the built-in corpus
    pub(crate) corpus: Vec<PathBuf>,
    /// How to learn; without it the classic, or line with --from
    #[arg(long, value_enum)]
    pub(crate) recipe: Option<RecipeArg>,
    /// Learn a grammar from the solos of this performer alone
    #[arg(long, value_name = "PERFORMER")]
    pub(crate) like: Option<String>,
    /// How large the network of the line recipe is; without it base
    #[arg(long, value_enum)]
    pub(crate) size: Option<SizeArg>,
    /// The share of its layers' outputs that a fresh network of the line recipe leaves out while it learns, 0 to 0.9, and
    /// three sevenths as much of its input; without it 0.35
    #[arg(long, value_name = "SHARE", value_parser = number::dropout)]
    pub(crate) dropout: Option<f32>,
    /// A player to adapt: `shipped`, or a file
    #[arg(long, value_name = "MODEL", conflicts_with = "resume")]
    pub(crate) from: Option<PathBuf>,
    /// Go on with a training of the line recipe that was interrupted
    #[arg(long)]
    pub(crate) resume: bool,
    /// A JSON list of the ids to learn from and to be tested on; without it, one tune in seven is held out
    #[arg(long)]
    pub(crate) split: Option<PathBuf>,
    /// Learn from everything and hold nothing out: for a model whose epochs were chosen before
    #[arg(long, conflicts_with = "split")]
    pub(crate) all: bool,
    /// Times to go through the training
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) epochs: Option<u32>,
    /// Windows of 30 values drawn for each epoch of the classic
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) windows: Option<u32>,
    /// Values in the vocabulary of the classic, such as the 90 of the exercise: the rarest are merged into their nearest;
    /// without it all that occur
    #[arg(long, value_name = "VALUES", value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub(crate) vocabulary: Option<u32>,
    /// Threads to use; the result does not depend on them
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// Learn on a GPU, by its number if there are several; the result is near that of the processor
    #[cfg(feature = "cuda")]
    #[arg(long, value_name = "NUMBER", num_args = 0..=1, default_missing_value = "0", conflicts_with = "threads")]
    pub(crate) gpu: Option<u16>,
    /// Cut what is learned side by side into so many shards, at most 24, that the processes of one run can share (under
    /// mpirun); what the line recipe learns depends on their number, and not on that of the processes
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=24))]
    pub(crate) shards: Option<u16>,
    /// Learn from the mean gradient of so many batches of the line recipe at once, which processes sum once for all of
    /// them; fewer and larger steps, so that what is learned depends on their number
    #[arg(long, value_name = "BATCHES", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) accumulate: Option<u16>,
    /// What the model shall say of itself, such as "licence=ODbL 1.0"; may be given several times
    #[arg(long, value_name = "NAME=WORDS", value_parser = remark)]
    pub(crate) remark: Vec<(String, String)>,
    /// Write the weights of a player in half precision
    #[arg(long)]
    pub(crate) half: bool,
    /// Draw how the loss went, epoch by epoch, as SVG
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) chance: ChanceArgs,
    /// Where the model goes
    #[arg(long)]
    pub(crate) out: PathBuf,
}

impl TrainArgs {
    /// The names of the options given that the line recipe alone knows.
    pub(crate) fn of_line(&self) -> impl Iterator<Item = &'static str> {
        let options = [
            (self.half, "half"),
            (!self.remark.is_empty(), "remark"),
            (self.size.is_some(), "size"),
            (self.dropout.is_some(), "dropout"),
            (self.shards.is_some(), "shards"),
            (self.accumulate.is_some(), "accumulate"),
            #[cfg(feature = "cuda")]
            (self.gpu.is_some(), "gpu"),
        ];
        options.into_iter().filter(|(given, _)| *given).map(|(_, name)| name)
    }
}

/// How to learn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecipeArg {
    /// The exercise: values of a line, an LSTM of 64, a softmax
    Classic,
    /// Rhythm, then pitch given the chord it falls on: a player over any changes
    Line,
    /// Rules with weights: windows of four beats in clusters, and a chain of these
    Grammar,
    /// What chord comes next and for how long, and what may stand for what
    Harmony,
}

/// How large a network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SizeArg {
    /// Two layers of 192: a third of the time
    Small,
    /// Two layers of 336
    Base,
    /// Three layers of 512: five times the time
    Large,
}

#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// The solos: a corpus file, or `built-in`
    #[arg(long)]
    pub(crate) corpus: PathBuf,
    /// The player; without it the one that ships, which has learned from all of the Weimar Jazz Database
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// A JSON list of ids; its validation part is scored, and the floors learn from its training part
    #[arg(long)]
    pub(crate) split: Option<PathBuf>,
    /// A corpus from which the n-gram floors learn
    #[arg(long)]
    pub(crate) floor: Option<PathBuf>,
    /// Write one JSON object and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A solo: MIDI, MusicXML …
    pub(crate) solo: PathBuf,
    /// Its chart: bars, or a file; without it the chords in the file of the solo
    #[arg(long)]
    pub(crate) chart: Option<String>,
    /// The player that is asked how surprising each note is; without it the one that ships
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// A picture, ending in .svg
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Write one JSON list, a member for each note, and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

fn remark(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').map(|(name, words)| (name.trim().to_owned(), words.trim().to_owned()));
    parts.filter(|(name, _)| !name.is_empty()).ok_or("write a name and words, such as licence=ODbL".into())
}
