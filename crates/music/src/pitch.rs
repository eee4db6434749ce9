//! Pitch as it sounds, and the names it is written with.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::{Error, Interval};

/// One of the twelve pitch classes, 0 = C.
///
/// It has no `Ord`: which of two classes comes first depends on the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PitchClass(u8);

impl PitchClass {
    /// The class of any number of semitones above C.
    pub const fn new(semitones: i32) -> Self {
        Self(semitones.rem_euclid(12) as u8)
    }

    /// 0 for C up to 11 for B.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// All twelve, from C upwards.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..12).map(Self)
    }

    /// The class `semitones` higher.
    #[must_use]
    pub const fn transposed(self, semitones: i32) -> Self {
        Self::new(self.0 as i32 + semitones)
    }

    /// Semitones from `self` up to `other`, 0 to 11.
    pub const fn up_to(self, other: Self) -> i32 {
        (other.0 as i32 - self.0 as i32).rem_euclid(12)
    }

    /// Semitones from `self` to the nearest `other`, −5 (down) to 6 (up).
    pub const fn nearest(self, other: Self) -> i32 {
        let up = self.up_to(other);
        if up > 6 { up - 12 } else { up }
    }
}

/// A set of pitch classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PitchClassSet(u16);

impl PitchClassSet {
    /// The set of none.
    pub const EMPTY: Self = Self(0);

    /// The set of these semitones above `root`.
    pub fn above(root: PitchClass, semitones: &[i32]) -> Self {
        semitones.iter().map(|&s| root.transposed(s)).collect()
    }

    /// Whether the class is in the set.
    pub const fn contains(self, class: PitchClass) -> bool {
        self.0 & (1 << class.0) != 0
    }

    /// The set with one class more.
    #[must_use]
    pub const fn with(self, class: PitchClass) -> Self {
        Self(self.0 | 1 << class.0)
    }

    /// The classes of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The classes of this set that are not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Its members, from C upwards.
    pub fn iter(self) -> impl Iterator<Item = PitchClass> {
        PitchClass::all().filter(move |&c| self.contains(c))
    }

    /// How many classes it holds.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether it holds none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Bit `i` says whether the class `i` semitones above C is in the set.
    pub const fn bits(self) -> u16 {
        self.0
    }
}

impl FromIterator<PitchClass> for PitchClassSet {
    fn from_iter<I: IntoIterator<Item = PitchClass>>(classes: I) -> Self {
        classes.into_iter().fold(Self::default(), Self::with)
    }
}

/// A sounding pitch as MIDI numbers it: 60 is middle C, 69 the A of 440 Hz; 0 to 127.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pitch(u8);

impl Pitch {
    /// The lowest pitch of MIDI.
    pub const MIN: Self = Self(0);
    /// The highest pitch of MIDI.
    pub const MAX: Self = Self(127);

    /// The pitch of a MIDI number, if there is one.
    pub const fn new(number: u8) -> Option<Self> {
        if number <= 127 { Some(Self(number)) } else { None }
    }

    /// The pitch of a MIDI number known to be at most 127.
    ///
    /// # Panics
    /// In a constant with a number above 127 (a compile error there).
    pub const fn midi(number: u8) -> Self {
        assert!(number <= 127, "MIDI pitches end at 127");
        Self(number)
    }

    /// The MIDI number.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its pitch class.
    pub const fn class(self) -> PitchClass {
        PitchClass(self.0 % 12)
    }

    /// The pitch an interval away, if MIDI has it.
    pub fn checked_add(self, interval: Interval) -> Option<Self> {
        u8::try_from(i32::from(self.0) + interval.semitones()).ok().and_then(Self::new)
    }

    /// The interval from `self` to `other`, positive when `other` is higher.
    pub fn to(self, other: Self) -> Interval {
        Interval::new(i32::from(other.0) - i32::from(self.0))
    }

    /// The octave in scientific notation: middle C is in octave 4.
    pub const fn octave(self) -> i32 {
        self.0 as i32 / 12 - 1
    }

    /// The pitch written with a name, such as B♯3 for middle C: the name, and the octave of its letter.
    pub fn spelled(self, name: NoteName) -> Option<(NoteName, i32)> {
        (name.class() == self.class()).then(|| {
            let letter = i32::from(self.0) - name.alter();
            (name, letter.div_euclid(12) - 1)
        })
    }
}

impl fmt::Display for Pitch {
    /// With flats, as in `Bb4`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", NoteName::flat(self.class()), self.octave())
    }
}

impl FromStr for Pitch {
    type Err = Error;

    /// A name with its octave, such as `Bb4` or `F#3`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fail = || Error::new("pitch", text, "write a note with its octave, such as Bb4");
        let split = text.find(|c: char| c.is_ascii_digit() || c == '-').ok_or_else(fail)?;
        let name: NoteName = text[..split].parse().map_err(|_| fail())?;
        let octave: i32 = text[split..].parse().map_err(|_| fail())?;
        let number = octave.checked_add(1).and_then(|o| o.checked_mul(12)).ok_or_else(fail)?;
        let number = number.checked_add(name.letter().semitones() + name.alter()).ok_or_else(fail)?;
        u8::try_from(number).ok().and_then(Self::new).ok_or_else(fail)
    }
}

/// A letter of the staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Letter {
    /// C, 0 semitones above C.
    C,
    /// D, 2 semitones above C.
    D,
    /// E, 4 semitones above C.
    E,
    /// F, 5 semitones above C.
    F,
    /// G, 7 semitones above C.
    G,
    /// A, 9 semitones above C.
    A,
    /// B, 11 semitones above C.
    B,
}

impl Letter {
    /// The letters from C to B.
    pub const ALL: [Self; 7] = [Self::C, Self::D, Self::E, Self::F, Self::G, Self::A, Self::B];

    /// Its name, a capital.
    pub const fn name(self) -> char {
        ['C', 'D', 'E', 'F', 'G', 'A', 'B'][self as usize]
    }

    /// The letter of a name, which is a capital.
    pub fn from_name(name: char) -> Option<Self> {
        Self::ALL.into_iter().find(|letter| letter.name() == name)
    }

    /// Semitones above C, without an accidental.
    pub const fn semitones(self) -> i32 {
        [0, 2, 4, 5, 7, 9, 11][self as usize]
    }

    /// The letter a number of staff steps higher.
    #[must_use]
    pub const fn up(self, steps: i32) -> Self {
        Self::ALL[(self as i32 + steps).rem_euclid(7) as usize]
    }
}

/// A pitch class as it is written: a letter and up to two flats or sharps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NoteName {
    letter: Letter,
    alter: i8,
}

impl NoteName {
    /// A letter altered by −2 (𝄫) to 2 (𝄪) semitones; `None` beyond.
    pub const fn new(letter: Letter, alter: i32) -> Option<Self> {
        if alter >= -2 && alter <= 2 { Some(Self { letter, alter: alter as i8 }) } else { None }
    }

    /// The usual name with a flat where one is needed: D♭, E♭, G♭, A♭, B♭.
    pub const fn flat(class: PitchClass) -> Self {
        const NAMES: [(Letter, i8); 12] = [
            (Letter::C, 0),
            (Letter::D, -1),
            (Letter::D, 0),
            (Letter::E, -1),
            (Letter::E, 0),
            (Letter::F, 0),
            (Letter::G, -1),
            (Letter::G, 0),
            (Letter::A, -1),
            (Letter::A, 0),
            (Letter::B, -1),
            (Letter::B, 0),
        ];
        let (letter, alter) = NAMES[class.index()];
        Self { letter, alter }
    }

    /// The usual name with a sharp where one is needed: C♯, D♯, F♯, G♯, A♯.
    pub const fn sharp(class: PitchClass) -> Self {
        let flat = Self::flat(class);
        if flat.alter == 0 { flat } else { Self { letter: flat.letter.up(-1), alter: 1 } }
    }

    /// The name of `class` on this letter, if at most two accidentals reach it.
    pub const fn on(letter: Letter, class: PitchClass) -> Option<Self> {
        let up = (class.0 as i32 - letter.semitones()).rem_euclid(12);
        Self::new(letter, if up > 6 { up - 12 } else { up })
    }

    /// The letter.
    pub const fn letter(self) -> Letter {
        self.letter
    }

    /// Semitones by which the letter is altered, −2 to 2.
    pub const fn alter(self) -> i32 {
        self.alter as i32
    }

    /// The class it sounds as.
    pub const fn class(self) -> PitchClass {
        PitchClass::new(self.letter.semitones() + self.alter as i32)
    }

    /// Place on the line of fifths: F −1, C 0, G 1, …, B♭ −2, F♯ 6.
    pub const fn fifths(self) -> i32 {
        [0, 2, 4, -1, 1, 3, 5][self.letter as usize] + 7 * self.alter as i32
    }

    /// The name at a place on the line of fifths; `None` beyond two accidentals.
    pub const fn at_fifths(fifths: i32) -> Option<Self> {
        const LINE: [Letter; 7] =
            [Letter::F, Letter::C, Letter::G, Letter::D, Letter::A, Letter::E, Letter::B];
        let place = fifths + 1;
        Self::new(LINE[place.rem_euclid(7) as usize], place.div_euclid(7))
    }

    /// The places on the line of fifths of the names that players use in any key: G♭ to A♯.
    pub(crate) const USUAL_FIFTHS: RangeInclusive<i32> = -6..=10;

    /// The usual name of what stands at a place on the line of fifths, the nearest to it.
    pub(crate) fn usual(fifths: i32) -> Self {
        let (least, most) = (*Self::USUAL_FIFTHS.start(), *Self::USUAL_FIFTHS.end());
        let place = match fifths {
            f if f < least => f + 12 * ((least - f + 11) / 12),
            f if f > most => f - 12 * ((f - most + 11) / 12),
            f => f,
        };
        Self::at_fifths(place).unwrap_or(Self { letter: Letter::C, alter: 0 })
    }

    /// The name `semitones` higher: on the same interval of letters where that name is usual, else the usual name
    /// that sounds the same. By whole octaves no name changes.
    #[must_use]
    pub fn transposed(self, semitones: i32) -> Self {
        const FIFTHS: [i32; 12] = [0, -5, 2, -3, 4, -1, -6, 1, -4, 3, -2, 5];
        match semitones.rem_euclid(12) {
            0 => self,
            up => Self::usual(self.fifths() + FIFTHS[up as usize]),
        }
    }
}

impl fmt::Display for NoteName {
    /// In ASCII: `Bb`, `F#`, `C##`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.letter.name(), ["bb", "b", "", "#", "##"][(self.alter + 2) as usize])
    }
}

impl FromStr for NoteName {
    type Err = Error;

    /// A letter with flats (`b`, `♭`) or sharps (`#`, `♯`).
    fn from_str(text: &str) -> Result<Self, Error> {
        match split_name(text) {
            Some((name, "")) => Ok(name),
            _ => Err(Error::new("note name", text, "write a letter from A to G with b or #, such as Bb")),
        }
    }
}

/// The note name at the start of a text, and what follows it.
pub(crate) fn split_name(text: &str) -> Option<(NoteName, &str)> {
    let mut rest = text.chars();
    let letter = Letter::from_name(rest.next()?.to_ascii_uppercase())?;
    let mut alter = 0;
    loop {
        let before = rest.as_str();
        match rest.next() {
            Some('b' | '♭') if alter <= 0 => alter -= 1,
            Some('#' | '♯') if alter >= 0 => alter += 1,
            _ => return Some((NoteName::new(letter, alter)?, before)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for letter in Letter::ALL {
            for alter in -2..=2 {
                let name = NoteName::new(letter, alter).unwrap();
                assert_eq!(name.to_string().parse(), Ok(name));
                assert_eq!(NoteName::at_fifths(name.fifths()), Some(name));
                assert_eq!(NoteName::on(letter, name.class()), Some(name));
            }
        }
    }

    #[test]
    fn every_pitch_is_read_back_and_spelled() {
        for number in 0..128 {
            let pitch = Pitch::midi(number);
            assert_eq!(pitch.to_string().parse(), Ok(pitch));
            let (name, octave) = pitch.spelled(NoteName::sharp(pitch.class())).unwrap();
            assert_eq!(format!("{name}{octave}").parse(), Ok(pitch));
        }
        assert_eq!(Pitch::midi(60).spelled("B#".parse().unwrap()).unwrap().1, 3);
        assert_eq!(Pitch::midi(59).spelled("Cb".parse().unwrap()).unwrap().1, 4);
    }

    #[test]
    fn transposing_up_and_down_keeps_the_sound() {
        for class in PitchClass::all() {
            for up in -12..=12 {
                let name = NoteName::flat(class).transposed(up);
                assert_eq!(name.class(), class.transposed(up));
                assert!(name.alter().abs() <= 1);
            }
        }
        assert_eq!("F#".parse::<NoteName>().unwrap().transposed(1).to_string(), "G");
        assert_eq!("Bb".parse::<NoteName>().unwrap().transposed(5).to_string(), "Eb");
    }

    #[test]
    fn the_nearest_of_a_class_is_at_most_a_tritone_away() {
        for (from, to) in PitchClass::all().flat_map(|from| PitchClass::all().map(move |to| (from, to))) {
            let way = from.nearest(to);
            assert!((-5..=6).contains(&way) && from.transposed(way) == to, "{from:?} to {to:?}: {way}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "H", "C###", "Cb#b", "C5x", "é"] {
            assert!(text.parse::<NoteName>().is_err(), "{text}");
        }
        for text in ["C", "C10", "C99999999999", "Cb-1", "4"] {
            assert!(text.parse::<Pitch>().is_err(), "{text}");
        }
    }
}
