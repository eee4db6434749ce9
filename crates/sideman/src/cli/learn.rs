//! What can be asked of learning.

use std::path::PathBuf;

use clap::Args;

use super::Chance;

#[derive(Debug, Args)]
pub(crate) struct Train {
    /// What to learn from: a corpus, MIDI files, folders; nothing means the built-in corpus
    pub(crate) corpus: Vec<PathBuf>,
    /// How to learn
    #[arg(long, default_value = "classic", value_parser = ["classic"])]
    pub(crate) recipe: String,
    /// A JSON list of the ids to learn from and to be tested on; without it, one tune in seven is held out
    #[arg(long)]
    pub(crate) split: Option<PathBuf>,
    /// Times to go through the training
    #[arg(long)]
    pub(crate) epochs: Option<usize>,
    /// Windows of 30 values drawn for each epoch
    #[arg(long)]
    pub(crate) windows: Option<usize>,
    /// Threads to use; the result does not depend on them
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    #[command(flatten)]
    pub(crate) chance: Chance,
    /// Where the model goes
    #[arg(long)]
    pub(crate) out: PathBuf,
}
