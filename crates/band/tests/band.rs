//! The rhythm section over many charts and seeds: what a musician would check on paper.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use sideman_band::{Band, BandOptions, Style, Swing, arrange, perform};
use sideman_music::{
    Chord, Duration, Event, Instrument, Note, Part, Performance, Pitch, Player, Score, Sheet, Solo, Tempo,
    Time, Track,
};

const CHARTS: [&str; 20] = [
    "F7 | Bb7 | F7 | Cm7 F7 | Bb7 | % | F7 | D7 | Gm7 | C7 | F7 D7 | Gm7 C7",
    "Cm7 | % | Fm7 | % | Dm7b5 | G7alt | Cm7 | % | Ebm7 | Ab7 | Dbmaj7 | % | Dm7b5 | G7b9 | Cm7 | Dm7b5 G7",
    "Dm7 | G7 | Cmaj7 | %",
    "[A] Dm7 | % | % | % | % | % | % | % | [B] Ebm7 | % | % | % | % | % | % | %",
    "Bmaj7 D7 | Gmaj7 Bb7 | Ebmaj7 | Am7 D7 | Gmaj7 Bb7 | Ebmaj7 F#7 | Bmaj7 | Fm7 Bb7",
    "meter: 3/4\nkey: F\n| Fmaj7 | Em7b5 | A7 | Dm7 | G7 | Gm7 | C7 | F6",
    "meter: 5/4\n| Ebm7 / / Bbm7 / | Ebm7 / / Bbm7 / | Cbmaj7 | Abm7",
    "meter: 7/4\n| C7 | F7 | C7 | G7",
    "meter: 6/8\n| Am7 | D7 | Gmaj7 | E7b9",
    "meter: 12/8\n| A7 | D7 | A7 | E7",
    "meter: 7/8\n| Em7 | A7 | Dmaj7 | %",
    "N.C. | C | N.C. | G7",
    "C",
    "C | F | G | C",
    "Am | E/G# | C/G | D/F# | F6 | Am/E | E7sus4 | E7",
    "C6 Am7 Dm7 G7 | Em7 A7b9 Dm7 G7#5 | C7 E7 F6 F#dim7 | C69 Ab7#11 Dbmaj7 G13",
    "Cmaj7@1 Eb7@5/2 | Abmaj7@1 B7@5/2 | Emaj7@1 G7@5/2 | C6",
    "Caug | Cdim7 | C5 | Csus2",
    "meter: 2/4\n| G7 | C | 3/4 Am7 | 4/4 D7 | 2/2 G6 | 3/8 C",
    "meter: 9/8\n| Dmmaj7 | Gm6 | A7b13 | Dm69",
];

fn sheets() -> impl Iterator<Item = Sheet> {
    CHARTS.iter().map(|chart| chart.parse().unwrap())
}

fn eighths(sheet: &Sheet, choruses: i64) -> Solo {
    let scale = [62, 65, 69, 72, 71, 69, 67, 65];
    let count = (sheet.end() - Time::ZERO).in_units_of(Duration::quarters(1, 2)) * choruses;
    let note = |i: i64| {
        let onset = Time::after_start(Duration::quarters(i, 2));
        Note::new(onset, Duration::quarters(1, 2), Pitch::midi(scale[i as usize % 8]))
    };
    Solo::new(Instrument::TenorSax, (0..count).filter(|i| i % 16 < 11).map(note).collect()).unwrap()
}

fn scores() -> impl Iterator<Item = Score> {
    let of = |sheet: Sheet| {
        let solo = eighths(&sheet, 2);
        (0..5).map(move |seed| arrange(&sheet, &solo, &BandOptions::default(), seed)).collect::<Vec<_>>()
    };
    sheets().flat_map(of)
}

fn play(sheet: &Sheet, solo: &Solo, options: &BandOptions, seed: u64) -> Performance {
    perform(&arrange(sheet, solo, options, seed), options, seed)
}

fn part(score: &Score, instrument: Instrument) -> &Part {
    score.part(Player::Instrument(instrument)).unwrap()
}

/// Semitones of a pitch above the root of a chord, and of its third and fifth.
fn degrees(chord: &Chord, pitch: Pitch) -> (i32, [i32; 3]) {
    (chord.root.class().up_to(pitch.class()), chord.quality.triad().semitones())
}

#[test]
fn the_bass_lands_on_each_chord_and_steps_are_small() {
    let (mut by_step, mut arrivals) = (0, 0);
    for score in scores() {
        let notes = &part(&score, Instrument::Bass).notes;
        for &(at, chord) in score.sheet.chords() {
            let Some(chord) = chord else { continue };
            let i = notes.iter().position(|note| note.onset == at).expect("a note where the chord changes");
            let (degree, tones) = degrees(&chord, notes[i].pitch());
            let named = chord.bass_class() == notes[i].pitch().class();
            assert!(named || tones.contains(&degree), "{chord}: {}", notes[i].pitch());
            if i > 0 {
                arrivals += 1;
                let step = notes[i - 1].pitch().to(notes[i].pitch()).semitones().abs();
                by_step += usize::from((1..=2).contains(&step));
            }
        }
        for two in notes.windows(2) {
            assert!(two[0].end() <= two[1].onset);
            assert!(two[0].pitch().to(two[1].pitch()).semitones().abs() <= 12);
        }
    }
    assert!(by_step * 2 > arrivals, "{by_step} of {arrivals} chords are reached by step");
}

#[test]
fn chords_hold_their_guide_tones_and_move_little() {
    for score in scores() {
        let notes = &part(&score, Instrument::Piano).notes;
        let (mut moved, mut changes) = (0, 0);
        for note in notes {
            let early = score.sheet.next_change(note.onset).filter(|next| next.0 == note.end());
            let now = score.sheet.chord_at(note.onset);
            let holds = |chord: Option<Chord>| {
                let classes: Vec<_> = note.pitches.as_slice().iter().map(|p| p.class()).collect();
                chord.is_some_and(|chord| chord.guide_tones().iter().all(|class| classes.contains(&class)))
            };
            assert!(holds(now) || holds(early.and_then(|next| next.1)), "{now:?} {:?}", note.pitches);
        }
        for two in notes.windows(2).filter(|two| two[0].pitches != two[1].pitches) {
            let [from, to] = [0, 1].map(|i| two[i].pitches.as_slice());
            let near = |a: &Pitch| to.iter().map(|b| a.to(*b).semitones().abs()).min().unwrap();
            moved += from.iter().map(near).sum::<i32>();
            changes += 1;
        }
        assert!(moved <= 7 * changes.max(1), "{moved} semitones in {changes} changes: {}", score.sheet);
    }
}

#[test]
fn chords_have_three_to_five_voices_and_more_as_it_grows() {
    let (mut sizes, mut first, mut last) = ([0; 9], Vec::new(), Vec::new());
    for score in scores() {
        let middle = score.sheet.bars().len() as i64 / 2;
        for note in &part(&score, Instrument::Piano).notes {
            let voices = note.pitches.as_slice().len();
            sizes[voices] += 1;
            let half = if score.sheet.place(note.onset).0 < middle { &mut first } else { &mut last };
            half.push(voices as f64);
        }
    }
    let all: usize = sizes.iter().sum();
    assert_eq!(sizes[3] + sizes[4] + sizes[5], all, "{sizes:?}");
    assert!(sizes[3..=5].iter().all(|&size| 20 * size > all), "{sizes:?}");
    let mean = |sizes: &[f64]| sizes.iter().sum::<f64>() / sizes.len() as f64;
    assert!(mean(&last) > mean(&first), "{} and {}", mean(&first), mean(&last));
}

#[test]
fn every_style_lands_on_the_chords() {
    for (score, _) in takes() {
        let notes = &part(&score, Instrument::Bass).notes;
        for &(at, chord) in score.sheet.chords() {
            let Some(chord) = chord else { continue };
            let note = notes.iter().find(|note| note.onset == at).expect("a note where the chord changes");
            let (degree, tones) = degrees(&chord, note.pitch());
            let named = chord.bass_class() == note.pitch().class();
            assert!(named || tones.contains(&degree), "{}: {chord}: {}", score.sheet.style(), note.pitch());
        }
    }
}

/// How many strokes of the chords fall on notes of a line.
fn strokes_on(chords: &Part, line: &[Note]) -> (usize, usize) {
    let on = |note: &&Note| line.iter().any(|solo| solo.onset == note.onset);
    (chords.notes.iter().filter(on).count(), chords.notes.len())
}

#[test]
fn chords_leave_the_soloist_room() {
    let sheet = blues();
    let (solo, silence) = (eighths(&sheet, 2), Solo::new(Instrument::TenorSax, vec![]).unwrap());
    let sheet = sheet.repeated(2).unwrap();
    let (mut beside, mut alone) = ((0, 0), (0, 0));
    for seed in 0..20 {
        for (line, sum) in [(&solo, &mut beside), (&silence, &mut alone)] {
            let score = arrange(&sheet, line, &BandOptions::default(), seed);
            let (on, all) = strokes_on(part(&score, Instrument::Piano), solo.notes());
            *sum = (sum.0 + on, sum.1 + all);
        }
    }
    let share = |(on, all): (usize, usize)| on as f64 / all as f64;
    assert!(share(beside) < 0.85 * share(alone), "{beside:?} {alone:?}");
    assert!(beside.1 < alone.1);
}

#[test]
fn drums_fill_where_sections_end_and_choruses_build() {
    let sheet: Sheet =
        "[A] Dm7 | G7 | Cmaj7 | % | Dm7 | G7 | Cmaj7 | % | [B] Fm7 | Bb7 | Eb6 | % | Em7 | A7 | Dm7 | G7"
            .parse()
            .unwrap();
    let (mut closing, mut others, mut first, mut last) = (0, 0, 0, 0);
    for seed in 0..20 {
        let score = arrange(&sheet, &eighths(&sheet, 3), &BandOptions::default(), seed);
        for note in &score.part(Player::Drums).unwrap().notes {
            let bar = score.sheet.place(note.onset).0;
            let snare = usize::from(note.pitch() == Pitch::midi(38));
            match bar % 8 {
                7 => closing += snare,
                _ => others += snare,
            }
            first += if bar < 16 { 1 } else { 0 };
            last += if (32..48).contains(&bar) { 1 } else { 0 };
        }
    }
    assert!(closing * 7 > 3 * others, "{closing} in one bar of eight, {others} in seven");
    assert!(last > first);
}

fn takes() -> impl Iterator<Item = (Score, Performance)> {
    let options = BandOptions { count_in: true, ..BandOptions::default() };
    sheets().enumerate().flat_map(move |(i, sheet)| {
        let options = options.clone();
        let styles: Vec<Style> = Style::all().collect();
        (0..5).map(move |seed| {
            let style = Some(styles[(i + seed as usize) % styles.len()].clone());
            let options = BandOptions { style, ..options.clone() };
            let solo = eighths(&sheet, 1);
            let score = arrange(&sheet, &solo, &options, seed);
            let take = perform(&score, &options, seed);
            (score, take)
        })
    })
}

#[test]
fn nothing_leaves_its_range_and_no_note_hangs() {
    for (score, take) in takes() {
        for part in &score.parts {
            let Player::Instrument(instrument) = part.player else { continue };
            let pitches = part.notes.iter().flat_map(|note| note.pitches.as_slice().iter());
            assert!(pitches.into_iter().all(|pitch| instrument.range().contains(pitch)));
        }
        let last = take.end();
        for track in &take.tracks {
            let mut free = [Time::ZERO; 128];
            let mut before = Time::ZERO;
            for (onset, duration, pitch, velocity) in track.notes() {
                assert!(onset >= before && onset >= free[usize::from(pitch.number())]);
                assert!(duration > Duration::ZERO && (1..=127).contains(&velocity));
                free[usize::from(pitch.number())] = onset + duration;
                before = onset;
            }
            let ends = track.name == "tenor sax" || track.notes().count() == 0 || track.end() == last;
            assert!(ends || track.channel != Track::DRUMS && !sounds_at_end(&score), "{}", track.name);
        }
    }
}

/// Whether the ending has a chord.
fn sounds_at_end(score: &Score) -> bool {
    score.sheet.chord_at(score.sheet.end()).is_some()
}

fn blues() -> Sheet {
    CHARTS[0].parse().unwrap()
}

fn at_tempo(bpm: u16, swing: Swing) -> (Score, Performance) {
    let sheet = blues();
    let style = Some(Style::named("swing").unwrap());
    let options = BandOptions { tempo: Some(Tempo::bpm(bpm)), swing, style, ..BandOptions::default() };
    let score = arrange(&sheet, &eighths(&sheet, 2), &options, 3);
    (score.clone(), perform(&score, &options, 3))
}

/// Mean of long over short of the ride's eighths.
fn ride_ratio(take: &Performance) -> f64 {
    let ride = take.tracks.iter().find(|track| track.channel == Track::DRUMS).unwrap();
    let onsets: Vec<Time> = ride.notes().filter(|n| n.2 == Pitch::midi(51)).map(|n| n.0).collect();
    let triples = onsets.windows(3).filter(|w| w[2] - w[0] < Duration::quarters(11, 10));
    let ratios: Vec<f64> = triples
        .map(|w| {
            let ticks = |d: Duration| d.in_units_of(Duration::quarters(1, 10_000)) as f64;
            ticks(w[1] - w[0]) / ticks(w[2] - w[1])
        })
        .collect();
    assert!(ratios.len() > 20);
    ratios.iter().sum::<f64>() / ratios.len() as f64
}

#[test]
fn the_ride_swings_as_the_tempo_has_it() {
    // Where it is slow the ride meets the soloist, who was 32 ms before a ratio of 2.8 at 120.
    let ratios = [
        (80, 2.0),
        (100, 2.083),
        (120, 2.417),
        (150, 2.917),
        (180, 2.667),
        (210, 2.25),
        (240, 1.833),
        (270, 1.417),
        (300, 1.0),
    ];
    for (bpm, wanted) in ratios {
        let found = ride_ratio(&at_tempo(bpm, Swing::Style).1);
        assert!((found / wanted - 1.0).abs() < 0.1, "{bpm}: {found} for {wanted}");
    }
    let straight = ride_ratio(&at_tempo(150, Swing::Straight).1);
    assert!((straight - 1.0).abs() < 0.1, "{straight}");
}

/// Mean delay of the soloist's notes on a beat, in milliseconds.
fn downbeat_delay(score: &Score, take: &Performance) -> f64 {
    let written = score.parts[0].notes.iter().map(|note| note.onset);
    let played = take.tracks[0].notes().map(|note| note.0);
    let on_beat = |(written, _): &(Time, Time)| written.quantised(Duration::QUARTER) == *written;
    let delays: Vec<f64> = written
        .zip(played)
        .filter(on_beat)
        .map(|(written, played)| {
            (played - written).in_units_of(Duration::quarters(1, 10_000)) as f64 / 10_000.0
                * f64::from(take.tempos.at(written).micros())
                / 1000.0
        })
        .collect();
    assert!(delays.len() > 50);
    delays.iter().sum::<f64>() / delays.len() as f64
}

#[test]
fn the_foot_is_ahead_of_the_hands() {
    let (_, take) = at_tempo(150, Swing::Style);
    let drums = take.tracks.iter().find(|track| track.channel == Track::DRUMS).unwrap();
    let onsets = |key: u8| drums.notes().filter(move |note| note.2 == Pitch::midi(key)).map(|note| note.0);
    let near = |at: Time| onsets(51).map(|ride| ride - at).min_by_key(|gap| gap.abs());
    let seconds = |gap: Duration| gap.in_units_of(Duration::quarters(1, 10_000)) as f64 * 0.04;
    let gaps: Vec<f64> = onsets(44).filter_map(near).map(seconds).filter(|gap| gap.abs() < 60.0).collect();
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    let spread = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
    assert!(gaps.len() > 30 && (8.0..16.0).contains(&mean) && spread.sqrt() > 2.0, "{mean} ms");
    assert!(gaps.iter().all(|gap| (1.0..27.0).contains(gap)), "{gaps:?}");
}

#[test]
fn drums_answer_where_the_soloist_rests() {
    let sheet = blues();
    let line = eighths(&sheet, 4);
    let (mut resting, mut playing) = (0, 0);
    for seed in 0..20 {
        let score = arrange(&sheet, &line, &BandOptions::default(), seed);
        for note in &score.part(Player::Drums).unwrap().notes {
            let (bar, _) = score.sheet.place(note.onset);
            // The line rests in every other bar; fills end phrases of four.
            if note.pitch() == Pitch::midi(38) && bar < 48 && bar % 12 % 4 != 3 {
                *(if bar % 2 == 1 { &mut resting } else { &mut playing }) += 1;
            }
        }
    }
    assert!(4 * resting > 3 * playing, "{resting} in twelve bars, {playing} in twenty-four");
}

/// How two rows of numbers go together: Pearson's coefficient.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |row: &[f64]| row.iter().sum::<f64>() / row.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum =
        |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(a, b)| f(a - mean_a, b - mean_b)).sum::<f64>();
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

#[test]
fn what_the_drums_say_goes_with_the_rests_of_the_soloist() {
    let (mut rests, mut strokes) = (Vec::new(), Vec::new());
    for seed in 0..20 {
        let score = arrange(&blues(), &eighths(&blues(), 4), &BandOptions::default(), seed);
        for bar in (0..48).filter(|bar| bar % 4 != 3) {
            let within = |onset: Time| score.sheet.place(onset).0 == bar;
            let sounding = score.parts[0].notes.iter().filter(|note| within(note.onset)).count();
            rests.push(8.0 - sounding as f64);
            let drums = &score.part(Player::Drums).unwrap().notes;
            let said = drums.iter().filter(|note| note.pitch() == Pitch::midi(38) && within(note.onset));
            strokes.push(said.count() as f64);
        }
    }
    let r = correlation(&rests, &strokes);
    assert!(r > 0.15, "{r}");
}

#[test]
fn basses_leap_octaves_now_and_then_and_let_go_of_their_notes() {
    let (mut octaves, mut steps) = (0, 0);
    for seed in 0..20 {
        let (score, take) = at_seed(seed);
        let pitches: Vec<_> = part(&score, Instrument::Bass).notes.iter().map(Note::pitch).collect();
        octaves += pitches.windows(2).filter(|two| two[0].to(two[1]).semitones().abs() == 12).count();
        steps += pitches.len() - 1;
        let bass = take.tracks.iter().find(|track| track.name == "bass").unwrap();
        let notes: Vec<_> = bass.notes().collect();
        let touching = notes.windows(2).filter(|two| two[0].0 + two[0].1 >= two[1].0).count();
        assert!(touching * 20 < notes.len(), "{touching} of {}", notes.len());
    }
    assert!((1..=8).contains(&(100 * octaves / steps)), "{octaves} octaves in {steps} steps");
}

fn at_seed(seed: u64) -> (Score, Performance) {
    let options = BandOptions::default();
    let score = arrange(&blues(), &eighths(&blues(), 3), &options, seed);
    (score.clone(), perform(&score, &options, seed))
}

#[test]
fn the_soloist_lies_back_on_the_beat_unless_it_is_straight() {
    let (score, take) = at_tempo(150, Swing::Style);
    let delay = downbeat_delay(&score, &take);
    assert!((20.0..=40.0).contains(&delay), "{delay} ms");
    let (score, take) = at_tempo(150, Swing::Straight);
    let delay = downbeat_delay(&score, &take);
    assert!(delay.abs() < 3.0, "{delay} ms");
}

#[test]
fn the_soloist_meets_the_ride_off_the_beat() {
    let (_, take) = at_tempo(150, Swing::Style);
    let off_beat = |onset: &Time| {
        let within = onset.since_start() % Duration::QUARTER;
        within > Duration::quarters(1, 2) && within < Duration::quarters(9, 10)
    };
    let place = |track: &Track, keys: std::ops::RangeInclusive<u8>| {
        let onsets = track.notes().filter(|note| keys.contains(&note.2.number())).map(|note| note.0);
        let places: Vec<f64> = onsets
            .filter(off_beat)
            .map(|at| {
                (at.since_start() % Duration::QUARTER).in_units_of(Duration::quarters(1, 4000)) as f64 / 10.0
            })
            .collect();
        places.iter().sum::<f64>() / places.len() as f64
    };
    let (solo, ride) = (place(&take.tracks[0], 0..=127), place(&take.tracks[3], 51..=51));
    assert!((solo - ride).abs() < 8.0, "{solo} and {ride} ms after the beat");
}

#[test]
fn what_a_note_brings_with_it_is_played() {
    let sheet: Sheet = "C".parse().unwrap();
    let played = |delay: Duration, swing, style| {
        let note = Note {
            velocity: Some(33),
            delay: Some(delay),
            ..Note::new(Time::after_start(Duration::QUARTER), Duration::QUARTER, Pitch::midi(60))
        };
        let solo = Solo::new(Instrument::TenorSax, vec![note]).unwrap();
        let style = Some(Style::named(style).unwrap());
        let take = play(&sheet, &solo, &BandOptions { swing, style, ..BandOptions::default() }, 1);
        let (onset, _, _, velocity) = take.tracks[0].notes().next().unwrap();
        assert_eq!(velocity, 33);
        onset
    };
    let later =
        |swing, style| played(Duration::quarters(1, 5), swing, style) - played(Duration::ZERO, swing, style);
    let part = Duration::quarters(7, 100) - later(Swing::Style, "swing");
    assert!(part.abs() < Duration::quarters(1, 1000), "{part:?}");
    for (swing, style) in [(Swing::Straight, "swing"), (Swing::Style, "bossa"), (Swing::Ratio(1.5), "swing")]
    {
        assert_eq!(later(swing, style), Duration::ZERO, "{style} {swing}");
    }
}

#[test]
fn horns_bend_long_notes_and_come_back() {
    let sheet = blues();
    let long = |i: i64| {
        let onset = Time::after_start(Duration::QUARTER * (4 * i));
        Note::new(onset, Duration::QUARTER * 3, Pitch::midi(60))
    };
    let solo = Solo::new(Instrument::TenorSax, (0..12).map(long).collect()).unwrap();
    let bends = |solo: &Solo| -> Vec<i16> {
        let take = play(&sheet, solo, &BandOptions::default(), 2);
        let events = take.tracks[0].events.iter();
        events.filter_map(|e| if let Event::Bend(bend) = e.1 { Some(bend) } else { None }).collect()
    };
    let found = bends(&solo);
    assert!(found.len() > 100 && found.iter().any(|&bend| bend < -2500), "a scoop or a fall");
    assert_eq!(found.last(), Some(&0));
    assert!(bends(&solo.on(Instrument::Piano)).is_empty());
}

#[test]
fn horns_slur_onto_the_beat_and_tongue_off_it() {
    let sheet = blues();
    let solo = eighths(&sheet, 2);
    let options = BandOptions { tempo: Some(Tempo::bpm(180)), ..BandOptions::default() };
    let take = play(&sheet, &solo, &options, 2);
    let (mut slurring, mut end, mut slurred, mut close) = (false, Time::ZERO, 0, 0);
    for &(at, event) in &take.tracks[0].events {
        match event {
            Event::Control { controller: 68, value } => slurring = value >= 64,
            Event::Note { duration, .. } => {
                let within = at.since_start() % Duration::QUARTER;
                let on_beat = within < Duration::quarters(1, 4) || within > Duration::quarters(9, 10);
                assert!(!slurring || on_beat && end == at, "{at:?}");
                slurred += usize::from(slurring);
                close += usize::from(on_beat && at - end < Duration::quarters(1, 4));
                end = at + duration;
            }
            _ => {}
        }
    }
    assert!(slurred * 3 > close && slurred * 10 < close * 9, "{slurred} of {close}");
    let piano = play(&sheet, &solo.on(Instrument::Piano), &options, 2);
    assert!(!piano.tracks[0].events.iter().any(|e| matches!(e.1, Event::Control { controller: 68, .. })));
}

#[test]
fn the_seed_fixes_a_take_and_the_band_leaves_the_soloist_alone() {
    let sheet = blues();
    let solo = eighths(&sheet, 1);
    let take = |band, seed| play(&sheet, &solo, &BandOptions { band, ..BandOptions::default() }, seed);
    assert_eq!(take(Band::Trio, 1), take(Band::Trio, 1));
    assert_ne!(take(Band::Trio, 1).tracks[1..], take(Band::Trio, 2).tracks[1..]);
    for (band, tracks) in [(Band::None, 1), (Band::Drums, 2), (Band::Duo, 3), (Band::Trio, 4)] {
        let take = take(band, 1);
        assert_eq!(take.tracks.len(), tracks);
        assert_eq!(take.tracks[0], self::take_of(&sheet, &solo).tracks[0]);
    }
}

fn take_of(sheet: &Sheet, solo: &Solo) -> Performance {
    play(sheet, solo, &BandOptions::default(), 1)
}

#[test]
fn a_melody_stands_before_and_after_the_solo() {
    let sheet: Sheet = "[A] Dm7 | G7 | Cmaj7 | %".parse().unwrap();
    let melody = eighths(&sheet, 1);
    let options = BandOptions { melody: Some(melody), count_in: true, ..BandOptions::default() };
    let score = arrange(&sheet, &eighths(&sheet, 2), &options, 1);
    let names: Vec<&str> = score.marks.iter().map(|mark| mark.1.as_str()).collect();
    assert_eq!(names, ["Head", "A", "Chorus 1", "A", "Chorus 2", "A", "Head", "A", "Ending"]);
    assert_eq!(score.sheet.bars().len(), 4 * 4 + 2, "two bars of 1.6 seconds");
    let take = perform(&score, &options, 1);
    let first = take.tracks[0].notes().next().unwrap().0;
    assert!(first >= Time::after_start(Duration::QUARTER * 8));
    let before_it =
        take.tracks[3].notes().filter(|note| note.0 < Time::after_start(Duration::quarters(15, 2)));
    let clicks = before_it.filter(|note| note.2 == Pitch::midi(37));
    assert_eq!(clicks.count(), 6);
}

#[test]
fn a_pickup_and_four_hundred_bars_are_no_trouble() {
    let sheet = blues().repeated(34).unwrap();
    let early = Note::new(Time::ZERO - Duration::quarters(3, 2), Duration::QUARTER, Pitch::midi(60));
    let solo = Solo::new(Instrument::Trumpet, vec![early]).unwrap();
    let take = play(&sheet, &solo, &BandOptions::default(), 1);
    let at = |quarters, parts| Time::after_start(Duration::quarters(quarters, parts));
    assert_eq!(
        take.tracks[0].notes().next().unwrap().0.quantised(Duration::quarters(1, 4)),
        at(5, 2) + Duration::quarters(1, 4)
    );
    assert!(take.end() >= at(4 * 410, 1));
    assert!(take.tracks.iter().all(|track| track.events.iter().all(|event| event.0 >= Time::ZERO)));
}

#[test]
fn a_sheet_without_chords_has_drums_alone() {
    let sheet: Sheet = "N.C. | N.C.".parse().unwrap();
    let solo = Solo::new(Instrument::Flute, vec![]).unwrap();
    let take = play(&sheet, &solo, &BandOptions::default(), 1);
    let counts: Vec<bool> = take.tracks.iter().map(|track| track.notes().next().is_some()).collect();
    assert_eq!(counts, [false, false, false, true]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_sheet_and_line_can_be_played(
        meters in prop::collection::vec((1u8..=16, 0u32..=6), 1..6),
        changes in prop::collection::vec((0i64..8, 0i32..12, 0usize..1000, any::<bool>()), 0..12),
        line in prop::collection::vec((0i64..30, 1i64..60, 0u8..=127, prop::option::of(-20i64..60)), 0..40),
        style in 0usize..9,
        bpm in 1u16..=999,
        flags in any::<[bool; 3]>(),
    ) {
        let qualities: Vec<_> = sideman_music::Quality::all().collect();
        let change = |&(at, root, quality, silent): &(i64, i32, usize, bool)| {
            let root = sideman_music::NoteName::flat(sideman_music::PitchClass::new(root));
            let quality = qualities[quality * 7 % qualities.len()];
            let chord = (!silent).then_some(Chord { root, quality, bass: None });
            sideman_music::Change { at: Duration::quarters(at, 3), chord }
        };
        let changes: Vec<_> = changes.iter().map(change).collect();
        let bars = meters.iter().enumerate().map(|(i, &(beats, unit))| {
            let own = changes.iter().skip(i).step_by(meters.len()).copied().collect();
            sideman_music::Bar::new(sideman_music::Meter::new(beats, 1 << unit).unwrap(), own)
        });
        let sheet = Sheet::new(bars.collect()).unwrap();
        let mut at = Time::ZERO - Duration::QUARTER;
        let mut notes = Vec::new();
        for (gap, length, pitch, delay) in line {
            let onset = at + Duration::quarters(gap, 12);
            let length = Duration::quarters(length, 12);
            let delay = delay.map(|d| Duration::quarters(d, 48));
            notes.push(Note { delay, ..Note::new(onset, length, Pitch::midi(pitch)) });
            at = onset + length;
        }
        let solo = Solo::new(Instrument::TenorSax, notes).unwrap();
        let options = BandOptions {
            style: Style::all().nth(style),
            tempo: Some(Tempo::bpm(bpm)),
            count_in: flags[0],
            ending: flags[1],
            melody: flags[2].then(|| solo.clone()),
            ..BandOptions::default()
        };
        let take = play(&sheet, &solo, &options, 1);
        prop_assert_eq!(take.tracks.len(), 4);
        for track in &take.tracks {
            prop_assert!(track.events.windows(2).all(|two| two[0].0 <= two[1].0));
            prop_assert!(track.events.first().is_none_or(|first| first.0 >= Time::ZERO));
            prop_assert!(track.notes().all(|note| note.1 > Duration::ZERO));
        }
    }
}

#[test]
fn programs_names_and_channels_are_the_players() {
    let take = take_of(&blues(), &eighths(&blues(), 1));
    let rows: Vec<_> = take.tracks.iter().map(|t| (t.name.as_str(), t.channel, t.program())).collect();
    let wanted =
        [("tenor sax", 0, Some(66)), ("piano", 1, Some(0)), ("bass", 2, Some(32)), ("drums", 9, Some(0))];
    assert_eq!(rows, wanted);
    assert!(take.tracks.iter().flat_map(|t| &t.events).any(|e| matches!(e.1, Event::Note { .. })));
}
