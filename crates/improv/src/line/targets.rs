//! What is chosen of a note: one row for each head of the network.

use sideman_lstm::{Expert, Gather};

use super::context::{NoteContext, Stage};
use super::encode::{DELAYS, GridNote, HOLDS, LOUDNESSES, delay_class};
use super::features::{FeatureId, PHASES, PITCHES, PLACES, REACH};
use super::grid::SpanClass;

/// A head of the network.
pub(super) struct TargetHead {
    pub(super) name: &'static str,
    pub(super) classes: usize,
    /// The stage after which it is chosen.
    pub(super) after: Stage,
    /// What speaks for a class beside what the network has made of all it was told.
    pub(super) experts: fn() -> Vec<Expert>,
    /// The class of a note; `None` where it is not known.
    pub(super) truth: fn(&NoteContext, &GridNote) -> Option<u32>,
}

macro_rules! targets {
    ($($(#[$doc:meta])* $id:ident $name:literal $classes:expr, [$after:ident] $experts:expr, $truth:expr;)*) => {
        /// What is chosen of a note, in this order; each by a head.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Target { $($(#[$doc])* $id),* }

        const HEADS: &[TargetHead] = &[$(TargetHead {
            name: $name,
            classes: $classes,
            after: Stage::$after,
            experts: $experts,
            truth: $truth,
        }),*];

        impl Target {
            pub(super) const ALL: &[Self] = &[$(Self::$id),*];
        }
    };
}

targets! {
    Rhythm "rhythm" SpanClass::COUNT, [Before] rhythm_experts, |c, _| c.to_next.map(|gap| gap.index() as u32);
    /// Of the note before, now that its successor stands.
    Length "length head" SpanClass::COUNT, [Onset] length_experts, |c, _| Some(c.last(0)?.length.class().index() as u32);
    Pitch "pitch head" PITCHES, [Onset] pitch_experts, |_, note| Some(note.pitch.number().into());
    Hold "hold head" HOLDS, [Pitch] Vec::new, |_, note| note.hold.map(u32::from);
    Loudness "loudness" LOUDNESSES, [Pitch] Vec::new, |_, note| note.loudness.map(u32::from);
    Delay "delay" DELAYS, [Pitch] Vec::new, |_, note| note.delay.map(delay_class);
}

impl Target {
    /// Its row.
    pub(super) const fn row(self) -> &'static TargetHead {
        &HEADS[self as usize]
    }

    /// The number of its head.
    pub(super) const fn head(self) -> usize {
        self as usize
    }

    pub(super) const fn classes(self) -> usize {
        self.row().classes
    }

    /// Its class for a note that is known in the end.
    pub(super) fn truth(self, context: &NoteContext, note: &GridNote) -> Option<u32> {
        (self.row().truth)(context, note)
    }
}

/// What speaks for a gap by where it leads: in the beat, in the bar, beside the next chord, and beside where the line
/// would go on as it did before.
fn rhythm_experts() -> Vec<Expert> {
    vec![
        landing("by phase", FeatureId::Phase, PHASES),
        landing("by place", FeatureId::Place, PLACES),
        difference("by change", FeatureId::Until, PHASES),
        difference("by echo", FeatureId::EchoGap, PHASES),
    ]
}

/// What speaks for a length by how far it falls short of the gap.
fn length_experts() -> Vec<Expert> {
    vec![difference("by rest", FeatureId::ToGap, 2 * PHASES)]
}

/// What speaks for a pitch: its intervals from the last three, and its degrees.
fn pitch_experts() -> Vec<Expert> {
    vec![
        difference("by interval", FeatureId::Pitch, REACH),
        difference("by interval 2", FeatureId::Pitch2, REACH),
        difference("by interval 3", FeatureId::Pitch3, REACH),
        difference("by echo pitch", FeatureId::EchoPitch, REACH),
        degree("by degree", FeatureId::ToRoot),
        degree("by next degree", FeatureId::ToNextRoot),
        degree("in key", FeatureId::Key),
    ]
}

/// How far a class is from that of the key.
fn difference(name: &str, key: FeatureId, reach: usize) -> Expert {
    expert(name, key, 2 * reach + 1, Gather::Difference { reach })
}

/// Which degree a pitch is above the pitch class of the key.
fn degree(name: &str, key: FeatureId) -> Expert {
    expert(name, key, 12, Gather::Modulo { period: 12 })
}

/// Where a span leads from the place of the key.
fn landing(name: &str, key: FeatureId, period: usize) -> Expert {
    let cell =
        |from: usize, gap: SpanClass| (from as i64 + gap.span().units()).rem_euclid(period as i64) as u32;
    let cells = (0..period).flat_map(|from| SpanClass::all().map(move |gap| cell(from, gap)));
    expert(name, key, period, Gather::Table(cells.collect()))
}

fn expert(name: &str, key: FeatureId, outputs: usize, gather: Gather) -> Expert {
    Expert { name: name.into(), outputs, key: key.name().into(), gather }
}
