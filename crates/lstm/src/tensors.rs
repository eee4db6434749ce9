//! Named tensors and strings as the bytes of a `safetensors` file.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use safetensors::tensor::{Dtype, Metadata as Header, SafeTensors, TensorInfo, View, serialize};

use crate::Error;
use crate::kernel::{InstructionSet, half};

/// What a caller keeps beside the weights: recipe, vocabulary, fingerprint of the corpus.
pub type Metadata = BTreeMap<String, String>;

/// A tensor on its way into a file.
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

    pub(crate) fn of_bytes(bytes: &[u8]) -> Tensor {
        Tensor { dtype: Dtype::U8, shape: vec![bytes.len()], bytes: bytes.to_vec() }
    }

    /// The same numbers, rounded.
    pub(crate) fn to_half(&self) -> Tensor {
        let values = self.bytes.as_chunks().0.iter().map(|b| half::from_f32(f32::from_le_bytes(*b)));
        let bytes = values.flat_map(u16::to_le_bytes).collect();
        Tensor { dtype: Dtype::F16, shape: self.shape.clone(), bytes }
    }
}

/// Tensors and strings as a file's bytes, the strings in the order of their keys.
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

/// A file's header, read, and its tensors, where they lie.
#[derive(Debug)]
pub(crate) struct TensorFile<'a> {
    header: Header,
    bytes: Cow<'a, [u8]>,
    /// Where the tensors begin.
    start: usize,
}

impl<'a> TensorFile<'a> {
    /// # Errors
    /// [`Error::Checkpoint`] if the bytes are no such file, or a tensor's place is not within them.
    pub(crate) fn new(bytes: Cow<'a, [u8]>) -> Result<TensorFile<'a>, Error> {
        let (length, header) =
            SafeTensors::read_metadata(&bytes).map_err(|e| Error::checkpoint(e.to_string()))?;
        Ok(TensorFile { header, bytes, start: size_of::<u64>() + length })
    }

    /// The number of bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The strings in the header.
    pub(crate) fn strings(&self) -> Metadata {
        let strings: HashMap<String, String> = self.header.metadata().clone().unwrap_or_default();
        strings.into_iter().collect()
    }

    /// The bytes of every tensor whose name begins with `prefix`, under the rest of the name.
    pub(crate) fn with_prefix(&self, prefix: &str) -> BTreeMap<String, Vec<u8>> {
        let names = self.header.offset_keys();
        let names = names.iter().filter_map(|name| Some((name, name.strip_prefix(prefix)?)));
        names
            .filter_map(|(name, rest)| Some((rest.to_owned(), self.bytes(self.header.info(name)?).to_vec())))
            .collect()
    }

    /// The numbers of a tensor of a shape.
    pub(crate) fn floats(&self, name: &str, shape: &[usize]) -> Result<Floats<'_>, Error> {
        let info = self.info(name)?;
        let half = match info.dtype {
            Dtype::F32 => false,
            Dtype::F16 => true,
            _ => return Err(Error::checkpoint(format!("tensor \"{name}\" is neither f32 nor f16"))),
        };
        if info.shape != shape {
            return Err(Error::checkpoint(format!("tensor \"{name}\" is not of shape {shape:?}")));
        }
        Ok(Floats { bytes: self.bytes(info), half })
    }

    /// The number of values in a tensor.
    pub(crate) fn length(&self, name: &str) -> Result<usize, Error> {
        self.info(name).map(|info| info.shape.iter().product())
    }

    fn info(&self, name: &str) -> Result<&TensorInfo, Error> {
        self.header.info(name).ok_or_else(|| Error::checkpoint(format!("it has no tensor \"{name}\"")))
    }

    fn bytes(&self, info: &TensorInfo) -> &[u8] {
        &self.bytes[self.start..][info.data_offsets.0..info.data_offsets.1]
    }
}

/// A tensor's numbers as they lie in the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floats<'a> {
    bytes: &'a [u8],
    half: bool,
}

impl Floats<'_> {
    /// Reads the numbers from place `first` on.
    pub(crate) fn read(&self, isa: InstructionSet, first: usize, to: &mut [f32]) {
        if self.half {
            return isa.read_half(&self.bytes[2 * first..], to);
        }
        let singles = self.bytes[4 * first..].as_chunks().0;
        to.iter_mut().zip(singles).for_each(|(to, bytes)| *to = f32::from_le_bytes(*bytes));
    }

    /// Whether every value is a number, and a finite one.
    pub(crate) fn finite(&self) -> bool {
        let half = |b: &[u8; 2]| u16::from_le_bytes(*b) & 0x7c00 != 0x7c00;
        let single = |b: &[u8; 4]| f32::from_le_bytes(*b).is_finite();
        match self.half {
            true => self
                .bytes
                .as_chunks()
                .0
                .chunks(1024)
                .all(|some| some.iter().fold(true, |all, b| all & half(b))),
            false => self
                .bytes
                .as_chunks()
                .0
                .chunks(1024)
                .all(|some| some.iter().fold(true, |all, b| all & single(b))),
        }
    }
}
