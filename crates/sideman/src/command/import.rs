//! `import`: music of any kind into one corpus file.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sideman_corpus::import::{self, ImportOptions};
use sideman_corpus::library::{self, Library, Summary};

use crate::cli::Import;
use crate::terminal::Terminal;
use crate::{output, source};

pub(super) fn run(args: &Import, terminal: &Terminal) -> Result<()> {
    let (midi, others): (Vec<PathBuf>, Vec<PathBuf>) =
        args.paths.iter().cloned().partition(|path: &PathBuf| is_midi_file(path));
    let mut library = source::gather(&others, terminal)?;
    let named = midi.len() == 1 && others.is_empty();
    for path in &midi {
        add_midi(path, args, named, &mut library, terminal)?;
    }
    let summary = Summary::new(&library);
    if args.json {
        terminal.say(serde_json::to_string(&summary)?)?;
    } else {
        terminal.say(&summary)?;
    }
    ensure!(!library.pieces.is_empty(), "nothing could be taken; the reasons stand above");
    output::write(&args.out, &library.to_bytes())
}

fn is_midi_file(path: &Path) -> bool {
    let head = || -> io::Result<[u8; 4]> {
        let mut head = [0; 4];
        File::open(path)?.read_exact(&mut head)?;
        Ok(head)
    };
    path.is_file() && head().is_ok_and(|head| source::is_midi(&head))
}

/// Takes melody and chords out of a MIDI file that was named, and shows the table of its parts. Where it is the
/// only one, what keeps it out is an error.
fn add_midi(
    path: &Path,
    args: &Import,
    alone: bool,
    library: &mut Library,
    terminal: &Terminal,
) -> Result<()> {
    let name = path.display().to_string();
    let options = ImportOptions {
        melody: args.melody.clone(),
        chords: args.chords.clone(),
        bars: args.bars.clone(),
        monophonic: args.monophonic,
    };
    let mut file = library::FileRecord { name: name.clone(), pieces: 0, skipped: None, warnings: Vec::new() };
    match import::midi(&output::read(path)?, &name, &options) {
        Ok(import) => {
            show(&import.report, args, terminal)?;
            file.pieces = import.pieces.len();
            file.warnings = import.report.notes.iter().map(ToString::to_string).collect();
            library.pieces.extend(import.pieces);
        }
        Err(error) => {
            if let import::Error::NoMelody { report, .. } = &error {
                show(report, args, terminal)?;
            }
            if alone {
                return Err(error).context(name);
            }
            file.skipped = Some(error.to_string());
        }
    }
    library.files.push(file);
    Ok(())
}

fn show(report: &import::ImportReport, args: &Import, terminal: &Terminal) -> Result<()> {
    if args.json {
        terminal.note(report);
        Ok(())
    } else {
        Ok(terminal.say(report)?)
    }
}
