//! What each command does.

mod band;
mod bank;
mod chart;
mod corpus;
mod evaluate;
mod explain;
mod import;
mod improvise;
mod info;
mod jam;
mod learn;
mod measure;
mod originality;
mod patterns;
mod practice;
mod reharmonize;
mod render;
mod score;
mod studio;
mod surprise;
mod train;

use anyhow::Result;

use crate::cli::Command;
use crate::ranks::Ranks;
use crate::terminal::Terminal;

/// Does what was asked; what ranks cannot share the first of them does alone.
pub(crate) fn run(command: Command, ranks: &Ranks, terminal: &Terminal) -> Result<()> {
    let is_shared = match &command {
        Command::Train(args) => train::is_shared(args),
        Command::Evaluate(_) | Command::Improvise(_) => true,
        _ => false,
    };
    if !is_shared && !ranks.is_first() {
        return Ok(());
    }
    match command {
        Command::Jam(args) => jam::run(&args, terminal),
        Command::Train(args) => train::run(&args, ranks, terminal),
        Command::Evaluate(args) => evaluate::run(&args, ranks, terminal),
        Command::Explain(args) => explain::run(&args, terminal),
        Command::Improvise(args) => improvise::run(&args, ranks, terminal),
        Command::Practice(args) => practice::run(&args, terminal),
        Command::Chart(args) => chart::run(&args, terminal),
        Command::Surprise(args) => surprise::run(&args, terminal),
        Command::Reharmonize(args) => reharmonize::run(&args, terminal),
        Command::Score(args) => score::run(&args, terminal),
        Command::Import(args) => import::run(&args, terminal),
        Command::Corpus(args) => corpus::run(&args, terminal),
        Command::Measure(args) => measure::run(&args, terminal),
        Command::Originality(args) => originality::run(&args, terminal),
        Command::Bank(args) => bank::run(&args, terminal),
        Command::Render(args) => render::run(&args, terminal),
        Command::Studio(args) => studio::run(&args, terminal),
        Command::Info(args) => info::run(&args, terminal),
    }
}
