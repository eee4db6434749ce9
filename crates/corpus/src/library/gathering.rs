//! Gathering: from files of any kind to a corpus.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, mpsc};

use super::archive::{Unpacked, unpack};
use super::content::FileContent;
use super::{FileRecord, FileWarning, Library};
use crate::{Piece, import};

/// A file as the caller hands it over: its name, and its bytes or why they could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedBytes {
    /// What reports and ids call it: a path, say.
    pub name: String,
    /// What is in it.
    pub bytes: Result<Vec<u8>, String>,
}

/// How far the gathering is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatherProgress<'a> {
    /// Sources begun, each of which may hold many files.
    pub sources: usize,
    /// Files dealt with.
    pub files: usize,
    /// Pieces taken.
    pub pieces: usize,
    /// The file just dealt with.
    pub file: &'a FileRecord,
}

/// Gathers all music from files and archives of any mixture, on so many threads (0: as many as there are
/// cores). The result depends on the sources and their order alone. A file that cannot be read is skipped
/// with its reason; duplicates are kept; of two pieces with one id the later gets a number behind it.
pub fn gather(
    sources: impl Iterator<Item = NamedBytes> + Send,
    threads: usize,
    mut progress: impl FnMut(GatherProgress<'_>),
) -> Library {
    let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = if threads == 0 { cores() } else { threads };
    let queue = Mutex::new(Queue { sources, begun: 0, waiting: VecDeque::new(), handed_out: 0 });
    let mut done: Vec<Option<(FileRecord, Vec<Piece>)>> = Vec::new();
    let (mut sources, mut files, mut pieces) = (0, 0, 0);
    let take = |(place, begun, file, taken): Outcome| {
        (sources, files, pieces) = (begun.max(sources), files + 1, pieces + taken.len());
        progress(GatherProgress { sources, files, pieces, file: &file });
        done.resize_with(done.len().max(place + 1), || None);
        done[place] = Some((file, taken));
    };
    if threads == 1 {
        outcomes(&queue).for_each(take);
    } else {
        side_by_side(&queue, threads, take);
    }
    let mut library = Library::default();
    for (file, pieces) in done.into_iter().flatten() {
        library.files.push(file);
        library.pieces.extend(pieces);
    }
    make_ids_unique(&mut library.pieces, &mut MetIds::new());
    library
}

/// The files yet to be read; archives are unpacked one at a time, when their turn comes.
struct Queue<I> {
    sources: I,
    begun: usize,
    waiting: VecDeque<Unpacked>,
    handed_out: usize,
}

impl<I: Iterator<Item = NamedBytes>> Queue<I> {
    /// The next file, with its place in the order and the number of sources begun.
    fn next(&mut self) -> Option<(usize, usize, Unpacked)> {
        while self.waiting.is_empty() {
            let NamedBytes { name, bytes } = self.sources.next()?;
            self.begun += 1;
            let unpacked = bytes.and_then(|bytes| guarded(|| Ok(unpack(name.clone(), bytes))));
            self.waiting.extend(unpacked.unwrap_or_else(|why| vec![(name, Err(why))]));
        }
        self.handed_out += 1;
        Some((self.handed_out - 1, self.begun, self.waiting.pop_front()?))
    }
}

type Outcome = (usize, usize, FileRecord, Vec<Piece>);

/// What becomes of each file that is still in the queue when its turn comes.
fn outcomes<I: Iterator<Item = NamedBytes>>(queue: &Mutex<Queue<I>>) -> impl Iterator<Item = Outcome> {
    std::iter::from_fn(|| {
        let (place, begun, (name, bytes)) = queue.lock().unwrap_or_else(PoisonError::into_inner).next()?;
        let read = bytes.and_then(|bytes| guarded(|| read(&name, &bytes)));
        let (skipped, (pieces, warnings)) = match read {
            Ok(read) => (None, read),
            Err(why) => (Some(why), Default::default()),
        };
        Some((place, begun, FileRecord { name, pieces: pieces.len(), skipped, warnings }, pieces))
    })
}

fn side_by_side<I: Iterator<Item = NamedBytes> + Send>(
    queue: &Mutex<Queue<I>>,
    threads: usize,
    take: impl FnMut(Outcome),
) {
    let (results, arriving) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let results = results.clone();
            scope.spawn(move || outcomes(queue).all(|outcome| results.send(outcome).is_ok()));
        }
        drop(results);
        arriving.into_iter().for_each(take);
    });
}

/// What a step gives, also where it panics, so that no file ever stops the run.
fn guarded<T>(step: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let broken = |_| Err("the reader broke down on it; please report this file".to_owned());
    catch_unwind(AssertUnwindSafe(step)).unwrap_or_else(broken)
}

/// The pieces in a file and the warnings of its reader, or why there are none.
fn read(name: &str, bytes: &[u8]) -> Result<(Vec<Piece>, Vec<FileWarning>), String> {
    match FileContent::of(bytes) {
        FileContent::Corpus => {
            let library = Library::from_bytes(bytes).map_err(|error| error.to_string())?;
            return Ok((library.pieces, Vec::new()));
        }
        FileContent::Midi => match import::midi(bytes, name, &import::ImportOptions::default()) {
            Ok(import) => {
                let notes = import.report.notes.iter().map(FileWarning::from).collect();
                return Ok((import.pieces, notes));
            }
            Err(error) if sideman_formats::read(bytes, name).is_err() => return Err(error.to_string()),
            Err(_) => {}
        },
        FileContent::Archive | FileContent::Checkpoint | FileContent::Tunes => {}
    }
    let tunes = sideman_formats::read(bytes, name).map_err(|error| error.to_string())?;
    let (many, mut warnings) = (tunes.len() > 1, Vec::new());
    let piece = |(i, mut tune): (usize, sideman_formats::Tune)| {
        let place = if many { format!("{name}#{}", i + 1) } else { name.to_owned() };
        let of = if many { format!("{}: ", tune.sheet.title()) } else { String::new() };
        let words = |warning: &sideman_formats::Warning| format!("{of}{warning}");
        let told = std::mem::take(&mut tune.warnings);
        warnings.extend(told.iter().map(|told| FileWarning { kind: told.kind, words: words(told) }));
        Piece::new(tune, &place)
    };
    let pieces = tunes.into_iter().enumerate().map(piece).collect();
    Ok((pieces, warnings))
}

/// Ids that have been met, each with the number that was put behind it last.
pub(super) type MetIds = BTreeMap<String, usize>;

/// Puts a number behind ids that have been met.
pub(super) fn make_ids_unique(pieces: &mut [Piece], met: &mut MetIds) {
    for piece in pieces {
        let id = piece.id.clone();
        while let Some(times) = met.get(&piece.id).map(|_| met[&id] + 1) {
            met.insert(id.clone(), times);
            piece.id = format!("{id}~{times}");
        }
        met.insert(piece.id.clone(), 1);
    }
}
