//! `train --recipe harmony` and `--recipe grammar`: what is learned as rules, and written as text.

use anyhow::Result;
use sideman_session::{corpus, harmony, learn};

use super::learn as learning;
use crate::cli::{RecipeArg, TrainArgs};
use crate::terminal::Terminal;
use crate::usage::{misuse, refuse};
use crate::{input, output};

/// Learns as asked; `None` where the recipe is that of a network.
pub(super) fn run(args: &TrainArgs, terminal: &Terminal) -> Option<Result<()>> {
    match args.recipe? {
        RecipeArg::Harmony => Some(harmony(args, terminal)),
        RecipeArg::Grammar => Some(grammar(args, terminal)),
        RecipeArg::Classic | RecipeArg::Line => None,
    }
}

fn harmony(args: &TrainArgs, terminal: &Terminal) -> Result<()> {
    check(args)?;
    refuse(args.like.is_some(), "--like is for --recipe grammar")?;
    let learned = harmony::learn(&pieces(args, terminal)?)?;
    output::write(&args.out, learned.model.to_string().as_bytes())?;
    Ok(terminal.say(&learned)?)
}

fn grammar(args: &TrainArgs, terminal: &Terminal) -> Result<()> {
    check(args)?;
    let pieces = pieces(args, terminal)?;
    let held_out = learning::held_out(args)?;
    let learned = learn::grammar(&pieces, args.like.as_deref(), &held_out)?;
    output::write(&args.out, learned.grammar.text().as_bytes())?;
    Ok(terminal.say(&learned)?)
}

fn pieces(args: &TrainArgs, terminal: &Terminal) -> Result<Vec<sideman_corpus::Piece>> {
    Ok(match args.corpus.is_empty() {
        true => corpus::built_in().pieces,
        false => input::corpus(&args.corpus, terminal)?.pieces,
    })
}

/// Refuses the wishes of networks.
fn check(args: &TrainArgs) -> Result<()> {
    let networks = [
        (args.from.is_some(), "from"),
        (args.resume, "resume"),
        (args.epochs.is_some(), "epochs"),
        (args.windows.is_some(), "windows"),
        (args.vocabulary.is_some(), "vocabulary"),
        (args.plot.is_some(), "plot"),
    ];
    let mut given = networks.into_iter().filter(|(given, _)| *given).map(|(_, name)| name);
    match given.next().or_else(|| args.of_line().next()) {
        Some(name) => Err(misuse(format!("--{name} is for networks; leave it out, or choose --recipe line"))),
        None => output::tried(&args.out, output::LITTLE),
    }
}
