//! The lead sheet collections, where they lie beside the project.
#![cfg(test)]

use std::collections::BTreeMap;
use std::io::Read;

use sideman_formats::{Error, Tune, improvisor, jazzstandards, jccp};

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
                let warnings: Vec<&String> = tunes.iter().flat_map(|t| &t.warnings).collect();
                warned += usize::from(!warnings.is_empty());
                uncounted += warnings.iter().filter(|w| w.starts_with("the source says")).count();
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
