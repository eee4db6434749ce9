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
mod ranks;
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
    let begun = ranks::Ranks::begin();
    let is_first = begun.as_ref().is_ok_and(|ranks| ranks.is_first());
    let terminal = terminal::Terminal::new(cli.quiet || !is_first);
    let ranks = match begun {
        Ok(ranks) => ranks,
        Err(error) => return told(&error, "", &terminal).into(),
    };
    if let Err(error) = signal::listen() {
        terminal.note(format_args!("Ctrl-C cannot be listened to: {error}"));
    }
    let code = command::run(cli.command, &ranks, &terminal).err().map(|error| {
        let code = told(&error, &ranks.prefix(), &terminal);
        ranks.end_all(code);
        code
    });
    ranks.end();
    signal::end_if_asked();
    code.map_or(ExitCode::SUCCESS, ExitCode::from)
}

/// Tells what went wrong; gives the exit code.
fn told(error: &anyhow::Error, prefix: &str, terminal: &terminal::Terminal) -> u8 {
    let misuse = usage::in_words_of_options(error);
    let code = if misuse.is_some() { MISUSED } else { FAILED };
    terminal.error(format_args!("{prefix}{}", misuse.unwrap_or_else(|| format!("{error:#}"))));
    code
}
