//! The published database, where it lies beside the project.
#![cfg(all(test, feature = "database"))]

use std::collections::BTreeMap;
use std::io::Read;

use sideman_formats::wjazzd;
use sideman_music::Duration;

fn database() -> Option<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/wjazzd/wjazzd.db.gz");
    let file = std::fs::File::open(path).ok()?;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[test]
fn no_note_is_lost_and_each_is_in_its_place() {
    let Some(bytes) = database() else { return println!("skipped: no wjazzd.db.gz") };
    let tunes = wjazzd::read(&bytes).unwrap();
    let solos: BTreeMap<&str, _> = tunes.iter().map(|t| (t.credits.id.as_str(), t)).collect();
    let notes: usize = tunes.iter().map(|t| t.solo.as_ref().unwrap().notes().len()).sum();
    assert_eq!((tunes.len(), solos.len(), notes), (393, 393, 174_555));

    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.deserialize_read_exact("main", &bytes[..], bytes.len(), true).unwrap();
    let sql = "SELECT melid, bar, beat, tatum, division, pitch FROM melody ORDER BY melid, eventid";
    let mut query = connection.prepare(sql).unwrap();
    let mut rows = query.query([]).unwrap();
    let mut next: BTreeMap<String, (usize, i64)> = BTreeMap::new();
    while let Some(row) = rows.next().unwrap() {
        let number = |i| row.get::<_, i64>(i).unwrap();
        let id = format!("wjazzd:{}", number(0));
        let tune = solos[id.as_str()];
        let (index, offset) = next.entry(id).or_insert((0, i64::MIN));
        let note = tune.solo.as_ref().unwrap().notes()[*index];
        let (bar, place) = tune.sheet.place(note.onset);
        if *index == 0 {
            *offset = number(1) - bar;
        }
        *index += 1;
        let beat = tune.sheet.meter_at(note.onset).beat();
        assert_eq!(bar + *offset, number(1), "{:?}", tune.credits);
        assert_eq!(place, beat * (number(2) - 1) + beat * (number(3) - 1) / number(4));
        assert_eq!(f64::from(note.pitch().number()), row.get::<_, f64>(5).unwrap());
    }
    drop(rows);
    let odd: Vec<_> =
        tunes.iter().flat_map(|t| &t.warnings).filter(|w| !w.words.contains("no chords")).collect();
    assert!(odd.is_empty(), "{odd:?}");
    assert_eq!(tunes.iter().filter(|t| t.warnings.iter().any(|w| w.words.contains("no chords"))).count(), 11);
    let late = |t: &sideman_formats::Tune| {
        t.solo.as_ref().unwrap().notes().iter().all(|n| n.delay.is_some_and(|d| d.abs() < Duration::QUARTER))
    };
    println!("delays within a quarter note: {} of 393 solos", tunes.iter().filter(|t| late(t)).count());
    let early: Vec<_> = tunes
        .iter()
        .filter(|t| t.solo.as_ref().unwrap().notes()[0].onset.since_start() < Duration::ZERO)
        .collect();
    println!("solos with notes before the sheet: {}", early.len());
}
