//! How well a pitch sits: which pitches a category allows, and which of them chance prefers.

use sideman_music::{Chord, Duration, Instrument, Pitch, PitchClass, PitchClassSet, Time};

use super::{AbstractNote, Category};

/// The weight of a step by its size in semitones, 0 to 12: conjunct motion is the rule, a note is seldom repeated.
const STEPS: [f64; 13] = [0.1, 3.0, 4.0, 3.0, 2.4, 1.6, 0.5, 0.9, 0.5, 0.5, 0.2, 0.1, 0.4];

/// The register in which solos mostly lie, D3 to D6, where the instrument has it.
const SOLO_REGISTER: (u8, u8) = (50, 86);

/// A note of an abstract melody where it falls.
pub(super) struct Moment {
    pub(super) onset: Time,
    pub(super) note: AbstractNote,
    /// The chord on which it begins.
    pub(super) chord: Chord,
    /// The chord into which it sounds on.
    pub(super) next: Option<Chord>,
    /// Whether a chord begins with it.
    pub(super) on_change: bool,
}

impl Moment {
    /// Whether a pitch has the category of the note. A chord without colour tones is coloured by its own.
    pub(super) fn allows(&self, pitch: Pitch) -> bool {
        let (chord, class) = (self.chord, pitch.class());
        match self.note.category {
            Category::Chord => chord.tones().contains(class),
            Category::Colour if chord.colours().is_empty() => chord.tones().contains(class),
            Category::Colour => chord.colours().contains(class),
            Category::Scale | Category::Approach => chord.scale_tones().contains(class),
            Category::Helpful => chord.tones().union(chord.colours()).contains(class),
            Category::Arbitrary => true,
            Category::Rest => false,
        }
    }

    /// How well a pitch sits on the chord.
    pub(super) fn weight(&self, pitch: Pitch) -> f64 {
        let class = pitch.class();
        let own = match self.note.category {
            Category::Chord | Category::Helpful
                if self.on_change && self.chord.guide_tones().contains(class) =>
            {
                2.0
            }
            Category::Scale if self.is_stressed() && is_avoided(&self.chord, class) => 0.15,
            Category::Scale if self.chord.tones().contains(class) => 0.4,
            Category::Approach if self.chord.tones().contains(class) => 0.1,
            Category::Approach if self.chord.scale_tones().contains(class) => 0.25,
            Category::Arbitrary => outside(&self.chord, class),
            _ => 1.0,
        };
        own * self.next.map_or(1.0, |next| sounding_on(&next, class))
    }

    /// Whether the ear stays on it: on a beat, or long.
    fn is_stressed(&self) -> bool {
        let on_beat = self.onset.since_start() % Duration::QUARTER == Duration::ZERO;
        on_beat || self.note.duration >= Duration::QUARTER
    }
}

/// A semitone above a note of the chord, as the fourth over a major chord.
fn is_avoided(chord: &Chord, class: PitchClass) -> bool {
    chord.tones().contains(class.transposed(-1)) && !chord.tones().contains(class)
}

/// An arbitrary note is likeliest from one of the chord's less usual scales (the blues scale, say), then from
/// outside, and least from the usual scale, which has categories of its own.
fn outside(chord: &Chord, class: PitchClass) -> f64 {
    let root = chord.root.class();
    let other: PitchClassSet = chord.scales().iter().skip(1).flat_map(|s| s.on(root).iter()).collect();
    match (chord.scale_tones().contains(class), other.contains(class)) {
        (true, _) => 0.2,
        (false, true) => 2.0,
        (false, false) => 1.0,
    }
}

fn sounding_on(next: &Chord, class: PitchClass) -> f64 {
    match (next.tones().contains(class), next.scale_tones().contains(class)) {
        (true, _) => 4.0,
        (false, true) => 1.0,
        (false, false) => 0.2,
    }
}

/// The weight of a step; of the first note of a phrase, which steps from nowhere, 1.
pub(super) fn step(semitones: Option<i32>) -> f64 {
    let size = semitones.map(|s| s.unsigned_abs() as usize);
    size.map_or(1.0, |size| STEPS.get(size).copied().unwrap_or(0.05))
}

/// The middle of the solo register is likelier than its ends, and both than what lies beyond.
pub(super) fn register(instrument: Instrument, pitch: Pitch) -> f64 {
    let range = instrument.range();
    let low = f64::from(range.start().number().max(SOLO_REGISTER.0));
    let high = f64::from(range.end().number().min(SOLO_REGISTER.1));
    let off = (f64::from(pitch.number()) - (low + high) / 2.0) / ((high - low) / 2.0);
    1.0 / (1.0 + 4.0 * off * off * off * off)
}

/// A line that comes straight back to the note before last goes in circles.
pub(super) fn circling(before: &[Pitch], pitch: Pitch) -> f64 {
    let back = before.len().checked_sub(2).map(|i| before[i]);
    if back == Some(pitch) { 0.3 } else { 1.0 }
}
