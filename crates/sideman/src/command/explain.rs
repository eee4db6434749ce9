//! `explain`: what each note of a solo is to the chords, and how surprising.

use anyhow::{Context, Result};
use sideman_improv::line::LinePlayer;
use sideman_session::judge::Explanation;

use crate::cli::ExplainArgs;
use crate::terminal::Terminal;
use crate::{input, output};

pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<()> {
    args.out.iter().try_for_each(|out| output::picture_tried(out))?;
    let player = LinePlayer::new(input::player(args.model.as_deref(), terminal)?);
    let lead = input::lead(&args.solo, terminal)?;
    let lead = match &args.chart {
        Some(chart) => lead.covered_by(&input::chart(Some(chart), terminal)?)?,
        None => lead,
    };
    let explanation = Explanation::of(&player, &lead).with_context(|| args.solo.display().to_string())?;
    if let Some(out) = &args.out {
        output::write(out, explanation.roll(&lead).as_bytes())?;
    }
    if args.json {
        terminal.say(serde_json::to_string(&explanation)?)?;
    } else {
        terminal.say(explanation)?;
    }
    Ok(())
}
