//! Learns jazz with an LSTM and improvises: chart in, solo and band out.
//!
//! **Invariant:** this is the only crate that knows paths, the terminal, the clock and devices. A command is: arguments,
//! a source, one call of `session`, files; it makes no musical decision.
#![forbid(unsafe_code)]

mod cli;
mod command;
mod handover;
mod input;
mod output;
mod sound;
mod terminal;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let terminal = terminal::Terminal::new(cli.quiet);
    match command::run(cli.command, &terminal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            terminal.error(&error);
            ExitCode::FAILURE
        }
    }
}

/// Whether the reader of our output has gone, which is its right.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|e| e.downcast_ref::<std::io::Error>())
        .any(|e| e.kind() == ErrorKind::BrokenPipe)
}
