//! Finds the melody, its line and its chords in arrangements composed here.

mod band;

use band::{Accompaniment, Arrangement, arrange};
use sideman_corpus::import::{self, BarsReport, Error, ImportOptions, PartRole};
use sideman_music::{Bars, Chord, Duration, Event, Key, Performance, Pitch, Time, Track};

use Accompaniment::{
    ArpeggioAbove, Bass, Comping, Counterline, Doubled, Drums, PadAbove, PadBelow, Riff, ThirdsBelow,
};

/// Programs of the melody, counted from 0.
const TENOR: u8 = 66;
const FLUTE: u8 = 73;
const TRUMPET: u8 = 56;
const PIANO: u8 = 0;
const GUITAR: u8 = 26;
const VIBES: u8 = 11;
const SYNTH: u8 = 80;
const CHOIR: u8 = 52;
const STRINGS: u8 = 48;
const CLARINET: u8 = 71;

/// Arrangements as they come: the melody on any track, doubled, under and over its accompaniment; most of
/// them do not name their tracks.
fn arrangements() -> Vec<Arrangement> {
    let lines: [(&[Accompaniment], u8); 12] = [
        (&[Bass, Drums], TENOR),
        (&[Comping, Bass, Drums], TRUMPET),
        (&[PadAbove, Bass, Drums], FLUTE),
        (&[ArpeggioAbove, Bass], PIANO),
        (&[Doubled, Comping, Bass], TENOR),
        (&[ArpeggioAbove, PadBelow, Bass, Drums], GUITAR),
        (&[Riff, Comping, Bass, Drums], SYNTH),
        (&[Counterline, PadBelow, Bass], CLARINET),
        (&[ThirdsBelow, Comping, Bass, Drums], TRUMPET),
        (&[PadAbove, Riff, Comping, Bass, Drums], CHOIR),
        (&[Doubled, PadAbove, ArpeggioAbove, Bass, Drums], VIBES),
        (&[Counterline, ArpeggioAbove, PadBelow, Comping, Bass], STRINGS),
    ];
    let mut all = Vec::new();
    for (i, (accompaniment, program)) in lines.into_iter().enumerate() {
        for (j, chart) in band::CHARTS.into_iter().enumerate() {
            let place = (i + 2 * j) % (accompaniment.len() + 1);
            let named = j == 2;
            all.push(Arrangement { accompaniment, program, place, named, chart, seed: (7 * i + j) as u64 });
        }
    }
    all
}

#[test]
fn the_melody_is_found_on_any_track() {
    let mut found = 0;
    let all = arrangements();
    for arrangement in &all {
        let (song, melody) = arrange(arrangement);
        let import = import::performance(&song, "song", &ImportOptions::default()).unwrap();
        let line = import.report.melody.as_ref().unwrap();
        let is_found = line.part == melody || import.report.parts[melody - 1].role == PartRole::Double;
        if !is_found {
            println!("{arrangement:?}: part {melody} is the melody\n{}", import.report);
        }
        found += usize::from(is_found);
    }
    println!("melody found in {found} of {} arrangements", all.len());
    assert!(all.len() >= 20 && found * 10 >= all.len() * 9);
}

/// The share of notes of a melody that are found, and of those found that are of it.
fn recall_and_precision(
    song: &Performance,
    melody: usize,
    notes: &[sideman_music::Note],
    start: Time,
) -> (f64, f64) {
    let near = |a: Time, b: Time| (a - b).abs() <= Duration::quarters(1, 6);
    let truth: Vec<(Time, Pitch)> = song.tracks[melody - 1].notes().map(|note| (note.0, note.2)).collect();
    let played: Vec<(Time, Pitch)> =
        notes.iter().map(|n| (n.onset + (start - Time::ZERO), n.pitch())).collect();
    let hits = |a: &[(Time, Pitch)], b: &[(Time, Pitch)]| {
        a.iter().filter(|x| b.iter().any(|y| x.1 == y.1 && near(x.0, y.0))).count() as f64 / a.len() as f64
    };
    (hits(&truth, &played), hits(&played, &truth))
}

#[test]
fn the_top_line_is_parted_from_a_two_handed_piano() {
    let (mut recalls, mut precisions) = (0.0, 0.0);
    for (i, chart) in band::CHARTS.into_iter().cycle().take(9).enumerate() {
        let accompaniment: &[Accompaniment] = if i % 2 == 0 { &[Comping] } else { &[Comping, Bass] };
        let (song, melody) = arrange(&Arrangement {
            accompaniment,
            program: PIANO,
            place: 0,
            named: false,
            chart,
            seed: i as u64,
        });
        let import = import::performance(&merged(&song), "piano", &ImportOptions::default()).unwrap();
        let report = &import.report;
        assert!(report.melody.as_ref().unwrap().split);
        let start = Time::after_start(Duration::WHOLE * (report.bars.unwrap().first as i64 - 1));
        let (recall, precision) =
            recall_and_precision(&song, melody, import.pieces[0].solo.as_ref().unwrap().notes(), start);
        recalls += recall / 9.0;
        precisions += precision / 9.0;
    }
    println!(
        "two-handed piano: {recalls:.3} of the melody found, {precisions:.3} of what was found is melody"
    );
    assert!(recalls >= 0.95 && precisions >= 0.9);
}

/// All parts on one track.
fn merged(song: &Performance) -> Performance {
    let mut events: Vec<(Time, Event)> = song.tracks.iter().flat_map(|track| track.events.clone()).collect();
    events.sort_by_key(|&(time, _)| time);
    Performance { tracks: vec![Track { name: String::new(), channel: 0, events }], ..song.clone() }
}

#[test]
fn chords_are_inferred_from_what_sounds() {
    let (mut roots, mut families, mut halves, mut keys, mut songs) = (0, 0, 0, 0, 0);
    for arrangement in arrangements().iter().filter(|a| a.accompaniment.iter().any(|part| part.is_chordal()))
    {
        let (song, _) = arrange(arrangement);
        let import = import::performance(&song, "song", &ImportOptions::default()).unwrap();
        let sheet = &import.pieces[0].sheet;
        let shift = Duration::WHOLE * (import.report.bars.unwrap().first as i64 - 1);
        for half in 0..2 * sheet.bars().len() as i64 {
            let time = Time::after_start(Duration::quarters(2, 1) * half + Duration::quarters(1, 2));
            let (heard, meant) =
                (sheet.chord_at(time).unwrap(), band::chord_at(arrangement.chart, time + shift));
            let is_root = heard.root.class() == meant.root.class();
            roots += usize::from(is_root);
            families += usize::from(is_root && family(heard) == family(meant));
            halves += 1;
        }
        let key: Key = band::key_of(arrangement.chart);
        keys += usize::from(sheet.key().is_some_and(|found| found.fifths() == key.fifths()));
        songs += 1;
    }
    println!(
        "{songs} songs: {keys} key signatures; of {halves} half bars {roots} roots, {families} with their family"
    );
    assert!(roots * 10 >= halves * 8 && families * 10 >= halves * 7 && keys * 10 >= songs * 8);
}

/// Major, minor, dominant or diminished.
fn family(chord: Chord) -> (bool, bool, bool) {
    let quality = chord.quality;
    let root = chord.root.class();
    (
        quality.is_dominant(),
        chord.tones().contains(root.transposed(3)),
        chord.tones().contains(root.transposed(6)),
    )
}

#[test]
fn chord_text_is_taken_as_it_stands() {
    let arrangement = &arrangements()[1];
    let (mut song, _) = arrange(arrangement);
    song.chords = band::changes(arrangement.chart);
    let import = import::performance(&song, "song", &ImportOptions::default()).unwrap();
    assert_eq!(import.report.harmony.as_ref().unwrap().source, import::ChordSource::Text);
    let shift = Duration::WHOLE * (import.report.bars.unwrap().first as i64 - 1);
    let sheet = &import.pieces[0].sheet;
    for beat in 0..4 * sheet.bars().len() as i64 {
        let time = Time::after_start(Duration::QUARTER * beat);
        assert_eq!(sheet.chord_at(time), Some(band::chord_at(arrangement.chart, time + shift)));
    }
}

#[test]
fn parts_and_bars_can_be_named() {
    let (song, melody) = arrange(&arrangements()[5]);
    let bass = song.tracks.iter().position(|track| track.program() == Some(32)).unwrap() + 1;
    let asked =
        ImportOptions { melody: Some(bass.to_string()), bars: Bars::new(3, 6), ..ImportOptions::default() };
    let import = import::performance(&song, "song", &asked).unwrap();
    assert_eq!(import.report.melody.as_ref().unwrap().part, bass);
    assert_eq!(
        (import.report.bars.unwrap(), import.pieces[0].sheet.bars().len()),
        (BarsReport { first: 3, last: 6, all: 16 }, 4)
    );
    assert_ne!(bass, melody);

    let fail = |options: ImportOptions| import::performance(&song, "song", &options).unwrap_err().to_string();
    let complaint = fail(ImportOptions { melody: Some("kazoo".into()), ..ImportOptions::default() });
    assert!(complaint.contains("no part \"kazoo\"") && complaint.contains("its parts are 1"), "{complaint}");
    let complaint = fail(ImportOptions { bars: Bars::new(90, 99), ..ImportOptions::default() });
    assert!(complaint.contains("bars 90 to 99 hold no melody; it plays in bars 1 to 16"), "{complaint}");
}

#[test]
fn what_has_no_melody_is_refused() {
    let only = |accompaniment| {
        let arrangement = Arrangement { accompaniment, ..arrangements().remove(0) };
        let (mut song, melody) = arrange(&arrangement);
        song.tracks.remove(melody - 1);
        let error = import::performance(&song, "song.mid", &ImportOptions::default()).unwrap_err();
        assert!(matches!(&error, Error::NoMelody { report, .. } if report.parts.len() == song.tracks.len()));
        error.to_string()
    };
    assert!(only(&[Drums]).contains("there is no melody: it has only drums"));
    assert!(only(&[]).contains("it has no notes"));
    assert!(only(&[Bass, Drums]).contains("no part sounds like one; name one with --melody"));
}
