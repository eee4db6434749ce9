//! Corpora: gathered, imported, looked into, written out.

use sideman_corpus::Piece;
use sideman_corpus::import::{self, ImportOptions, ImportReport};
use sideman_corpus::library::{self, FileRecord, FileWarning, Library, NamedBytes, Summary};
use sideman_corpus::measure::MeasureReport;
use sideman_formats::{chart, midi};
use sideman_improv::built_in;
use sideman_music::Track;

use crate::{Watch, WorkEvent, judge};

/// The corpus that comes with the program.
pub fn built_in() -> Library {
    Library { pieces: built_in::corpus(), files: Vec::new() }
}

/// Gathers all music from files and archives of any mixture, which are handed over one by one. A file that cannot be
/// read is skipped with its reason, which the corpus holds.
pub fn gather(files: impl Iterator<Item = NamedBytes> + Send, watch: Watch<'_>) -> Library {
    library::gather(files, 0, |at| {
        let _ = watch(WorkEvent::Reading(at));
    })
}

/// Adds melody and chords of a MIDI file to a corpus, and says what was taken and why; a file with none is skipped
/// with its reason, which the corpus holds.
///
/// # Errors
/// When nothing could be taken.
pub fn import(
    library: &mut Library,
    bytes: &[u8],
    name: &str,
    options: &ImportOptions,
) -> Result<ImportReport, import::Error> {
    let file = |pieces, skipped, warnings| FileRecord { name: name.to_owned(), pieces, skipped, warnings };
    match import::midi(bytes, name, options) {
        Ok(import) => {
            library.files.push(file(
                import.pieces.len(),
                None,
                import.report.notes.iter().map(FileWarning::from).collect(),
            ));
            library.pieces.extend(import.pieces);
            Ok(import.report)
        }
        Err(error) => {
            library.files.push(file(0, Some(error.to_string()), Vec::new()));
            Err(error)
        }
    }
}

/// What is in a corpus, and how its solos measure, in words.
pub fn report(library: &Library) -> String {
    let lines = built_in::CorpusReport::new(&library.pieces);
    let measures = MeasureReport::new(&judge::measured(&library.pieces), &[]);
    format!("{}\n{lines}\n{measures}", Summary::new(library))
}

/// A piece as a MIDI file: its line as it is written, its chords as symbols and as sound.
pub fn midi(piece: &Piece) -> Vec<u8> {
    let mut performance = chart::performance(&piece.sheet).value;
    performance.tracks.splice(0..0, piece.solo.as_ref().map(Track::as_written));
    midi::write(&performance)
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;

    #[test]
    fn what_is_written_out_is_gathered_again() {
        let library = built_in();
        let piece = &library.pieces[0];
        let file = |name: &str, bytes| NamedBytes { name: name.into(), bytes: Ok(bytes) };
        let files = [file("a.mid", midi(piece)), file("b.txt", b"no music".to_vec())];
        let mut seen = 0;
        let gathered = gather(files.into_iter(), &mut |_| {
            seen += 1;
            ControlFlow::Continue(())
        });
        assert_eq!((seen, gathered.pieces.len(), gathered.files[1].skipped.is_some()), (2, 1, true));
        assert!(report(&gathered).contains("chord tones"));
    }

    #[test]
    fn an_import_leaves_a_record_of_each_file() {
        let (mut library, options) = (Library::default(), ImportOptions::default());
        assert!(import(&mut library, &midi(&built_in().pieces[0]), "a.mid", &options).is_ok());
        assert!(import(&mut library, b"MThd", "b.mid", &options).is_err());
        let taken: Vec<_> = library.files.iter().map(|file| (file.pieces, file.skipped.is_some())).collect();
        assert_eq!(taken, [(1, false), (0, true)]);
    }
}
