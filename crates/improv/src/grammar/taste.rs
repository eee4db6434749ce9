//! How well a pitch sits: which pitches a category allows, and which of them chance prefers.

use sideman_music::{Chord, Duration, Instrument, Pitch, PitchClass, PitchClassSet, Time};

use super::melody::{AbstractNote, NoteCategory};

/// The weight of a step by its size in semitones, 0 to 12: conjunct motion is the rule, a note is seldom repeated.
const STEPS: [f64; 13] = [0.8, 3.0, 4.5, 3.0, 2.4, 1.6, 0.6, 0.9, 0.5, 0.5, 0.3, 0.2, 0.4];

/// The register in which solos mostly lie, D3 to D6, where the instrument has it.
const SOLO_REGISTER: (u8, u8) = (50, 86);

/// The classes of a chord.
pub(super) struct ChordClasses {
    tones: PitchClassSet,
    colours: PitchClassSet,
    scale: PitchClassSet,
    /// Of its less usual scales.
    other_scales: PitchClassSet,
    guide_tones: PitchClassSet,
}

impl From<Chord> for ChordClasses {
    fn from(chord: Chord) -> Self {
        let root = chord.root.class();
        let others = chord.scales().iter().skip(1).map(|scale| scale.on(root));
        Self {
            tones: chord.tones(),
            colours: chord.colours(),
            scale: chord.scale_tones(),
            other_scales: others.fold(PitchClassSet::default(), PitchClassSet::union),
            guide_tones: chord.guide_tones(),
        }
    }
}

/// A note of an abstract melody where it falls.
pub(super) struct NoteOnChord<'a> {
    pub(super) onset: Time,
    pub(super) note: &'a AbstractNote,
    /// The chord on which it begins.
    pub(super) chord: ChordClasses,
    /// The chord into which it sounds on.
    pub(super) next: Option<ChordClasses>,
    /// Whether a chord begins with it.
    pub(super) on_change: bool,
}

impl NoteOnChord<'_> {
    /// The classes that have the category of the note. A chord without colour tones is coloured by its own.
    fn classes(&self) -> PitchClassSet {
        let ChordClasses { tones, colours, scale, .. } = self.chord;
        match self.note.category {
            NoteCategory::Chord => tones,
            NoteCategory::Colour if colours.is_empty() => tones,
            NoteCategory::Colour => colours,
            NoteCategory::Helpful => tones.union(colours),
            NoteCategory::Scale | NoteCategory::Approach => scale,
            NoteCategory::Arbitrary => PitchClass::all().collect(),
            NoteCategory::Rest => PitchClassSet::default(),
        }
    }

    fn weight(&self, class: PitchClass) -> f64 {
        let chord = &self.chord;
        let own = match self.note.category {
            NoteCategory::Chord | NoteCategory::Helpful
                if self.on_change && chord.guide_tones.contains(class) =>
            {
                2.0
            }
            NoteCategory::Scale if chord.tones.contains(class) => 0.3,
            NoteCategory::Scale if self.is_stressed() && chord.avoids(class) => 0.15,
            NoteCategory::Approach if chord.tones.contains(class) => 0.1,
            NoteCategory::Approach if chord.scale.contains(class) => 0.15,
            NoteCategory::Arbitrary => chord.outside(class),
            _ => 1.0,
        };
        own * self.next.as_ref().map_or(1.0, |next| next.sounded_into(class))
    }

    /// Whether the ear stays on it: on a beat, or long.
    fn is_stressed(&self) -> bool {
        let on_beat = self.onset.since_start() % Duration::QUARTER == Duration::ZERO;
        on_beat || self.note.duration >= Duration::QUARTER
    }
}

impl ChordClasses {
    /// Whether a note that is no chord tone is a semitone above one, as the fourth over a major chord.
    fn avoids(&self, class: PitchClass) -> bool {
        self.tones.contains(class.transposed(-1))
    }

    /// An arbitrary note is likeliest from one of the chord's less usual scales (the blues scale, say), then
    /// from outside, and least from the usual scale, which has categories of its own.
    fn outside(&self, class: PitchClass) -> f64 {
        match (self.scale.contains(class), self.other_scales.contains(class)) {
            (true, _) => 0.05,
            (false, true) => 2.0,
            (false, false) => 1.0,
        }
    }

    /// How well a note that began before the chord goes on into it.
    fn sounded_into(&self, class: PitchClass) -> f64 {
        match (self.tones.contains(class), self.scale.contains(class)) {
            (true, _) => 4.0,
            (false, true) => 1.0,
            (false, false) => 0.2,
        }
    }
}

/// Which pitch classes a note may have, and how well each sits on the chord.
pub(super) struct Fit {
    classes: PitchClassSet,
    weights: [f64; 12],
}

impl Fit {
    pub(super) fn new(moment: &NoteOnChord) -> Self {
        let weights = std::array::from_fn(|class| moment.weight(PitchClass::new(class as i32)));
        Self { classes: moment.classes(), weights }
    }

    /// Whether a pitch has the category of the note.
    pub(super) fn allows(&self, pitch: Pitch) -> bool {
        self.classes.contains(pitch.class())
    }

    /// How well a pitch sits on the chord.
    pub(super) fn weight(&self, pitch: Pitch) -> f64 {
        self.weights[pitch.class().index()]
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
    1.0 / (1.0 + 8.0 * off * off * off * off)
}

/// A line that comes straight back to the note before last goes in circles.
pub(super) fn circling(before_last: Option<Pitch>, pitch: Pitch) -> f64 {
    if before_last == Some(pitch) { 0.6 } else { 1.0 }
}
