//! Gathering of real collections, where they lie beside the checkout.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests say what they found and skipped")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use sideman_corpus::library::{GatherProgress, NamedBytes, Summary, gather};
use sideman_corpus::{Library, tunes};

fn sources(folder: &str) -> Vec<NamedBytes> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: there is no {}", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    paths
        .iter()
        .map(|p| NamedBytes { name: name(p), bytes: std::fs::read(p).map_err(|e| e.to_string()) })
        .collect()
}

fn gathered(folder: &str) -> Option<Library> {
    let sources = sources(folder);
    let start = Instant::now();
    let library = gather(sources.into_iter(), 0, |_: GatherProgress| {});
    println!("{folder}: gathered in {:?}", start.elapsed());
    let start = Instant::now();
    let bytes = library.to_bytes();
    println!("{} bytes written in {:?}", bytes.len(), start.elapsed());
    let start = Instant::now();
    let again = Library::from_bytes(&bytes).unwrap();
    println!("opened in {:?}", start.elapsed());
    assert_eq!(again, library);
    let start = Instant::now();
    println!("{}", Summary::new(&library));
    println!("summed up in {:?}", start.elapsed());
    (!library.files.is_empty()).then_some(library)
}

#[test]
fn the_weimar_jazz_database_is_gathered_whole() {
    let Some(library) = gathered("wjazzd") else { return };
    let summary = Summary::new(&library);
    assert_eq!((summary.taken, summary.solos, summary.notes), (1, 393, 174_555));
    assert_eq!(summary.skipped_files.len(), 1, "the list of the split is no music");
}

#[test]
fn lead_sheets_are_gathered() {
    let Some(library) = gathered("leadsheets") else { return };
    let share = |archive: &str| {
        let files = || library.files.iter().filter(|file| file.name.starts_with(archive));
        let taken = files().filter(|file| file.skipped.is_none()).count();
        println!("{archive}: {taken} of {}", files().count());
        taken as f64 / files().count() as f64
    };
    assert!(share("jccp") >= 0.99);
    assert!(share("jazzstandards") >= 0.99);
    assert!(share("imaginary") >= 0.97);
    assert!(tunes(&library.pieces).len() >= 5_800);
}

#[test]
fn heads_in_musicxml_are_gathered_with_melody_and_chords() {
    let Some(library) = gathered("musicxml") else { return };
    let summary = Summary::new(&library);
    assert_eq!((summary.taken, summary.sheets, summary.solos, summary.solos_without_chords), (10, 10, 10, 0));
}

#[test]
fn midi_files_are_gathered() {
    let Some(library) = gathered("midi") else { return };
    assert!(library.pieces.iter().any(|piece| piece.id.starts_with("alice.mid") && piece.solo.is_some()));
}
