//! Where each named parameter lies in the one flat buffer, and how it begins.

use std::ops::Range;

use rand::{RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::shape::{Context, Head, unique};
use crate::{Error, Shape};

/// A named piece of the flat parameter buffer: a row-major `[rows, columns]` matrix, inputs by outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterMatrix {
    /// PyTorch's name, as `load_state_dict` wants it.
    pub name: String,
    /// Inputs (1 for a bias).
    pub rows: usize,
    /// Outputs.
    pub columns: usize,
    /// The first place in the flat buffer.
    pub offset: usize,
    pub(crate) kind: ParameterKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParameterKind {
    /// An embedding: on disk as here.
    Table,
    /// A weight: on disk transposed, outputs by inputs.
    Weight,
    Bias,
    /// An LSTM's bias, one per gate; on disk beside a second one of zeros.
    GateBias,
}

impl ParameterMatrix {
    /// Its places in the flat buffer.
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.rows * self.columns
    }

    /// The name of the second of an LSTM's two biases.
    pub(crate) fn second_bias(&self) -> String {
        self.name.replace("bias_ih", "bias_hh")
    }
}

/// Positions in the parameter list of each part of a network.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) parameters: Vec<ParameterMatrix>,
    end: usize,
    pub(crate) tables: Vec<usize>,
    pub(crate) layers: Vec<LayerAt>,
    pub(crate) contexts: Vec<ContextAt>,
    pub(crate) heads: Vec<HeadAt>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct LayerAt {
    pub(crate) input: usize,
    pub(crate) recurrent: usize,
    pub(crate) bias: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct ContextAt {
    pub(crate) hidden: usize,
    pub(crate) features: Option<usize>,
    pub(crate) bias: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct HeadAt {
    /// Weight and bias of the dense layer, then of each expert.
    pub(crate) parts: Vec<(usize, usize)>,
}

/// The largest number of parameters.
const PARAMETERS: usize = 1 << 28;

impl Layout {
    /// The layout of a shape that describes a network of a size that this program handles.
    ///
    /// # Errors
    /// [`Error::Shape`] names the part that does not fit.
    pub(crate) fn checked(shape: &Shape) -> Result<Layout, Error> {
        shape.check()?;
        let layout = Layout::of(shape);
        unique("parameters", layout.parameters.iter().map(|p| &p.name))?;
        if layout.len() > PARAMETERS {
            let parameters = layout.len();
            return Err(Error::shape(format!("{parameters} parameters; at most {PARAMETERS} are possible")));
        }
        Ok(layout)
    }

    pub(crate) fn of(shape: &Shape) -> Layout {
        let mut list = ParameterList::default();
        let tables =
            shape.tables.iter().map(|t| list.add(weight(&t.name), t.rows, t.width, ParameterKind::Table));
        let tables = tables.collect();
        let layers = (0..shape.layers.len()).map(|l| list.layer(shape, l)).collect();
        let contexts = shape.contexts.iter().map(|c| list.context(shape, c)).collect();
        let heads = shape.heads.iter().map(|h| list.head(shape, h)).collect();
        Layout { parameters: list.parameters, end: list.end, tables, layers, contexts, heads }
    }

    /// Number of parameters; saturates.
    pub(crate) fn len(&self) -> usize {
        self.end
    }

    pub(crate) fn range(&self, parameter: usize) -> Range<usize> {
        self.parameters[parameter].range()
    }
}

fn weight(name: &str) -> String {
    format!("{name}.weight")
}

#[derive(Default)]
struct ParameterList {
    parameters: Vec<ParameterMatrix>,
    end: usize,
}

impl ParameterList {
    fn add(&mut self, name: String, rows: usize, columns: usize, kind: ParameterKind) -> usize {
        self.parameters.push(ParameterMatrix { name, rows, columns, offset: self.end, kind });
        self.end = self.end.saturating_add(rows.saturating_mul(columns));
        self.parameters.len() - 1
    }

    fn layer(&mut self, shape: &Shape, layer: usize) -> LayerAt {
        let units = shape.layers[layer];
        let inputs = if layer == 0 { shape.input_width(&shape.input) } else { shape.layers[layer - 1] };
        let gates = units.saturating_mul(4);
        LayerAt {
            input: self.add(format!("lstm.weight_ih_l{layer}"), inputs, gates, ParameterKind::Weight),
            recurrent: self.add(format!("lstm.weight_hh_l{layer}"), units, gates, ParameterKind::Weight),
            bias: self.add(format!("lstm.bias_ih_l{layer}"), 1, gates, ParameterKind::GateBias),
        }
    }

    fn context(&mut self, shape: &Shape, context: &Context) -> ContextAt {
        let inputs = shape.input_width(&context.input);
        let name = &context.name;
        ContextAt {
            hidden: self.add(weight(name), shape.top(), context.width, ParameterKind::Weight),
            features: (inputs > 0).then(|| {
                self.add(format!("{name}.features.weight"), inputs, context.width, ParameterKind::Weight)
            }),
            bias: self.add(format!("{name}.bias"), 1, context.width, ParameterKind::Bias),
        }
    }

    fn head(&mut self, shape: &Shape, head: &Head) -> HeadAt {
        let inputs = shape.context_of(head).map_or(shape.top(), |c| shape.contexts[c].width);
        let mut part = |name: &str, outputs| {
            (
                self.add(weight(name), inputs, outputs, ParameterKind::Weight),
                self.add(format!("{name}.bias"), 1, outputs, ParameterKind::Bias),
            )
        };
        let dense = part(&head.name, head.classes);
        let experts = head.experts.iter().map(|e| part(&format!("{}.{}", head.name, e.name), e.outputs));
        HeadAt { parts: std::iter::once(dense).chain(experts).collect() }
    }
}

/// Fresh parameters: weights uniform in ±1/sqrt(inputs) (gates ±1/sqrt(units), as PyTorch does), embeddings
/// uniform with variance one, biases zero but for the forget gate's, which is one (Jozefowicz et al. 2015).
pub(crate) fn initial(shape: &Shape, layout: &Layout, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut values = vec![0.0; layout.len()];
    for parameter in &layout.parameters {
        let reach = match parameter.kind {
            ParameterKind::Table => 3f32.sqrt(),
            ParameterKind::Weight if parameter.name.starts_with("lstm.") => {
                (4.0 / parameter.columns as f32).sqrt()
            }
            ParameterKind::Weight => (1.0 / parameter.rows as f32).sqrt(),
            ParameterKind::Bias | ParameterKind::GateBias => continue,
        };
        values[parameter.range()].fill_with(|| random.random_range(-reach..reach));
    }
    for (layer, units) in layout.layers.iter().zip(&shape.layers) {
        values[layout.range(layer.bias)][*units..2 * units].fill(1.0);
    }
    values
}
