//! What a user names: a file, a folder, a chart.

mod bytes;
mod folder;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use sideman_corpus::library::{Library, NamedBytes, Volumes};
use sideman_corpus::{Catalogue, Piece, Split};
use sideman_formats::Warned;
use sideman_improv::Model;
use sideman_improv::line::{LineModel, shipped};
use sideman_music::Sheet;
use sideman_session::{Lead, Source, Watch, corpus};

use crate::terminal::Terminal;

/// The bytes of a file.
pub(crate) fn bytes(file: &Path) -> Result<Vec<u8>> {
    bytes_up_to(file, bytes::LARGEST)
}

/// The bytes of a file that has at most so many.
pub(crate) fn bytes_up_to(file: &Path, most: u64) -> Result<Vec<u8>> {
    bytes::read(file, most).with_context(|| format!("{} could not be read", file.display()))
}

/// The first bytes of a regular file, at most so many; `None` where it is none, or cannot be read.
pub(crate) fn head(file: &Path, most: u64) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    let regular = file.is_file().then_some(file)?;
    File::open(regular).ok()?.take(most).read_to_end(&mut head).ok()?;
    Some(head)
}

/// The beginning of a file that is text.
pub(crate) fn excerpt(file: &Path) -> Option<String> {
    const MOST: u64 = 1 << 16;
    let text = String::from_utf8_lossy(&head(file, MOST)?).into_owned();
    (!text.contains('\0')).then_some(text)
}

/// What is in a file; what was read in another way than written is noted.
pub(crate) fn source(file: &Path, terminal: &Terminal) -> Result<Source> {
    let name = file.display().to_string();
    Ok(noted(Source::read(&bytes(file)?, &name)?, &name, terminal))
}

/// What is in a file of that name, in a text such as `Dm7 | G7`, or in a link; a blues where nothing is named.
pub(crate) fn charts(text: Option<&str>, terminal: &Terminal) -> Result<Source> {
    let Some(text) = text else { return Ok(Source::blues()?) };
    if Path::new(text).is_file() {
        return source(Path::new(text), terminal);
    }
    ensure!(!looks_like_a_path(text), "there is no file {text}");
    Ok(noted(Source::typed(text)?, "chart", terminal))
}

/// The one chart that is to be played.
pub(crate) fn chart(text: Option<&str>, terminal: &Terminal) -> Result<Sheet> {
    Ok(charts(text, terminal)?.chart()?)
}

fn looks_like_a_path(text: &str) -> bool {
    !text.contains(['|', ' ', '\n']) && text.contains(['.', std::path::MAIN_SEPARATOR])
}

/// The first melody of a file.
pub(crate) fn lead(file: &Path, terminal: &Terminal) -> Result<Lead> {
    let name = file.display().to_string();
    let lead = Lead::read(source(file, terminal)?, &name)?;
    Ok(if lead.value.is_written() { lead.value } else { noted(lead, &name, terminal) })
}

/// A model of any recipe.
pub(crate) fn model(file: &Path, terminal: &Terminal) -> Result<Model> {
    let source = source(file, terminal)?;
    source.model().with_context(|| format!("{} is no model that can play", file.display()))
}

/// The player of a file, or the one that ships.
pub(crate) fn player(file: Option<&Path>, terminal: &Terminal) -> Result<LineModel> {
    match file.map(|file| model(file, terminal)).transpose()? {
        None => Ok(shipped()?),
        Some(Model::Line(model)) => Ok(*model),
        Some(Model::Classic(_)) => bail!("this is a classic model; give one of the line recipe, or none"),
    }
}

/// The text in a file.
pub(crate) fn text(file: &Path) -> Result<String> {
    String::from_utf8(bytes(file)?).with_context(|| format!("{} is not text", file.display()))
}

/// The split that a list gives.
pub(crate) fn split(pieces: &[Piece], file: &Path) -> Result<Split> {
    Split::listed(&Catalogue::of(pieces), &text(file)?)
        .with_context(|| format!("{} does not fit this corpus", file.display()))
}

/// The corpus in files, folders and archives of any mixture; `built-in` names the program's own.
pub(crate) fn corpus(paths: &[PathBuf], terminal: &Terminal) -> Result<Library> {
    if let [path] = paths
        && path.as_os_str() == "built-in"
    {
        return Ok(corpus::built_in());
    }
    let library = gathered(files(paths, None, terminal)?, terminal);
    let skipped = library.files.iter().filter_map(|file| Some((&file.name, file.skipped.as_ref()?)));
    skipped.for_each(|(name, why)| terminal.note(format_args!("{name}: skipped: {why}")));
    ensure!(!library.pieces.is_empty(), "there is no music in {}", named(paths));
    Ok(library)
}

/// The files below paths. What goes to `out` is not taken from a folder, only where it is named itself.
pub(crate) fn files(paths: &[PathBuf], out: Option<&Path>, terminal: &Terminal) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        ensure!(path.exists(), "there is no file or folder {}", path.display());
        folder::files_below(path, &mut files);
    }
    if let Some(out) = out {
        let own = |file: &PathBuf| !paths.contains(file) && folder::are_one(file, out);
        files.iter().filter(|file| own(file)).for_each(|file| {
            terminal.note(format_args!("{}: left out, for the corpus goes there", file.display()));
        });
        files.retain(|file| !own(file));
    }
    Ok(files)
}

/// Gathers all music from files.
pub(crate) fn gather(files: Vec<PathBuf>, watch: Watch<'_>) -> Library {
    let read = files.into_iter().map(|file| NamedBytes {
        name: name(&file),
        bytes: bytes::read(&file, bytes::LARGEST).map_err(|error| error.to_string()),
    });
    corpus::gather(read, watch)
}

/// The same, and shows how far it is.
pub(crate) fn gathered(files: Vec<PathBuf>, terminal: &Terminal) -> Library {
    let mut gauge = terminal.gauge("reading", files.len() as u64);
    let library = gather(files, &mut |event| gauge.show(&event));
    gauge.finish();
    library
}

/// What a file is called in a corpus.
pub(crate) fn name(file: &Path) -> String {
    file.display().to_string()
}

/// The corpus in volumes that a path leads to, where it does.
pub(crate) fn volumes(paths: &[PathBuf]) -> Result<Option<Volumes<File>>> {
    const HEAD: u64 = 16;
    let [path] = paths else { return Ok(None) };
    if !head(path, HEAD).is_some_and(|head| Volumes::are_in(&head)) {
        return Ok(None);
    }
    let unread = || format!("{} could not be read", path.display());
    let file = File::open(path).with_context(unread)?;
    Ok(Some(Volumes::open(file).with_context(unread)?))
}

fn named(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn noted<T>(read: Warned<T>, name: &str, terminal: &Terminal) -> T {
    read.warnings.iter().for_each(|warning| terminal.note(format_args!("{name}: {warning}")));
    read.value
}
