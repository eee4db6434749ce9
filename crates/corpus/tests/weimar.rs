//! The figures of the Weimar Jazz Database, where it lies beside the checkout.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests say what they found and skipped")]

use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use sideman_corpus::measure::{Measure, MeasureReport, SoloMeasures};
use sideman_corpus::originality::{COVERAGES, Humans, Index};
use sideman_corpus::role::{Role, roles, shares};
use sideman_corpus::{Catalogue, Piece, Side, Split};

static PIECES: LazyLock<Vec<Piece>> = LazyLock::new(|| {
    let Some(packed) = read("wjazzd.db.gz") else { return Vec::new() };
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).unwrap();
    let tunes = sideman_formats::wjazzd::read(&bytes).unwrap();
    tunes.into_iter().map(|tune| Piece::new(tune, "wjazzd.db")).collect()
});

fn read(name: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/wjazzd").join(name);
    std::fs::read(path).inspect_err(|_| println!("skipped: there is no {name}")).ok()
}

fn close(what: &str, got: f64, known: f64) {
    println!("{what}: {got:.4}, known {known}");
    assert!((got / known - 1.0).abs() < 0.03, "{what}: {got}, known {known}");
}

#[test]
fn the_measures_are_those_that_are_known() {
    if PIECES.is_empty() {
        return;
    }
    let solos = PIECES.iter().filter_map(|p| Some(SoloMeasures::new(&p.sheet, p.solo.as_ref()?)));
    let solos: Vec<SoloMeasures> = solos.collect();
    assert_eq!(solos.len(), 393);
    let report = MeasureReport::new(&solos, &solos);
    println!("{report}");
    let known = [
        (Measure::H1, 1.928),
        (Measure::H4, 2.876),
        (Measure::GroovingSimilarity, 0.86),
        (Measure::ChordTones, 0.492),
        (Measure::ScaleTonesAsNamed, 0.722),
    ];
    for (measure, value) in known {
        let row = report.rows.iter().find(|row| row.measure == measure).unwrap();
        close(row.name, row.mean, value);
    }
}

#[test]
fn the_given_split_holds_and_does_not_leak() {
    if PIECES.is_empty() {
        return;
    }
    let list = String::from_utf8(read("split.json").unwrap()).unwrap();
    let split = Split::listed(&Catalogue::of(&*PIECES), &list).unwrap();
    assert_eq!(split.pieces(&PIECES, Side::Train).count(), 354);
    assert_eq!(split.pieces(&PIECES, Side::Validation).count(), 39);
}

#[test]
fn humans_borrow_as_much_as_is_known() {
    if PIECES.is_empty() {
        return;
    }
    let start = std::time::Instant::now();
    let index = Index::new(&PIECES);
    println!("indexed {} notes in {:?}", index.notes(), start.elapsed());
    let start = std::time::Instant::now();
    let all = index.borrowings_of_humans();
    println!("{} queries in {:?}", all.len(), start.elapsed());
    println!("{} bytes", index.to_bytes().len());
    let humans = Humans::new(&all);
    let mean = |i: usize| all.iter().map(|b| b.covered[i]).sum::<f64>() / all.len() as f64;
    for (i, (kind, n)) in COVERAGES.into_iter().enumerate() {
        println!("{n} {kind:?}: mean {:.4}, 95th percentile {:.4}", mean(i), humans.covered(i, 95));
    }
    println!("longest: median {}, 95th percentile {}", humans.longest(50), humans.longest(95));
    close("8 intervals", mean(1), 0.26);
    close("10 intervals", mean(2), 0.083);
    close("12 intervals", mean(3), 0.025);
    assert_eq!((humans.longest(50), humans.longest(95).round()), (10.0, 15.0));
    assert!(index.to_bytes().len() < 4_000_000);
}

#[test]
fn the_roles_of_real_notes() {
    if PIECES.is_empty() {
        return;
    }
    let solos = PIECES.iter().filter_map(|p| Some(roles(&p.sheet, p.solo.as_ref()?)));
    let found = shares(&solos.flatten().collect::<Vec<_>>()).unwrap();
    for (role, share) in Role::ALL.into_iter().zip(found) {
        println!("{role:14} {:5.1} %", 100.0 * share);
    }
    close("chord tones", found[Role::ChordTone as usize], 0.49);
    assert!(found.iter().all(|&share| share > 0.02), "every role occurs: {found:?}");
    assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-9);
}
