//! Chord scales: the seven or so classes that go with a chord.

use crate::{Chord, PitchClass, PitchClassSet, Quality, Seventh, Tension, Triad};

/// A scale, as semitones above its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    name: &'static str,
    steps: &'static [i32],
}

macro_rules! scales {
    ($($id:ident $name:literal $steps:expr;)*) => {
        $(#[doc = concat!("The ", $name, " scale.")] pub const $id: Self = Self { name: $name, steps: &$steps };)*
        /// Every scale.
        pub const ALL: &'static [Self] = &[$(Self::$id),*];
    };
}

impl Scale {
    scales! {
        IONIAN "ionian" [0, 2, 4, 5, 7, 9, 11];
        DORIAN "dorian" [0, 2, 3, 5, 7, 9, 10];
        PHRYGIAN "phrygian" [0, 1, 3, 5, 7, 8, 10];
        LYDIAN "lydian" [0, 2, 4, 6, 7, 9, 11];
        MIXOLYDIAN "mixolydian" [0, 2, 4, 5, 7, 9, 10];
        AEOLIAN "aeolian" [0, 2, 3, 5, 7, 8, 10];
        LOCRIAN "locrian" [0, 1, 3, 5, 6, 8, 10];
        LOCRIAN_NATURAL_TWO "locrian natural 2" [0, 2, 3, 5, 6, 8, 10];
        MELODIC_MINOR "melodic minor" [0, 2, 3, 5, 7, 9, 11];
        HARMONIC_MINOR "harmonic minor" [0, 2, 3, 5, 7, 8, 11];
        LYDIAN_DOMINANT "lydian dominant" [0, 2, 4, 6, 7, 9, 10];
        LYDIAN_AUGMENTED "lydian augmented" [0, 2, 4, 6, 8, 9, 11];
        PHRYGIAN_DOMINANT "phrygian dominant" [0, 1, 4, 5, 7, 8, 10];
        MIXOLYDIAN_FLAT_THIRTEEN "mixolydian b13" [0, 2, 4, 5, 7, 8, 10];
        ALTERED "altered" [0, 1, 3, 4, 6, 8, 10];
        HALF_WHOLE "half-whole diminished" [0, 1, 3, 4, 6, 7, 9, 10];
        WHOLE_HALF "whole-half diminished" [0, 2, 3, 5, 6, 8, 9, 11];
        WHOLE_TONE "whole tone" [0, 2, 4, 6, 8, 10];
        BLUES "blues" [0, 3, 5, 6, 7, 10];
        BEBOP_DOMINANT "bebop dominant" [0, 2, 4, 5, 7, 9, 10, 11];
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Its classes on a root.
    pub fn on(self, root: PitchClass) -> PitchClassSet {
        PitchClassSet::above(root, self.steps)
    }
}

impl Chord {
    /// The scales that go with the chord on its root, the usual one first (after the chord-scale tables
    /// that jazz schools share: ionian and lydian on major, dorian on minor sevenths, and so on).
    pub fn scales(&self) -> &'static [Scale] {
        self.quality.scales()
    }

    /// The classes of the usual scale, with the chord's own tones and tensions in it.
    pub fn scale_tones(&self) -> PitchClassSet {
        let root = self.root.class();
        let named = self.quality.tensions().iter().map(|t| root.transposed(t.semitones()));
        self.scales()[0].on(root).union(self.tones()).union(named.collect())
    }
}

impl Quality {
    fn scales(self) -> &'static [Scale] {
        match (self.triad(), self.seventh()) {
            (Triad::Major, Some(Seventh::Minor)) => self.dominant_scales(),
            (Triad::Major, _) if self.tensions().contains(Tension::SharpEleven) => &[Scale::LYDIAN],
            (Triad::Major, _) => &[Scale::IONIAN, Scale::LYDIAN],
            (Triad::Minor, Some(Seventh::Minor)) => &[Scale::DORIAN, Scale::AEOLIAN, Scale::PHRYGIAN],
            (Triad::Minor, Some(Seventh::Major)) => &[Scale::MELODIC_MINOR, Scale::HARMONIC_MINOR],
            (Triad::Minor, _) => &[Scale::DORIAN, Scale::MELODIC_MINOR, Scale::AEOLIAN],
            (Triad::Diminished, Some(Seventh::Minor)) => &[Scale::LOCRIAN, Scale::LOCRIAN_NATURAL_TWO],
            (Triad::Diminished, _) => &[Scale::WHOLE_HALF],
            (Triad::Augmented, Some(Seventh::Minor)) => &[Scale::WHOLE_TONE, Scale::ALTERED],
            (Triad::Augmented, _) => &[Scale::LYDIAN_AUGMENTED, Scale::WHOLE_TONE],
            (Triad::FlatFive, Some(Seventh::Minor)) => &[Scale::LYDIAN_DOMINANT, Scale::WHOLE_TONE],
            (Triad::FlatFive, _) => &[Scale::LYDIAN],
            (Triad::Sus2 | Triad::Sus4, Some(Seventh::Minor)) => &[Scale::MIXOLYDIAN, Scale::DORIAN],
            (Triad::Sus2 | Triad::Sus4 | Triad::Power, _) => &[Scale::IONIAN, Scale::MIXOLYDIAN],
        }
    }

    fn dominant_scales(self) -> &'static [Scale] {
        let has = |t| self.tensions().contains(t);
        match (has(Tension::FlatNine) || has(Tension::SharpNine), has(Tension::FlatThirteen)) {
            (true, true) if has(Tension::SharpEleven) || has(Tension::SharpNine) => &[Scale::ALTERED],
            (true, true) => &[Scale::PHRYGIAN_DOMINANT, Scale::ALTERED],
            (true, false) => &[Scale::HALF_WHOLE, Scale::ALTERED],
            (false, true) => &[Scale::MIXOLYDIAN_FLAT_THIRTEEN],
            (false, false) if has(Tension::SharpEleven) => &[Scale::LYDIAN_DOMINANT],
            (false, false) => {
                &[Scale::MIXOLYDIAN, Scale::BEBOP_DOMINANT, Scale::BLUES, Scale::LYDIAN_DOMINANT]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chord_lies_in_its_scale() {
        for quality in Quality::all() {
            for class in PitchClass::all() {
                let chord = Chord { root: crate::NoteName::flat(class), quality, bass: None };
                assert!(chord.tones().without(chord.scale_tones()).is_empty(), "{chord}");
                assert!((6..=12).contains(&chord.scale_tones().len()), "{chord}");
            }
        }
    }

    #[test]
    fn the_usual_scales_come_first() {
        let first = |symbol: &str| symbol.parse::<Chord>().unwrap().scales()[0].name();
        let usual =
            ["Cmaj7", "Dm7", "G7", "Bm7b5", "G7alt", "G7b9", "Cdim7", "C7#5", "F7#11", "Cm6", "G7sus4"]
                .map(first);
        assert_eq!(
            usual,
            [
                "ionian",
                "dorian",
                "mixolydian",
                "locrian",
                "altered",
                "half-whole diminished",
                "whole-half diminished",
                "whole tone",
                "lydian dominant",
                "dorian",
                "mixolydian",
            ]
        );
    }
}
