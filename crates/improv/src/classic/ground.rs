//! The ground a line stands on: which classes are chord, colour and scale tones at a time.

use sideman_music::{Chord, Duration, Key, Mode, NoteName, PitchClass, PitchClassSet, Sheet, Time};

use super::Category;

/// The classes a soloist thinks in while a chord sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ground {
    tones: PitchClassSet,
    colours: PitchClassSet,
    scale: PitchClassSet,
}

impl Ground {
    fn of_chord(chord: &Chord) -> Self {
        Self { tones: chord.tones(), colours: chord.colours(), scale: chord.scale_tones() }
    }

    /// The tonic of a key, where a chart has no chord at all.
    fn of_key(key: Key) -> Self {
        let third = match key.mode() {
            Mode::Major => 4,
            Mode::Minor => 3,
        };
        let tonic = key.tonic().class();
        let tones = PitchClassSet::above(tonic, &[0, third, 7]);
        Self { tones, colours: PitchClassSet::above(tonic, &[2]), scale: key.classes() }
    }

    /// Whether a class is what a category says, as far as the chord alone decides it: an approach is then
    /// the same as any other note.
    pub(super) fn is(&self, category: Category, class: PitchClass) -> bool {
        match category {
            Category::Chord => self.tones.contains(class),
            Category::Scale => self.scale.contains(class) && !self.tones.contains(class),
            Category::Approach | Category::Other => !self.scale.union(self.tones).contains(class),
        }
    }

    /// Whether a note of the class may be the target of an approach: a chord or colour tone.
    pub(super) fn is_target(&self, class: PitchClass) -> bool {
        self.tones.union(self.colours).contains(class)
    }

    /// What a class is on this ground, no approach being considered.
    pub(super) fn category(&self, class: PitchClass) -> Category {
        let known = [Category::Chord, Category::Scale].into_iter().find(|&c| self.is(c, class));
        known.unwrap_or(Category::Other)
    }
}

/// The grounds of a sheet. Over N.C. the chord before still counts, as it does in the ear; before the first
/// chord the first one does; a chart without chords stands on the tonic of its key, or on C.
#[derive(Debug, Clone)]
pub(super) struct Grounds(Vec<(Time, Ground)>);

impl Grounds {
    pub(super) fn of(sheet: &Sheet) -> Self {
        let chords = sheet.chords().iter().filter_map(|(at, chord)| Some((*at, chord.as_ref()?)));
        let mut grounds: Vec<(Time, Ground)> =
            chords.map(|(at, chord)| (at, Ground::of_chord(chord))).collect();
        if grounds.is_empty() {
            let c = || Key::on(NoteName::flat(PitchClass::new(0)).class(), Mode::Major);
            grounds.push((Time::ZERO, Ground::of_key(sheet.key().unwrap_or_else(c))));
        }
        Self(grounds)
    }

    pub(super) fn at(&self, time: Time) -> &Ground {
        let after = self.0.partition_point(|&(at, _)| at <= time);
        &self.0[after.saturating_sub(1)].1
    }
}

/// The first bar line behind a time.
pub(super) fn next_bar_line(sheet: &Sheet, time: Time) -> Time {
    time + (sheet.meter_at(time).bar() - within_bar(sheet, time))
}

/// How far behind its downbeat a time is.
pub(super) fn within_bar(sheet: &Sheet, time: Time) -> Duration {
    sheet.place(time).1
}
