//! A network as bytes: `safetensors` with PyTorch's names and gate order, and strings of the caller's beside it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::layout::{Layout, ParameterKind, ParameterMatrix};
use crate::stored::{check, read_all};
use crate::tensors::{Metadata, Tensor, TensorFile, write};
use crate::{Error, Network, Precision, Shape};

/// The key of the shape in the metadata.
const SHAPE: &str = "shape";

/// A network and its metadata.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The network.
    pub network: Network,
    /// The caller's strings.
    pub metadata: Metadata,
    /// The caller's bytes, each under a name that no parameter has.
    pub attachments: Attachments,
}

/// Bytes that a caller keeps beside the weights, such as an index of what was learned from.
pub type Attachments = BTreeMap<String, Vec<u8>>;

/// What stands before the names of attachments.
const ATTACHED: &str = "attached.";

impl Checkpoint {
    /// A checkpoint of a network.
    pub fn new(network: Network, metadata: Metadata) -> Checkpoint {
        Checkpoint { network, metadata, attachments: Attachments::new() }
    }

    /// The file's bytes; the same checkpoint gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] if the metadata uses the key `shape` or cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        self.to_bytes_in(Precision::Single)
    }

    /// The same with the weights in a precision; in half precision they are rounded.
    ///
    /// # Errors
    /// As [`Checkpoint::to_bytes`].
    pub fn to_bytes_in(&self, precision: Precision) -> Result<Vec<u8>, Error> {
        if self.metadata.contains_key(SHAPE) {
            return Err(Error::checkpoint("the metadata key \"shape\" is taken"));
        }
        let shape = serde_json::to_string(self.network.shape());
        let mut strings = self.metadata.clone();
        strings.insert(SHAPE.into(), shape.map_err(|e| Error::checkpoint(e.to_string()))?);
        let mut tensors = self.tensors();
        if precision == Precision::Half {
            tensors.iter_mut().for_each(|(_, tensor)| *tensor = tensor.to_half());
        }
        let attached =
            self.attachments.iter().map(|(name, b)| (format!("{ATTACHED}{name}"), Tensor::of_bytes(b)));
        tensors.extend(attached);
        write(tensors, &strings)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = Vec::new();
        for parameter in self.network.named() {
            let tensor = tensor(parameter, &self.network.parameters()[parameter.range()]);
            if parameter.kind == ParameterKind::GateBias {
                let zeros = std::iter::repeat_n(0.0, parameter.columns);
                tensors.push((parameter.second_bias(), Tensor::new(vec![parameter.columns], zeros)));
            }
            tensors.push((parameter.name.clone(), tensor));
        }
        tensors
    }

    /// The caller's strings of a file, without its weights.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] if the bytes are no such file.
    pub fn metadata(bytes: &[u8]) -> Result<Metadata, Error> {
        TensorFile::new(Cow::Borrowed(bytes)).map(|file| file.strings())
    }

    /// Reads a file's bytes. Costs no more memory than a few times their number.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] says what is wrong with the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Checkpoint, Error> {
        let file = TensorFile::new(Cow::Borrowed(bytes))?;
        let (shape, layout, metadata) = parts(&file)?;
        let parameters = read_all(&file, &layout)?;
        let attachments = file.with_prefix(ATTACHED);
        Ok(Checkpoint { network: Network::of(shape, layout, parameters), metadata, attachments })
    }

    /// The same, but the weights stay in the bytes until someone asks for them: the fast way to a
    /// [`Generator`](crate::Generator), which packs them from there.
    ///
    /// # Errors
    /// As [`Checkpoint::from_bytes`].
    pub fn open(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Checkpoint, Error> {
        let file = TensorFile::new(bytes.into())?;
        let (shape, layout, metadata) = parts(&file)?;
        let attachments = file.with_prefix(ATTACHED);
        Ok(Checkpoint { network: Network::in_file(shape, layout, file), metadata, attachments })
    }
}

/// What a file holds beside weights and attachments, when all weights are there and finite.
fn parts(file: &TensorFile) -> Result<(Shape, Layout, Metadata), Error> {
    let mut metadata = file.strings();
    let shape = metadata.remove(SHAPE).ok_or_else(|| Error::checkpoint("it holds no shape"))?;
    let shape: Shape = serde_json::from_str(&shape).map_err(|e| Error::checkpoint(format!("shape: {e}")))?;
    let layout = Layout::checked(&shape)?;
    if layout.len().saturating_mul(2) > file.len() {
        return Err(Error::checkpoint("it is shorter than its shape says"));
    }
    layout.parameters.iter().try_for_each(|parameter| check(file, parameter))?;
    Ok((shape, layout, metadata))
}

/// A parameter as it goes to disk.
fn tensor(parameter: &ParameterMatrix, values: &[f32]) -> Tensor {
    let (rows, columns) = (parameter.rows, parameter.columns);
    match parameter.kind {
        ParameterKind::Bias | ParameterKind::GateBias => Tensor::new(vec![columns], values.iter().copied()),
        ParameterKind::Table => Tensor::new(vec![rows, columns], values.iter().copied()),
        ParameterKind::Weight => {
            let value = |(column, row)| values[row * columns + column];
            let places = (0..columns).flat_map(|column| (0..rows).map(move |row| (column, row)));
            Tensor::new(vec![columns, rows], places.map(value))
        }
    }
}
