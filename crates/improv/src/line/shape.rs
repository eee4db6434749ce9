//! The network of the `line` recipe, as its features and targets make it.

use sideman_lstm::{Context, Dropout, Feature, Head, Shape, Table, Term};

use super::context::Stage;
use super::features::{Embedding, FEATURES, StepFeature, in_order_of_input};
use super::targets::Target;

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

impl NetworkSize {
    /// The width of each LSTM layer.
    pub(super) fn layers(self) -> Vec<usize> {
        match self {
            Self::Small => vec![192; 2],
            Self::Base => vec![336; 2],
            Self::Large => vec![512; 3],
        }
    }
}

/// The network of a size.
pub(super) fn shape(size: NetworkSize, dropout: Dropout) -> Shape {
    shape_of(size.layers(), dropout)
}

/// The network with LSTM layers of these widths, of which there is at least one.
pub(super) fn shape_of(layers: Vec<usize>, dropout: Dropout) -> Shape {
    let width = layers.last().copied().unwrap_or(1);
    let feature = |f: &StepFeature| match f.is_dense() {
        true => Feature::dense(f.name, f.embedding.classes),
        false => Feature::index(f.name, f.embedding.classes),
    };
    Shape {
        features: FEATURES.iter().map(feature).collect(),
        tables: tables(),
        input: input_of(Stage::Before),
        contexts: vec![context(Stage::Onset, width), context(Stage::Pitch, width / 2)],
        heads: Target::ALL.iter().map(|&target| head(target)).collect(),
        layers,
        dropout,
    }
}

/// Whether a network is one of this recipe, of any width.
pub(super) fn fits(shape: &Shape) -> bool {
    let ours = self::shape(NetworkSize::Base, Dropout::default());
    let told = |contexts: &[Context]| -> Vec<_> {
        contexts.iter().map(|context| (context.name.clone(), context.input.clone())).collect()
    };
    shape.features == ours.features
        && shape.tables == ours.tables
        && shape.input == ours.input
        && told(&shape.contexts) == told(&ours.contexts)
        && shape.heads == ours.heads
}

/// The embeddings by rank, each rank in order of first use.
fn tables() -> Vec<Table> {
    let mut embeddings: Vec<Embedding> = Vec::new();
    for feature in in_order_of_input() {
        if !embeddings.contains(&feature.embedding) {
            embeddings.push(feature.embedding);
        }
    }
    embeddings.sort_by_key(|embedding| embedding.rank);
    let table = |e: Embedding| Table { name: e.name.into(), rows: e.classes, width: e.width };
    embeddings.into_iter().map(table).collect()
}

/// What is told at a stage: the features that are known from it on, then those of earlier stages that it is told too, the
/// nearest stage first.
fn input_of(stage: Stage) -> Vec<Vec<Term>> {
    let mut features: Vec<StepFeature> = in_order_of_input();
    features.retain(|feature| feature.inputs.contains(&stage));
    features.sort_by_key(|feature| std::cmp::Reverse(feature.known));
    features.iter().map(|f| vec![Term::embedded(f.name, f.embedding.name)]).collect()
}

fn context(stage: Stage, width: usize) -> Context {
    Context { name: context_name(stage).unwrap_or_default().into(), width, input: input_of(stage) }
}

/// The hidden layer behind what is told at a stage; the first stage is told to the LSTM itself.
fn context_name(stage: Stage) -> Option<&'static str> {
    match stage {
        Stage::Before => None,
        Stage::Onset => Some("pitch context"),
        Stage::Pitch => Some("touch context"),
    }
}

fn head(target: Target) -> Head {
    let row = target.row();
    Head {
        context: context_name(row.after).map(Into::into),
        experts: (row.experts)(),
        ..Head::plain(row.name, row.classes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_lstm::Checkpoint;

    #[test]
    fn the_shapes_are_sound() {
        for size in [NetworkSize::Small, NetworkSize::Base, NetworkSize::Large] {
            shape(size, Dropout::default()).check().unwrap();
        }
    }

    /// Names, order and sizes of all parameters follow from the shape; a checkpoint of another shape is not read.
    #[test]
    fn the_model_that_ships_has_the_shape_that_is_declared() {
        let network =
            Checkpoint::from_bytes(include_bytes!("../../../../models/weimar.safetensors")).unwrap().network;
        let shipped = network.shape();
        let declared = shape_of(NetworkSize::Base.layers(), shipped.dropout);
        assert_eq!(declared.features, shipped.features);
        assert_eq!(declared.tables, shipped.tables);
        assert_eq!(declared.input, shipped.input);
        assert_eq!(declared.contexts, shipped.contexts);
        for (ours, theirs) in declared.heads.iter().zip(&shipped.heads) {
            assert_eq!(ours, theirs, "{}", ours.name);
        }
        assert!(fits(shipped));
        assert_eq!(&declared, shipped);
    }
}
