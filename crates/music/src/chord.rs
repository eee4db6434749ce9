//! Chord symbols: a root, a quality, and sometimes another bass.

mod parse;

use std::fmt;

use crate::{NoteName, PitchClass, PitchClassSet};

/// A chord symbol, such as `Cm7`, `F7b9` or `Bb/D`. N.C. is the absence of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    /// The root.
    pub root: NoteName,
    /// What stands on it.
    pub quality: Quality,
    /// The bass, where it is another note than the root.
    pub bass: Option<NoteName>,
}

impl Chord {
    /// The classes of triad and seventh (or sixth): what a soloist calls chord tones.
    pub fn tones(&self) -> PitchClassSet {
        PitchClassSet::above(self.root.class(), &self.quality.tones())
    }

    /// The classes that colour the chord without belonging to it: its tensions, and those its quality allows.
    pub fn colours(&self) -> PitchClassSet {
        PitchClassSet::above(self.root.class(), &self.quality.colours()).without(self.tones())
    }

    /// Third and seventh (for a sixth chord the sixth, for a suspended one the fourth or second): the tones
    /// that tell the quality.
    pub fn guide_tones(&self) -> PitchClassSet {
        let third = self.quality.triad.semitones()[1];
        let guides: Vec<i32> =
            [Some(third), self.quality.seventh.map(Seventh::semitones)].into_iter().flatten().collect();
        PitchClassSet::above(self.root.class(), &guides)
    }

    /// The class that the bass plays.
    pub fn bass_class(&self) -> PitchClass {
        self.bass.unwrap_or(self.root).class()
    }

    /// The chord `semitones` higher, its names moved one by one; between keys [`Sheet::in_key`](crate::Sheet::in_key)
    /// names it by its function.
    #[must_use]
    pub fn transposed(&self, semitones: i32) -> Self {
        let up = |name: NoteName| name.transposed(semitones);
        Self { root: up(self.root), quality: self.quality, bass: self.bass.map(up) }
    }

    /// How a class is written over this chord: on the letter of its degree (B♭ over Gm7, not A♯) where that
    /// needs at most one accidental, else in the simplest way.
    pub fn spell(&self, class: PitchClass) -> NoteName {
        let steps = self.quality.steps(self.root.class().up_to(class));
        let by_degree = NoteName::on(self.root.letter().up(steps), class);
        let plain =
            |n: &NoteName| n.alter().abs() <= 1 && ((-6..=10).contains(&n.fifths()) || *n == self.root);
        by_degree.filter(plain).unwrap_or_else(|| {
            if self.root.alter() > 0 { NoteName::sharp(class) } else { NoteName::flat(class) }
        })
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.root, self.quality)?;
        self.bass.map_or(Ok(()), |bass| write!(f, "/{bass}"))
    }
}

/// What stands on a root: a triad, perhaps a sixth or seventh, and tensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quality {
    triad: Triad,
    seventh: Option<Seventh>,
    tensions: Tensions,
}

impl Quality {
    /// A quality; `None` for what no chord symbol says: a diminished seventh on another triad than the
    /// diminished one, a sixth on the diminished one, or anything on a power chord.
    pub fn new(triad: Triad, seventh: Option<Seventh>, tensions: Tensions) -> Option<Self> {
        let said = match (triad, seventh) {
            (Triad::Power, None) => tensions.is_empty(),
            (Triad::Power, Some(_)) | (Triad::Diminished, Some(Seventh::Sixth)) => false,
            (Triad::Diminished, Some(Seventh::Diminished)) => true,
            (_, Some(Seventh::Diminished)) => false,
            _ => true,
        };
        said.then_some(Self { triad, seventh, tensions })
    }

    /// Every quality there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let sevenths = [None].into_iter().chain(Seventh::ALL.map(Some));
        let pairs = Triad::ALL.into_iter().flat_map(move |t| sevenths.clone().map(move |s| (t, s)));
        pairs.flat_map(|(t, s)| (0..128).filter_map(move |bits| Self::new(t, s, Tensions(bits))))
    }

    /// The triad.
    pub const fn triad(self) -> Triad {
        self.triad
    }

    /// The sixth or seventh.
    pub const fn seventh(self) -> Option<Seventh> {
        self.seventh
    }

    /// The tensions that the symbol names.
    pub const fn tensions(self) -> Tensions {
        self.tensions
    }

    /// Whether it is a dominant: a minor seventh over a major, augmented or suspended triad.
    pub fn is_dominant(self) -> bool {
        self.seventh == Some(Seventh::Minor) && !matches!(self.triad, Triad::Minor | Triad::Diminished)
    }

    /// Semitones of triad and seventh above the root.
    fn tones(self) -> Vec<i32> {
        let seventh = self.seventh.map(Seventh::semitones);
        self.triad.semitones().into_iter().chain(seventh).collect()
    }

    /// Semitones of the tensions, named or allowed, above the root.
    fn colours(self) -> Vec<i32> {
        let allowed: &[i32] = match (self.triad, self.seventh) {
            (Triad::Major, Some(Seventh::Minor)) => match self.tensions.has_altered() {
                true => &[],
                false => &[2, 9],
            },
            (Triad::Major, _) => &[2, 9, 11],
            (Triad::Minor, Some(Seventh::Minor)) => &[2, 5],
            (Triad::Minor, _) => &[2, 5, 9],
            (Triad::Diminished, Some(Seventh::Minor)) => &[5, 8],
            (Triad::Diminished, _) => &[2, 5, 8, 11],
            (Triad::Augmented | Triad::FlatFive, _) => &[2],
            (Triad::Sus2 | Triad::Sus4 | Triad::Power, _) => &[2, 9],
        };
        allowed.iter().copied().chain(self.tensions.iter().map(Tension::semitones)).collect()
    }

    /// Letters above the root on which a class so many semitones higher is written.
    fn steps(self, semitones: i32) -> i32 {
        let minor_third = matches!(self.triad, Triad::Minor | Triad::Diminished);
        let flat_fifth = matches!(self.triad, Triad::Diminished | Triad::FlatFive);
        match semitones {
            0 => 0,
            1 | 2 => 1,
            3 if self.tensions.contains(Tension::SharpNine) && !minor_third => 1,
            3 | 4 => 2,
            5 => 3,
            6 => {
                if flat_fifth {
                    4
                } else {
                    3
                }
            }
            7 => 4,
            8 => {
                if self.triad == Triad::Augmented {
                    4
                } else {
                    5
                }
            }
            9 => {
                if self.seventh == Some(Seventh::Diminished) {
                    6
                } else {
                    5
                }
            }
            _ => 6,
        }
    }

    /// The natural tensions that the figure itself says (13 says 9 and 13), and that figure.
    fn figure(self) -> (&'static str, Tensions) {
        let t = self.tensions;
        let says =
            |list: &[Tension]| list.iter().all(|&x| t.contains(x)).then(|| list.iter().copied().collect());
        match self.seventh {
            Some(Seventh::Minor | Seventh::Major) => says(&[Tension::Nine, Tension::Thirteen])
                .map(|s| ("13", s))
                .or_else(|| says(&[Tension::Nine, Tension::Eleven]).map(|s| ("11", s)))
                .or_else(|| says(&[Tension::Nine]).map(|s| ("9", s)))
                .unwrap_or(("7", Tensions::default())),
            Some(Seventh::Sixth) => says(&[Tension::Nine]).map_or(("6", Tensions::default()), |s| ("69", s)),
            Some(Seventh::Diminished) => ("7", Tensions::default()),
            None => ("", Tensions::default()),
        }
    }

    fn is_alt(self) -> bool {
        self.triad == Triad::Major
            && self.seventh == Some(Seventh::Minor)
            && self.tensions == Tensions::ALTERED
    }
}

impl fmt::Display for Quality {
    /// In ASCII: `maj7`, `m7b5`, `7b9`, `69`, `7alt`, `13sus4`; alterations of a bare triad in parentheses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_alt() {
            return f.write_str("7alt");
        }
        let (figure, said) = self.figure();
        let major = if self.seventh == Some(Seventh::Major) { "maj" } else { "" };
        let (before, after) = match (self.triad, self.seventh) {
            (Triad::Major, _) => ("", ""),
            (Triad::Minor, _) => ("m", ""),
            (Triad::Diminished, Some(Seventh::Minor)) => ("m", "b5"),
            (Triad::Diminished, _) => ("dim", ""),
            (Triad::Augmented, None) => ("aug", ""),
            (Triad::Augmented, _) => ("", "#5"),
            (Triad::FlatFive, None) => ("(b5)", ""),
            (Triad::FlatFive, _) => ("", "b5"),
            (Triad::Sus2, _) => ("", "sus2"),
            (Triad::Sus4, _) => ("", "sus4"),
            (Triad::Power, _) => ("5", ""),
        };
        write!(f, "{before}{major}{figure}{after}")?;
        let rest = self.tensions.without(said);
        if rest.is_empty() {
            return Ok(());
        }
        let accidental = rest.iter().next().is_some_and(|t| !t.symbol().starts_with("add"));
        let bare = before.is_empty() && figure.is_empty() && after.is_empty();
        let (open, close) = if bare && accidental { ("(", ")") } else { ("", "") };
        write!(f, "{open}")?;
        rest.iter().try_for_each(|t| f.write_str(t.symbol()))?;
        write!(f, "{close}")
    }
}

/// The three notes a chord is built on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Triad {
    /// Root, major third, fifth.
    Major,
    /// Root, minor third, fifth.
    Minor,
    /// Root, minor third, flat fifth.
    Diminished,
    /// Root, major third, sharp fifth.
    Augmented,
    /// Root, major third, flat fifth.
    FlatFive,
    /// Root, second, fifth.
    Sus2,
    /// Root, fourth, fifth.
    Sus4,
    /// Root and fifth.
    Power,
}

impl Triad {
    const ALL: [Self; 8] = [
        Self::Major,
        Self::Minor,
        Self::Diminished,
        Self::Augmented,
        Self::FlatFive,
        Self::Sus2,
        Self::Sus4,
        Self::Power,
    ];

    /// Semitones above the root: root, third (or what stands for it), fifth.
    pub const fn semitones(self) -> [i32; 3] {
        match self {
            Self::Major => [0, 4, 7],
            Self::Minor => [0, 3, 7],
            Self::Diminished => [0, 3, 6],
            Self::Augmented => [0, 4, 8],
            Self::FlatFive => [0, 4, 6],
            Self::Sus2 => [0, 2, 7],
            Self::Sus4 => [0, 5, 7],
            Self::Power => [0, 7, 7],
        }
    }
}

/// The fourth note of a chord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seventh {
    /// A major sixth in place of a seventh.
    Sixth,
    /// Diminished: nine semitones.
    Diminished,
    /// Minor: ten semitones.
    Minor,
    /// Major: eleven semitones.
    Major,
}

impl Seventh {
    const ALL: [Self; 4] = [Self::Sixth, Self::Diminished, Self::Minor, Self::Major];

    /// Semitones above the root.
    pub const fn semitones(self) -> i32 {
        match self {
            Self::Sixth | Self::Diminished => 9,
            Self::Minor => 10,
            Self::Major => 11,
        }
    }
}

/// A tension that a symbol can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the names of the tensions")]
pub enum Tension {
    FlatNine,
    SharpNine,
    SharpEleven,
    FlatThirteen,
    Nine,
    Eleven,
    Thirteen,
}

impl Tension {
    const ALL: [Self; 7] = [
        Self::FlatNine,
        Self::SharpNine,
        Self::SharpEleven,
        Self::FlatThirteen,
        Self::Nine,
        Self::Eleven,
        Self::Thirteen,
    ];

    /// Semitones above the root, within an octave.
    pub const fn semitones(self) -> i32 {
        [1, 3, 6, 8, 2, 5, 9][self as usize]
    }

    /// As a chord symbol names it beside the figure.
    const fn symbol(self) -> &'static str {
        ["b9", "#9", "#11", "b13", "add9", "add11", "add13"][self as usize]
    }
}

/// A set of tensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Tensions(u8);

impl Tensions {
    /// All the altered ones: ♭9 ♯9 ♯11 ♭13.
    pub(crate) const ALTERED: Self = Self(0b1111);

    /// Whether the set holds a tension.
    pub const fn contains(self, tension: Tension) -> bool {
        self.0 & (1 << tension as u8) != 0
    }

    /// The set with one tension more.
    #[must_use]
    pub const fn with(self, tension: Tension) -> Self {
        Self(self.0 | 1 << tension as u8)
    }

    const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Its members, the altered ones first.
    pub fn iter(self) -> impl Iterator<Item = Tension> {
        Tension::ALL.into_iter().filter(move |&t| self.contains(t))
    }

    /// Whether it is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a ninth or thirteenth is altered.
    pub(crate) const fn has_altered(self) -> bool {
        self.contains(Tension::FlatNine)
            || self.contains(Tension::SharpNine)
            || self.contains(Tension::FlatThirteen)
    }
}

impl FromIterator<Tension> for Tensions {
    fn from_iter<I: IntoIterator<Item = Tension>>(tensions: I) -> Self {
        tensions.into_iter().fold(Self::default(), Self::with)
    }
}

#[cfg(test)]
mod tests;
