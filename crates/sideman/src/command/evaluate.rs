//! `evaluate`: how well a player knows solos that it has not learned from.

use std::slice;

use anyhow::Result;
use sideman_improv::line::{SoloJudgement, SoloShare};
use sideman_session::judge;

use crate::cli::EvaluateArgs;
use crate::input;
use crate::ranks::Ranks;
use crate::terminal::Terminal;

pub(super) fn run(args: &EvaluateArgs, ranks: &Ranks, terminal: &Terminal) -> Result<()> {
    let model = input::player(args.model.as_deref(), terminal)?;
    let pieces = |path| Ok::<_, anyhow::Error>(input::corpus(slice::from_ref(path), terminal)?.pieces);
    let corpus = pieces(&args.corpus)?;
    let split = args.split.as_deref().map(|file| input::split(&corpus, file)).transpose()?;
    let floor = args.floor.as_ref().map(pieces).transpose()?;
    let scored = judge::scored(&corpus, split.as_ref())?;
    terminal.note(format_args!("scoring {} solos, over their own charts and over others", scored.len()));
    let share = SoloShare { first: ranks.rank(), every: ranks.size() };
    let own = judge::judgements(&model, &corpus, split.as_ref(), share)?;
    let all = ranks.in_turns(own.iter().map(SoloJudgement::to_numbers).collect())?;
    if !ranks.is_first() {
        return Ok(());
    }
    let judgements: Vec<SoloJudgement> = all.iter().map(SoloJudgement::from_numbers).collect();
    let evaluation = judge::evaluation(&judgements, &corpus, split.as_ref(), floor.as_deref())?;
    if args.json {
        terminal.say(serde_json::to_string(&evaluation)?)?;
    } else {
        terminal.say(judge::table(&evaluation))?;
    }
    Ok(())
}
