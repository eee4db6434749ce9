//! What a trainer must keep so that an interrupted training goes on with the same bits.

use std::borrow::Cow;

use crate::Error;
use crate::kernel::InstructionSet;
use crate::tensors::{Metadata, Tensor, TensorFile, write};

/// The key of the number of updates in the metadata.
const STEPS: &str = "steps";

/// Adam's two moments, the moving average of the weights (empty if none is kept) and the number of updates.
///
/// Each buffer is laid out as the network's parameters. A gradient that was accumulated but not yet used for an
/// update is not part of it. The weights themselves go into a [`Checkpoint`](crate::Checkpoint).
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerState {
    pub(crate) mean: Vec<f32>,
    pub(crate) square: Vec<f32>,
    pub(crate) average: Vec<f32>,
    pub(crate) steps: u64,
}

impl OptimizerState {
    /// Number of updates so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The state as a `safetensors` file; the same state gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] if the tensors cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let parts = [("mean", &self.mean), ("square", &self.square), ("average", &self.average)];
        let tensor = |values: &Vec<f32>| Tensor::new(vec![values.len()], values.iter().copied());
        let tensors = parts.map(|(name, values)| (name.to_owned(), tensor(values)));
        write(tensors.into(), &Metadata::from([(STEPS.to_owned(), self.steps.to_string())]))
    }

    /// Reads a file's bytes. Costs no more memory than a few times their number.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] says what is wrong with the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<OptimizerState, Error> {
        let file = TensorFile::new(Cow::Borrowed(bytes))?;
        let steps = file.strings().remove(STEPS).and_then(|steps| steps.parse().ok());
        let steps = steps.ok_or_else(|| Error::checkpoint("it holds no number of updates"))?;
        let [mean, square, average] = ["mean", "square", "average"].map(|name| buffer(&file, name));
        let square = square?;
        if square.iter().any(|x| x.is_sign_negative()) {
            return Err(Error::checkpoint("tensor \"square\" holds negative values"));
        }
        Ok(OptimizerState { mean: mean?, square, average: average?, steps })
    }
}

fn buffer(file: &TensorFile, name: &str) -> Result<Vec<f32>, Error> {
    let length = file.length(name)?;
    let floats = file.floats(name, &[length])?;
    if !floats.finite() {
        return Err(Error::checkpoint(format!("tensor \"{name}\" holds values that are no numbers")));
    }
    let mut values = vec![0.0; length];
    floats.read(InstructionSet::detect(), 0, &mut values);
    Ok(values)
}
