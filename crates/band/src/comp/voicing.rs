//! Rootless voicings: third and seventh, with two colours, as close to the voicing before as may be.
//!
//! The "A and B forms" of jazz piano (3-5-7-9 and 7-9-3-5, the dominant with 13 for 5) and their inversions; softly
//! without a colour, and loudly with the top voice doubled an octave below (locked hands).

use sideman_music::{Chord, Instrument, Pitch, PitchClass, PitchClassSet, Pitches, Seventh, Tension};

/// Voices of a voicing, before one is left out or doubled.
const VOICES: usize = 4;
/// The lowest pitch of a voicing, and semitones from there to the highest.
const LOWEST: u8 = 52;
const REGISTER: u8 = 24;

/// Cost, in semitones of motion, of a colour that is not the first choice.
const SECOND_CHOICE: f64 = 1.0;
/// Cost of a voicing once more, for each time after the second, and the most of it.
const STALE: (f64, f64) = (1.2, 4.0);

/// How full a chord is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fullness {
    /// Guide tones and one more.
    Three,
    Four,
    /// The top voice also an octave below.
    Five,
}

/// A player's hand: the register it keeps to, where it is, and how often it has struck what it holds.
pub(super) struct Voicings {
    low: u8,
    high: u8,
    last: Option<[u8; VOICES]>,
    strikes: u32,
}

impl Voicings {
    /// Around middle C, within the instrument.
    pub(super) fn new(instrument: Instrument) -> Self {
        let range = instrument.range();
        let (lowest, highest) = (range.start().number(), range.end().number());
        let low = LOWEST.min(highest.saturating_sub(REGISTER)).max(lowest);
        Self { low, high: highest.min(low + REGISTER), last: None, strikes: 0 }
    }

    /// The voicing for the next chord.
    pub(super) fn next(&mut self, chord: &Chord, fullness: Fullness) -> Pitches {
        let candidates = self.candidates(chord);
        let best = candidates.iter().min_by(|a, b| self.cost(a).total_cmp(&self.cost(b)));
        let voices = best.map(|&(_, voices)| voices).or(self.last).unwrap_or([LOWEST; VOICES]);
        self.strikes = if self.last == Some(voices) { self.strikes + 1 } else { 1 };
        self.last = Some(voices);
        let mut pitches = voices.map(Pitch::midi).to_vec();
        pitches.dedup();
        let spare = spare(chord, &pitches).filter(|_| pitches.len() == VOICES);
        match fullness {
            Fullness::Three => pitches.retain(|&pitch| Some(pitch) != spare),
            Fullness::Four => {}
            Fullness::Five => pitches.push(Pitch::midi(voices[VOICES - 1] - 12)),
        }
        Pitches::new(pitches).unwrap_or_else(|| Pitch::midi(LOWEST).into())
    }

    fn cost(&self, &(colour, voices): &(f64, [u8; VOICES])) -> f64 {
        let middle = f64::from(self.low + self.high) / 2.0;
        let mean = voices.iter().map(|&v| f64::from(v)).sum::<f64>() / VOICES as f64;
        let moved = self.last.map_or(0, |last| motion(&last, &voices));
        let stale =
            if moved == 0 { (STALE.0 * f64::from(self.strikes.saturating_sub(2))).min(STALE.1) } else { 0.0 };
        f64::from(moved) + 0.04 * (mean - middle).powi(2) + colour + stale + roughness(&voices)
    }

    /// Every close voicing of the chord, from each of its classes up, with what its colours cost.
    fn candidates(&self, chord: &Chord) -> Vec<(f64, [u8; VOICES])> {
        let mut all = Vec::new();
        for (colour, classes) in colourings(chord) {
            for low in (self.low..=self.high).filter(|&low| classes.contains(&Pitch::midi(low).class())) {
                let lowest = Pitch::midi(low).class();
                let mut voices = classes.map(|class| low + lowest.up_to(class) as u8);
                voices.sort_unstable();
                if voices[VOICES - 1] <= self.high {
                    all.push((colour, voices));
                }
            }
        }
        all
    }
}

/// The voice that can be left out: a colour that the symbol does not name, else the root, else a perfect fifth.
fn spare(chord: &Chord, voices: &[Pitch]) -> Option<Pitch> {
    let root = chord.root.class();
    let colour = voices.iter().find(|voice| !chord.tones().contains(voice.class()));
    let of = |semitones| voices.iter().find(move |voice| voice.class() == root.transposed(semitones));
    colour.or_else(|| of(0)).or_else(|| of(7)).copied()
}

/// Semitones that the voices move in sum.
fn motion(from: &[u8; VOICES], to: &[u8; VOICES]) -> u32 {
    from.iter().zip(to).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}

/// A semitone under the top voice hides the melody of the chords.
fn roughness(voices: &[u8; VOICES]) -> f64 {
    if voices[VOICES - 1] - voices[VOICES - 2] == 1 { 3.0 } else { 0.0 }
}

/// Guide tones and two more, each set with its cost: for a seventh chord a ninth (or the root), and a thirteenth
/// or fifth; for a triad its own fifth and root,
/// and a ninth or sixth. What the symbol names is always there.
fn colourings(chord: &Chord) -> Vec<(f64, [PitchClass; VOICES])> {
    let root = chord.root.class();
    let quality = chord.quality;
    let [_, third, fifth] = quality.triad().semitones();
    let scale = chord.scale_tones();
    let in_scale = |semitones: &i32| scale.contains(root.transposed(*semitones));
    let named = |choices: &[Tension]| -> Vec<i32> {
        let found = choices.iter().find(|&&t| quality.tensions().contains(t));
        found.map(|t| t.semitones()).into_iter().collect()
    };
    let or = |first: Vec<i32>, others: &[i32]| {
        if first.is_empty() { others.iter().copied().filter(in_scale).collect() } else { first }
    };
    let ninths = or(named(&[Tension::FlatNine, Tension::SharpNine, Tension::Nine]), &[2, 0]);
    let sixths = named(&[Tension::FlatThirteen, Tension::Thirteen, Tension::SharpEleven]);
    let bodies = match quality.seventh() {
        Some(_) if quality.is_dominant() && fifth == 7 => or(sixths, &[9, 7]),
        Some(Seventh::Minor) if third == 3 => or(sixths, &[fifth, 5]),
        _ => or(sixths, &[fifth]),
    };
    let mut all = Vec::new();
    for (i, &body) in bodies.iter().enumerate() {
        for (j, &ninth) in ninths.iter().enumerate() {
            let four = match quality.seventh() {
                Some(seventh) => [third, seventh.semitones(), body, ninth],
                None => [third, fifth, 0, if ninth == 0 { 9 } else { ninth }],
            };
            all.push((SECOND_CHOICE * (i + j) as f64, distinct(root, four, chord.tones())));
        }
    }
    all
}

/// The classes, each once: a second one of a kind gives way to a chord tone that is free.
fn distinct(root: PitchClass, four: [i32; VOICES], tones: PitchClassSet) -> [PitchClass; VOICES] {
    let mut taken = PitchClassSet::default();
    four.map(|semitones| {
        let wanted = root.transposed(semitones);
        let free = || tones.without(taken).iter().next();
        let class = if taken.contains(wanted) { free().unwrap_or(wanted) } else { wanted };
        taken = taken.with(class);
        class
    })
}
