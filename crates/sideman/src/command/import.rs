//! `import`: music of any kind into one corpus file.

mod volumes;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sideman_corpus::import::{Error, ImportOptions, ImportReport};
use sideman_corpus::library::{FileContent, Library, Summary};
use sideman_session::corpus;

use crate::cli::ImportArgs;
use crate::terminal::Terminal;
use crate::usage::refuse;
use crate::{input, output};
use volumes::Taken;

pub(super) fn run(args: &ImportArgs, terminal: &Terminal) -> Result<()> {
    let (midi, others): (Vec<PathBuf>, Vec<PathBuf>) =
        args.paths.iter().cloned().partition(|path: &PathBuf| is_midi_file(path));
    refuse_without_effect(args, midi.is_empty())?;
    output::tried(&args.out, output::LITTLE)?;
    args.report.iter().try_for_each(|page| output::tried(page, output::LITTLE))?;
    let mut reports = Vec::new();
    let files = input::files(&others, Some(&args.out), terminal)?;
    if files.len() > volumes::TOGETHER && args.report.is_none() && !output::is_device(&args.out) {
        let named = |midi: &[PathBuf]| {
            let mut library = Library::default();
            midi.iter().try_for_each(|path| add_midi(path, args, false, &mut library, &mut reports))?;
            Ok(library)
        };
        let Some(taken) = volumes::run(args, &files, &midi, named, terminal)? else { return Ok(()) };
        show(&reports, args, terminal)?;
        return tell(&taken, args, terminal);
    }
    refuse(
        args.resume,
        format!("--resume is for more than {} files, and without --report", volumes::TOGETHER),
    )?;
    let mut library = input::gathered(files, terminal);
    let alone = midi.len() == 1 && others.is_empty();
    let added = midi.iter().try_for_each(|path| add_midi(path, args, alone, &mut library, &mut reports));
    if !library.pieces.is_empty() {
        output::write(&args.out, &library.to_bytes())?;
    }
    if let Some(page) = &args.report {
        output::write(page, corpus::page(&library, |file| input::excerpt(Path::new(file))).as_bytes())?;
    }
    show(&reports, args, terminal)?;
    added?;
    let taken = Taken { pieces: library.pieces.len(), summary: Summary::new(&library) };
    tell(&taken, args, terminal)
}

/// Says what is in the corpus.
fn tell(Taken { pieces, summary }: &Taken, args: &ImportArgs, terminal: &Terminal) -> Result<()> {
    if args.json {
        terminal.say(serde_json::to_string(summary)?)?;
    } else {
        terminal.say(summary)?;
    }
    ensure!(*pieces > 0, "nothing could be taken; the reasons stand above");
    Ok(())
}

/// Refuses what is asked of MIDI files where none is named.
fn refuse_without_effect(args: &ImportArgs, no_midi: bool) -> Result<()> {
    let asked = [
        (args.melody.is_some(), "melody"),
        (args.chords.is_some(), "chords"),
        (args.bars.is_some(), "bars"),
        (args.monophonic, "monophonic"),
    ];
    asked.into_iter().try_for_each(|(given, name)| {
        refuse(no_midi && given, format!("--{name} is for MIDI files that are named, and none is"))
    })
}

/// Bytes that tell a MIDI file.
const HEAD: u64 = 64;

fn is_midi_file(path: &Path) -> bool {
    input::head(path, HEAD).is_some_and(|head| FileContent::of(&head) == FileContent::Midi)
}

/// Takes melody and chords out of a MIDI file that was named, and keeps the table of its parts. Where it is the only
/// one, what keeps it out is an error.
fn add_midi(
    path: &Path,
    args: &ImportArgs,
    alone: bool,
    library: &mut Library,
    reports: &mut Vec<ImportReport>,
) -> Result<()> {
    let options = ImportOptions {
        melody: args.melody.clone(),
        chords: args.chords.clone(),
        bars: args.bars,
        monophonic: args.monophonic,
    };
    let name = path.display().to_string();
    match corpus::import(library, &input::bytes(path)?, &name, &options) {
        Ok(report) => reports.push(report),
        Err(error) => {
            if let Error::NoMelody { report, .. } = &error {
                reports.push(ImportReport::clone(report));
            }
            if alone {
                return Err(error).context(name);
            }
        }
    }
    Ok(())
}

/// Says what was taken of MIDI files that were named.
fn show(reports: &[ImportReport], args: &ImportArgs, terminal: &Terminal) -> Result<()> {
    reports.iter().try_for_each(|report| {
        if args.json {
            terminal.note(report);
            Ok(())
        } else {
            Ok(terminal.say(report)?)
        }
    })
}
