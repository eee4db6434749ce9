//! Composes small arrangements whose melody and chords are known.
#![expect(clippy::unwrap_used, reason = "the charts are written here, and a broken one is a broken test")]

use sideman_music::{
    Chord, Duration, Event, Key, Performance, Pitch, PitchClass, Sheet, Tempo, TempoMap, Time, Track,
};

/// Sixteen bars each: a key, and chords.
pub(crate) type SongChart = (&'static str, &'static str);

/// What is arranged.
pub(crate) const CHARTS: [SongChart; 3] = [
    (
        "C",
        "Dm7 | G7 | Cmaj7 | A7 | Dm7 G7 | Em7 A7 | Dm7 G7 | Cmaj7 | Fmaj7 | Fm6 | Cmaj7 | A7 | Dm7 | G7 | Dm7 G7 | Cmaj7",
    ),
    (
        "Eb",
        "Fm7 | Bb7 | Ebmaj7 | Cm7 | Abmaj7 | Bb7 | Gm7 Cm7 | Fm7 Bb7 | Ebmaj7 | Eb7 | Abmaj7 | Abm6 | Ebmaj7 Cm7 | Fm7 Bb7 | Ebmaj7 | Ebmaj7",
    ),
    (
        "Gm",
        "Gm7 | Cm7 | Am7b5 | D7 | Gm7 | Ebmaj7 | Am7b5 D7 | Gm7 | Cm7 | F7 | Bbmaj7 | Ebmaj7 | Am7b5 | D7 | Gm7 | Gm7",
    ),
];

/// A part beside the melody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accompaniment {
    Bass,
    Drums,
    Comping,
    PadAbove,
    PadBelow,
    ArpeggioAbove,
    Riff,
    Counterline,
    Doubled,
    ThirdsBelow,
}

use Accompaniment::{
    ArpeggioAbove, Bass, Comping, Counterline, Doubled, Drums, PadAbove, PadBelow, Riff, ThirdsBelow,
};

impl Accompaniment {
    /// Whether it sounds the chords.
    pub(crate) fn is_chordal(self) -> bool {
        matches!(self, Comping | PadAbove | PadBelow)
    }

    fn name(self) -> &'static str {
        match self {
            Bass => "Bass",
            Drums => "Drums",
            Comping => "Piano",
            PadAbove | PadBelow => "Strings",
            ArpeggioAbove => "Harp",
            Riff => "Synth",
            Counterline => "Horn",
            Doubled => "Flute",
            ThirdsBelow => "Sax 2",
        }
    }

    fn program(self) -> u8 {
        match self {
            Bass => 32,
            Drums | Comping => 0,
            PadAbove | PadBelow => 48,
            ArpeggioAbove => 46,
            Riff => 81,
            Counterline => 60,
            Doubled => 73,
            ThirdsBelow => 65,
        }
    }
}

/// A melody with its accompaniment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrangement {
    pub(crate) accompaniment: &'static [Accompaniment],
    /// The program of the melody.
    pub(crate) program: u8,
    /// The place of the melody among the tracks, from 0.
    pub(crate) place: usize,
    /// Whether tracks bear the names of their instruments.
    pub(crate) named: bool,
    pub(crate) chart: SongChart,
    pub(crate) seed: u64,
}

type Notes = Vec<(Time, Event)>;

/// The arrangement, and the number of the part with the melody, from 1.
pub(crate) fn arrange(arrangement: &Arrangement) -> (Performance, usize) {
    let mut chance = TestRandom(arrangement.seed.wrapping_mul(2).wrapping_add(1));
    let melody = melody(arrangement.chart, &mut chance);
    let mut tracks: Vec<Track> = Vec::new();
    for (i, &part) in arrangement.accompaniment.iter().enumerate() {
        let channel = if part == Drums { Track::DRUMS } else { i as u8 };
        let name = if arrangement.named { part.name() } else { "" };
        tracks.push(track(
            name,
            channel,
            part.program(),
            play(part, arrangement.chart, &melody, &mut chance),
        ));
    }
    let place = arrangement.place.min(tracks.len());
    let name = if arrangement.named { "Sax" } else { "" };
    tracks.insert(place, track(name, 15, arrangement.program, melody));
    let tempos = TempoMap::constant(Tempo::bpm(140));
    (Performance { title: "Song".into(), tempos, tracks, ..Performance::default() }, place + 1)
}

fn track(name: &str, channel: u8, program: u8, mut notes: Notes) -> Track {
    notes.sort_by_key(|&(time, _)| time);
    notes.insert(0, (Time::ZERO, Event::Program(program)));
    Track { name: name.into(), channel, events: notes }
}

/// A small generator of chance (the linear congruence of Knuth's MMIX).
struct TestRandom(u64);

impl TestRandom {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

fn at(bar: i64, eighths: i64) -> Time {
    Time::after_start(Duration::WHOLE * bar + Duration::quarters(eighths, 2))
}

fn note(time: Time, eighths: i64, pitch: i32, velocity: u8) -> (Time, Event) {
    let duration = Duration::quarters(eighths, 2) - Duration::quarters(1, 24);
    (time, Event::Note { pitch: Pitch::midi(pitch.clamp(21, 108) as u8), velocity, duration })
}

fn sheet(chart: SongChart) -> Sheet {
    chart.1.parse().unwrap()
}

pub(crate) fn changes(chart: SongChart) -> Vec<(Time, Option<Chord>)> {
    sheet(chart).chords().to_vec()
}

pub(crate) fn chord_at(chart: SongChart, time: Time) -> Chord {
    sheet(chart).chord_at(time).unwrap()
}

pub(crate) fn key_of(chart: SongChart) -> Key {
    chart.0.parse().unwrap()
}

/// The pitch of a class nearest to another pitch.
fn nearest(class: PitchClass, to: i32) -> i32 {
    (to - 6..to + 6).find(|&pitch| PitchClass::new(pitch) == class).unwrap()
}

fn pitch_of(event: Event) -> i32 {
    match event {
        Event::Note { pitch, .. } => i32::from(pitch.number()),
        _ => unreachable!("arrangements have notes alone"),
    }
}

/// Phrases of eighths and quarters that walk the scale and meet chord tones on the beat.
fn melody(chart: SongChart, chance: &mut TestRandom) -> Notes {
    let sheet = sheet(chart);
    let mut notes = Notes::new();
    let mut pitch = 70;
    for bar in 0..16 {
        let mut eighth = chance.below(3) as i64;
        while eighth < 8 {
            let time = at(bar, eighth);
            let chord = sheet.chord_at(time).unwrap();
            let wanted = if eighth % 2 == 0 { chord.tones() } else { chord.scale_tones() };
            let aim = (pitch + chance.below(9) as i32 - 4).clamp(60, 80);
            let near = wanted.iter().map(|class| nearest(class, aim)).filter(|&p| p != pitch);
            pitch = near.min_by_key(|p| (p - aim).abs()).unwrap();
            let length = [1, 1, 1, 2, 2, 3][chance.below(6) as usize].min(8 - eighth);
            notes.push(note(time, length, pitch, 80 + chance.below(20) as u8));
            eighth += length + i64::from(chance.below(6) == 0);
        }
    }
    notes
}

fn play(part: Accompaniment, chart: SongChart, melody: &Notes, chance: &mut TestRandom) -> Notes {
    let sheet = sheet(chart);
    let tones = |time: Time| sheet.chord_at(time).unwrap();
    let mut notes = Notes::new();
    let mut chord = |time: Time, eighths: i64, around: i32, velocity: u8| {
        let classes = tones(time).tones();
        notes.extend(classes.iter().map(|class| note(time, eighths, nearest(class, around), velocity)));
    };
    match part {
        Comping => {
            for bar in 0..16 {
                let hits: [(i64, i64); 3] =
                    [[(0, 3), (3, 1), (4, 4)], [(1, 2), (4, 2), (7, 1)], [(0, 4), (4, 3), (7, 1)]]
                        [chance.below(3) as usize];
                hits.into_iter().for_each(|(eighth, length)| chord(at(bar, eighth), length, 54, 60));
            }
        }
        PadAbove | PadBelow => {
            for half in 0..32 {
                chord(at(half / 2, 4 * (half % 2)), 4, if part == PadAbove { 84 } else { 56 }, 55);
            }
        }
        Bass => {
            for beat in 0..64 {
                let time = at(beat / 4, 2 * (beat % 4));
                let chord = tones(time);
                let classes: Vec<PitchClass> = chord.tones().iter().collect();
                let walks = beat % 2 == 1;
                let class = if walks {
                    classes[chance.below(classes.len() as u64) as usize]
                } else {
                    chord.bass_class()
                };
                notes.push(note(time, 2, nearest(class, 40), 75));
            }
        }
        ArpeggioAbove => {
            for eighth in 0..128 {
                let time = at(eighth / 8, eighth % 8);
                let classes: Vec<PitchClass> = tones(time).tones().iter().collect();
                let class = classes[eighth as usize % classes.len()];
                notes.push(note(time, 1, nearest(class, 84 + 3 * (eighth % 4) as i32), 60));
            }
        }
        Riff => {
            let tonic = i32::from(key_of(chart).tonic().class().index() as u8);
            for bar in 0..16 {
                let riff = [(0, 0), (1, 7), (3, 10), (4, 0), (6, 7), (7, 3)];
                notes.extend(riff.map(|(eighth, up)| note(at(bar, eighth), 1, 60 + tonic + up, 70)));
            }
        }
        Counterline => {
            for half in 0..32 {
                let time = at(half / 2, 4 * (half % 2));
                let third = tones(time).guide_tones().iter().next().unwrap();
                notes.push(note(time, 4, nearest(third, 58), 65));
            }
        }
        Doubled => notes.extend(melody.iter().map(|&(time, event)| note(time, 1, pitch_of(event) + 12, 70))),
        ThirdsBelow => notes.extend(melody.iter().map(|&(time, event)| {
            let pitch = pitch_of(event);
            let scale = tones(time).scale_tones();
            let below = (pitch - 4..=pitch - 3).rev().find(|&p| scale.contains(PitchClass::new(p)));
            note(time, 1, below.unwrap_or(pitch - 3), 75)
        })),
        Drums => {
            for eighth in 0..128 {
                notes.push(note(at(eighth / 8, eighth % 8), 1, if eighth % 4 == 2 { 44 } else { 51 }, 70));
            }
        }
    }
    notes
}
