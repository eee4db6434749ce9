//! What a user names: a chart, a file, a corpus.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sideman_corpus::library::{self, Library, NamedBytes as Bytes};
use sideman_formats::midi;
use sideman_improv::{Model, built_in};
use sideman_music::{Performance, Sheet, Solo};

use crate::output;
use crate::terminal::Terminal;

/// A file whose kind is known.
pub(crate) enum Source {
    /// A trained model.
    Model(Box<Model>),
    /// A MIDI file.
    Midi(Box<Performance>),
    /// A corpus.
    Corpus(Box<Library>),
    /// A chart.
    Chart(Box<Sheet>),
}

/// Reads a file of any kind, which is told by its bytes.
pub(crate) fn recognise(path: &Path) -> Result<Source> {
    by_content(&output::read(path)?).with_context(|| path.display().to_string())
}

fn by_content(bytes: &[u8]) -> Result<Source> {
    if Library::is_one(bytes) {
        return Ok(Source::Corpus(Box::new(Library::from_bytes(bytes)?)));
    }
    if bytes.get(8) == Some(&b'{') {
        return Ok(Source::Model(Box::new(Model::from_bytes(bytes)?)));
    }
    if is_midi(bytes) {
        return Ok(Source::Midi(Box::new(midi::read(bytes)?.value)));
    }
    let text =
        std::str::from_utf8(bytes).context("this is no model, no corpus, no MIDI file and no chart")?;
    Ok(Source::Chart(Box::new(text.parse()?)))
}

/// Whether the bytes begin as a MIDI file does.
pub(crate) fn is_midi(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MThd") || bytes.starts_with(b"RIFF")
}

/// The charts in a text such as `Dm7 | G7`, in a link, or in a file of that name; what was read in another way than
/// written is noted.
pub(crate) fn charts(text: &str, terminal: &Terminal) -> Result<Vec<Sheet>> {
    let path = Path::new(text);
    let tunes = if path.is_file() {
        sideman_formats::read(&output::read(path)?, text).with_context(|| text.to_owned())?
    } else if text.contains("://") {
        sideman_formats::read(text.as_bytes(), "").context("the link cannot be read")?
    } else {
        ensure!(!looks_like_a_path(text), "there is no file {text}");
        return Ok(vec![text.parse().context("the chart cannot be read")?]);
    };
    for tune in &tunes {
        tune.warnings
            .iter()
            .for_each(|warning| terminal.note(format_args!("{}: {warning}", tune.sheet.title())));
    }
    Ok(tunes.into_iter().map(|tune| tune.sheet).collect())
}

/// The one chart that is to be played.
pub(crate) fn chart(text: &str, terminal: &Terminal) -> Result<Sheet> {
    let mut charts = charts(text, terminal)?;
    ensure!(
        charts.len() == 1,
        "there are {} charts here; `sideman chart` can write one of them to a file",
        charts.len()
    );
    Ok(charts.remove(0))
}

fn looks_like_a_path(text: &str) -> bool {
    !text.contains(['|', ' ', '\n']) && text.contains(['.', std::path::MAIN_SEPARATOR])
}

/// The first melody of a file; of a MIDI file of our own, as it was written.
pub(crate) fn melody(file: &Path, terminal: &Terminal) -> Result<Solo> {
    if let Some(solo) =
        midi::read(&output::read(file)?).ok().and_then(|song| midi::written::line(&song.value))
    {
        return Ok(solo);
    }
    let library = corpus(&[file.to_owned()], terminal)?;
    let solo = library.pieces.into_iter().find_map(|piece| piece.solo);
    solo.with_context(|| format!("there is no melody in {}", file.display()))
}

/// The corpus in files, folders and archives of any mixture; `built-in` names the program's own.
pub(crate) fn corpus(paths: &[PathBuf], terminal: &Terminal) -> Result<Library> {
    if let [path] = paths
        && path.as_os_str() == "built-in"
    {
        return Ok(Library { pieces: built_in::corpus(), files: Vec::new() });
    }
    let library = gather(paths, terminal)?;
    let skipped = library.files.iter().filter_map(|file| Some((&file.name, file.skipped.as_ref()?)));
    skipped.for_each(|(name, why)| terminal.note(format_args!("{name}: skipped: {why}")));
    ensure!(!library.pieces.is_empty(), "there is no music in {}", named(paths));
    Ok(library)
}

/// Gathers all music from paths, and shows how far it is.
pub(crate) fn gather(paths: &[PathBuf], terminal: &Terminal) -> Result<Library> {
    let mut files = Vec::new();
    for path in paths {
        ensure!(path.exists(), "there is no file or folder {}", path.display());
        walk(path, &mut files)?;
    }
    let count = files.len();
    let mut progress = terminal.progress("reading", count as u64);
    let sources = files.into_iter().map(|file| Bytes {
        name: file.display().to_string(),
        bytes: fs::read(&file).map_err(|error| error.to_string()),
    });
    let library = library::gather(sources, 0, |at| {
        progress.at(at.sources as u64, &format!("{} pieces from {} files", at.pieces, at.files));
    });
    progress.finish();
    Ok(library)
}

/// The files below a path, in the order of their names.
fn walk(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let unread = || format!("{} could not be read", path.display());
    let entries =
        fs::read_dir(path).and_then(|entries| entries.collect::<Result<Vec<_>, _>>()).with_context(unread)?;
    let mut inside: Vec<PathBuf> =
        entries.into_iter().filter(|e| !is_link(e)).map(|entry| entry.path()).collect();
    inside.sort();
    inside.iter().try_for_each(|path| walk(path, files))
}

/// Links are not followed, since they may lead in a circle.
fn is_link(entry: &fs::DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_symlink())
}

fn named(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}
