//! `reharmonize`: new changes for a tune.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sideman_formats::chart::Format;
use sideman_music::Sheet;
use sideman_session::harmony::{self, HarmonyModel, ReharmonisationRequest, SurpriseCurve};

use super::chart;
use crate::cli::ReharmonizeArgs;
use crate::input;
use crate::terminal::Terminal;

pub(super) fn run(args: &ReharmonizeArgs, terminal: &Terminal) -> Result<()> {
    let files = files(args)?;
    let sheet = chart::chosen(&args.chart, args.tune.as_deref(), terminal)?.chart()?;
    let melody = args.melody.as_deref().map(|file| input::lead(file, terminal)).transpose()?;
    let model = model(args.model.as_deref())?;
    for take in 0..args.takes {
        let request = ReharmonisationRequest { spice: args.spice, bars: args.bars, melody: None };
        let seed = args.chance.seed.wrapping_add(u64::from(take));
        let made = harmony::reharmonise(&model, &sheet, request, melody.as_ref(), seed)?;
        let shown = if args.replace { &made.sheet } else { &made.beside };
        if args.takes > 1 {
            terminal.say(format_args!("version {}, seed {seed}", take + 1))?;
        }
        terminal.say(harmony::told(&sheet, &made))?;
        terminal.say(bits(&model, &sheet, &made.sheet)?)?;
        match files.get(usize::from(take)) {
            Some((file, format)) => chart::write(shown, file, *format, terminal)?,
            None => terminal.say(shown.to_string().trim_end())?,
        }
    }
    Ok(())
}

/// The model of harmony in a file, or the one that comes with the program.
pub(super) fn model(file: Option<&Path>) -> Result<HarmonyModel> {
    let text = file.map(input::text).transpose()?;
    let model = harmony::model(text.as_deref());
    Ok(match file {
        Some(file) => model.with_context(|| file.display().to_string())?,
        None => model?,
    })
}

/// The sheet with new changes of so much spice in the place of its own; none is none.
pub(super) fn spiced(sheet: Sheet, spice: Option<u8>, seed: u64) -> Result<Sheet> {
    let Some(spice) = spice else { return Ok(sheet) };
    let request = ReharmonisationRequest { spice, ..ReharmonisationRequest::default() };
    Ok(harmony::reharmonise(&model(None)?, &sheet, request, None, seed)?.sheet)
}

/// How surprising the tune was, and is.
fn bits(model: &HarmonyModel, old: &Sheet, new: &Sheet) -> Result<String> {
    let bars = old.bars().len() as f64;
    let [before, after] = [SurpriseCurve::new(model, old)?.bits(), SurpriseCurve::new(model, new)?.bits()]
        .map(|bits| bits.map(|bits| bits / bars));
    Ok(format!(
        "bits a bar: {:.2} -> {:.2}, given the rules {:.2} -> {:.2}",
        before[0], after[0], before[1], after[1]
    ))
}

/// The file of each version, and its format; tried.
fn files(args: &ReharmonizeArgs) -> Result<Vec<(PathBuf, Format)>> {
    let Some(out) = &args.out else { return Ok(Vec::new()) };
    let numbered = |take: u16| match args.takes {
        1 => out.clone(),
        _ => {
            let stem = out.file_stem().unwrap_or_default().to_string_lossy();
            let ending = out.extension().unwrap_or_default().to_string_lossy();
            out.with_file_name(format!("{stem}-{}.{ending}", take + 1))
        }
    };
    (0..args.takes).map(numbered).map(|file| chart::format(&file).map(|format| (file, format))).collect()
}
