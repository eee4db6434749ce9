//! The seam: what computes a gradient. One processor here; another device or several machines could stand in.

use crate::kernel::InstructionSet;
use crate::matrix::add_to;
use crate::{Batch, Error, Network, State};

/// Computes losses and gradients of batches; between two calls nothing but `state`, what it allocated and what is to be
/// [completed](Device::complete) stays.
pub trait Device {
    /// Adds the gradient of `objective` on `batch` to `gradient`, laid out as the network's parameters, and
    /// moves `state` to the end of the chunk.
    ///
    /// # Errors
    /// [`Error::Data`] if batch, state or gradient do not fit the network.
    fn gradient(
        &mut self,
        network: &Network,
        batch: &Batch,
        state: &mut State,
        objective: &Objective,
        gradient: &mut [f32],
    ) -> Result<Losses, Error>;

    /// Adds to `gradient` what [`gradient`](Device::gradient) has kept back since the last time: what processes share
    /// they sum here, at once for all batches since. The default keeps nothing back.
    ///
    /// # Errors
    /// [`Error::Data`] if the gradient is that of another network, [`Error::Communicator`] if processes cannot sum it.
    fn complete(&mut self, gradient: &mut [f32]) -> Result<(), Error> {
        let _ = gradient;
        Ok(())
    }

    /// The losses alone, without dropout.
    ///
    /// # Errors
    /// [`Error::Data`] if batch or state do not fit the network.
    fn losses(&mut self, network: &Network, batch: &Batch, state: &mut State) -> Result<Losses, Error>;

    /// Splits elementwise work on flat buffers of one length; `work` gets matching pieces. The default does it at once.
    fn share(&mut self, buffers: Vec<&mut [f32]>, work: &(dyn Fn(Vec<&mut [f32]>) + Sync)) {
        work(buffers);
    }

    /// The sum of the squares, of the same bits on every device. The default forms it at once.
    fn sum_of_squares(&mut self, values: &[f32]) -> f64 {
        InstructionSet::detect().sum_of_squares(values)
    }
}

/// Adds the second buffer to the first, piece by piece: work to [share](Device::share).
pub(crate) fn add(mut pieces: Vec<&mut [f32]>) {
    if let [to, from] = &mut pieces[..] {
        add_to(to, from);
    }
}

/// What is minimised: the sum over heads of their cross-entropies, each reduced over its counted rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objective {
    /// Sum or mean over the counted rows of a head.
    pub reduction: Reduction,
    /// Label smoothing, 0 to 1.
    pub smoothing: f32,
    /// Seed of this step's dropout; the same seed drops the same values.
    pub seed: u64,
}

/// How the cross-entropies of a head's counted rows become one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reduction {
    /// Their mean, as Keras and PyTorch do by default.
    Mean,
    /// Their sum times a factor, for gradients accumulated over chunks of different length.
    Sum(f32),
}

impl Default for Objective {
    fn default() -> Objective {
        Objective { reduction: Reduction::Mean, smoothing: 0.0, seed: 0 }
    }
}

/// Cross-entropies in nats, summed over the counted rows of each head.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Losses {
    /// For each head, without smoothing.
    pub nats: Vec<f64>,
    /// For each head, with smoothing: what is minimised.
    pub smoothed: Vec<f64>,
    /// For each head, the number of counted rows.
    pub counted: Vec<usize>,
}

impl Losses {
    /// Mean cross-entropy of a head in nats; zero if nothing was counted.
    pub fn mean(&self, head: usize) -> f64 {
        self.nats.get(head).map_or(0.0, |n| n / self.counted[head].max(1) as f64)
    }

    /// The sum of the heads' means.
    pub fn total(&self) -> f64 {
        (0..self.nats.len()).map(|head| self.mean(head)).sum()
    }

    /// Adds the losses of another batch.
    pub fn add(&mut self, other: &Losses) {
        let heads = other.nats.len().max(self.nats.len());
        self.nats.resize(heads, 0.0);
        self.smoothed.resize(heads, 0.0);
        self.counted.resize(heads, 0);
        for head in 0..other.nats.len() {
            self.nats[head] += other.nats[head];
            self.smoothed[head] += other.smoothed[head];
            self.counted[head] += other.counted[head];
        }
    }
}
