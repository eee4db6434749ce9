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
mod signal;
mod sound;
mod terminal;
mod usage;

use std::process::ExitCode;

use clap::Parser;

/// What could not be done, and what cannot be meant.
const FAILED: u8 = 1;
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let terminal = terminal::Terminal::new(cli.quiet);
    if let Err(error) = signal::listen() {
        terminal.note(format_args!("Ctrl-C cannot be listened to: {error}"));
    }
    let done = command::run(cli.command, &terminal);
    let code = done.map_or_else(|error| told(&error, &terminal), |()| ExitCode::SUCCESS);
    signal::end_if_asked();
    code
}

/// Tells what went wrong.
fn told(error: &anyhow::Error, terminal: &terminal::Terminal) -> ExitCode {
    let misuse = usage::in_words_of_options(error);
    terminal.error(misuse.clone().unwrap_or_else(|| format!("{error:#}")));
    ExitCode::from(if misuse.is_some() { MISUSED } else { FAILED })
}
