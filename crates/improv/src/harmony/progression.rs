//! Charts as sequences that no transposition changes: each chord by its step from the one before, its class, its length.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use sideman_corpus::Piece;
use sideman_music::{Chord, Duration, Quality, Seventh, Sheet, Time, Triad};

/// What a chord is, as far as what follows it depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChordClass {
    /// A major triad, with a sixth or major seventh or without.
    Major,
    /// A minor triad, with a sixth or major seventh or without.
    Minor,
    /// A minor seventh chord.
    MinorSeventh,
    /// A dominant seventh, altered or not.
    Dominant,
    /// A suspended chord.
    Suspended,
    /// A half-diminished seventh.
    HalfDiminished,
    /// A diminished triad or seventh.
    Diminished,
    /// An augmented triad.
    Augmented,
    /// N.C.
    Silence,
}

impl ChordClass {
    /// Every class.
    pub const ALL: [Self; 9] = [
        Self::Major,
        Self::Minor,
        Self::MinorSeventh,
        Self::Dominant,
        Self::Suspended,
        Self::HalfDiminished,
        Self::Diminished,
        Self::Augmented,
        Self::Silence,
    ];

    const NAMES: [&str; 9] = ["maj", "min", "m7", "7", "sus", "m7b5", "dim", "aug", "N.C."];

    /// The class of a quality.
    pub fn of_quality(quality: Quality) -> Self {
        match (quality.triad(), quality.seventh()) {
            (Triad::Sus2 | Triad::Sus4, _) => Self::Suspended,
            (Triad::Diminished, Some(Seventh::Minor)) => Self::HalfDiminished,
            (Triad::Diminished, _) => Self::Diminished,
            (Triad::Minor, Some(Seventh::Minor)) => Self::MinorSeventh,
            (Triad::Minor, _) => Self::Minor,
            (_, Some(Seventh::Minor)) => Self::Dominant,
            (Triad::Augmented, _) => Self::Augmented,
            (Triad::Major | Triad::FlatFive | Triad::Power, _) => Self::Major,
        }
    }

    /// The class of what sounds.
    pub fn of(chord: Option<Chord>) -> Self {
        chord.map_or(Self::Silence, |chord| Self::of_quality(chord.quality))
    }

    /// The symbol that stands for the class, without a root.
    pub(super) const fn typical(self) -> &'static str {
        ["maj7", "m6", "m7", "7", "7sus4", "m7b5", "dim7", "aug", "N.C."][self as usize]
    }
}

impl fmt::Display for ChordClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES[*self as usize])
    }
}

impl FromStr for ChordClass {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let place = Self::NAMES.iter().position(|name| *name == text);
        place.map(|place| Self::ALL[place]).ok_or(())
    }
}

/// A chord and how long it sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HarmonySpan {
    /// From where.
    pub start: Time,
    /// How long.
    pub length: Duration,
    /// What; `None` is N.C.
    pub chord: Option<Chord>,
}

impl HarmonySpan {
    /// Where it ends.
    pub fn end(&self) -> Time {
        self.start + self.length
    }

    /// What it is.
    pub fn class(&self) -> ChordClass {
        ChordClass::of(self.chord)
    }

    /// The root in semitones above C; `None` is N.C.
    pub fn root(&self) -> Option<u8> {
        self.chord.map(|chord| chord.root.class().index() as u8)
    }

    /// Whether both are one harmony.
    fn goes_on_as(&self, other: &Self) -> bool {
        self.root() == other.root() && self.class() == other.class()
    }
}

/// Lengths that are told apart, in eighth notes; others count as the nearest.
const LENGTHS: [u8; 10] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

/// One chord of a progression: step, class and length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HarmonicSymbol(u16);

impl HarmonicSymbol {
    /// How many there are: silence steps nowhere.
    pub const COUNT: usize = (12 * (ChordClass::ALL.len() - 1) + 1) * LENGTHS.len();

    /// The first in order.
    pub(super) const LEAST: Self = Self(0);

    /// A chord `step` semitones (0 to 11) above the root before.
    pub fn new(step: u8, class: ChordClass, length: Duration) -> Self {
        let step = if class == ChordClass::Silence { 0 } else { u16::from(step % 12) };
        let place = (step as usize * ChordClass::ALL.len() + class as usize) * LENGTHS.len();
        Self((place + length_class(length)) as u16)
    }

    /// Semitones above the root before, 0 to 11.
    pub const fn step(self) -> u8 {
        (self.0 as usize / LENGTHS.len() / ChordClass::ALL.len()) as u8
    }

    /// What it is.
    pub const fn class(self) -> ChordClass {
        ChordClass::ALL[self.0 as usize / LENGTHS.len() % ChordClass::ALL.len()]
    }

    const fn eighths(self) -> u8 {
        LENGTHS[self.0 as usize % LENGTHS.len()]
    }
}

/// The nearest of the lengths, by their ratio.
fn length_class(length: Duration) -> usize {
    let units = length.in_units_of(Duration::quarters(1, 4)).max(1) as f64 / 2.0;
    let far = |eighths: u8| (units / f64::from(eighths)).ln().abs();
    let nearest = (0..LENGTHS.len()).min_by(|&a, &b| far(LENGTHS[a]).total_cmp(&far(LENGTHS[b])));
    nearest.unwrap_or(0)
}

impl fmt::Display for HarmonicSymbol {
    /// Step, class, and length in eighth notes: `5 7 8`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.step(), self.class(), self.eighths())
    }
}

impl FromStr for HarmonicSymbol {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let [step, class, eighths] = text.split_whitespace().collect::<Vec<_>>()[..] else { return Err(()) };
        let step = step.parse().ok().filter(|&step: &u8| step < 12).ok_or(())?;
        let eighths = eighths.parse().ok().filter(|eighths| LENGTHS.contains(eighths)).ok_or(())?;
        Ok(Self::new(step, class.parse()?, Duration::quarters(eighths.into(), 2)))
    }
}

/// The chords of a chart in order, each as long as it sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progression {
    spans: Vec<HarmonySpan>,
}

impl Progression {
    /// The chords of a sheet, from the first on; one that goes on, or comes again at once, is one.
    pub fn new(sheet: &Sheet) -> Self {
        let ends = sheet.chords().iter().skip(1).map(|&(at, _)| at).chain([sheet.end()]);
        let spans = sheet.chords().iter().zip(ends);
        let span = |(&(start, chord), end): (&(Time, Option<Chord>), Time)| HarmonySpan {
            start,
            length: end - start,
            chord,
        };
        Self::of_spans(spans.map(span))
    }

    /// The tunes of some pieces, each with all its versions, in an order that is not that of the pieces.
    pub fn by_tune<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Vec<Vec<Self>> {
        let pieces: Vec<Piece> =
            pieces.into_iter().map(|piece| Piece { solo: None, ..piece.clone() }).collect();
        let mut tunes: BTreeMap<String, Vec<(String, Self)>> = BTreeMap::new();
        for (name, piece) in sideman_corpus::tunes(&pieces).into_iter().zip(&pieces) {
            tunes.entry(name).or_default().push((piece.id.clone(), Self::new(&piece.sheet)));
        }
        let versions = |mut versions: Vec<(String, Self)>| {
            versions.sort_by(|a, b| a.0.cmp(&b.0));
            versions.into_iter().map(|(_, progression)| progression).collect()
        };
        tunes.into_values().map(versions).collect()
    }

    /// Spans that follow each other, neighbours of one harmony joined.
    pub fn of_spans(spans: impl IntoIterator<Item = HarmonySpan>) -> Self {
        let mut joined: Vec<HarmonySpan> = Vec::new();
        for span in spans {
            match joined.last_mut() {
                Some(last) if last.goes_on_as(&span) => last.length += span.length,
                _ => joined.push(span),
            }
        }
        Self { spans: joined }
    }

    /// Its chords.
    pub fn spans(&self) -> &[HarmonySpan] {
        &self.spans
    }

    /// Its symbols: the first chord steps from its own root, and one behind N.C. from the last root that was heard.
    pub fn symbols(&self) -> Vec<HarmonicSymbol> {
        let mut last = None;
        let symbol = |span: &HarmonySpan| {
            let root = span.root().or(last).unwrap_or(0);
            let step = (root + 12 - last.unwrap_or(root)) % 12;
            last = Some(root);
            HarmonicSymbol::new(step, span.class(), span.length)
        };
        self.spans.iter().map(symbol).collect()
    }
}
