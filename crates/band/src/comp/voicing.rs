//! Rootless voicings: third and seventh, with two colours, as close to the voicing before as may be.
//!
//! The "A and B forms" of jazz piano (3-5-7-9 and 7-9-3-5, the dominant with 13 for 5) and their inversions.

use sideman_music::{Chord, Instrument, Pitch, PitchClass, PitchClassSet, Pitches, Tension, Triad};

/// Voices of a voicing.
const VOICES: usize = 4;

/// A player's hand: the register it keeps to, and where it is.
pub(super) struct Voicings {
    low: u8,
    high: u8,
    last: Option<[u8; VOICES]>,
}

impl Voicings {
    /// Around middle C, within the instrument.
    pub(super) fn new(instrument: Instrument) -> Self {
        let range = instrument.range();
        let low = range.start().number().max(52);
        Self { low, high: range.end().number().min(low + 24), last: None }
    }

    /// The voicing for the next chord.
    pub(super) fn next(&mut self, chord: &Chord) -> Pitches {
        let middle = f64::from(self.low + self.high) / 2.0;
        let cost = |voices: &[u8; VOICES]| {
            let mean = voices.iter().map(|&v| f64::from(v)).sum::<f64>() / VOICES as f64;
            let moved = self.last.map_or(0, |last| motion(&last, voices));
            f64::from(moved) + 0.04 * (mean - middle).powi(2) + roughness(voices)
        };
        let candidates = self.candidates(chord);
        let best = candidates.iter().min_by(|a, b| cost(a).total_cmp(&cost(b))).copied();
        self.last = best.or(self.last);
        let voices = self.last.unwrap_or([60; VOICES]);
        Pitches::new(voices.map(Pitch::midi)).unwrap_or_else(|| Pitch::midi(60).into())
    }

    /// Every close voicing of the chord's four classes, from each of them up.
    fn candidates(&self, chord: &Chord) -> Vec<[u8; VOICES]> {
        let classes = classes(chord);
        let from = |low: u8| {
            let lowest = Pitch::midi(low).class();
            let mut voices = classes.map(|class| low + lowest.up_to(class) as u8);
            voices.sort_unstable();
            voices
        };
        let starts = (self.low..=self.high).filter(|&low| classes.contains(&Pitch::midi(low).class()));
        starts.map(from).filter(|voices| voices[VOICES - 1] <= self.high).collect()
    }
}

/// Semitones that the voices move in sum.
fn motion(from: &[u8; VOICES], to: &[u8; VOICES]) -> u32 {
    from.iter().zip(to).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}

/// A semitone under the top voice hides the melody of the chords.
fn roughness(voices: &[u8; VOICES]) -> f64 {
    if voices[VOICES - 1] - voices[VOICES - 2] == 1 { 3.0 } else { 0.0 }
}

/// Guide tones and two more: for a seventh chord a ninth, and a fifth or thirteenth; for a triad its own fifth
/// and root. What the symbol names comes first.
fn classes(chord: &Chord) -> [PitchClass; VOICES] {
    let root = chord.root.class();
    let quality = chord.quality;
    let [_, third, fifth] = quality.triad().semitones();
    let named = |choices: &[Tension]| {
        let found = choices.iter().find(|&&t| quality.tensions().contains(t));
        found.map(|t| t.semitones())
    };
    let ninth = named(&[Tension::FlatNine, Tension::SharpNine, Tension::Nine]);
    let altered = chord.scale_tones();
    let natural = |semitones: i32| altered.contains(root.transposed(semitones)).then_some(semitones);
    let sixth = named(&[Tension::FlatThirteen, Tension::Thirteen, Tension::SharpEleven]);
    let plain_dominant = quality.is_dominant() && fifth == 7;
    let ninth = ninth.or(natural(2)).unwrap_or(0);
    let thirteenth = if plain_dominant { natural(9) } else { None };
    let body = sixth.or(thirteenth).unwrap_or(fifth);
    let seventh = quality.seventh().map(sideman_music::Seventh::semitones);
    let four = match (seventh, quality.triad()) {
        (Some(seventh), _) => [third, seventh, body, ninth],
        (None, Triad::Power) => [0, 7, 0, 7],
        (None, _) => [third, fifth, 0, named(&[Tension::Nine]).unwrap_or(2)],
    };
    distinct(root, four, chord.tones())
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
