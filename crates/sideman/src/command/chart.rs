//! `chart`: show a chart as bars with its form, and write it in another format.

use std::path::Path;

use anyhow::{Context, Result, bail};
use sideman_formats::chart::{self, Format};
use sideman_music::Sheet;

use crate::cli::Chart;
use crate::terminal::Terminal;
use crate::{output, source};

pub(super) fn run(args: &Chart, terminal: &Terminal) -> Result<()> {
    let charts = source::charts(&args.chart, terminal)?;
    let charts = chosen(charts, args.tune.as_deref())?;
    let written: Vec<Sheet> = charts.iter().map(|sheet| sheet.transposed(args.part.semitones())).collect();
    match (&args.out, &written[..]) {
        (None, sheets) => sheets.iter().try_for_each(|sheet| terminal.say(shown(sheet)))?,
        (Some(out), [sheet]) => write(sheet, out, terminal)?,
        (Some(_), sheets) => {
            bail!("there are {} charts here; choose one with --tune NUMBER or --tune TITLE", sheets.len())
        }
    }
    Ok(())
}

/// All charts, or the one with this number (from 1) or title.
pub(super) fn chosen(charts: Vec<Sheet>, tune: Option<&str>) -> Result<Vec<Sheet>> {
    let Some(tune) = tune else { return Ok(charts) };
    let number = tune.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    let key = sideman_corpus::title_key(tune);
    let found = charts
        .iter()
        .enumerate()
        .find(|(i, sheet)| Some(*i) == number || sideman_corpus::title_key(sheet.title()) == key);
    let (_, sheet) =
        found.with_context(|| format!("there is no tune {tune:?} among the {} charts here", charts.len()))?;
    Ok(vec![sheet.clone()])
}

/// The chart in the text grammar, with its form above.
fn shown(sheet: &Sheet) -> String {
    let form: Vec<String> = sheet
        .sections()
        .iter()
        .map(|(label, bars)| format!("{} {}", if label.is_empty() { "–" } else { label }, bars.len()))
        .collect();
    format!("{sheet}form: {} ({} bars)\n", form.join(" · "), sheet.bars().len())
}

fn write(sheet: &Sheet, out: &Path, terminal: &Terminal) -> Result<()> {
    let name = out.display().to_string();
    let format = Format::of_name(&name).with_context(|| {
        format!("{name}: the format is not known; end the name in .txt, .musicxml, .mid or .ireal")
    })?;
    let written = chart::write(sheet, format);
    written.warnings.iter().for_each(|dropped| terminal.note(format_args!("{name}: {dropped}")));
    output::write(out, &written.value)?;
    terminal.say(out.display())?;
    Ok(())
}
