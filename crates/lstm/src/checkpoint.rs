//! A network as bytes: `safetensors` with PyTorch's names and gate order, and strings of the caller's beside it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::{Dtype, SafeTensors, View, serialize};

use crate::kernel::half;
use crate::layout::{ParameterMatrix, Role};
use crate::{Error, Network, Precision, Shape};

/// What a caller keeps beside the weights: recipe, vocabulary, fingerprint of the corpus.
pub type Metadata = BTreeMap<String, String>;

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

/// A tensor as it goes to disk.
pub(crate) struct Tensor {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl View for Tensor {
    fn dtype(&self) -> Dtype {
        self.dtype
    }
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }
    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

impl Tensor {
    pub(crate) fn new(shape: Vec<usize>, values: impl Iterator<Item = f32>) -> Tensor {
        Tensor { dtype: Dtype::F32, shape, bytes: values.flat_map(f32::to_le_bytes).collect() }
    }

    fn attached(bytes: &[u8]) -> Tensor {
        Tensor { dtype: Dtype::U8, shape: vec![bytes.len()], bytes: bytes.to_vec() }
    }

    fn to_half(&self) -> Tensor {
        let values = self.bytes.as_chunks().0.iter().map(|b| half::from_f32(f32::from_le_bytes(*b)));
        let bytes = values.flat_map(u16::to_le_bytes).collect();
        Tensor { dtype: Dtype::F16, shape: self.shape.clone(), bytes }
    }

    fn of(parameter: &ParameterMatrix, values: &[f32]) -> Tensor {
        let (rows, columns) = (parameter.rows, parameter.columns);
        match parameter.kind {
            Role::Bias | Role::GateBias => Tensor::new(vec![columns], values.iter().copied()),
            Role::Table => Tensor::new(vec![rows, columns], values.iter().copied()),
            Role::Weight => {
                let value = |(column, row)| values[row * columns + column];
                let places = (0..columns).flat_map(|column| (0..rows).map(move |row| (column, row)));
                Tensor::new(vec![columns, rows], places.map(value))
            }
        }
    }
}

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
            self.attachments.iter().map(|(name, b)| (format!("{ATTACHED}{name}"), Tensor::attached(b)));
        tensors.extend(attached);
        write(tensors, &strings)
    }

    fn tensors(&self) -> Vec<(String, Tensor)> {
        let mut tensors = Vec::new();
        for parameter in self.network.named() {
            let tensor = Tensor::of(parameter, &self.network.parameters()[parameter.range()]);
            if parameter.kind == Role::GateBias {
                let zeros = std::iter::repeat_n(0.0, parameter.columns);
                tensors.push((second_bias(parameter), Tensor::new(vec![parameter.columns], zeros)));
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
        strings(bytes)
    }

    /// Reads a file's bytes. Costs no more memory than a few times their number.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] says what is wrong with the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Checkpoint, Error> {
        let mut metadata = strings(bytes)?;
        let shape = metadata.remove(SHAPE).ok_or_else(|| Error::checkpoint("it holds no shape"))?;
        let shape: Shape =
            serde_json::from_str(&shape).map_err(|e| Error::checkpoint(format!("shape: {e}")))?;
        shape.check()?;
        if crate::layout::count(&shape).saturating_mul(2) > bytes.len() {
            return Err(Error::checkpoint("it is shorter than its shape says"));
        }
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| Error::checkpoint(e.to_string()))?;
        let mut network = Network::zero(shape)?;
        for parameter in network.named().to_vec() {
            read(&tensors, &parameter, &mut network.parameters_mut()[parameter.range()])?;
        }
        let attached = tensors.iter().filter_map(|(name, t)| Some((name.strip_prefix(ATTACHED)?, t)));
        let attachments = attached.map(|(name, t)| (name.to_owned(), t.data().to_vec())).collect();
        Ok(Checkpoint { network, metadata, attachments })
    }
}

fn second_bias(parameter: &ParameterMatrix) -> String {
    parameter.name.replace("bias_ih", "bias_hh")
}

/// Reads one parameter; an LSTM's two biases are added.
fn read(tensors: &SafeTensors, parameter: &ParameterMatrix, to: &mut [f32]) -> Result<(), Error> {
    let (rows, columns) = (parameter.rows, parameter.columns);
    match parameter.kind {
        Role::Table => fill(to, floats(tensors, &parameter.name, &[rows, columns])?),
        Role::Bias => fill(to, floats(tensors, &parameter.name, &[columns])?),
        Role::GateBias => {
            fill(to, floats(tensors, &parameter.name, &[columns])?);
            let second = floats(tensors, &second_bias(parameter), &[columns])?;
            to.iter_mut().zip(second).for_each(|(a, b)| *a += b);
        }
        Role::Weight => {
            for (i, value) in floats(tensors, &parameter.name, &[columns, rows])?.enumerate() {
                to[i % rows * columns + i / rows] = value;
            }
        }
    }
    if to.iter().all(|x| x.is_finite()) {
        return Ok(());
    }
    Err(Error::checkpoint(format!("tensor \"{}\" holds values that are no numbers", parameter.name)))
}

fn fill(to: &mut [f32], values: impl Iterator<Item = f32>) {
    to.iter_mut().zip(values).for_each(|(to, value)| *to = value);
}

pub(crate) fn floats<'a>(
    tensors: &SafeTensors<'a>,
    name: &str,
    shape: &[usize],
) -> Result<impl Iterator<Item = f32> + 'a, Error> {
    let tensor = tensors.tensor(name).map_err(|e| Error::checkpoint(e.to_string()))?;
    let half = match tensor.dtype() {
        Dtype::F32 => false,
        Dtype::F16 => true,
        _ => return Err(Error::checkpoint(format!("tensor \"{name}\" is neither f32 nor f16"))),
    };
    if tensor.shape() != shape {
        return Err(Error::checkpoint(format!("tensor \"{name}\" is not of shape {shape:?}")));
    }
    let value = move |bytes: &[u8]| match *bytes {
        [a, b] => half::to_f32(u16::from_le_bytes([a, b])),
        [a, b, c, d] => f32::from_le_bytes([a, b, c, d]),
        _ => f32::NAN,
    };
    Ok(tensor.data().chunks_exact(if half { 2 } else { 4 }).map(value))
}

/// The strings in a file's header.
pub(crate) fn strings(bytes: &[u8]) -> Result<Metadata, Error> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| Error::checkpoint(e.to_string()))?;
    let strings: HashMap<String, String> = header.metadata().clone().unwrap_or_default();
    Ok(strings.into_iter().collect())
}

/// Tensors and strings as bytes, the strings in the order of their keys.
pub(crate) fn write(tensors: Vec<(String, Tensor)>, strings: &Metadata) -> Result<Vec<u8>, Error> {
    let bytes = serialize(tensors, None).map_err(|e| Error::checkpoint(e.to_string()))?;
    with_metadata(&bytes, strings)
}

/// Puts `strings` into the header of serialised tensors, in the order of their keys.
///
/// The library writes metadata from a hash map, in another order at every run.
fn with_metadata(bytes: &[u8], strings: &Metadata) -> Result<Vec<u8>, Error> {
    let malformed = || Error::checkpoint("the tensors could not be written");
    let (length, rest) = bytes.split_first_chunk::<8>().ok_or_else(malformed)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| malformed())?;
    let (header, data) = rest.split_at_checked(length).ok_or_else(malformed)?;
    let tensors = header.strip_prefix(b"{").ok_or_else(malformed)?;
    let strings = serde_json::to_string(strings).map_err(|_| malformed())?;
    let mut header = format!("{{\"__metadata__\":{strings},").into_bytes();
    header.extend_from_slice(tensors.trim_ascii_end());
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut out = Vec::with_capacity(8 + header.len() + data.len());
    out.extend_from_slice(&(header.len() as u64).to_le_bytes());
    out.extend_from_slice(&header);
    out.extend_from_slice(data);
    Ok(out)
}
