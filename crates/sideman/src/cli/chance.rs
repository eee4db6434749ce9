//! What every command with chance in it takes.

use clap::Args;

/// Where chance begins.
#[derive(Debug, Args)]
pub(crate) struct ChanceArgs {
    /// Where chance begins: the same seed gives the same notes
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}
