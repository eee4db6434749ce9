//! `surprise`: how surprising each chord of a chart is, and which rule explains it.

use anyhow::Result;
use sideman_session::harmony::SurpriseCurve;

use super::{chart, reharmonize};
use crate::cli::SurpriseArgs;
use crate::output;
use crate::terminal::Terminal;

pub(super) fn run(args: &SurpriseArgs, terminal: &Terminal) -> Result<()> {
    args.out.iter().try_for_each(|out| output::picture_tried(out))?;
    let sheet = chart::chosen(&args.chart, args.tune.as_deref(), terminal)?.chart()?;
    let curve = SurpriseCurve::new(&reharmonize::model(args.model.as_deref())?, &sheet)?;
    if let Some(out) = &args.out {
        output::write(out, curve.picture().as_bytes())?;
    }
    if args.json {
        terminal.say(serde_json::to_string(&curve)?)?;
    } else {
        terminal.say(curve)?;
    }
    Ok(())
}
