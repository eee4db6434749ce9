//! `score`: a solo or a chart as engraved music, or as MusicXML for other programs.

use anyhow::Result;
use sideman_formats::Warned;
use sideman_session::Pages;
use sideman_session::pages::PageFormat;

use super::chart::chosen;
use crate::cli::ScoreArgs;
use crate::output;
use crate::terminal::Terminal;
use crate::usage::misuse;

pub(super) fn run(args: &ScoreArgs, terminal: &Terminal) -> Result<()> {
    let format = format(args)?;
    let source = chosen(&args.source, args.tune.as_deref(), terminal)?;
    let Warned { value: page, warnings } = Pages::read(source, &args.source)?;
    warnings.iter().for_each(|warning| terminal.note(format_args!("{}: {warning}", args.source)));
    let written = page.written(format, args.part)?;
    let name = args.out.display();
    written.warnings.iter().for_each(|dropped| terminal.note(format_args!("{name}: left out: {dropped}")));
    output::write(&args.out, &written.value)?;
    terminal.say(args.out.display())?;
    Ok(())
}

/// The format of a file that can be written.
fn format(args: &ScoreArgs) -> Result<PageFormat> {
    let name = args.out.display().to_string();
    let Some(ending) = output::ending(&args.out) else {
        return Err(misuse(format!(
            "{name}: the format is not known; end the name in .svg, .pdf or .musicxml"
        )));
    };
    let words =
        || format!("{name}: a score is not written as .{ending}; end the name in .svg, .pdf or .musicxml");
    let format = PageFormat::of_ending(&ending).ok_or_else(|| misuse(words()))?;
    output::tried(&args.out, output::LITTLE)?;
    Ok(format)
}
