//! Import of more sources than are held in memory together, a volume at a time.

use std::path::PathBuf;

use anyhow::{Context, Result};
use sideman_corpus::library::{GatherProgress, Library, Summary, VolumeWriter};
use sideman_session::WorkEvent;

use crate::cli::ImportArgs;
use crate::input;
use crate::output::{FileContents, GrowingFile};
use crate::signal::PatientWork;
use crate::terminal::Terminal;

type Writer = VolumeWriter<FileContents>;

/// The sources that are held in memory together.
pub(super) const TOGETHER: usize = Writer::SOURCES;

/// What was taken.
pub(super) struct Taken {
    pub(super) pieces: usize,
    pub(super) summary: Summary,
}

/// Takes files, and then what `named` gathers of MIDI files that were named; `None` where it was asked to end before that.
pub(super) fn run(
    args: &ImportArgs,
    files: &[PathBuf],
    midi: &[PathBuf],
    mut named: impl FnMut(&[PathBuf]) -> Result<Library>,
    terminal: &Terminal,
) -> Result<Option<Taken>> {
    let (file, mut writer) = begun(args, terminal)?;
    let work = PatientWork::begin();
    let mut gauge = terminal.gauge("reading", files.len() as u64);
    let left: Vec<PathBuf> = files.iter().filter(|file| !writer.has(&input::name(file))).cloned().collect();
    for some in left.chunks(TOGETHER) {
        let (sources, pieces) = (writer.sources(), writer.pieces());
        let library = input::gather(some.to_vec(), &mut |event| match event {
            WorkEvent::Reading(at) => gauge.show(&WorkEvent::Reading(GatherProgress {
                sources: sources + at.sources,
                files: sources + at.files,
                pieces: pieces + at.pieces,
                ..at
            })),
            other => gauge.show(&other),
        });
        add(&mut writer, some, library)?;
        if work.is_asked_to_end() {
            gauge.finish();
            terminal.note("interrupted: what was taken is kept, and --resume goes on");
            return Ok(None);
        }
    }
    gauge.finish();
    let left: Vec<PathBuf> = midi.iter().filter(|file| !writer.has(&input::name(file))).cloned().collect();
    for some in left.chunks(TOGETHER) {
        let library = named(some)?;
        add(&mut writer, some, library)?;
    }
    let pieces = writer.pieces();
    let (_, summary) = writer.finish().context("the corpus could not be written")?;
    if pieces > 0 {
        file.keep()?;
    } else {
        file.discard();
    }
    Ok(Some(Taken { pieces, summary }))
}

/// The file that the corpus grows in, from nothing or from where it was interrupted.
fn begun(args: &ImportArgs, terminal: &Terminal) -> Result<(GrowingFile, Writer)> {
    if !args.resume {
        let file = GrowingFile::new(&args.out)?;
        let writer = VolumeWriter::new(file.contents()?).context("the corpus could not be written")?;
        return Ok((file, writer));
    }
    let hint = || format!("no import to {} was interrupted; leave --resume out", args.out.display());
    let file = GrowingFile::reopened(&args.out).with_context(hint)?;
    let writer = VolumeWriter::resumed(file.contents()?).with_context(hint)?;
    file.cut(writer.written())?;
    let (sources, pieces) = (writer.sources(), writer.pieces());
    terminal.note(format_args!("{sources} files are taken already, with {pieces} pieces"));
    Ok((file, writer))
}

fn add(writer: &mut Writer, sources: &[PathBuf], library: Library) -> Result<()> {
    let names: Vec<String> = sources.iter().map(|source| input::name(source)).collect();
    writer.add(names.iter().map(String::as_str), library).context("the corpus could not be written")
}
