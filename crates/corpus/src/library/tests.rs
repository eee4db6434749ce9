use std::io::Write;

use proptest::prelude::*;
use sideman_formats::WarningKind;
use sideman_music::{
    Change, Duration, Instrument, Key, Mode, Note, NoteName, Pitch, PitchClass, Pitches, Sheet, Solo, Tempo,
    Time,
};

use super::*;
use crate::testing::{by, line, piece};
use crate::{Credits, FileError};

const LEAD: &str = "(title A Tune)\n(part (type chords))\nCM7 | Am7 | Dm7 | G7 |\n(part (type melody))\nc4 d4 e4 g4 c+4 b4 a4 g4 f4 e4 d4 c4\n";

fn source(name: &str, bytes: &[u8]) -> NamedBytes {
    NamedBytes { name: name.into(), bytes: Ok(bytes.to_vec()) }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut { header }, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gathered(sources: Vec<NamedBytes>) -> Library {
    gather(sources.into_iter(), 2, |_| {})
}

fn names(library: &Library) -> Vec<(&str, bool)> {
    library.files.iter().map(|file| (file.name.as_str(), file.skipped.is_none())).collect()
}

#[test]
fn archives_of_any_mixture_are_gathered_in_order() {
    let lead = LEAD.as_bytes();
    let inner =
        zip(&[("b.ls", lead), ("__MACOSX/._b.ls", b"x"), (".DS_Store", b"x"), ("readme.md", b"# Hello\n")]);
    let archive = gzip(&tar(&[("a.ls", lead), ("deep/inner.zip", &inner), ("c.ls.gz", &gzip(lead))]));
    let library = gathered(vec![
        source("all.tar.gz", &archive),
        NamedBytes { name: "gone.ls".into(), bytes: Err("no such file".into()) },
        source("last.ls", lead),
    ]);
    assert_eq!(
        names(&library),
        [
            ("all.tar/a.ls", true),
            ("all.tar/deep/inner.zip/b.ls", true),
            ("all.tar/deep/inner.zip/readme.md", false),
            ("all.tar/c.ls", true),
            ("gone.ls", false),
            ("last.ls", true),
        ]
    );
    assert_eq!(library.pieces.len(), 4);
    let summary = Summary::new(&library);
    let counts =
        (summary.files, summary.taken, summary.skipped, summary.sheets, summary.solos, summary.notes);
    assert_eq!(counts, (6, 4, 2, 4, 4, 48));
    assert_eq!((summary.tunes, summary.duplicates), (1, 3));
    assert!(summary.to_string().contains("gone.ls: no such file"));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let files: Vec<NamedBytes> = (0..40).map(|i| source(&format!("{i}.ls"), LEAD.as_bytes())).collect();
    let one = gather(files.clone().into_iter(), 1, |_| {});
    let mut calls = 0;
    let many = gather(files.into_iter(), 4, |progress| {
        calls += 1;
        assert!((progress.files, progress.pieces) == (calls, calls) && progress.sources >= calls);
    });
    assert_eq!((one, calls), (many, 40));
}

#[test]
fn bombs_and_damaged_archives_are_skipped() {
    let zeros = vec![0_u8; 64 << 20];
    let bomb = gzip(&zeros);
    let doubled = zip(&[("1.gz", &bomb), ("2.gz", &bomb), ("good.ls", LEAD.as_bytes())]);
    let nested = (0..6).fold(LEAD.as_bytes().to_vec(), |bytes, _| gzip(&bytes));
    let whole = zip(&[("a.ls", LEAD.as_bytes())]);
    let library = gathered(vec![
        source("bomb.gz", &bomb),
        source("bombs.zip", &doubled),
        source("nested.gz", &nested),
        source("cut.zip", &whole[..whole.len() / 2]),
        source("cut.ls.gz", &gzip(LEAD.as_bytes())[..60]),
        source("good.ls", LEAD.as_bytes()),
    ]);
    assert_eq!(
        names(&library),
        [
            ("bomb.gz", false),
            ("bombs.zip/1.gz", false),
            ("bombs.zip/2.gz", false),
            ("bombs.zip/good.ls", true),
            ("nested", false),
            ("cut.zip", false),
            ("cut.ls.gz", false),
            ("good.ls", true),
        ]
    );
}

#[test]
fn ids_are_unique_and_a_corpus_can_be_gathered_again() {
    let library = gathered(vec![source("a.ls", LEAD.as_bytes()), source("a.ls", LEAD.as_bytes())]);
    let ids: Vec<&str> = library.pieces.iter().map(|p| p.id.as_str()).collect();
    assert_eq!(ids, ["a.ls", "a.ls~2"]);
    let again = gathered(vec![source("c.sideman", &library.to_bytes())]);
    assert_eq!(again.pieces, library.pieces);
    assert_eq!(fingerprint(&again.pieces), fingerprint(&library.pieces));
}

fn chart(title: &str, bars: &str) -> Piece {
    let sheet: Sheet = bars.parse().unwrap();
    Piece {
        id: format!("{title} {bars}"),
        sheet: sheet.with_title(title),
        solo: None,
        credits: Credits::default(),
    }
}

#[test]
fn tunes_that_share_their_changes_are_told_and_not_merged() {
    let changes = "C | Am7 | Dm7 | G7 | C | Am7 | Dm7 | G7";
    let up = "Eb | Cm7 | Fm7 | Bb7 | Eb | Cm7 | Fm7 | Bb7";
    let pieces = vec![
        chart("One", changes),
        chart("Two", up),
        chart("Two", &format!("{up} | {up}")),
        chart("Two", up),
        chart("Three", "C | F7 | Bbmaj7 | G7 | C | F7 | Bbmaj7 | G7sus4"),
    ];
    let summary = Summary::new(&Library { pieces, files: Vec::new() });
    assert_eq!(summary.shared_changes, [["One", "Two"]]);
    assert_eq!((summary.tunes, summary.duplicates), (3, 2));
}

#[test]
fn two_sources_of_a_tune_are_compared() {
    let pieces = vec![
        chart("Blues", "C7 | F7 | C7 | C7 | F7 | F7 | C7 | A7"),
        chart("The Blues", "Eb7 | Ab7 | Eb7 | Ebmaj7 | Ab7 | Adim7 | Eb7 | C7"),
        chart("Blues", "C7 | F7 | C7"),
    ];
    let agreement = Summary::new(&Library { pieces, files: Vec::new() }).agreement.unwrap();
    assert_eq!((agreement.pairs, agreement.same_length), (2, 1));
    assert_eq!((agreement.roots, agreement.chords), (7.0 / 8.0, 6.0 / 8.0));
}

#[test]
fn filters_choose_pieces() {
    let pieces = vec![
        by("Charlie Parker", piece("a", "Blues for Alice", line(&[60, 62]))),
        by("Sonny Stitt", piece("b", "Blues in Be Bop", line(&[60, 62, 64]))),
        piece("c", "Au Privave", line(&[60])),
    ];
    let library = Library { pieces, files: Vec::new() };
    let ids = |filters: &[&str]| {
        let filters: Vec<Filter> = filters.iter().map(|f| f.parse().unwrap()).collect();
        library.filtered(&filters).pieces.iter().map(|p| p.id.clone()).collect::<String>()
    };
    assert_eq!(ids(&["performer=Charlie Parker"]), "a");
    assert_eq!(ids(&["performer=charlie  parker"]), "a");
    assert_eq!(ids(&["performer!=Charlie Parker"]), "bc");
    assert_eq!(ids(&["title~blues", "notes>2"]), "b");
    assert_eq!(ids(&["tempo<200"]), "");
    assert_eq!(ids(&["performer="]), "c");
    assert_eq!(ids(&[]), "abc");
    for text in ["", "performer", "colour=blue", "title<3", "tempo=fast", "tempo~2"] {
        assert!(text.parse::<Filter>().is_err(), "{text}");
    }
}

#[test]
fn the_fingerprint_sees_notes_and_not_their_order() {
    let pieces = [piece("a", "One", line(&[60, 62])), piece("b", "Two", line(&[60, 64]))];
    let [a, b] = pieces.clone();
    assert_eq!(fingerprint(&pieces), fingerprint([&b, &a]));
    assert_ne!(fingerprint(&pieces), fingerprint([&a]));
    assert_ne!(fingerprint([&a]), fingerprint(&[piece("a", "One", line(&[60, 63]))]));
}

fn duration() -> impl Strategy<Value = Duration> {
    (1..2000_i64, 1..=18_i64).prop_map(|(n, d)| Duration::quarters(n, d))
}

fn any_solo() -> impl Strategy<Value = Solo> {
    let pitches = prop::collection::vec(0..128_u8, 1..4);
    let note = (duration(), duration(), pitches, 0..128_u8, prop::option::of(duration()));
    let notes = prop::collection::vec(note, 0..12);
    (notes, -3..3_i64).prop_map(|(notes, start)| {
        let mut at = Time::ZERO + Duration::QUARTER * start;
        let mut make =
            |(gap, length, pitches, velocity, delay): (Duration, Duration, Vec<u8>, u8, Option<Duration>)| {
                let onset = at + gap;
                at = onset + length;
                let pitches = Pitches::new(pitches.into_iter().map(Pitch::midi)).unwrap();
                Note {
                    onset,
                    duration: length,
                    pitches,
                    velocity: Some(velocity).filter(|&v| v > 0),
                    delay: delay.map(|d| -d),
                }
            };
        Solo::new(Instrument::Guitar, notes.into_iter().map(&mut make).collect()).unwrap()
    })
}

fn any_piece() -> impl Strategy<Value = Piece> {
    let bars = prop::sample::select(vec![
        "C",
        "Dm7 | G7b9 Cmaj7/E | N.C.",
        "[A] F#m7b5 | % | [B] Bb7alt | E13sus4",
        "Ab69",
    ]);
    let words = prop::sample::select(vec!["", "Até Logo", "swing", "B. B."]);
    (any_solo(), bars, words.clone(), words, 0..400_u16, prop::bool::ANY).prop_map(
        |(solo, bars, a, b, bpm, whole)| {
            let sheet: Sheet = bars.parse().unwrap();
            let key = Key::new(NoteName::flat(PitchClass::new(i32::from(bpm))), Mode::Minor);
            let sheet = sheet.with_title(a).with_composer(b).with_style(a).with_key(key);
            let sheet = sheet.with_tempo((bpm > 0).then(|| Tempo::bpm(bpm)));
            let sheet = if whole { with_beside(sheet) } else { sheet };
            let (performer, feel, id) = (b.to_owned(), a.to_owned(), b.to_owned());
            let instrument = whole.then_some(Instrument::Cornet);
            let credits = Credits { id, performer, instrument, feel, choruses: vec![0, 32] };
            Piece { id: a.into(), sheet, solo: whole.then_some(solo), credits }
        },
    )
}

/// A sheet with a chord over its pickup and one that may be played in the place of its last.
fn with_beside(sheet: Sheet) -> Sheet {
    let change = |quarters| Change { at: Duration::QUARTER * quarters, chord: "Db7#11".parse().ok() };
    let mut bars = sheet.bars().to_vec();
    let last = bars.pop().unwrap().with_alternatives(vec![change(0)]);
    bars.push(last);
    sheet.with_bars(bars).unwrap().with_pickup(vec![change(-1)])
}

#[test]
fn a_corpus_of_the_version_before_is_read() {
    let library = Library { pieces: vec![piece("a", "A", line(&[60, 62]))], files: Vec::new() };
    let mut old = library.to_bytes();
    old.pop();
    old[8] = 1;
    assert_eq!(Library::from_bytes(&crate::codec::resealed(old)).unwrap(), library);
}

#[test]
fn warnings_are_counted_by_kind_and_file() {
    let unknown = b"title: A\n[A] C7zork | Dm7 | G7 | C7zork";
    let files = [
        ("a.txt", &unknown[..]),
        ("b.txt", unknown),
        ("c.abc", b"X:1\nT:B\nM:4/4\nL:1/4\nK:C\nCDEF & G4|CDEF|"),
    ];
    let library = gathered(files.map(|(name, bytes)| source(name, bytes)).to_vec());
    let tally = |kind, files, warnings| WarningTally { kind, files, warnings };
    let summary = Summary::new(&library);
    assert_eq!(summary.warning_kinds, [tally("chords", 2, 4), tally("left out", 1, 1)]);
    assert!(summary.to_string().contains("chords                     2         4\n"), "{summary}");
}

fn any_library() -> impl Strategy<Value = Library> {
    let file =
        ("[a-z]{0,6}", 0..9_usize, prop::option::of("[a-z]{1,6}"), prop::collection::vec("[a-z]{0,6}", 0..3));
    let warning = |words: String| {
        let kind = WarningKind::ALL[words.len()];
        FileWarning { kind, words }
    };
    let file = file.prop_map(move |(name, pieces, skipped, warnings)| FileRecord {
        name,
        pieces,
        skipped,
        warnings: warnings.into_iter().map(warning).collect(),
    });
    (prop::collection::vec(any_piece(), 0..5), prop::collection::vec(file, 0..5))
        .prop_map(|(pieces, files)| Library { pieces, files })
}

proptest! {
    #[test]
    fn every_library_is_read_back(library in any_library()) {
        let bytes = library.to_bytes();
        prop_assert_eq!(FileContent::of(&bytes), FileContent::Corpus);
        prop_assert_eq!(Library::from_bytes(&bytes).unwrap(), library);
    }

    #[test]
    fn damaged_archives_never_stop_the_run(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>()) {
        let inner = zip(&[("b.ls", LEAD.as_bytes())]);
        let tar = tar(&[("a.ls", LEAD.as_bytes()), ("b.zip", &inner)]);
        for archive in [gzip(&tar), tar.clone(), zip(&[("c.ls", LEAD.as_bytes()), ("d.tar", &tar)])] {
            let mut bytes = archive.clone();
            places.iter().for_each(|(place, byte)| bytes[place.index(archive.len())] = *byte);
            let cut = archive[..cut.index(archive.len())].to_vec();
            let library = gathered(vec![source("x", &bytes), source("y", &cut), source("z.ls", LEAD.as_bytes())]);
            let last = library.files.last().unwrap();
            prop_assert!(last.name == "z.ls" && last.skipped.is_none());
        }
    }

    #[test]
    fn hostile_bytes_are_refused_or_read(library in any_library(), places in prop::collection::vec((0..10_000_usize, any::<u8>()), 1..8)) {
        let mut bytes = library.to_bytes();
        let body = bytes.len() - 18;
        for (place, byte) in places {
            bytes[18 + place % body] = byte;
        }
        let sealed = crate::codec::resealed(bytes);
        let _ = Library::from_bytes(&sealed).map(|library| library.to_bytes());
    }
}

#[test]
fn a_damaged_file_says_so() {
    let bytes = Library { pieces: vec![piece("a", "One", line(&[60, 62]))], files: Vec::new() }.to_bytes();
    for end in 0..bytes.len() {
        assert!(Library::from_bytes(&bytes[..end]).is_err());
    }
    let mut flipped = bytes.clone();
    *flipped.last_mut().unwrap() ^= 0x40;
    assert_eq!(Library::from_bytes(&flipped), Err(FileError::Checksum("corpus")));
    assert_eq!(Library::from_bytes(b"MThd, and so on and so on"), Err(FileError::NotThisFile("corpus")));
}

#[test]
fn a_right_checksum_is_no_proof_of_sense() {
    let note =
        Note { velocity: Some(77), ..Note::new(Time::ZERO, Duration::quarters(3, 7), Pitch::midi(60)) };
    let solo = Solo::new(Instrument::TenorSax, vec![note]).unwrap();
    let mut piece = gathered(vec![source("a.ls", LEAD.as_bytes())]).pieces.remove(0);
    piece.solo = Some(solo);
    let bytes = Library { pieces: vec![piece], files: Vec::new() }.to_bytes();
    let at = bytes.windows(2).rposition(|pair| pair == [77, 2]).unwrap();
    for (loudness, words) in
        [(&[0xff, 1][..], "loudness"), (&[0x80, 1], "loudness"), (&[0x80, 2], "out of range")]
    {
        let absurd = [&bytes[..at], loudness, &bytes[at + 1..]].concat();
        let said = Library::from_bytes(&crate::codec::resealed(absurd)).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn texts_that_recur_without_end_are_refused() {
    let piece = gathered(vec![source("a.ls", LEAD.as_bytes())]).pieces.remove(0);
    let sheet = piece.sheet.clone().with_composer(&"x".repeat(1 << 20));
    let pieces = |count| vec![Piece { sheet: sheet.clone(), ..piece.clone() }; count];
    let read = |count| Library::from_bytes(&Library { pieces: pieces(count), files: Vec::new() }.to_bytes());
    assert!(read(2).is_ok());
    assert!(read(40).unwrap_err().to_string().contains("recur"));
}

#[test]
fn what_archives_unpack_to_is_bounded_over_all_that_lie_in_them() {
    let empty: Vec<(String, &[u8])> = (0..600).map(|i| (format!("{i}.ls"), &b""[..])).collect();
    let empty: Vec<(&str, &[u8])> = empty.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let inner = zip(&empty);
    let many: Vec<(String, &[u8])> = (0..200).map(|i| (format!("{i}.zip"), &inner[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let library = gathered(vec![source("nest.zip", &zip(&many))]);
    assert!(library.files.len() <= 100_001 + 200, "{}", library.files.len());
    let refused = library.files.iter().filter_map(|file| file.skipped.as_deref());
    assert!(refused.into_iter().any(|why| why.contains("far more than archives of music")));
}
