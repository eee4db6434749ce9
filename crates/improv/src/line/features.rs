//! What the network is told at each step: one row for each feature.
//!
//! A step stands between two notes. Before the rhythm is chosen, the network sees the last notes with the harmony,
//! meter and form where the last one fell. Once the rhythm is chosen, it is decided how much of that gap the last
//! note has filled, and the pitch head sees the place and the chords where the *next* note will fall; once the pitch
//! is chosen, the heads for how it is held, how loud and how late it is see that too. How a note is held is one of
//! eight coarse classes of length; how long exactly it sounds is decided with the gap after it, so that the network is
//! never told a length that would give the next gap away.
//!
//! To add a feature, add a row to [`features!`]. The shape of the network, its inputs, the width of a step and the checks
//! follow from the rows; so a model has to be trained anew.

use std::sync::LazyLock;

use sideman_music::PitchClass;

use super::chart::{FLAGS, KINDS, MetricPosition, Surroundings};
use super::conditioning::{PERFORMERS, STYLES};
use super::context::{NoteContext, Stage};
use super::control::{Control, SETTINGS};
use super::echo::LONGEST_ECHO;
use super::encode::{DELAYS, HOLDS, LOUDNESSES, delay_class};
use super::grid::{GridSpan, SpanClass};

/// Intervals told apart: three octaves to either side, farther ones as the farthest.
pub(super) const REACH: usize = 36;
pub(super) const INTERVALS: usize = 2 * REACH + 1;
pub(super) const PITCHES: usize = 128;
/// Units in a quarter note.
pub(super) const PHASES: usize = GridSpan::QUARTER.units() as usize;
/// Places in a bar of four quarters.
pub(super) const PLACES: usize = GridSpan::quarters(4).units() as usize;
const SPANS: usize = SpanClass::COUNT;
const BEATS: usize = 16;
const BARS: usize = 8;
const CHORUSES: usize = 4;
/// Bars left of a chorus: 0 to 7, and more.
const LEFT: usize = 9;
/// Units until the next chord: up to four quarters, and more.
const UNTIL: usize = PLACES + 1;
const TEMPI: usize = 12;
const INSTRUMENTS: usize = 32;

/// A table of vectors, one for each class of the features that share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Embedding {
    /// Unique.
    pub(super) name: &'static str,
    /// Its rows: classes, or flags of a dense feature.
    pub(super) classes: usize,
    /// The length of a vector.
    pub(super) width: usize,
    /// Where it lies in a checkpoint: embeddings of rank 0 come first, each rank in order of first use.
    pub(super) rank: u8,
}

impl Embedding {
    const fn new(name: &'static str, classes: usize, width: usize) -> Self {
        Self { name, classes, width, rank: 0 }
    }

    const fn ranked(self, rank: u8) -> Self {
        Self { rank, ..self }
    }

    const fn of_control(control: Control) -> Self {
        Self::new(control.embedding(), SETTINGS, 4).ranked(2)
    }
}

const PITCH: Embedding = Embedding::new("of pitch", PITCHES, 64);
const GAP: Embedding = Embedding::new("of gap", SPANS, 32);
const LENGTH: Embedding = Embedding::new("of length", SPANS, 16);
const HOLD: Embedding = Embedding::new("of hold", HOLDS, 8);
const LOUDNESS: Embedding = Embedding::new("of loudness", LOUDNESSES, 4);
const DELAY: Embedding = Embedding::new("of delay", DELAYS, 4);
const INTERVAL: Embedding = Embedding::new("of interval", INTERVALS, 24);
const DEGREE: Embedding = Embedding::new("of degree", 12, 16);
const PHASE: Embedding = Embedding::new("of phase", PHASES, 16);
const BEAT: Embedding = Embedding::new("of beat", BEATS, 16);
const PLACE: Embedding = Embedding::new("of place", PLACES, 24);
const ROOT: Embedding = Embedding::new("of root", 12, 16);
const KIND: Embedding = Embedding::new("of kind", KINDS, 16);
const BASS: Embedding = Embedding::new("of bass", 12, 8);
const UNTIL_CHANGE: Embedding = Embedding::new("of until", UNTIL, 12);
const BAR: Embedding = Embedding::new("of bar", BARS, 8);
const CHORUS: Embedding = Embedding::new("of chorus", CHORUSES, 4);
const BARS_LEFT: Embedding = Embedding::new("of left", LEFT, 8);
const TEMPO: Embedding = Embedding::new("of tempo", TEMPI, 8);
const STYLE: Embedding = Embedding::new("of style", STYLES, 8);
const PERFORMER: Embedding = Embedding::new("of performer", PERFORMERS, 16);
const INSTRUMENT: Embedding = Embedding::new("of instrument", INSTRUMENTS, 8);
const ECHO_REACH: Embedding = Embedding::new("of reach", LONGEST_ECHO, 8).ranked(1);
const CHORD_FLAGS: Embedding = Embedding::new("of flags", FLAGS, 32).ranked(3);

/// What is read from a context.
#[derive(Clone, Copy)]
pub(super) enum Reading {
    /// One of the classes; `None` where nothing is known.
    Class(fn(&NoteContext) -> Option<u32>),
    /// The setting of a control.
    Setting(Control),
    /// The flags of a chord; none of them where nothing is known.
    Flags(fn(&NoteContext) -> Option<[f32; FLAGS]>),
}

/// A feature of a step.
#[derive(Clone, Copy)]
pub(super) struct StepFeature {
    /// Unique.
    pub(super) name: &'static str,
    /// How it becomes a vector; its classes are those of the feature.
    pub(super) embedding: Embedding,
    /// From when on it is known.
    pub(super) known: Stage,
    /// The stages whose input it is; none where it is but the key of experts.
    pub(super) inputs: &'static [Stage],
    pub(super) reading: Reading,
}

impl StepFeature {
    pub(super) fn is_dense(&self) -> bool {
        matches!(self.reading, Reading::Flags(_))
    }

    pub(super) fn is_control(&self) -> bool {
        matches!(self.reading, Reading::Setting(_))
    }

    const fn of_control(control: Control) -> Self {
        let (embedding, reading) = (Embedding::of_control(control), Reading::Setting(control));
        Self { name: control.name(), embedding, known: Stage::Before, inputs: &[Stage::Before], reading }
    }
}

/// One row for each feature but the controls: what experts know it by, its name, how it becomes a vector, from when on it is
/// known, the stages whose input it is, and how it is read from a context.
macro_rules! features {
    ($($id:ident $name:literal $embedding:ident $known:ident [$($input:ident),*] $reading:ident($read:expr);)*) => {
        /// What a feature is known by.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(dead_code, reason = "a feature has its identity, whether or not an expert speaks by it")]
        pub(super) enum FeatureId { $($id),* }

        const DECLARED: &[StepFeature] = &[$(StepFeature {
            name: $name,
            embedding: $embedding,
            known: Stage::$known,
            inputs: &[$(Stage::$input),*],
            reading: Reading::$reading($read),
        }),*];

        impl FeatureId {
            /// The name of the feature.
            pub(super) const fn name(self) -> &'static str {
                DECLARED[self as usize].name
            }
        }
    };
}

features! {
    Pitch "pitch" PITCH Before [Before] Class(|c| pitch(c, 0));
    Pitch2 "pitch 2" PITCH Before [] Class(|c| pitch(c, 1));
    Pitch3 "pitch 3" PITCH Before [] Class(|c| pitch(c, 2));
    Gap "gap" GAP Before [Before] Class(|c| c.gap(0).map(span));
    Gap2 "gap 2" GAP Before [Before] Class(|c| c.gap(1).map(span));
    Length "length" LENGTH Before [Before] Class(|c| c.last(1).map(|note| span(note.length.class())));
    Hold "hold" HOLD Before [Before] Class(|c| c.touch()?.hold.map(u32::from));
    LastLoudness "last loudness" LOUDNESS Before [Before] Class(|c| c.touch()?.loudness.map(u32::from));
    LastDelay "last delay" DELAY Before [Before] Class(|c| c.touch()?.delay.map(delay_class));
    Interval "interval" INTERVAL Before [Before] Class(|c| c.interval(0).map(interval));
    Interval2 "interval 2" INTERVAL Before [Before] Class(|c| c.interval(1).map(interval));
    Degree "degree" DEGREE Before [Before] Class(|c| c.here.harmony.degree(c.last(0)?.pitch.class()));
    Phase "phase" PHASE Before [Before] Class(|c| Some(c.here.position.phase() as u32));
    Beat "beat" BEAT Before [Before] Class(|c| Some(beat(&c.here.position)));
    Place "place" PLACE Before [Before] Class(|c| in_common_time(&c.here.position));
    Root "root" ROOT Before [Before] Class(|c| c.here.harmony.root.map(class));
    Kind "kind" KIND Before [Before] Class(|c| Some(c.here.harmony.kind));
    Bass "bass" BASS Before [Before] Class(|c| c.here.harmony.bass.map(class));
    NextRoot "next root" ROOT Before [Before] Class(|c| c.here.next.root.map(class));
    NextKind "next kind" KIND Before [Before] Class(|c| Some(c.here.next.kind));
    Until "until" UNTIL_CHANGE Before [Before] Class(|c| until(&c.here));
    Flags "flags" CHORD_FLAGS Before [Before] Flags(|c| Some(c.here.harmony.flags()));
    Bar "bar" BAR Before [Before] Class(|c| Some(c.here.position.bar.rem_euclid(BARS as i64) as u32));
    Chorus "chorus" CHORUS Before [Before] Class(|c| Some(c.here.position.chorus.min(CHORUSES - 1) as u32));
    Left "left" BARS_LEFT Before [Before] Class(|c| Some(c.here.position.left.clamp(0, LEFT as i64 - 1) as u32));
    EchoGap "echo gap" GAP Before [Before] Class(|c| c.echo.gap.map(|(gap, _)| span(gap.class())));
    EchoGapReach "echo gap reach" ECHO_REACH Before [Before] Class(|c| c.echo.gap.map(|(_, reach)| reach));
    EchoPitch "echo pitch" PITCH Before [Before] Class(|c| c.echo.pitch.map(|(pitch, _)| pitch.number().into()));
    EchoPitchReach "echo pitch reach" ECHO_REACH Before [Before] Class(|c| c.echo.pitch.map(|(_, reach)| reach));
    Key "key" ROOT Before [Before] Class(|c| c.chart.key.map(class));
    Tempo "tempo" TEMPO Before [Before, Pitch] Class(|c| c.conditioning.tempo.map(|t| (t / 25).min(TEMPI as u32 - 1)));
    Style "style" STYLE Before [Before] Class(|c| c.conditioning.style);
    Performer "performer" PERFORMER Before [Before] Class(|c| c.conditioning.performer);
    Instrument "instrument" INSTRUMENT Before [Before] Class(|c| c.conditioning.instrument.map(|i| i as u32));
    ToGap "to gap" GAP Onset [Onset, Pitch] Class(|c| c.to_next.map(span));
    ToPhase "to phase" PHASE Onset [Onset, Pitch] Class(|c| Some(c.there?.position.phase() as u32));
    ToBeat "to beat" BEAT Onset [Onset, Pitch] Class(|c| Some(beat(&c.there?.position)));
    ToPlace "to place" PLACE Onset [Onset] Class(|c| in_common_time(&c.there?.position));
    ToRoot "to root" ROOT Onset [Onset] Class(|c| c.there?.harmony.root.map(class));
    ToKind "to kind" KIND Onset [Onset] Class(|c| Some(c.there?.harmony.kind));
    ToBass "to bass" BASS Onset [Onset] Class(|c| c.there?.harmony.bass.map(class));
    ToNextRoot "to next root" ROOT Onset [Onset] Class(|c| c.there?.next.root.map(class));
    ToNextKind "to next kind" KIND Onset [Onset] Class(|c| Some(c.there?.next.kind));
    ToUntil "to until" UNTIL_CHANGE Onset [Onset] Class(|c| until(&c.there?));
    ToFlags "to flags" CHORD_FLAGS Onset [Onset] Flags(|c| Some(c.there?.harmony.flags()));
    ToNextFlags "to next flags" CHORD_FLAGS Onset [Onset] Flags(|c| Some(c.there?.next.flags()));
    ToDegree "to degree" DEGREE Onset [Onset] Class(|c| c.there?.harmony.degree(c.last(0)?.pitch.class()));
    ToPitch "to pitch" PITCH Pitch [Pitch] Class(|c| c.pitch.map(|pitch| pitch.number().into()));
    ToInterval "to interval" INTERVAL Pitch [Pitch] Class(|c| c.next_interval().map(interval));
    ToChord "to chord" DEGREE Pitch [Pitch] Class(|c| c.there?.harmony.degree(c.pitch?.class()));
}

/// Every feature, in the order of the columns of a batch: what is of one stage stands together, controls come last of
/// the first stage, and flags last of all.
pub(super) static FEATURES: LazyLock<Vec<StepFeature>> = LazyLock::new(|| {
    let mut features = in_order_of_input();
    features.sort_by_key(StepFeature::is_dense);
    features
});

/// Every feature, stage after stage.
pub(super) fn in_order_of_input() -> Vec<StepFeature> {
    let controls = Control::ALL.iter().map(|&control| StepFeature::of_control(control));
    let mut features: Vec<StepFeature> = DECLARED.iter().copied().chain(controls).collect();
    features.sort_by_key(|feature| feature.known);
    features
}

fn pitch(context: &NoteContext, before: usize) -> Option<u32> {
    context.last(before).map(|note| u32::from(note.pitch.number()))
}

fn span(class: SpanClass) -> u32 {
    class.index() as u32
}

fn class(class: PitchClass) -> u32 {
    class.index() as u32
}

fn interval(semitones: i32) -> u32 {
    let reach = REACH as i32;
    (semitones.clamp(-reach, reach) + reach) as u32
}

fn beat(position: &MetricPosition) -> u32 {
    position.beat().min(BEATS as i64 - 1) as u32
}

/// The place in a bar of four quarters; `None` in any other meter.
fn in_common_time(position: &MetricPosition) -> Option<u32> {
    (position.bar_units() == PLACES as i64).then_some(position.offset.units() as u32)
}

/// Units until the next chord, four quarters and more being one class.
fn until(place: &Surroundings) -> Option<u32> {
    place.until.map(|until| until.units().clamp(0, UNTIL as i64 - 1) as u32)
}
