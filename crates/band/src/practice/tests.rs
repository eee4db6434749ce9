use super::*;
use crate::perform;
use sideman_music::{Duration, Instrument, Pitch, Tempo, Track};

const BLUES: &str = "key: F\n| F7 | Bb7 | F7 | Cm7 F7 | Bb7 | Bdim7 | F7 | D7 | Gm7 | C7 | F7 D7 | Gm7 C7";

fn sheet(text: &str) -> Sheet {
    text.parse().unwrap()
}

fn bars(text: &str) -> Bars {
    text.parse().unwrap()
}

fn passes(list: &[(&str, u16)]) -> Vec<Pass> {
    list.iter().map(|&(key, bpm)| Pass { key: key.parse().unwrap(), tempo: Tempo::bpm(bpm) }).collect()
}

/// Eighths on the root of each chord, the first before the first bar.
fn roots(chart: &Sheet) -> Solo {
    let count = (chart.end() - Time::ZERO).in_units_of(Duration::quarters(1, 2));
    let note = |i: i64| {
        let onset = Time::after_start(Duration::quarters(i, 2));
        let root = chart.chord_at(onset)?.root.class();
        Some(Note::new(onset, Duration::quarters(1, 2), Pitch::midi(60 + root.index() as u8)))
    };
    Solo::new(Instrument::TenorSax, (-1..count).filter_map(note).collect()).unwrap()
}

/// Whether each note is the root of the chord over it, or of the next as a pickup to it.
fn follows(practice: &Practice, solo: &Solo) -> bool {
    let sheet = practice.sheet();
    solo.notes().iter().all(|note| {
        let next = sheet.next_change(note.onset).and_then(|(_, next)| next);
        let mut chords = [sheet.chord_at(note.onset), next].into_iter().flatten();
        chords.any(|chord| chord.root.class() == note.pitch().class())
    })
}

#[test]
fn a_line_goes_through_the_keys_within_its_range() {
    let chart = sheet(BLUES);
    let keys = Keys::Fourths;
    let home = chart.key().unwrap();
    let all = (0..12).map(|i| Pass { key: keys.key(home, i), tempo: Tempo::bpm(120) }).collect();
    let practice = Practice::new(&chart, all).unwrap();
    let solo = practice.solo(&[roots(&chart)]).unwrap();
    assert!(follows(&practice, &solo));
    let range = Instrument::TenorSax.range();
    assert!(solo.notes().iter().all(|note| range.contains(&note.pitch())));
    assert!(solo.notes()[0].onset < Time::ZERO);
    let eighths = (chart.end() - Time::ZERO).in_units_of(Duration::quarters(1, 2)) as usize;
    assert_eq!(solo.notes().len(), 12 * eighths + 1);
}

#[test]
fn chords_are_spelled_in_their_key() {
    let chart = sheet("key: Bb\n| Cm7 | F7 | Bbmaj7 | G7/B |");
    let names = |key: &str| {
        let practice = Practice::new(&chart, passes(&[(key, 100)])).unwrap();
        let chords = practice.sheet().chords().iter().map(|(_, chord)| chord.unwrap().to_string());
        chords.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("B"), "C#m7 F#7 Bmaj7 G#7/B#");
    assert_eq!(names("D"), "Em7 A7 Dmaj7 B7/D#");
    assert_eq!(names("Gb"), "Abm7 Db7 Gbmaj7 Eb7/G");
}

#[test]
fn a_chart_without_a_key_is_in_that_of_the_chord_it_comes_home_to() {
    let of = |text: &str| key(&sheet(text)).to_string();
    assert_eq!(of("key: Ab\nC7"), "Ab major");
    assert_eq!(of("F7 | Bb7 | F7 | C7"), "F major");
    assert_eq!(of("Dm7b5 | G7 | Cm7 | %"), "C minor");
    assert_eq!(of("N.C."), "C major");
}

#[test]
fn tempi_keys_and_marks_change_with_the_choruses() {
    let chart = sheet(BLUES);
    let practice = Practice::new(&chart, passes(&[("F", 100), ("F", 110), ("Bb", 110)])).unwrap();
    let solo = practice.solo(&[roots(&chart)]).unwrap();
    let options = BandOptions { count_in: true, ..BandOptions::default() };
    let score = practice.arrange(&solo, &options, 3);
    let take = perform(&score, &options, 3);
    let bar = |bar: i64| Time::ZERO + Duration::WHOLE * (bar + 2);
    let tempos = [(Time::ZERO, Tempo::bpm(100)), (bar(12), Tempo::bpm(110))];
    assert_eq!(take.tempos.changes(), tempos);
    let keys: Vec<Key> = take.keys.iter().map(|&(_, key)| key).collect();
    assert_eq!(keys, ["F", "Bb"].map(|key| key.parse().unwrap()));
    assert_eq!(take.keys[1].0, bar(24));
    let marks: Vec<(Time, &str)> = take.texts.iter().map(|(at, text)| (*at, &text.words[..])).collect();
    assert_eq!(marks[0], (Time::ZERO, "Count-in"));
    assert_eq!(marks[2], (bar(12), "Chorus 2, 110 bpm, in F"));
    assert_eq!(marks[3], (bar(24), "Chorus 3, 110 bpm, in Bb"));
    assert!(take.tracks.iter().flat_map(Track::notes).all(|(at, length, ..)| {
        at >= Time::ZERO && length > Duration::ZERO && at + length <= take.end()
    }));
    let lead: Vec<_> = take.tracks[0].notes().collect();
    assert!(lead.windows(2).all(|two| two[0].0 + two[0].1 <= two[1].0));
    assert_eq!(take, perform(&practice.arrange(&solo, &options, 3), &options, 3));
}

#[test]
fn a_soloist_swings_as_each_tempo_asks() {
    let chart = sheet("key: C\n| C7 | % | % | % |");
    let practice = Practice::new(&chart, passes(&[("C", 120), ("C", 300)])).unwrap();
    let eighth = |i: i64| {
        let onset = Time::after_start(Duration::quarters(i, 2));
        Note::new(onset, Duration::quarters(1, 2), Pitch::midi(60 + (i % 2) as u8))
    };
    let solo = Solo::new(Instrument::Vibraphone, (0..64).map(eighth).collect()).unwrap();
    let options = BandOptions::default();
    let take = perform(&practice.arrange(&solo, &options, 1), &options, 1);
    let off_beat = |half: std::ops::Range<usize>| {
        let notes: Vec<_> = take.tracks[0].notes().collect();
        let odd = half.filter(|i| i % 2 == 1);
        let places: Vec<f64> = odd
            .map(|i| {
                let (n, d) = (notes[i].0.since_start() % Duration::QUARTER).as_quarters();
                n as f64 / d as f64
            })
            .collect();
        places.iter().sum::<f64>() / places.len() as f64
    };
    let (slow, fast) = (off_beat(0..32), off_beat(32..64));
    assert!(slow > 0.62 && fast < 0.6, "{slow} {fast}");
}

#[test]
fn soloist_and_player_take_turns() {
    let chart = sheet(BLUES);
    let practice = Practice::new(&chart, passes(&[("F", 100), ("F", 100)])).unwrap().trading(4);
    let solo = practice.solo(&[roots(&chart)]).unwrap();
    let score = practice.arrange(&solo, &BandOptions::default(), 1);
    let mut bars: Vec<i64> =
        score.parts[0].notes.iter().map(|note| score.sheet.place(note.onset).0).collect();
    bars.dedup();
    assert_eq!(bars, [-1, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19]);
    let turns: Vec<&str> =
        score.marks.iter().map(|(_, name)| &name[..]).filter(|name| ["Solo", "You"].contains(name)).collect();
    assert_eq!(turns, ["Solo", "You", "Solo", "You", "Solo", "You"]);
    let held =
        score.parts[0].notes.iter().map(|note| score.sheet.place(note.end() - Duration::quarters(1, 8)));
    assert!(held.map(|place| place.0).all(|bar| bars.contains(&bar)));
}

#[test]
fn bars_that_a_chart_lacks_cannot_be_looped() {
    let error = excerpt(&sheet("Dm7 | % | G7 | C6 A7"), bars("4-5")).unwrap_err().to_string();
    assert!(error.contains("bars 4 to 5") && error.contains("bars 1 to 4"), "{error}");
}

#[test]
fn a_solo_is_cut_into_its_choruses() {
    let chart = sheet("C | F | G | C");
    let bar = |bar: i64| Time::after_start(Duration::WHOLE * bar);
    let note = |at: i64| Note::new(bar(at), Duration::WHOLE, Pitch::midi(60 + at as u8));
    let pickup = Note::new(Time::after_start(-Duration::QUARTER), Duration::QUARTER, Pitch::midi(59));
    let solo =
        Solo::new(Instrument::TenorSax, [pickup].into_iter().chain((0..7).map(note)).collect()).unwrap();
    let pitches = |text| {
        let lines = choruses(&chart, bars(text), &solo);
        lines.iter().map(|l| l.notes().iter().map(|n| n.pitch().number()).collect()).collect::<Vec<Vec<_>>>()
    };
    assert_eq!(pitches("1-4"), [vec![59, 60, 61, 62, 63], vec![64, 65, 66]]);
    assert_eq!(pitches("2-3"), [[61, 62], [65, 66]]);
    assert_eq!(choruses(&chart, bars("2-3"), &solo)[1].notes()[0].onset, Time::ZERO);
    assert_eq!(choruses(&chart, bars("1-4"), &Solo::new(Instrument::Flute, vec![]).unwrap()).len(), 1);
}

#[test]
fn any_chart_can_be_practised() {
    let long = format!("key: G\n{}", vec!["Gmaj7 | E7"; 200].join(" | "));
    let charts = ["C", "meter: 7/8\nEm7", "meter: 5/4\nDm7 | 3/4 G7 | 2/4 C", "N.C.", &long];
    for chart in charts.map(sheet) {
        let pass =
            |i: usize| Pass { key: Keys::Semitones.key(key(&chart), i), tempo: Tempo::bpm(100 + i as u16) };
        let practice = Practice::new(&chart, (0..7).map(pass).collect()).unwrap().trading(1);
        let solo = practice.solo(&[roots(&chart)]).unwrap();
        let score = practice.arrange(&solo, &BandOptions::default(), 1);
        assert!(score.sheet.bars().len() > 7 * chart.bars().len());
        assert!(perform(&score, &BandOptions::default(), 1).end() > practice.sheet().end());
    }
}

#[test]
fn a_take_has_its_limits() {
    let chart = sheet("C | F | G | C");
    assert!(Practice::new(&chart, vec![]).is_err());
    let error = Practice::new(&chart, vec![passes(&[("C", 100)])[0]; 5000]).unwrap_err().to_string();
    assert!(error.contains("5000 choruses of 4 bars") && error.contains("4999 at most"), "{error}");
}
