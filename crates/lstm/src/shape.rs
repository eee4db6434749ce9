//! What a network looks like, before it has any weights.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::matrix::padded;

/// "No value": the zero vector as a feature, not counted as a target.
pub const NONE: u32 = u32::MAX;

/// A network: features gathered into an input, LSTM layers, and softmax heads on top.
///
/// ```text
/// features ─► input = concatenation of sums of terms ─► LSTM … LSTM ─► head: softmax
///        └────────────────────────────────────────────────► context ─► head: softmax + experts
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// The columns of a batch.
    pub features: Vec<Feature>,
    /// Embeddings; two terms that name the same table share it.
    pub tables: Vec<Table>,
    /// What the first layer reads: a concatenation of blocks, each a sum of terms of one width.
    pub input: Vec<Vec<Term>>,
    /// The width of each LSTM layer.
    pub layers: Vec<usize>,
    /// Hidden layers between the last LSTM layer and heads.
    pub contexts: Vec<Context>,
    /// The softmax heads.
    pub heads: Vec<Head>,
    /// Dropout in training, in thousandths.
    pub dropout: Dropout,
}

/// A column of a batch: one index or `width` floats per step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// Unique among the features.
    pub name: String,
    /// Number of values of an index, or of floats in a dense feature.
    pub width: usize,
    /// Index or floats.
    pub kind: FeatureKind,
}

/// What a feature holds at each step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeatureKind {
    /// One of `width` values, or [`NONE`], which counts as the zero vector.
    Index,
    /// `width` floats.
    Dense,
}

/// An embedding `[rows, width]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Unique among the tables.
    pub name: String,
    /// One row for each value (or float) of the features that use it.
    pub rows: usize,
    /// Length of the vectors.
    pub width: usize,
}

/// A feature as a vector: by itself (one-hot or its floats) or through a table.
///
/// A dense feature through a table is the sum of the rows weighted by its floats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Name of the feature.
    pub feature: String,
    /// Name of the table, if any.
    pub table: Option<String>,
}

/// A hidden layer `relu(W h + U x + b)` over the last LSTM layer's h and features known only after the step,
/// for example after an earlier head was sampled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Unique among contexts and heads.
    pub name: String,
    /// Number of units.
    pub width: usize,
    /// x, in the manner of [`Shape::input`]; may be empty.
    pub input: Vec<Vec<Term>>,
}

/// A softmax over `classes`: a dense layer, plus experts whose outputs are gathered per class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Unique among contexts and heads.
    pub name: String,
    /// Number of classes.
    pub classes: usize,
    /// The context it reads; the last LSTM layer itself if none.
    pub context: Option<String>,
    /// Sums in the logits: a product of experts (Hinton 2002).
    pub experts: Vec<Expert>,
}

/// A dense layer whose outputs speak about classes relative to a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expert {
    /// Unique within the head.
    pub name: String,
    /// Number of outputs.
    pub outputs: usize,
    /// An index feature; where it is [`NONE`] the expert is silent.
    pub key: String,
    /// Which output speaks for a class.
    pub gather: Gather,
}

/// Which output of an expert speaks for class c, given the key k.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gather {
    /// Output `clamp(c - k, -reach, reach) + reach` of `2 reach + 1`: an interval.
    Difference {
        /// The largest distance told apart.
        reach: usize,
    },
    /// Output `(c - k) mod period`: a degree.
    Modulo {
        /// The number of outputs.
        period: usize,
    },
    /// Output `(c + k + offset) mod period`: the place on which a candidate falls.
    Place {
        /// The number of outputs.
        period: usize,
        /// Added to class and key.
        offset: usize,
    },
    /// Entry `k * classes + c`; [`NONE`] where no output speaks.
    Table(Vec<u32>),
}

/// The share of values dropped in training, in thousandths (Srivastava et al. 2014; Zaremba et al. 2014).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropout {
    /// Of the first layer's input.
    pub input: u16,
    /// Between LSTM layers.
    pub hidden: u16,
    /// Of the last LSTM layer's output and of the contexts.
    pub output: u16,
}

impl Feature {
    /// A feature with one of `values` indices at each step.
    pub fn index(name: &str, values: usize) -> Feature {
        Feature { name: name.into(), width: values, kind: FeatureKind::Index }
    }

    /// A feature of `width` floats at each step.
    pub fn dense(name: &str, width: usize) -> Feature {
        Feature { name: name.into(), width, kind: FeatureKind::Dense }
    }
}

impl Term {
    /// The feature itself: one-hot, or its floats.
    pub fn plain(feature: &str) -> Term {
        Term { feature: feature.into(), table: None }
    }

    /// The feature through an embedding.
    pub fn embedded(feature: &str, table: &str) -> Term {
        Term { feature: feature.into(), table: Some(table.into()) }
    }
}

impl Gather {
    /// The output for class `class` and key `key`.
    pub fn output(&self, key: usize, class: usize, classes: usize) -> Option<usize> {
        match self {
            Gather::Difference { reach } => {
                let low = key.saturating_sub(*reach);
                Some((class.max(low) + reach - key).min(2 * reach))
            }
            Gather::Modulo { period } => Some((class + (period - key % period)) % period),
            Gather::Place { period, offset } => Some((class + key + offset) % period),
            Gather::Table(table) => table.get(key * classes + class).map(|&o| o as usize),
        }
        .filter(|&output| output != NONE as usize)
    }

    fn outputs_needed(&self) -> usize {
        match self {
            Gather::Difference { reach } => reach.saturating_mul(2).saturating_add(1),
            Gather::Modulo { period } | Gather::Place { period, .. } => *period,
            Gather::Table(table) => table.iter().filter(|&&o| o != NONE).max().map_or(1, |&o| o as usize + 1),
        }
    }
}

/// The largest number of anything in a shape; a hostile file cannot ask for more.
const LIMIT: usize = 1 << 20;
/// The largest number of pairs of key and class, of all experts together: each pair is written out.
const PAIRS: usize = 1 << 24;
/// The most terms and experts, and the most of each other kind of part: each takes memory beside its weights.
const PARTS: usize = 1024;
/// The longest name of a part, in bytes.
const LONGEST_NAME: usize = 100;
/// The largest number of values that terms give to units, of all of them together: a row for each value is kept.
const PROJECTED: usize = 1 << 25;

impl Shape {
    /// The classic net: one value in, one-hot, LSTM(`units`), one dense softmax shared by every step.
    pub fn classic(values: usize, units: usize) -> Shape {
        Shape {
            features: vec![Feature::index("value", values)],
            tables: vec![],
            input: vec![vec![Term::plain("value")]],
            layers: vec![units],
            contexts: vec![],
            heads: vec![Head::plain("softmax", values)],
            dropout: Dropout::default(),
        }
    }

    /// A token model: an embedding, LSTM layers, one softmax.
    pub fn tokens(values: usize, embedding: usize, layers: &[usize]) -> Shape {
        Shape {
            tables: vec![Table { name: "embedding".into(), rows: values, width: embedding }],
            input: vec![vec![Term::embedded("value", "embedding")]],
            layers: layers.to_vec(),
            ..Shape::classic(values, 1)
        }
    }

    /// The position of a feature among the columns of a batch.
    pub fn feature(&self, name: &str) -> Option<usize> {
        self.features.iter().position(|f| f.name == name)
    }

    /// The position of a head.
    pub fn head(&self, name: &str) -> Option<usize> {
        self.heads.iter().position(|h| h.name == name)
    }

    /// Whether the parts fit together and each has a size that this program handles.
    ///
    /// # Errors
    /// [`Error::Shape`] names the part that does not fit.
    pub fn check(&self) -> Result<(), Error> {
        self.check_counts()?;
        self.check_sizes()?;
        self.check_names()?;
        self.check_block_widths(&self.input, "the input")?;
        for context in &self.contexts {
            self.check_block_widths(&context.input, &context.name)?;
        }
        self.heads.iter().try_for_each(|head| self.check_head(head))?;
        self.check_memory()
    }

    fn check_counts(&self) -> Result<(), Error> {
        let terms = |blocks: &[Vec<Term>]| blocks.iter().map(|block| 1 + block.len()).sum::<usize>();
        let counts = [
            ("features", self.features.len()),
            ("tables", self.tables.len()),
            ("layers", self.layers.len()),
            ("contexts", self.contexts.len()),
            ("heads", self.heads.len()),
            (
                "blocks and terms",
                terms(&self.input) + self.contexts.iter().map(|c| terms(&c.input)).sum::<usize>(),
            ),
            ("experts", self.heads.iter().map(|head| head.experts.len()).sum()),
        ];
        match counts.into_iter().find(|&(_, count)| count > PARTS) {
            Some((what, count)) => {
                Err(Error::shape(format!("it has {count} {what}, and {PARTS} are the most")))
            }
            None => Ok(()),
        }
    }

    /// Whether what is kept beside the weights stays small; the parts fit together.
    fn check_memory(&self) -> Result<(), Error> {
        let values = |blocks: &[Vec<Term>]| -> usize {
            let features = blocks.iter().flatten().filter_map(|term| self.feature(&term.feature));
            features.map(|feature| self.features[feature].width).sum()
        };
        let units = self.layers.first().map_or(0, |&units| 4 * padded(units));
        let contexts = self.contexts.iter().map(|c| values(&c.input).saturating_mul(padded(c.width)));
        let projected = contexts.fold(values(&self.input).saturating_mul(units), usize::saturating_add);
        if projected > PROJECTED {
            return Err(Error::shape(format!(
                "its features give {projected} values, and {PROJECTED} are the most"
            )));
        }
        let width = |key: &str| self.feature(key).map_or(0, |feature| self.features[feature].width);
        let experts = self.heads.iter().flat_map(|head| head.experts.iter().map(move |e| (head, e)));
        let pairs = experts.map(|(head, expert)| width(&expert.key).saturating_mul(head.classes));
        if pairs.fold(0, usize::saturating_add) > PAIRS {
            return Err(Error::shape("its experts have too many pairs of key and class"));
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), Error> {
        let sizes = (self.features.iter().map(|f| (&f.name, f.width)))
            .chain(self.tables.iter().flat_map(|t| [(&t.name, t.rows), (&t.name, t.width)]))
            .chain(self.contexts.iter().map(|c| (&c.name, c.width)))
            .chain(self.heads.iter().map(|h| (&h.name, h.classes)))
            .chain(self.heads.iter().flat_map(|h| h.experts.iter().map(|e| (&e.name, e.outputs))));
        for (name, size) in sizes {
            within(size).map_err(|e| Error::shape(format!("\"{name}\" {e}")))?;
        }
        for &units in &self.layers {
            within(units).map_err(|e| Error::shape(format!("an LSTM layer {e}")))?;
        }
        if self.layers.is_empty() || self.heads.is_empty() || self.input.is_empty() {
            return Err(Error::shape("it needs an input, a layer and a head"));
        }
        let Dropout { input, hidden, output } = self.dropout;
        if [input, hidden, output].iter().any(|&d| d >= 1000) {
            return Err(Error::shape("dropout must be below 1000 thousandths"));
        }
        Ok(())
    }

    fn check_names(&self) -> Result<(), Error> {
        let names = (self.features.iter().map(|f| &f.name))
            .chain(self.tables.iter().map(|t| &t.name))
            .chain(self.contexts.iter().map(|c| &c.name))
            .chain(self.heads.iter().map(|h| &h.name))
            .chain(self.heads.iter().flat_map(|h| h.experts.iter().map(|e| &e.name)));
        if let Some(name) = names.into_iter().find(|name| name.len() > LONGEST_NAME) {
            let start: String = name.chars().take(20).collect();
            return Err(Error::shape(format!("a name is longer than {LONGEST_NAME} bytes: \"{start}…\"")));
        }
        unique("features", self.features.iter().map(|f| &f.name))?;
        unique("tables", self.tables.iter().map(|t| &t.name))?;
        unique("contexts and heads", {
            self.contexts.iter().map(|c| &c.name).chain(self.heads.iter().map(|h| &h.name))
        })
    }

    fn check_block_widths(&self, blocks: &[Vec<Term>], place: &str) -> Result<(), Error> {
        for block in blocks {
            let widths = block.iter().map(|t| self.term_width(t)).collect::<Result<BTreeSet<_>, _>>()?;
            if widths.len() != 1 {
                return Err(Error::shape(format!("a block of {place} must sum terms of one width")));
            }
        }
        Ok(())
    }

    fn check_head(&self, head: &Head) -> Result<(), Error> {
        if head.context.as_ref().is_some_and(|name| !self.contexts.iter().any(|c| c.name == *name)) {
            return Err(Error::shape(format!("head \"{}\" names an unknown context", head.name)));
        }
        unique("experts", head.experts.iter().map(|e| &e.name))?;
        for expert in &head.experts {
            let key = self.features.iter().find(|f| f.name == expert.key && f.kind == FeatureKind::Index);
            let key = key.ok_or_else(|| Error::shape(format!("expert \"{}\" has no key", expert.name)))?;
            let fits = match &expert.gather {
                Gather::Table(table) => Some(table.len()) == key.width.checked_mul(head.classes),
                Gather::Modulo { period } | Gather::Place { period, .. } => *period > 0,
                Gather::Difference { .. } => true,
            };
            if !fits || expert.gather.outputs_needed() > expert.outputs {
                return Err(Error::shape(format!("expert \"{}\" gathers outputs it lacks", expert.name)));
            }
        }
        Ok(())
    }

    fn term_width(&self, term: &Term) -> Result<usize, Error> {
        let feature = self.feature(&term.feature).map(|i| &self.features[i]);
        let unknown = || Error::shape(format!("feature \"{}\" is not declared", term.feature));
        let feature = feature.ok_or_else(unknown)?;
        let Some(name) = &term.table else { return Ok(feature.width) };
        let table = self.tables.iter().find(|t| t.name == *name);
        match table {
            Some(table) if table.rows == feature.width => Ok(table.width),
            Some(_) => {
                Err(Error::shape(format!("table \"{name}\" has other rows than \"{}\"", feature.name)))
            }
            None => Err(Error::shape(format!("table \"{name}\" is not declared"))),
        }
    }

    /// The width of a block; the shape has been checked.
    pub(crate) fn block_width(&self, block: &[Term]) -> usize {
        block.first().and_then(|t| self.term_width(t).ok()).unwrap_or(0)
    }

    pub(crate) fn input_width(&self, blocks: &[Vec<Term>]) -> usize {
        blocks.iter().map(|b| self.block_width(b)).fold(0, usize::saturating_add)
    }

    /// The width of the last LSTM layer.
    pub(crate) fn top(&self) -> usize {
        self.layers.last().copied().unwrap_or(0)
    }

    /// The position of the context a head reads.
    pub(crate) fn context_of(&self, head: &Head) -> Option<usize> {
        head.context.as_ref().and_then(|name| self.contexts.iter().position(|c| c.name == *name))
    }
}

impl Head {
    /// A dense softmax on the last LSTM layer.
    pub fn plain(name: &str, classes: usize) -> Head {
        Head { name: name.into(), classes, context: None, experts: vec![] }
    }
}

fn within(size: usize) -> Result<(), String> {
    if (1..=LIMIT).contains(&size) { Ok(()) } else { Err(format!("has size {size}, not 1 to {LIMIT}")) }
}

/// Whether every one of `what` has a name of its own.
pub(crate) fn unique<'a>(what: &str, mut names: impl Iterator<Item = &'a String>) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    match names.find(|name| name.is_empty() || !seen.insert(*name)) {
        Some(name) => {
            Err(Error::shape(format!("two of the {what} are called \"{name}\", or it has no name")))
        }
        None => Ok(()),
    }
}
