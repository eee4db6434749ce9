//! What each command does.

mod corpus;
mod improvise;
mod info;
mod jam;
mod learn;
mod render;
mod train;

use anyhow::Result;

use crate::cli::Command;
use crate::terminal::Terminal;

/// Does what was asked.
pub(crate) fn run(command: Command, terminal: &Terminal) -> Result<()> {
    match command {
        Command::Jam(args) => jam::run(&args, terminal),
        Command::Train(args) => train::run(&args, terminal),
        Command::Improvise(args) => improvise::run(&args, terminal),
        Command::Corpus(args) => corpus::run(&args, terminal),
        Command::Render(args) => render::run(&args, terminal),
        Command::Info(args) => info::run(&args, terminal),
    }
}
