//! `corpus`: look into a corpus, make a smaller one, or write it out as MIDI files.

use std::path::Path;

use anyhow::{Result, ensure};
use sideman_corpus::Piece;
use sideman_corpus::library::{Library, Summary};
use sideman_corpus::measure::MeasureReport;
use sideman_formats::{chart, midi};
use sideman_improv::built_in;
use sideman_music::Track;

use super::measure::measured;
use crate::cli::Corpus;
use crate::terminal::Terminal;
use crate::{output, source};

pub(super) fn run(args: &Corpus, terminal: &Terminal) -> Result<()> {
    let library = source::corpus(std::slice::from_ref(&args.corpus), terminal)?.filtered(&args.filter);
    ensure!(!library.pieces.is_empty(), "no piece passes the filter; `sideman info` shows what there is");
    if args.report {
        terminal.say(report(&library))?;
    }
    match &args.out {
        Some(out) if out.extension().is_some_and(|e| e == "sideman") => {
            output::write(out, &library.to_bytes())?
        }
        Some(folder) => write_midi(&library.pieces, folder, terminal)?,
        None if args.report => {}
        None => terminal.say(Summary::new(&library))?,
    }
    Ok(())
}

/// What is in a corpus, and how its solos measure.
fn report(library: &Library) -> String {
    let solos = measured(library);
    let lines = built_in::CorpusReport::new(&library.pieces);
    format!("{}\n{lines}\n{}", Summary::new(library), MeasureReport::new(&solos, &[]))
}

fn write_midi(pieces: &[Piece], folder: &Path, terminal: &Terminal) -> Result<()> {
    let mut progress = terminal.progress("writing", pieces.len() as u64);
    for (i, piece) in pieces.iter().enumerate() {
        let mut performance = chart::performance(&piece.sheet).value;
        performance.tracks.splice(0..0, piece.solo.as_ref().map(Track::as_written));
        let name: String =
            piece.id.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
        output::write(&folder.join(format!("{name}.mid")), &midi::write(&performance))?;
        progress.at(i as u64 + 1, piece.sheet.title());
    }
    progress.finish();
    terminal.say(format_args!("{} pieces in {}", pieces.len(), folder.display()))?;
    Ok(())
}
