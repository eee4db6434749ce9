use super::*;
use proptest::prelude::*;
use rusqlite::Connection;
use sideman_music::{Meter, Tempo, Time};

/// A database of one solo: a pickup, 4/4 then 3/4, a quintuplet, one loudness missing.
fn tiny() -> Vec<u8> {
    let mut connection = Connection::open_in_memory().unwrap();
    let sql = "
        CREATE TABLE solo_info(melid INTEGER PRIMARY KEY, performer TEXT, title TEXT, instrument TEXT, style TEXT,
            avgtempo REAL, rhythmfeel TEXT, key TEXT);
        CREATE TABLE beats(melid INTEGER, onset REAL, bar INTEGER, beat INTEGER, signature TEXT, chord TEXT,
            form TEXT, chorus_id INTEGER);
        CREATE TABLE melody(eventid INTEGER PRIMARY KEY, melid INTEGER, onset REAL, pitch REAL, duration REAL,
            bar INTEGER, beat INTEGER, tatum INTEGER, division INTEGER, loud_med REAL);
        INSERT INTO solo_info VALUES (7, 'A. Nobody', 'Tiny', 'ts', 'COOL', 120.0, 'SWING', 'D-dor');
        INSERT INTO beats VALUES (7, 0.5, 0, 4, '4/4', 'NC', 'I1', 0), (7, 1.0, 1, 1, '', 'D-7', 'A1', 1),
            (7, 1.5, 1, 2, '', '', '', 1), (7, 2.0, 1, 3, '', 'G79b', '', 1), (7, 2.5, 1, 4, '', '', '', 1),
            (7, 3.0, 2, 1, '3/4', '', 'B1', 2), (7, 3.5, 2, 2, '', '', '', 2), (7, 4.0, 2, 3, '', '', '', 2);
        INSERT INTO melody VALUES (1, 7, 0.75, 62, 0.2, 0, 4, 2, 2, 60.0), (2, 7, 1.05, 65, 0.9, 1, 1, 1, 1, 62.0),
            (3, 7, 1.8, 69, 0.1, 1, 2, 4, 5, NULL), (4, 7, 3.5, 72, 0.25, 2, 2, 1, 1, 66.0);";
    connection.execute_batch(sql).unwrap();
    connection.serialize("main").unwrap().to_vec()
}

fn quarters(n: i64, d: i64) -> Duration {
    Duration::quarters(n, d)
}

#[test]
fn every_note_keeps_its_place() {
    let tunes = read(&tiny()).unwrap();
    let [tune] = &tunes[..] else { panic!("one solo") };
    let notes = tune.solo.as_ref().unwrap().notes();
    let places: Vec<Duration> = notes.iter().map(|n| n.onset.since_start()).collect();
    assert_eq!(places, [quarters(-1, 2), Duration::ZERO, quarters(8, 5), quarters(5, 1)]);
    let lengths: Vec<Duration> = notes.iter().map(|n| n.duration).collect();
    // 0.2 s of 0.5 s a beat is 19/48; 0.9 s would reach into the third note; 0.1 s is 10/48.
    assert_eq!(lengths, [quarters(19, 48), quarters(8, 5), quarters(10, 48), quarters(1, 2)]);
    let delays: Vec<Duration> = notes.iter().map(|n| n.delay.unwrap()).collect();
    assert_eq!(delays, [Duration::ZERO, quarters(1, 10), Duration::ZERO, Duration::ZERO]);
    // 80 · 10^(−2/40) = 71.3, 80 · 10^(4/40) = 100.7
    let velocities: Vec<Option<u8>> = notes.iter().map(|n| n.velocity).collect();
    assert_eq!(velocities, [Some(71), Some(80), None, Some(101)]);
}

#[test]
fn the_sheet_begins_with_bar_one() {
    let tune = read(&tiny()).unwrap().remove(0);
    let chords: Vec<String> = tune.sheet.chords().iter().map(|c| c.1.unwrap().to_string()).collect();
    assert_eq!(chords, ["Dm7", "G7b9"]);
    assert_eq!(tune.sheet.sections(), [("A1", 0..1), ("B1", 1..2)]);
    assert_eq!(tune.sheet.bars()[1].meter(), Meter::WALTZ);
    assert_eq!(tune.sheet.end(), Time::after_start(quarters(7, 1)));
    assert_eq!((tune.sheet.title(), tune.sheet.style()), ("Tiny", "cool"));
    assert_eq!(tune.sheet.key().unwrap().to_string(), "D minor");
    assert_eq!(tune.sheet.tempo(), Some(Tempo::bpm(120)));
    let Credits { id, performer, instrument, feel, choruses } = tune.credits;
    assert_eq!((id.as_str(), performer.as_str(), feel.as_str()), ("wjazzd:7", "A. Nobody", "swing"));
    assert_eq!((instrument, choruses), (Some(Instrument::TenorSax), vec![0, 1]));
}

#[test]
fn other_files_are_told_apart() {
    let name = "this is not a SQLite database with the tables solo_info, beats and melody";
    assert_eq!(read(b"MThd").unwrap_err().to_string(), name);
    let mut other = Connection::open_in_memory().unwrap();
    other
        .execute_batch("CREATE TABLE melody(x); CREATE VIEW beats AS SELECT 1; CREATE TABLE solo_info(melid)")
        .unwrap();
    assert_eq!(read(&other.serialize("main").unwrap()).unwrap_err().to_string(), name);
}

#[test]
fn a_damaged_file_says_where() {
    let bytes = tiny();
    assert!(matches!(read(&bytes[..bytes.len() / 2]), Err(Error::Malformed { .. })));
    let text = bytes.windows(4).position(|w| w == b"D-7A").unwrap();
    let mut damaged = bytes.clone();
    damaged[text] = b'H';
    let tune = read(&damaged).unwrap().remove(0);
    assert!(
        tune.warnings[0].to_string().starts_with("bar 1, beat 1: chord \"H-7\" is not known"),
        "{:?}",
        tune.warnings
    );
}

#[test]
fn bars_far_apart_are_refused() {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.deserialize_read_exact("main", &tiny()[..], tiny().len(), false).unwrap();
    connection.execute_batch("UPDATE melody SET bar = -9223372036854775808 WHERE eventid = 1").unwrap();
    let error = read(&connection.serialize("main").unwrap()).unwrap_err().to_string();
    assert!(error.starts_with("solo 7: bars from -9223372036854775808 to 2"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn any_damage_is_read_or_refused(changes in proptest::collection::vec((0usize..20_000, any::<u8>()), 1..20)) {
        let mut bytes = tiny();
        let length = bytes.len();
        changes.into_iter().for_each(|(at, byte)| bytes[at % length] = byte);
        let _ = read(&bytes);
    }
}

/// What is said of the small database after a change.
fn refused_after(sql: &str) -> String {
    let mut connection = Connection::open_in_memory().unwrap();
    connection.deserialize_read_exact("main", &tiny()[..], tiny().len(), false).unwrap();
    connection.execute_batch(sql).unwrap();
    read(&connection.serialize("main").unwrap()).unwrap_err().to_string()
}

#[test]
fn columns_that_are_computed_are_refused() {
    let said = refused_after("ALTER TABLE melody ADD COLUMN x AS (instr(hex(zeroblob(1000)), 'x'))");
    assert!(said.contains("columns that are computed"), "{said}");
}

#[test]
fn a_value_longer_than_any_name_is_refused() {
    let said = refused_after("UPDATE solo_info SET title = hex(zeroblob(100000))");
    assert!(said.contains("too big"), "{said}");
}
