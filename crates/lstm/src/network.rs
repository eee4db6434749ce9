//! A network: a shape and its parameters.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::layout::{self, Layout, ParameterMatrix};
use crate::tensors::TensorFile;
use crate::weight_source::WeightSource;
use crate::{Error, Shape, stored};

/// A shape and one flat buffer of parameters, which may wait in a file until someone asks for it.
#[derive(Clone, Debug)]
pub struct Network {
    shape: Shape,
    pub(crate) layout: Layout,
    parameters: OnceLock<Vec<f32>>,
    /// Where the parameters are, if they are not in memory.
    file: Option<Arc<TensorFile<'static>>>,
}

/// A row of the layer table that `info` prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSummary {
    /// The name of the layer, with its kind.
    pub name: String,
    /// What it gives at each step.
    pub output: usize,
    /// Trainable parameters.
    pub parameters: usize,
}

impl Network {
    /// A network with fresh parameters; the same seed gives the same ones.
    ///
    /// # Errors
    /// [`Error::Shape`] if the shape is not valid.
    pub fn new(shape: Shape, seed: u64) -> Result<Network, Error> {
        let layout = Layout::checked(&shape)?;
        let parameters = layout::initial(&shape, &layout, seed);
        Ok(Network::of(shape, layout, parameters))
    }

    /// A network with given parameters, as many as the layout of its shape has.
    pub(crate) fn of(shape: Shape, layout: Layout, parameters: Vec<f32>) -> Network {
        debug_assert_eq!(layout.len(), parameters.len());
        Network { shape, layout, parameters: OnceLock::from(parameters), file: None }
    }

    /// A network whose parameters are in a file, where they have been checked.
    pub(crate) fn in_file(shape: Shape, layout: Layout, file: TensorFile<'static>) -> Network {
        Network { shape, layout, parameters: OnceLock::new(), file: Some(Arc::new(file)) }
    }

    /// What the network looks like.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// All parameters, one after another.
    pub fn parameters(&self) -> &[f32] {
        self.parameters.get_or_init(|| {
            let read = self.file.as_ref().map(|file| stored::read_all(file, &self.layout));
            read.and_then(Result::ok).unwrap_or_default()
        })
    }

    /// All parameters, to be changed.
    pub fn parameters_mut(&mut self) -> &mut [f32] {
        self.parameters();
        self.file = None;
        self.parameters.get_mut().map_or(&mut [], Vec::as_mut_slice)
    }

    /// The names and places of the parameters in the flat buffer.
    pub fn named(&self) -> &[ParameterMatrix] {
        &self.layout.parameters
    }

    /// The values of one parameter, inputs by outputs, by its PyTorch name.
    pub fn parameter(&self, name: &str) -> Option<&[f32]> {
        let parameter = self.layout.parameters.iter().find(|p| p.name == name)?;
        Some(&self.parameters()[parameter.range()])
    }

    /// The values of one parameter, inputs by outputs.
    pub(crate) fn values(&self, parameter: usize) -> &[f32] {
        &self.parameters()[self.layout.range(parameter)]
    }

    /// The same, read from where they are.
    pub(crate) fn read(&self, parameter: usize) -> Cow<'_, [f32]> {
        let read = self.waiting_file().map(|file| stored::read(file, &self.layout.parameters[parameter]));
        read.and_then(Result::ok).map_or_else(|| Cow::Borrowed(self.values(parameter)), Cow::Owned)
    }

    /// A weight, where it is.
    pub(crate) fn weight(&self, parameter: usize) -> WeightSource<'_> {
        let weight = self.waiting_file().map(|file| stored::weight(file, &self.layout.parameters[parameter]));
        let memory = || WeightSource::Memory(self.values(parameter));
        weight.and_then(Result::ok).map_or_else(memory, WeightSource::File)
    }

    /// The file, if the parameters are nowhere else yet.
    fn waiting_file(&self) -> Option<&TensorFile<'static>> {
        self.file.as_deref().filter(|_| self.parameters.get().is_none())
    }

    /// The layer table: name, values at each step, trainable parameters.
    pub fn table(&self) -> Vec<LayerSummary> {
        let (shape, at) = (&self.shape, &self.layout);
        let size = |list: &[usize]| list.iter().map(|&p| at.range(p).len()).sum();
        let row =
            |name: String, output, list: &[usize]| LayerSummary { name, output, parameters: size(list) };
        let tables = shape.tables.iter().zip(&at.tables);
        let tables = tables.map(|(t, &p)| row(format!("{} (embedding)", t.name), t.width, &[p]));
        let layers = shape.layers.iter().zip(&at.layers).enumerate();
        let layers =
            layers.map(|(i, (&u, l))| row(format!("lstm_{i} (LSTM)"), u, &[l.input, l.recurrent, l.bias]));
        let contexts = shape.contexts.iter().zip(&at.contexts).map(|(c, p)| {
            let list: Vec<usize> = [p.hidden, p.bias].into_iter().chain(p.features).collect();
            row(format!("{} (dense, relu)", c.name), c.width, &list)
        });
        let heads = shape.heads.iter().zip(&at.heads).map(|(h, p)| {
            let list: Vec<usize> = p.parts.iter().flat_map(|&(w, b)| [w, b]).collect();
            let kind = if h.experts.is_empty() { "dense" } else { "experts" };
            row(format!("{} ({kind}, softmax)", h.name), h.classes, &list)
        });
        tables.chain(layers).chain(contexts).chain(heads).collect()
    }
}
