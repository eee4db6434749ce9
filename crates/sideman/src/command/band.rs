//! The band, as it was asked for.

use std::path::Path;

use anyhow::{Context, Result};
use sideman_band::{BandOptions, Style};
use sideman_music::Sheet;

use crate::cli::{BandArgs, PlayerArgs};
use crate::input;
use crate::terminal::Terminal;
use crate::usage::misuse;

/// What is asked of the band.
pub(super) fn players(args: &PlayerArgs) -> Result<BandOptions> {
    let style = args.style.as_deref().map(style).transpose()?;
    let PlayerArgs { band, swing, chords, .. } = *args;
    Ok(BandOptions { band, style, swing, chords, ..BandOptions::default() })
}

/// What is asked of the band that plays one chorus of `sheet`.
pub(super) fn options(args: &BandArgs, sheet: &Sheet, terminal: &Terminal) -> Result<BandOptions> {
    let mut options = BandOptions { count_in: args.count_in, intro: args.intro, ..players(&args.players)? };
    if let Some(file) = &args.head {
        let lead = input::lead(file, terminal)?;
        let (own, chorus) = (lead.sheet.bars().len(), sheet.bars().len());
        if own > chorus {
            terminal.note(format_args!("{}: {own} bars, of which a chorus takes {chorus}", file.display()));
        }
        options.melody = Some(lead.in_key_of(sheet).with_context(|| file.display().to_string())?);
    }
    Ok(options)
}

/// The style of a name, or in a file.
fn style(name: &str) -> Result<Style> {
    let path = Path::new(name);
    if path.extension().is_some_and(|ending| ending == "style") {
        return input::text(path)?.parse().with_context(|| name.to_owned());
    }
    let words = |error| format!("--style: {error}; or give a file ending in .style");
    Style::named(name).map_err(|error| misuse(words(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_that_is_not_known_is_answered_with_those_there_are() {
        let error = format!("{:#}", style("polka").unwrap_err());
        assert!(error.contains("polka") && Style::all().all(|style| error.contains(style.name())), "{error}");
    }
}
