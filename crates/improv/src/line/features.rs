//! What the network is told at each step, and the shape of the network that is told it.
//!
//! A step stands between two notes. Before the rhythm is chosen, the network sees the last notes with the harmony,
//! meter and form where the last one fell. Once the rhythm is chosen, it is decided how much of that gap the last
//! note has filled, and the pitch head sees the place and the chords where the *next* note will fall; once the pitch
//! is chosen, the heads for how it is held, how loud and how late it is see that too. How a note is held is one of
//! eight coarse classes of length; how long exactly it sounds is decided with the gap after it, so that the network is
//! never told a length that would give the next gap away.

use sideman_lstm::{Context, Dropout, Expert, Feature, Gather, Head, NONE, Shape, Table, Term};

use super::background::{PERFORMERS, STYLES};
use super::chart::{Chart, FLAGS, Harmony, KINDS, Place, beat};
use super::control::{Control, Controls, SETTINGS};
use super::echo::{Echo, LONGEST_ECHO};
use super::encode::{DELAY_REACH, GridNote, HOLDS, LOUDNESSES};
use super::grid::{QUARTER, SPANS, class, span};

/// Intervals told apart: three octaves to either side, farther ones as the farthest.
const REACH: usize = 36;
const INTERVALS: usize = 2 * REACH + 1;
/// Places in a bar of four quarters.
const PLACES: i64 = 4 * QUARTER;
const BEATS: usize = 16;
const UNTIL: usize = 97;
const PITCHES: usize = 128;
const ECHOES: usize = LONGEST_ECHO;
/// Classes of delay.
pub(super) const DELAYS: usize = 2 * DELAY_REACH as usize + 1;

/// What is chosen of a note, in this order; each by a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aspect {
    Rhythm,
    /// Of the note before, now that its successor stands.
    Length,
    Pitch,
    Hold,
    Loudness,
    Delay,
}

impl Aspect {
    pub(super) const ALL: [Self; 6] =
        [Self::Rhythm, Self::Length, Self::Pitch, Self::Hold, Self::Loudness, Self::Delay];

    pub(super) const fn head(self) -> usize {
        self as usize
    }

    pub(super) const fn classes(self) -> usize {
        [SPANS, SPANS, PITCHES, HOLDS, LOUDNESSES, DELAYS][self as usize]
    }
}

macro_rules! columns {
    ($($id:ident $name:literal $width:expr;)*) => {
        /// An index feature of a step.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Column { $($id),* }

        impl Column {
            const ALL: &'static [(Self, &'static str, usize)] = &[$((Self::$id, $name, $width)),*];
        }
    };
}

columns! {
    Pitch "pitch" PITCHES;
    Pitch2 "pitch 2" PITCHES;
    Pitch3 "pitch 3" PITCHES;
    Gap "gap" SPANS;
    Gap2 "gap 2" SPANS;
    Length "length" SPANS;
    Hold "hold" HOLDS;
    LastLoudness "last loudness" LOUDNESSES;
    LastDelay "last delay" DELAYS;
    Interval "interval" INTERVALS;
    Interval2 "interval 2" INTERVALS;
    Degree "degree" 12;
    Phase "phase" QUARTER as usize;
    Beat "beat" BEATS;
    Place "place" PLACES as usize;
    Root "root" 12;
    Kind "kind" KINDS;
    Bass "bass" 12;
    NextRoot "next root" 12;
    NextKind "next kind" KINDS;
    Until "until" UNTIL;
    Bar "bar" 8;
    Chorus "chorus" 4;
    Left "left" 9;
    EchoGap "echo gap" SPANS;
    EchoGapReach "echo gap reach" ECHOES;
    EchoPitch "echo pitch" PITCHES;
    EchoPitchReach "echo pitch reach" ECHOES;
    Key "key" 12;
    Tempo "tempo" 12;
    Style "style" STYLES;
    Performer "performer" PERFORMERS;
    Instrument "instrument" 32;
    Density "density" SETTINGS;
    Register "register" SETTINGS;
    Outside "outside" SETTINGS;
    Space "space" SETTINGS;
    PhraseLength "phrase length" SETTINGS;
    LaidBack "laid back" SETTINGS;
    ToGap "to gap" SPANS;
    ToPhase "to phase" QUARTER as usize;
    ToBeat "to beat" BEATS;
    ToPlace "to place" PLACES as usize;
    ToRoot "to root" 12;
    ToKind "to kind" KINDS;
    ToBass "to bass" 12;
    ToNextRoot "to next root" 12;
    ToNextKind "to next kind" KINDS;
    ToUntil "to until" UNTIL;
    ToDegree "to degree" 12;
    ToPitch "to pitch" PITCHES;
    ToInterval "to interval" INTERVALS;
    ToChord "to chord" 12;
}

/// The columns of [`Control::ALL`].
const CONTROL_COLUMNS: [Column; Control::ALL.len()] = [
    Column::Density,
    Column::Register,
    Column::Outside,
    Column::Space,
    Column::PhraseLength,
    Column::LaidBack,
];

/// Dense features: the flags of the chord here, of the chord there, and of the one after that.
const DENSE: [&str; 3] = ["flags", "to flags", "to next flags"];

/// The indices and flags of one step; [`NONE`] where nothing is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) index: [u32; Column::ALL.len()],
    pub(super) dense: [[f32; FLAGS]; DENSE.len()],
}

impl Default for Step {
    fn default() -> Self {
        Self { index: [NONE; Column::ALL.len()], dense: [[0.0; FLAGS]; DENSE.len()] }
    }
}

/// Who plays what in which style, as numbers; [`NONE`] is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    pub(super) style: u32,
    pub(super) performer: u32,
    pub(super) instrument: u32,
    /// Quarter notes a minute.
    pub(super) tempo: Option<u32>,
    /// The setting of each control.
    pub(super) controls: Controls<u32>,
}

impl Step {
    fn set(&mut self, column: Column, value: u32) {
        self.index[column as usize] = value;
    }

    fn set_all<const N: usize>(&mut self, values: [(Column, u32); N]) {
        values.into_iter().for_each(|(column, value)| self.set(column, value));
    }

    /// What is known before the next note: the last three (the last one first), and where it stood. Before the
    /// first note, `onset` is where the line begins.
    pub(super) fn before(chart: &Chart, manner: Manner, last: &[GridNote], onset: i64, echo: Echo) -> Self {
        let mut step = Self::default();
        let (here, next, until) = chart.harmony(onset);
        let place = chart.place(onset);
        let pitch = |i: usize| last.get(i).map_or(NONE, |e| u32::from(e.pitch.number()));
        let gap = |i: usize| last.get(i + 1).map_or(NONE, |e| class(last[i].onset - e.onset) as u32);
        let step_between = |i: usize| last.get(i + 1).map_or(NONE, |e| interval(e, &last[i]));
        step.set_all([
            (Column::Pitch, pitch(0)),
            (Column::Pitch2, pitch(1)),
            (Column::Pitch3, pitch(2)),
            (Column::Gap, gap(0)),
            (Column::Gap2, gap(1)),
            (Column::Length, last.get(1).map_or(NONE, |e| class(e.length) as u32)),
            (Column::Hold, last.first().and_then(|e| e.hold).map_or(NONE, u32::from)),
            (Column::LastLoudness, last.first().and_then(|e| e.loudness).map_or(NONE, u32::from)),
            (Column::LastDelay, last.first().and_then(|e| e.delay).map_or(NONE, delay_class)),
            (Column::Interval, step_between(0)),
            (Column::Interval2, step_between(1)),
            (Column::Degree, last.first().map_or(NONE, |e| here.degree(e.pitch.class()))),
            (Column::Phase, phase(place)),
            (Column::Beat, beat_of(place)),
            (Column::Place, in_common_time(place)),
            (Column::Root, here.root),
            (Column::Kind, here.kind),
            (Column::Bass, here.bass),
            (Column::NextRoot, next.root),
            (Column::NextKind, next.kind),
            (Column::Until, until_class(until)),
            (Column::Bar, place.bar.rem_euclid(8) as u32),
            (Column::Chorus, place.chorus.min(3) as u32),
            (Column::Left, place.left.clamp(0, 8) as u32),
            (Column::EchoGap, echo.gap.map_or(NONE, |(gap, _)| class(gap) as u32)),
            (Column::EchoGapReach, echo.gap.map_or(NONE, |(_, reach)| reach)),
            (Column::EchoPitch, echo.pitch.map_or(NONE, |(pitch, _)| u32::from(pitch.number()))),
            (Column::EchoPitchReach, echo.pitch.map_or(NONE, |(_, reach)| reach)),
            (Column::Key, chart.key),
            (Column::Tempo, manner.tempo.map_or(NONE, |t| (t / 25).min(11))),
            (Column::Style, manner.style),
            (Column::Performer, manner.performer),
            (Column::Instrument, manner.instrument),
        ]);
        CONTROL_COLUMNS
            .into_iter()
            .zip(manner.controls.iter())
            .for_each(|(column, &setting)| step.set(column, setting));
        step.dense[0] = here.flags();
        step
    }

    /// The same without the settings of the controls.
    pub(super) fn unasked(&self) -> Self {
        let mut step = self.clone();
        CONTROL_COLUMNS.into_iter().for_each(|column| step.set(column, NONE));
        step
    }

    /// Adds what is known once it is chosen that the next note falls at `onset`, after `last`.
    pub(super) fn with_rhythm(&mut self, chart: &Chart, last: Option<&GridNote>, gap: usize, onset: i64) {
        let (here, next, until) = chart.harmony(onset);
        let place = chart.place(onset);
        self.set_all([
            (Column::ToGap, gap as u32),
            (Column::ToPhase, phase(place)),
            (Column::ToBeat, beat_of(place)),
            (Column::ToPlace, in_common_time(place)),
            (Column::ToRoot, here.root),
            (Column::ToKind, here.kind),
            (Column::ToBass, here.bass),
            (Column::ToNextRoot, next.root),
            (Column::ToNextKind, next.kind),
            (Column::ToUntil, until_class(until)),
            (Column::ToDegree, last.map_or(NONE, |e| here.degree(e.pitch.class()))),
        ]);
        self.dense[1] = here.flags();
        self.dense[2] = next.flags();
    }

    /// Adds what is known once the pitch is chosen too.
    pub(super) fn with_pitch(&mut self, harmony: &Harmony, last: Option<&GridNote>, event: &GridNote) {
        self.set_all([
            (Column::ToPitch, u32::from(event.pitch.number())),
            (Column::ToInterval, last.map_or(NONE, |e| interval(e, event))),
            (Column::ToChord, harmony.degree(event.pitch.class())),
        ]);
    }
}

/// The class of a delay.
pub(super) fn delay_class(delay: i8) -> u32 {
    (delay.clamp(-DELAY_REACH, DELAY_REACH) + DELAY_REACH) as u32
}

fn interval(from: &GridNote, to: &GridNote) -> u32 {
    let reach = REACH as i32;
    (from.pitch.to(to.pitch).semitones().clamp(-reach, reach) + reach) as u32
}

fn phase(place: Place) -> u32 {
    place.offset.rem_euclid(QUARTER) as u32
}

fn beat_of(place: Place) -> u32 {
    (place.offset / beat(place.meter)).min(BEATS as i64 - 1) as u32
}

/// The place in a bar of four quarters; [`NONE`] in any other meter.
fn in_common_time(place: Place) -> u32 {
    let common = i64::from(place.meter.beats()) * beat(place.meter) == PLACES;
    if common { place.offset as u32 } else { NONE }
}

/// Units until the next chord, four quarters and more being one class.
fn until_class(until: Option<i64>) -> u32 {
    until.map_or(NONE, |u| u.clamp(0, UNTIL as i64 - 1) as u32)
}

/// How large a network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkSize {
    /// Two layers of 192.
    Small,
    /// Two layers of 336.
    Base,
    /// Three layers of 512.
    Large,
}

/// The network of the `line` recipe.
pub(super) fn shape(size: NetworkSize, dropout: Dropout) -> Shape {
    let (width, layers) = match size {
        NetworkSize::Small => (192, 2),
        NetworkSize::Base => (336, 2),
        NetworkSize::Large => (512, 3),
    };
    let index = Column::ALL.iter().map(|&(_, name, width)| Feature::index(name, width));
    let dense = DENSE.iter().map(|name| Feature::dense(name, FLAGS));
    Shape {
        features: index.chain(dense).collect(),
        tables: tables(),
        input: input(),
        layers: vec![width; layers],
        contexts: vec![
            Context { name: "pitch context".into(), width, input: at_rhythm() },
            Context { name: "touch context".into(), width: width / 2, input: at_pitch() },
        ],
        heads: vec![
            Head { experts: rhythm_experts(), ..Head::plain("rhythm", SPANS) },
            Head {
                context: Some("pitch context".into()),
                experts: length_experts(),
                ..Head::plain("length head", SPANS)
            },
            Head {
                context: Some("pitch context".into()),
                experts: pitch_experts(),
                ..Head::plain("pitch head", PITCHES)
            },
            Head { context: Some("touch context".into()), ..Head::plain("hold head", HOLDS) },
            Head { context: Some("touch context".into()), ..Head::plain("loudness", LOUDNESSES) },
            Head { context: Some("touch context".into()), ..Head::plain("delay", DELAYS) },
        ],
        dropout,
    }
}

/// Whether a network is one of this recipe, of any width.
pub(super) fn fits(shape: &Shape) -> bool {
    let ours = self::shape(NetworkSize::Base, Dropout::default());
    shape.features == ours.features
        && shape.tables == ours.tables
        && shape.input == ours.input
        && shape.heads.len() == ours.heads.len()
        && shape.heads.iter().zip(&ours.heads).all(|(a, b)| a.classes == b.classes && a.experts == b.experts)
}

/// Each embedding: its name, rows and width.
const TABLES: [(&str, usize, usize); 29] = [
    ("of pitch", PITCHES, 64),
    ("of gap", SPANS, 32),
    ("of length", SPANS, 16),
    ("of hold", HOLDS, 8),
    ("of loudness", LOUDNESSES, 4),
    ("of delay", DELAYS, 4),
    ("of interval", INTERVALS, 24),
    ("of degree", 12, 16),
    ("of phase", QUARTER as usize, 16),
    ("of beat", BEATS, 16),
    ("of place", PLACES as usize, 24),
    ("of root", 12, 16),
    ("of kind", KINDS, 16),
    ("of bass", 12, 8),
    ("of until", UNTIL, 12),
    ("of bar", 8, 8),
    ("of chorus", 4, 4),
    ("of left", 9, 8),
    ("of tempo", 12, 8),
    ("of style", STYLES, 8),
    ("of performer", PERFORMERS, 16),
    ("of instrument", 32, 8),
    ("of reach", ECHOES, 8),
    ("of density", SETTINGS, 4),
    ("of register", SETTINGS, 4),
    ("of outside", SETTINGS, 4),
    ("of space", SETTINGS, 4),
    ("of phrase length", SETTINGS, 4),
    ("of laid back", SETTINGS, 4),
];

fn tables() -> Vec<Table> {
    let flags = [("of flags", FLAGS, 32)];
    let table = |&(name, rows, width): &(&str, usize, usize)| Table { name: name.into(), rows, width };
    TABLES.iter().chain(&flags).map(table).collect()
}

fn blocks(terms: &[(&str, &str)]) -> Vec<Vec<Term>> {
    terms.iter().map(|&(feature, table)| vec![Term::embedded(feature, table)]).collect()
}

fn input() -> Vec<Vec<Term>> {
    blocks(&[
        ("pitch", "of pitch"),
        ("gap", "of gap"),
        ("gap 2", "of gap"),
        ("length", "of length"),
        ("hold", "of hold"),
        ("last loudness", "of loudness"),
        ("last delay", "of delay"),
        ("interval", "of interval"),
        ("interval 2", "of interval"),
        ("degree", "of degree"),
        ("phase", "of phase"),
        ("beat", "of beat"),
        ("place", "of place"),
        ("root", "of root"),
        ("kind", "of kind"),
        ("bass", "of bass"),
        ("next root", "of root"),
        ("next kind", "of kind"),
        ("until", "of until"),
        ("flags", "of flags"),
        ("bar", "of bar"),
        ("chorus", "of chorus"),
        ("left", "of left"),
        ("echo gap", "of gap"),
        ("echo gap reach", "of reach"),
        ("echo pitch", "of pitch"),
        ("echo pitch reach", "of reach"),
        ("key", "of root"),
        ("tempo", "of tempo"),
        ("style", "of style"),
        ("performer", "of performer"),
        ("instrument", "of instrument"),
        ("density", "of density"),
        ("register", "of register"),
        ("outside", "of outside"),
        ("space", "of space"),
        ("phrase length", "of phrase length"),
        ("laid back", "of laid back"),
    ])
}

fn at_rhythm() -> Vec<Vec<Term>> {
    blocks(&[
        ("to gap", "of gap"),
        ("to phase", "of phase"),
        ("to beat", "of beat"),
        ("to place", "of place"),
        ("to root", "of root"),
        ("to kind", "of kind"),
        ("to bass", "of bass"),
        ("to next root", "of root"),
        ("to next kind", "of kind"),
        ("to until", "of until"),
        ("to flags", "of flags"),
        ("to next flags", "of flags"),
        ("to degree", "of degree"),
    ])
}

fn at_pitch() -> Vec<Vec<Term>> {
    blocks(&[
        ("to pitch", "of pitch"),
        ("to interval", "of interval"),
        ("to chord", "of degree"),
        ("to gap", "of gap"),
        ("to phase", "of phase"),
        ("to beat", "of beat"),
        ("tempo", "of tempo"),
    ])
}

/// What speaks for a gap by where it leads: in the beat, in the bar, and beside the next chord.
fn rhythm_experts() -> Vec<Expert> {
    let lands = |period: i64| {
        let cell = |key: i64, gap: usize| ((key + span(gap)) % period) as u32;
        Gather::Table((0..period).flat_map(|key| (0..SPANS).map(move |gap| cell(key, gap))).collect())
    };
    let expert = |name: &str, key: &str, outputs: usize, gather| Expert {
        name: name.into(),
        outputs,
        key: key.into(),
        gather,
    };
    vec![
        expert("by phase", "phase", QUARTER as usize, lands(QUARTER)),
        expert("by place", "place", PLACES as usize, lands(PLACES)),
        expert(
            "by change",
            "until",
            2 * QUARTER as usize + 1,
            Gather::Difference { reach: QUARTER as usize },
        ),
        expert(
            "by echo",
            "echo gap",
            2 * QUARTER as usize + 1,
            Gather::Difference { reach: QUARTER as usize },
        ),
    ]
}

/// What speaks for a length by how far it falls short of the gap.
fn length_experts() -> Vec<Expert> {
    let reach = 2 * QUARTER as usize;
    let gather = Gather::Difference { reach };
    vec![Expert { name: "by rest".into(), outputs: 2 * reach + 1, key: "to gap".into(), gather }]
}

/// What speaks for a pitch: its intervals from the last three, and its degrees.
fn pitch_experts() -> Vec<Expert> {
    let interval = |name: &str, key: &str| Expert {
        name: name.into(),
        outputs: INTERVALS,
        key: key.into(),
        gather: Gather::Difference { reach: REACH },
    };
    let degree = |name: &str, key: &str| Expert {
        name: name.into(),
        outputs: 12,
        key: key.into(),
        gather: Gather::Modulo { period: 12 },
    };
    vec![
        interval("by interval", "pitch"),
        interval("by interval 2", "pitch 2"),
        interval("by interval 3", "pitch 3"),
        interval("by echo pitch", "echo pitch"),
        degree("by degree", "to root"),
        degree("by next degree", "to next root"),
        degree("in key", "key"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shapes_are_sound() {
        for size in [NetworkSize::Small, NetworkSize::Base, NetworkSize::Large] {
            let shape = shape(size, Dropout::default());
            shape.check().unwrap();
            for choice in Aspect::ALL {
                assert_eq!(shape.heads[choice.head()].classes, choice.classes());
            }
        }
    }
}
