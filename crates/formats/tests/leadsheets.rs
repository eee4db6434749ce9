//! The lead sheet collections, where they lie beside the project.
#![cfg(test)]

use std::collections::BTreeMap;
use std::io::Read;

use sideman_formats::chart::{self, Format};
use sideman_formats::notation::PartKey;
use sideman_formats::{Error, Tune, Warning, improvisor, jazzstandards, jccp};

/// The files of an archive; `None`, with a word, where there is none.
fn files(name: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let path = format!("{}/../../../shared/data/leadsheets/{name}.tar.gz", env!("CARGO_MANIFEST_DIR"));
    let Ok(file) = std::fs::File::open(path) else {
        println!("skipped: no {name}.tar.gz");
        return None;
    };
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut files = BTreeMap::new();
    for mut entry in
        archive.entries().unwrap().map(Result::unwrap).filter(|e| e.header().entry_type().is_file())
    {
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.insert(entry.path().unwrap().display().to_string(), bytes);
    }
    Some(files)
}

/// Reads every file; prints the failures and how many sheets were read in another way than written; checks the share taken.
fn import(name: &str, least: f64, read: fn(&[u8]) -> Result<Vec<Tune>, Error>) {
    let Some(files) = files(name) else { return };
    let (mut taken, mut warned, mut uncounted) = (0, 0, 0);
    for (path, bytes) in &files {
        match read(bytes) {
            Ok(tunes) => {
                taken += 1;
                let warnings: Vec<&Warning> = tunes.iter().flat_map(|t| &t.warnings).collect();
                warned += usize::from(!warnings.is_empty());
                uncounted += warnings.iter().filter(|w| w.words.starts_with("the source says")).count();
                warnings.iter().for_each(|w| println!("{path}: {w}"));
            }
            Err(error) => println!("FAILED {path}: {error}"),
        }
    }
    println!(
        "{name}: {taken} of {} taken, {warned} with warnings, {uncounted} with another number of bars",
        files.len()
    );
    assert!(taken as f64 >= least * files.len() as f64, "{taken} of {}", files.len());
}

#[test]
fn jccp_is_imported() {
    import("jccp", 0.99, jccp::read);
}

#[test]
fn jazzstandards_are_imported() {
    import("jazzstandards", 0.99, jazzstandards::read);
}

#[test]
fn lead_sheets_of_improvisor_are_imported() {
    import("imaginary_book_ls", 0.97, improvisor::read);
}

/// Every tenth sheet of a collection through every format: chords, bars and names come back, or the writer says what not.
fn there_and_back(name: &str) {
    let Some(files) = files(name) else { return };
    let mut kept = BTreeMap::from([("text", 0), ("musicxml", 0), ("ireal", 0), ("midi", 0)]);
    let mut sheets = 0;
    for (path, bytes) in files.iter().step_by(10) {
        let Ok(tunes) = sideman_formats::read(bytes, path) else { continue };
        let sheet = &tunes[0].sheet;
        sheets += 1;
        for (format, name) in [
            (Format::Text, "text"),
            (Format::MusicXml, "musicxml"),
            (Format::Ireal, "ireal"),
            (Format::Midi, "midi"),
        ] {
            let written = chart::write(sheet, format);
            let read = sideman_formats::read(&written.value, "")
                .unwrap_or_else(|error| panic!("{path} as {name}: {error}"));
            assert_eq!(read[0].sheet.bars().len(), sheet.bars().len(), "{path} as {name}");
            if written.warnings.is_empty() && format != Format::Ireal {
                assert_eq!(&read[0].sheet, sheet, "{path} as {name}");
            }
            if read[0].sheet.chords() == sheet.chords() {
                *kept.get_mut(name).unwrap() += 1;
            } else {
                assert!(!written.warnings.is_empty(), "{path} as {name}");
            }
        }
    }
    println!("{name}: of {sheets} sheets the chords come back: {kept:?}");
}

#[test]
fn sheets_go_there_and_back() {
    ["jccp", "jazzstandards", "imaginary_book_ls"].into_iter().for_each(there_and_back);
}

/// The tonic and every other degree of the scale is called in each part what its signature calls it, and no chord
/// needs a double accidental.
#[test]
fn parts_of_real_charts_are_named_after_their_keys() {
    for (path, bytes) in ["jccp", "imaginary_book_ls"].into_iter().filter_map(files).flatten() {
        let Ok(tunes) = sideman_formats::read(&bytes, &path) else { continue };
        let sheet = &tunes[0].sheet;
        assert_eq!(&sheet.transposed(PartKey::C.semitones()), sheet, "{path}");
        for part in [PartKey::Bb, PartKey::Eb, PartKey::F] {
            let written = sheet.transposed(part.semitones());
            let Some(key) = written.key() else { continue };
            for chord in written.chords().iter().filter_map(|(_, chord)| *chord) {
                for name in [Some(chord.root), chord.bass].into_iter().flatten() {
                    let own = key.own_name(name.class()).unwrap_or(name);
                    assert_eq!(name, own, "{path}: {chord} in {key}");
                    assert!(name.alter().abs() <= 1, "{path}: {chord} in {key}");
                }
            }
        }
    }
}

/// The lead sheets and the text charts hold many tunes under the same name: both readers find as many bars.
#[test]
fn two_sources_of_one_tune_agree_on_its_length() {
    let (Some(text), Some(sheets)) = (files("jccp"), files("imaginary_book_ls")) else { return };
    let bars = |read: fn(&[u8]) -> Result<Vec<Tune>, Error>, bytes: &[u8]| {
        read(bytes).ok().map(|t| t[0].sheet.bars().len())
    };
    let (mut both, mut same) = (0, 0);
    for (path, bytes) in &text {
        let other = path.replace("jccp/", "imaginary_book_ls/").replace(".txt", ".ls");
        let Some(other) = sheets.get(&other).and_then(|bytes| bars(improvisor::read, bytes)) else {
            continue;
        };
        both += 1;
        let here = bars(jccp::read, bytes);
        same += usize::from(here == Some(other));
        if here != Some(other) {
            println!("{path}: {here:?} bars here, {other} there");
        }
    }
    println!("{same} of {both} tunes have as many bars in both");
    assert!(both > 1000 && same * 100 >= both * 95, "{same} of {both}");
}
