//! The files that are compared: a sample of each folder, and of the charts and lead sheets in its archives.

use std::path::{Path, PathBuf};

use sideman_corpus::{Library, Piece};
use sideman_formats::{chart, musicxml};
use sideman_session::Source;

use super::reading::HeardTune;

/// What a file is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    MusicXml,
    Ireal,
    Abc,
}

/// A file, and what its tunes are here.
#[derive(Clone)]
pub(super) struct Material {
    /// What people call it.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) writing: Writing,
    pub(super) ours: Result<Vec<HeardTune>, String>,
}

/// A sample of a folder: its files, and the tunes of its archives as they are written here.
///
/// # Errors
/// When a folder or a file cannot be read, or the tunes cannot be written to `work`.
pub(super) fn of(folder: &Path, sample: usize, work: &Path) -> Result<Vec<Material>, String> {
    let mut files = Vec::new();
    list(folder, &mut files)?;
    let is_archive = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "gz");
    let (archives, files): (Vec<_>, Vec<_>) = files.into_iter().partition(is_archive);
    let scores = files.into_iter().filter_map(|path| Some((writing(&path)?, path)));
    let scores = sampled(scores.collect(), sample, |(_, path)| path.to_string_lossy().into_owned());
    let mut material: Vec<Material> =
        scores.into_iter().map(|(writing, path)| read(writing, path)).collect::<Result<_, _>>()?;
    for archive in archives {
        let pieces = sampled(pieces(&archive)?, sample, |piece: &Piece| piece.id.clone());
        for piece in pieces {
            material.push(written(piece, work)?);
        }
    }
    Ok(material)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder).map_err(failed)?.collect();
    let mut paths: Vec<PathBuf> = entries.map_err(failed)?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        match path.is_dir() {
            true => list(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}

fn writing(path: &Path) -> Option<Writing> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "xml" | "musicxml" | "mxl" => Some(Writing::MusicXml),
        "ireal" | "irealb" | "html" => Some(Writing::Ireal),
        "abc" => Some(Writing::Abc),
        _ => None,
    }
}

/// So many of a list, the same in every run, from all over it.
fn sampled<T>(mut all: Vec<T>, sample: usize, name: impl Fn(&T) -> String) -> Vec<T> {
    all.sort_by_cached_key(|one| crc32fast::hash(name(one).as_bytes()));
    all.truncate(sample);
    all
}

fn read(writing: Writing, path: PathBuf) -> Result<Material, String> {
    let bytes = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let name = path.display().to_string();
    let ours = sideman_formats::read(&bytes, &name)
        .map(|tunes| tunes.iter().map(HeardTune::of).collect())
        .map_err(|error| error.to_string());
    Ok(Material { name, path, writing, ours })
}

fn pieces(archive: &Path) -> Result<Vec<Piece>, String> {
    let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", archive.display());
    let bytes = std::fs::read(archive).map_err(|e| failed(&e))?;
    match Source::read(&bytes, &archive.to_string_lossy()).map_err(|e| failed(&e))?.value {
        Source::Corpus(Library { pieces, .. }) => Ok(pieces),
        _ => Ok(Vec::new()),
    }
}

/// A piece as an iReal link, beside the piece itself; or as a score where it has a melody, beside what is read of that.
fn written(piece: Piece, work: &Path) -> Result<Material, String> {
    let (writing, bytes, ending) = match &piece.solo {
        Some(solo) => {
            let score = musicxml::write(&piece.sheet, Some(solo)).value;
            (Writing::MusicXml, score.into_bytes(), "musicxml")
        }
        None => (Writing::Ireal, chart::write(&piece.sheet, chart::Format::Ireal).value, "ireal"),
    };
    let path = work.join(format!("{:08x}.{ending}", crc32fast::hash(piece.id.as_bytes())));
    std::fs::write(&path, bytes).map_err(|e| format!("{}: {e}", path.display()))?;
    let name = format!("{}, written here", piece.id);
    if piece.solo.is_some() {
        return read(writing, path).map(|material| Material { name, ..material });
    }
    let ours = Ok(vec![HeardTune::of_chart(&piece.sheet)]);
    Ok(Material { name, path, writing, ours })
}
