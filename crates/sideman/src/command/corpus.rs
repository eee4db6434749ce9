//! `corpus`: look into a corpus, make a smaller one, or write it out as MIDI files.

use std::collections::BTreeSet;
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
    match &args.out {
        Some(out) if is_file(out) => output::tried(out, output::LITTLE)?,
        Some(folder) => output::folder_tried(folder, output::LITTLE)?,
        None => {}
    }
    let library = input::corpus(slice::from_ref(&args.corpus), terminal)?.filtered(&args.filter);
    ensure!(!library.pieces.is_empty(), "no piece passes the filter; `sideman info` shows what there is");
    match &args.out {
        Some(out) if is_file(out) => output::write(out, &library.to_bytes())?,
        Some(folder) => write_midi(&library.pieces, folder, terminal)?,
        None if args.report => {}
        None => terminal.say(Summary::new(&library))?,
    }
    if args.report {
        terminal.say(corpus::report(&library))?;
    }
    Ok(())
}

fn is_file(out: &Path) -> bool {
    output::ending(out).as_deref() == Some("sideman")
}

fn write_midi(pieces: &[Piece], folder: &Path, terminal: &Terminal) -> Result<()> {
    let mut gauge = terminal.gauge("writing", pieces.len() as u64);
    let names = names(pieces.iter().map(|piece| piece.id.as_str()));
    for (i, (piece, name)) in pieces.iter().zip(names).enumerate() {
        output::write(&folder.join(format!("{name}.mid")), &corpus::midi(piece))?;
        gauge.at(i as u64 + 1, piece.sheet.title());
    }
    gauge.finish();
    terminal.say(format_args!("{} pieces in {}", pieces.len(), folder.display()))?;
    Ok(())
}

/// Letters of a name at most, the last ones of an id: what every file system holds, with a number and an ending.
const LONGEST: usize = 50;

/// A name for each id, none twice, however letters are cased: what falls on one name gets a number.
fn names<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    ids.map(|id| {
        let over = id.chars().count().saturating_sub(LONGEST);
        let name: String = id.chars().skip(over).map(plain).collect();
        let numbered = (2u64..).map(|number| format!("{name}-{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        names.find(|name| taken.insert(name.to_lowercase())).unwrap_or(name)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_fall_on_one_name_get_numbers() {
        let long = ["y", "z"].map(|end| "x".repeat(400) + end);
        let names = names(["a/b", "a_b", "A b", "a_b-2", "b", &long[0], &long[1]].into_iter());
        assert_eq!(&names[..5], ["a_b", "a_b-2", "A_b-3", "a_b-2-2", "b"]);
        assert!(names[5].len() < 100 && names[5].ends_with("xy") && names[6].ends_with("xz"));
    }
}
