//! `originality`: what a solo shares with a corpus, and whether that is more than players share.

use std::slice;

use anyhow::Result;
use sideman_session::judge;

use crate::cli::OriginalityArgs;
use crate::input;
use crate::terminal::Terminal;

pub(super) fn run(args: &OriginalityArgs, terminal: &Terminal) -> Result<()> {
    let corpus = input::corpus(slice::from_ref(&args.corpus), terminal)?.pieces;
    let solos = input::corpus(&args.solos, terminal)?.pieces;
    let found = judge::originality(&solos, &corpus)?;
    if args.json {
        terminal.say(serde_json::to_string(&found)?)?;
    } else {
        found.iter().try_for_each(|solo| terminal.say(solo))?;
    }
    Ok(())
}
