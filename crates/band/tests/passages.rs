//! Intro, turns with the drummer, ending: who plays where.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use sideman_band::{BandOptions, Style, arrange, perform};
use sideman_music::{Duration, Instrument, Note, Pitch, Player, Score, Sheet, Solo, Time};

const BLUES: &str = "key: F\nF7 | Bb7 | F7 | Cm7 F7 | Bb7 | % | F7 | D7 | Gm7 | C7 | F7 D7 | Gm7 C7";

fn blues() -> Sheet {
    BLUES.parse().unwrap()
}

/// Quarter notes over some choruses, up to so many before the end.
fn quarters(sheet: &Sheet, choruses: i64, silent: i64) -> Solo {
    let count = (sheet.end() - Time::ZERO).in_units_of(Duration::QUARTER) * choruses - silent;
    let note =
        |i: i64| Note::new(Time::after_start(Duration::QUARTER * i), Duration::QUARTER, Pitch::midi(60));
    Solo::new(Instrument::TenorSax, (0..count).map(note).collect()).unwrap()
}

/// The bars in which each part begins notes: soloist, chords, bass, drums.
fn bars(score: &Score) -> Vec<Vec<i64>> {
    let of = |notes: &[Note]| {
        let mut bars: Vec<i64> = notes.iter().map(|note| score.sheet.place(note.onset).0).collect();
        bars.dedup();
        bars
    };
    score.parts.iter().map(|part| of(&part.notes)).collect()
}

#[test]
fn an_intro_leads_to_the_first_chorus_over_a_pedal_point() {
    let (sheet, solo) = (blues(), quarters(&blues(), 1, 0));
    for seed in 0..10 {
        let with = BandOptions { intro: true, ..BandOptions::default() };
        let score = arrange(&sheet, &solo, &with, seed);
        assert_eq!(score.marks[0], (Time::ZERO, "Intro".to_string()));
        assert_eq!(score.marks[1], (Time::after_start(Duration::QUARTER * 16), "Chorus 1".to_string()));
        assert_eq!(score.sheet.chord_at(Time::ZERO), sheet.chord_at(sheet.bar_start(8)));
        assert_eq!(bars(&score)[0], (4..16).collect::<Vec<_>>());
        let bass = &score.part(Player::Instrument(Instrument::Bass)).unwrap().notes;
        let pedal: Vec<u8> = bass
            .iter()
            .take_while(|n| score.sheet.place(n.onset).0 < 4)
            .map(|n| n.pitch().number() % 12)
            .collect();
        assert!(pedal.len() >= 4 && pedal.iter().all(|&class| class == 0), "{pedal:?}: C under a blues in F");
        let plain = arrange(&sheet, &solo, &BandOptions::default(), seed);
        let later = |notes: &[Note], by: i64| -> Vec<_> {
            notes.iter().map(|note| (note.onset + Duration::QUARTER * by, note.pitches)).collect()
        };
        assert_eq!(later(&score.parts[0].notes, 0), later(&plain.parts[0].notes, 16));
    }
}

#[test]
fn the_drummer_is_alone_in_its_turns() {
    let (sheet, solo) = (blues(), quarters(&blues(), 2, 0));
    for style in Style::all() {
        let options =
            BandOptions { trade: Some(4), ending: false, style: Some(style), ..BandOptions::default() };
        let score = arrange(&sheet, &solo, &options, 3);
        let [_, chords, bass, drums] = <[Vec<i64>; 4]>::try_from(bars(&score)).unwrap();
        for bar in 0..24 {
            let alone = bar / 4 % 2 == 1;
            assert_eq!(bass.contains(&bar), !alone, "{} bar {bar}", score.sheet.style());
            assert!(!alone || !chords.contains(&bar));
            assert!(drums.contains(&bar));
        }
        let strokes = |turn: i64| {
            let notes = score.part(Player::Drums).unwrap().notes.iter();
            let own = notes.filter(|n| !matches!(n.pitch().number(), 40 | 42 | 44 | 51 | 53));
            own.filter(|note| score.sheet.place(note.onset).0 / 4 == turn).count()
        };
        assert!(strokes(1) > strokes(0), "{}: {} and {}", score.sheet.style(), strokes(1), strokes(0));
    }
}

#[test]
fn the_soloist_rings_over_the_last_chord() {
    let (sheet, options) = (blues(), BandOptions::default());
    // The line repeats the fifth of the last chord, F7, or what would rub against its third.
    for (pitch, silent, added) in [(60, 0, 0), (60, 7, 0), (60, 8, 1), (60, 40, 1), (62, 0, 0), (58, 0, 1)] {
        let line = quarters(&sheet, 2, silent);
        let moved = line.notes().iter().map(|note| Note { pitches: Pitch::midi(pitch).into(), ..*note });
        let solo = Solo::new(Instrument::TenorSax, moved.collect()).unwrap();
        let score = arrange(&sheet, &solo, &options, 1);
        assert_eq!(score.parts[0].notes, solo.notes(), "what is written is the solo");
        let take = perform(&score, &options, 1);
        assert_eq!(take.tracks[0].notes().count(), solo.notes().len() + added);
        let ends = take.tracks.iter().map(|track| (track.end() - score.sheet.end()).abs());
        assert!(ends.max().unwrap() < Duration::quarters(1, 4), "everybody ends together");
        let without = BandOptions { ending: false, ..options.clone() };
        let score = arrange(&sheet, &solo, &without, 1);
        assert_eq!(perform(&score, &without, 1).tracks[0].notes().count(), solo.notes().len());
    }
    let silent = Solo::new(Instrument::Flute, vec![]).unwrap();
    let score = arrange(&sheet, &silent, &options, 1);
    assert_eq!(perform(&score, &options, 1).tracks[0].notes().count(), 0);
}

#[test]
fn a_bass_stays_now_and_then_where_a_chord_lasts() {
    let sheet: Sheet = "Dm7 | % | % | % | % | % | % | % | Ebm7 | % | % | % | % | % | % | %".parse().unwrap();
    let (mut staying, mut phrases) = (0, 0);
    for seed in 0..20 {
        let score = arrange(&sheet, &quarters(&sheet, 2, 0), &BandOptions::default(), seed);
        let bass = &score.part(Player::Instrument(Instrument::Bass)).unwrap().notes;
        for phrase in 0..8 {
            let within = bass.iter().filter(|note| score.sheet.place(note.onset).0 / 4 == phrase);
            let mut classes: Vec<_> = within.map(|note| note.pitch().class()).collect();
            classes.dedup();
            staying += usize::from(classes.len() == 1);
            phrases += 1;
        }
    }
    assert!(10 * staying > phrases && 2 * staying < phrases, "{staying} of {phrases}");
}

#[test]
fn bossa_chords_go_with_the_clave() {
    let sheet: Sheet = "Cm7 | F7 | Bbmaj7 | Ebmaj7".parse().unwrap();
    // Eighths of the clave in two bars, from the first: 1, 2 and, 4, 2, 3 and.
    let clave = [0, 3, 6, 10, 13];
    let (mut on, mut all) = (0, 0);
    for seed in 0..20 {
        let options =
            BandOptions { style: Style::named("bossa").ok(), ending: false, ..BandOptions::default() };
        let silent = Solo::new(Instrument::Flute, vec![]).unwrap();
        let score = arrange(&sheet.repeated(4).unwrap(), &silent, &options, seed);
        let eighth = |note: &Note| (note.onset - Time::ZERO).in_units_of(Duration::quarters(1, 2)) % 16;
        let sticks = score.part(Player::Drums).unwrap().notes.iter().filter(|n| n.pitch() == Pitch::midi(37));
        assert!(sticks.map(eighth).all(|place| clave.contains(&place)));
        for note in &score.part(Player::Instrument(Instrument::Piano)).unwrap().notes {
            on += usize::from(clave.contains(&eighth(note)));
            all += 1;
        }
    }
    // Five of sixteen places are the clave's.
    assert!(2 * on > all, "{on} of {all}");
}
