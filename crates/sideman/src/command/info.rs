//! `info`: what a file holds.

use anyhow::Result;

use crate::cli::InfoArgs;
use crate::input;
use crate::terminal::Terminal;

pub(super) fn run(args: &InfoArgs, terminal: &Terminal) -> Result<()> {
    Ok(terminal.say(input::source(&args.file, terminal)?.to_string().trim_end())?)
}
