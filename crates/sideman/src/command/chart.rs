//! `chart`: show a chart as bars with its form, and write it in another format.

use std::path::Path;

use anyhow::{Result, bail};
use sideman_formats::PlayedForm;
use sideman_formats::chart::{self, Format};
use sideman_music::Sheet;
use sideman_session::Source;

use crate::cli::ChartArgs;
use crate::terminal::Terminal;
use crate::usage::misuse;
use crate::{input, output};

pub(super) fn run(args: &ChartArgs, terminal: &Terminal) -> Result<()> {
    let format = args.out.as_deref().map(format).transpose()?;
    let source = chosen(&args.chart, args.tune.as_deref(), terminal)?;
    let forms = source.forms();
    let charts = source.charts()?;
    if args.form {
        let mut orders = charts.iter().zip(&forms).map(|(sheet, form)| order(sheet, form));
        return Ok(orders.try_for_each(|order| terminal.say(order))?);
    }
    let written: Vec<Sheet> = charts.iter().map(|sheet| sheet.transposed(args.part.semitones())).collect();
    match (args.out.as_deref().zip(format), &written[..]) {
        (None, sheets) => sheets.iter().try_for_each(|sheet| terminal.say(shown(sheet)))?,
        (Some((out, format)), [sheet]) => write(sheet, out, format, terminal)?,
        (Some(_), sheets) => {
            bail!("there are {} charts here; choose one with --tune NUMBER or --tune TITLE", sheets.len())
        }
    }
    Ok(())
}

/// What is named, or the one tune of it with this number (from 1) or title.
pub(super) fn chosen(text: &str, tune: Option<&str>, terminal: &Terminal) -> Result<Source> {
    let source = input::charts(Some(text), terminal)?;
    Ok(match tune {
        Some(tune) => source.chosen(tune)?,
        None => source,
    })
}

/// The chart in the text grammar, with its form below.
fn shown(sheet: &Sheet) -> String {
    format!("{sheet}{}", sections(sheet))
}

/// The measures in the order they are played, with the signs that lead to them.
fn order(sheet: &Sheet, form: &PlayedForm) -> String {
    let title = sheet.title();
    let order = match form.steps.is_empty() {
        true => "it is written as it is played\n".to_owned(),
        false => form.to_string(),
    };
    format!("title: {title}\n{order}{}", sections(sheet))
}

fn sections(sheet: &Sheet) -> String {
    let form: Vec<String> = sheet
        .sections()
        .iter()
        .map(|(label, bars)| format!("{} {}", if label.is_empty() { "–" } else { label }, bars.len()))
        .collect();
    format!("form: {} ({} bars)\n", form.join(" · "), sheet.bars().len())
}

/// The format of a file that can be written.
pub(super) fn format(out: &Path) -> Result<Format> {
    let name = out.display().to_string();
    let words =
        || format!("{name}: the format is not known; end the name in .txt, .musicxml, .mid or .ireal");
    let format = Format::of_name(&name).ok_or_else(|| misuse(words()))?;
    output::tried(out, output::LITTLE)?;
    Ok(format)
}

pub(super) fn write(sheet: &Sheet, out: &Path, format: Format, terminal: &Terminal) -> Result<()> {
    let name = out.display();
    let written = chart::write(sheet, format);
    written.warnings.iter().for_each(|dropped| terminal.note(format_args!("{name}: {dropped}")));
    output::write(out, &written.value)?;
    terminal.say(out.display())?;
    Ok(())
}
