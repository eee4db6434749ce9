//! What the network is told at one step, and the door to the engine.

use sideman_lstm::{Batch, NONE, Stream};

use super::chart::FLAGS;
use super::context::{NoteContext, Stage};
use super::features::{FEATURES, Reading, StepFeature};

/// The value of each feature; `None` where it is not known, or not yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step(Vec<FeatureValue>);

/// The value of one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
enum FeatureValue {
    Class(Option<u32>),
    Flags(Option<[f32; FLAGS]>),
}

impl FeatureValue {
    fn unknown(feature: &StepFeature) -> Self {
        if feature.is_dense() { Self::Flags(None) } else { Self::Class(None) }
    }

    fn read(feature: &StepFeature, context: &NoteContext) -> Self {
        match feature.reading {
            Reading::Class(read) => Self::Class(read(context)),
            Reading::Setting(control) => Self::Class(context.conditioning.controls[control]),
            Reading::Flags(read) => Self::Flags(read(context)),
        }
    }
}

impl Step {
    /// What is known before anything of the next note is chosen.
    pub(super) fn before(context: &NoteContext) -> Self {
        let mut step = Self(FEATURES.iter().map(FeatureValue::unknown).collect());
        step.learn(Stage::Before, context);
        step
    }

    /// What is known in the end.
    pub(super) fn whole(context: &NoteContext) -> Self {
        Self(FEATURES.iter().map(|feature| FeatureValue::read(feature, context)).collect())
    }

    /// Adds what is known from a stage on.
    pub(super) fn learn(&mut self, stage: Stage, context: &NoteContext) {
        for (value, feature) in self.0.iter_mut().zip(FEATURES.iter()).filter(|(_, f)| f.known == stage) {
            *value = FeatureValue::read(feature, context);
        }
    }

    /// The same without the settings of the controls.
    pub(super) fn without_controls(&self) -> Self {
        let known = |(value, feature): (&FeatureValue, &StepFeature)| {
            if feature.is_control() { FeatureValue::unknown(feature) } else { *value }
        };
        Self(self.0.iter().zip(FEATURES.iter()).map(known).collect())
    }

    /// Tells it to a lane of a stream.
    pub(super) fn tell(&self, stream: &mut Stream, lane: usize) {
        for (column, value) in self.0.iter().enumerate() {
            match value {
                FeatureValue::Class(class) => stream.set(column, lane, class.unwrap_or(NONE)),
                FeatureValue::Flags(flags) => stream.set_dense(column, lane, &flags.unwrap_or_default()),
            }
        }
    }

    /// Writes it into a row of a batch.
    pub(super) fn write(&self, batch: &mut Batch, row: usize) {
        for (column, value) in self.0.iter().enumerate() {
            match value {
                FeatureValue::Class(class) => batch.index(column)[row] = class.unwrap_or(NONE),
                FeatureValue::Flags(flags) => batch.dense(column)[row * FLAGS..(row + 1) * FLAGS]
                    .copy_from_slice(&flags.unwrap_or_default()),
            }
        }
    }
}
