//! What can be asked of the studio.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct StudioArgs {
    /// Charts, solos, corpora or a model to begin with
    pub(crate) files: Vec<PathBuf>,
    /// The port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Print the address, and open no browser
    #[arg(long)]
    pub(crate) no_open: bool,
}
