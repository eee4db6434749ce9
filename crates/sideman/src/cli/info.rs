//! What can be asked of any file.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct InfoArgs {
    /// A model, a corpus, a chart or a MIDI file
    pub(crate) file: PathBuf,
}
