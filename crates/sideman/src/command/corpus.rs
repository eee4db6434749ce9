//! `corpus`: look into a corpus, make a smaller one, or write it out as MIDI files.

use std::path::Path;
use std::slice;

use anyhow::{Result, ensure};
use sideman_corpus::Piece;
use sideman_corpus::library::Summary;
use sideman_session::corpus;

use crate::cli::CorpusArgs;
use crate::terminal::Terminal;
use crate::{input, output};

pub(super) fn run(args: &CorpusArgs, terminal: &Terminal) -> Result<()> {
    let library = input::corpus(slice::from_ref(&args.corpus), terminal)?.filtered(&args.filter);
    ensure!(!library.pieces.is_empty(), "no piece passes the filter; `sideman info` shows what there is");
    if args.report {
        terminal.say(corpus::report(&library))?;
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

fn write_midi(pieces: &[Piece], folder: &Path, terminal: &Terminal) -> Result<()> {
    let mut gauge = terminal.gauge("writing", pieces.len() as u64);
    for (i, piece) in pieces.iter().enumerate() {
        let name: String =
            piece.id.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect();
        output::write(&folder.join(format!("{name}.mid")), &corpus::midi(piece))?;
        gauge.at(i as u64 + 1, piece.sheet.title());
    }
    gauge.finish();
    terminal.say(format_args!("{} pieces in {}", pieces.len(), folder.display()))?;
    Ok(())
}
