//! `evaluate`: how well a player knows solos that it has not learned from.

use std::slice;

use anyhow::Result;
use sideman_session::judge;

use crate::cli::EvaluateArgs;
use crate::input;
use crate::terminal::Terminal;

pub(super) fn run(args: &EvaluateArgs, terminal: &Terminal) -> Result<()> {
    let model = input::player(args.model.as_deref(), terminal)?;
    let pieces = |path| Ok::<_, anyhow::Error>(input::corpus(slice::from_ref(path), terminal)?.pieces);
    let corpus = pieces(&args.corpus)?;
    let split = args.split.as_deref().map(|file| input::split(&corpus, file)).transpose()?;
    let floor = args.floor.as_ref().map(pieces).transpose()?;
    let scored = judge::scored(&corpus, split.as_ref())?;
    terminal.note(format_args!("scoring {} solos, over their own charts and over others", scored.len()));
    let evaluation = judge::evaluate(&model, &corpus, split.as_ref(), floor.as_deref())?;
    if args.json {
        terminal.say(serde_json::to_string(&evaluation)?)?;
    } else {
        terminal.say(judge::table(&evaluation))?;
    }
    Ok(())
}
