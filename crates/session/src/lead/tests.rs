use sideman_band::{BandOptions, arrange, perform};
use sideman_improv::built_in;
use sideman_music::{Instrument, Pitch, Text};

use super::*;

const CHART: &str = "key: F\nstyle: swing\ntempo: 160\nGm7 | C7b9 | Fmaj7 | D7";

fn played(options: &BandOptions) -> (Sheet, Solo, Performance) {
    let sheet: Sheet = CHART.parse().unwrap();
    let solo = built_in::grammar("swing").improvise(&sheet, Instrument::TenorSax, 3).unwrap();
    let song = perform(&arrange(&sheet, &solo, options, 1), options, 1);
    (sheet, solo, song)
}

fn lead(song: Performance) -> Lead {
    Lead::read(Source::Performance(Box::new(song)), "song").unwrap().value
}

fn pitches(solo: &Solo) -> Vec<Pitch> {
    solo.notes().iter().map(Note::pitch).collect()
}

/// The bar of each note over a chart that goes on.
fn bars(chart: &Sheet, solo: &Solo) -> Vec<i64> {
    solo.notes().iter().map(|note| chart.place(note.onset).0).collect()
}

#[test]
fn a_melody_stands_over_its_own_bars_also_behind_a_count_in() {
    let (sheet, solo, song) = played(&BandOptions::default());
    let (_, _, counted) = played(&BandOptions { count_in: true, ..BandOptions::default() });
    for song in [song, counted] {
        let lead = lead(song);
        assert_eq!(lead.sheet.chords()[..4], sheet.chords()[..4]);
        assert_eq!(pitches(&lead.solo), pitches(&solo));
        assert_eq!(bars(&lead.sheet, &lead.solo), bars(&sheet, &solo));
        assert_eq!(bars(&sheet, &lead.over(&sheet).unwrap()), bars(&sheet, &solo));
    }
}

#[test]
fn what_was_written_is_written_and_played_anew() {
    let (sheet, solo, mut song) = played(&BandOptions::default());
    assert_ne!(lead(song.clone()).line(&sheet).unwrap(), solo, "only played");
    let words = Text { kind: TextKind::Remark, words: midi::written::words(&solo) };
    song.texts.insert(0, (Time::ZERO, words));
    let lead = lead(song);
    assert_eq!(lead.line(&sheet).unwrap(), solo);
    assert_eq!(lead.as_written(), solo);
    assert!(lead.is_written());
    assert_ne!(lead.solo, solo);
}

#[test]
fn what_was_written_is_shown_over_its_own_bars_behind_a_count_in() {
    let (_, solo, mut song) = played(&BandOptions { count_in: true, ..BandOptions::default() });
    let words = Text { kind: TextKind::Remark, words: midi::written::words(&solo) };
    song.texts.insert(0, (Time::ZERO, words));
    assert_eq!(lead(song).as_written(), solo);
}

#[test]
fn a_last_note_just_before_the_last_bar_line_is_not_lost_behind_it() {
    let (_, solo, _) = played(&BandOptions::default());
    let sheet: Sheet = CHART.parse().unwrap();
    let last = Note::new(sheet.end() - Duration::quarters(1, 24), Duration::QUARTER, Pitch::midi(65));
    let earlier = solo.notes().iter().take_while(|note| note.onset < last.onset).copied();
    let solo = Solo::new(solo.instrument(), earlier.chain([last]).collect()).unwrap();
    let options = BandOptions::default();
    let mut song = perform(&arrange(&sheet, &solo, &options, 1), &options, 1);
    let guessed = lead(song.clone()).solo;
    assert_eq!(guessed.notes().len(), solo.notes().len());
    assert_ne!(guessed.notes().last().unwrap().onset, last.onset);
    let words = Text { kind: TextKind::Remark, words: midi::written::words(&solo) };
    song.texts.insert(0, (Time::ZERO, words));
    let lead = lead(song);
    let written = |note: &Note| Note { velocity: None, delay: None, ..*note };
    assert_eq!(lead.solo.notes().iter().map(written).collect::<Vec<_>>(), solo.notes());
    assert!(lead.solo.notes().iter().all(|note| note.velocity.is_some() && note.delay.is_some()));
}

#[test]
fn notes_behind_the_end_of_the_chart_are_told_of() {
    let (sheet, solo, mut song) = played(&BandOptions::default());
    let end = sheet.bar_start(2);
    song.texts.push((end, Text { kind: TextKind::Marker, words: "End".into() }));
    let lead = Lead::read(Source::Performance(Box::new(song)), "song").unwrap();
    let (taken, all) = (lead.value.solo.notes().len(), solo.notes().len());
    let words = format!("{} of {all} notes begin behind the last bar", all - taken);
    assert!(taken < all && lead.warnings.iter().any(|told| told.to_string().contains(&words)));
}

#[test]
fn a_line_that_was_edited_is_read_as_it_is_played() {
    let (_, solo, mut song) = played(&BandOptions::default());
    let words = Text { kind: TextKind::Remark, words: midi::written::words(&solo) };
    song.texts.insert(0, (Time::ZERO, words));
    let edited = song.tracks[0].events.iter_mut().find_map(|(_, event)| match event {
        sideman_music::Event::Note { pitch, .. } => Some(pitch),
        _ => None,
    });
    let higher = Pitch::midi(solo.notes()[0].pitch().number() + 1);
    *edited.unwrap() = higher;
    assert_eq!(lead(song).solo.notes()[0].pitch(), higher);
}

#[test]
fn a_chart_is_repeated_as_often_as_the_melody_needs() {
    let at = |quarters: i64| Time::after_start(Duration::QUARTER * quarters);
    let sheet: Sheet = "C | F".parse().unwrap();
    for (last, choruses) in [(0, 1), (7, 1), (8, 2), (15, 2), (16, 3)] {
        let notes = vec![Note::new(at(last), Duration::QUARTER, Pitch::midi(60))];
        let lead = Lead::new(sheet.clone(), Solo::new(Instrument::Flute, notes).unwrap());
        assert_eq!(lead.covered_by(&sheet).unwrap().sheet.bars().len(), 2 * choruses, "{last}");
    }
}

#[test]
fn keys_are_reached_by_the_shorter_way() {
    let sheet: Sheet = "key: D\nD".parse().unwrap();
    let moved = |key: &str| sheet.in_key(key.parse().unwrap()).chords()[0].1.unwrap().to_string();
    assert_eq!([moved("C"), moved("A"), moved("Ab")], ["C", "A", "Ab"]);
    let notes = vec![Note::new(Time::ZERO, Duration::QUARTER, Pitch::midi(62))];
    let lead = Lead::new(sheet, Solo::new(Instrument::Flute, notes).unwrap());
    assert_eq!(pitches(&lead.in_key_of(&"key: C\nC".parse().unwrap()).unwrap()), [Pitch::midi(60)]);
    assert_eq!(pitches(&lead.in_key_of(&"C".parse().unwrap()).unwrap()), [Pitch::midi(62)], "no key is said");
}

#[test]
fn a_source_without_a_melody_says_so() {
    let complaint = |source| Lead::read(source, "chart.txt").unwrap_err().to_string();
    assert!(complaint(Source::typed("Dm7 | G7").unwrap().value).contains("no melody in chart.txt"));
    assert!(complaint(Source::Performance(Box::default())).contains("no melody"));
}
