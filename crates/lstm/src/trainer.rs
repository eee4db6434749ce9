//! Training: gradients from a device, clipped, given to Adam, averaged.

use crate::device::{Device, Losses, Objective};
use crate::kernel::{AdamRow, InstructionSet};
use crate::{Batch, Cpu, Error, Network, OptimizerState, State};

/// How Adam and what surrounds it behave. The default is Adam as Keras sets it, without clipping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamHyperparameters {
    /// Decay of the mean of the gradient.
    pub beta1: f32,
    /// Decay of the mean of its square.
    pub beta2: f32,
    /// Added to the root of the mean square.
    pub epsilon: f32,
    /// Decoupled weight decay (AdamW), on weights and embeddings but not on biases.
    pub weight_decay: f32,
    /// The largest global norm of the gradient.
    pub clip: Option<f32>,
    /// Decay of an exponential moving average of the weights.
    pub average: Option<f32>,
}

impl Default for AdamHyperparameters {
    fn default() -> AdamHyperparameters {
        AdamHyperparameters {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-7,
            weight_decay: 0.0,
            clip: None,
            average: None,
        }
    }
}

/// A learning rate with decay in the Keras sense: `rate / (1 + decay * step)`, steps counted from 0.
pub fn decayed(rate: f32, decay: f32, step: u64) -> f32 {
    (f64::from(rate) / (1.0 + f64::from(decay) * step as f64)) as f32
}

/// An optimiser with its state, a gradient and a device.
#[derive(Debug)]
pub struct Trainer<D = Cpu> {
    device: D,
    hyperparameters: AdamHyperparameters,
    gradient: Vec<f32>,
    /// Batches whose gradients have come together since the last update.
    batches: u32,
    optimizer: OptimizerState,
}

impl Trainer<Cpu> {
    /// A trainer on this processor; zero threads means one for each processor.
    pub fn new(network: &Network, hyperparameters: AdamHyperparameters, threads: usize) -> Trainer<Cpu> {
        Trainer::on(Cpu::new(threads), network, hyperparameters)
    }
}

impl<D: Device> Trainer<D> {
    /// A trainer on a device.
    pub fn on(device: D, network: &Network, hyperparameters: AdamHyperparameters) -> Trainer<D> {
        let zeros = || vec![0.0; network.parameters().len()];
        let average = if hyperparameters.average.is_some() { network.parameters().to_vec() } else { vec![] };
        let optimizer = OptimizerState { mean: zeros(), square: zeros(), average, steps: 0 };
        Trainer { device, hyperparameters, gradient: zeros(), batches: 0, optimizer }
    }

    /// One step: the gradient of a batch, and an update with it. Moves `state` to the end of the chunk.
    ///
    /// # Errors
    /// [`Error::Data`] if batch or state do not fit the network.
    pub fn step(
        &mut self,
        network: &mut Network,
        batch: &Batch,
        state: &mut State,
        objective: &Objective,
        rate: f32,
    ) -> Result<Losses, Error> {
        let losses = self.accumulate(network, batch, state, objective)?;
        self.update(network, rate)?;
        Ok(losses)
    }

    /// Adds the gradient of a batch to those since the last update.
    ///
    /// # Errors
    /// [`Error::Data`] if batch or state do not fit the network.
    pub fn accumulate(
        &mut self,
        network: &Network,
        batch: &Batch,
        state: &mut State,
        objective: &Objective,
    ) -> Result<Losses, Error> {
        let losses = self.device.gradient(network, batch, state, objective, &mut self.gradient)?;
        self.batches += 1;
        Ok(losses)
    }

    /// Clips the mean of the gradients since the last update, takes one Adam step with it, forgets it. Gives the norm
    /// before clipping. However many batches there were, processes that share them sum their gradients here alone.
    ///
    /// # Errors
    /// [`Error::Communicator`] if processes cannot sum their gradients.
    pub fn update(&mut self, network: &mut Network, rate: f32) -> Result<f32, Error> {
        self.device.complete(&mut self.gradient)?;
        let share = 1.0 / std::mem::take(&mut self.batches).max(1) as f32;
        let norm = share * self.device.sum_of_squares(&self.gradient).sqrt() as f32;
        let clip = self.hyperparameters.clip.filter(|clip| norm > *clip).map_or(1.0, |clip| clip / norm);
        let scale = share * clip;
        self.optimizer.steps += 1;
        let decay = self.hyperparameters.weight_decay;
        let (plain, decayed) = (self.row(scale, rate, 0.0), self.row(scale, rate, decay));
        let whole = 0..self.gradient.len();
        let parts: Vec<_> = match decay {
            0.0 => vec![(whole.clone(), plain)],
            _ => network
                .named()
                .iter()
                .map(|p| (p.range(), if p.rows > 1 { decayed } else { plain }))
                .collect(),
        };
        let OptimizerState { mean, square, average, .. } = &mut self.optimizer;
        for (range, row) in parts {
            let range = || range.clone();
            let weights = &mut network.parameters_mut()[range()];
            let buffers = [weights, &mut mean[range()], &mut square[range()], &mut self.gradient[range()]];
            self.device.share(buffers.into(), &|pieces| row.step(InstructionSet::detect(), pieces));
        }
        if let Some(keep) = self.hyperparameters.average {
            let buffers = vec![&mut average[..], network.parameters_mut()];
            self.device.share(buffers, &|pieces| approach(keep, pieces));
        }
        Ok(norm)
    }

    fn row(&self, gradient_scale: f32, rate: f32, decay: f32) -> AdamRow {
        let AdamHyperparameters { beta1, beta2, epsilon, .. } = self.hyperparameters;
        let bias = |beta: f32| 1.0 - f64::from(beta).powf(self.optimizer.steps as f64);
        AdamRow {
            gradient_scale,
            beta1,
            beta2,
            rate: (f64::from(rate) / bias(beta1)) as f32,
            sharpen: (1.0 / bias(beta2).sqrt()) as f32,
            epsilon,
            keep: 1.0 - rate * decay,
        }
    }

    /// The losses on a batch, without dropout or any change but that of `state`.
    ///
    /// # Errors
    /// [`Error::Data`] if batch or state do not fit the network.
    pub fn evaluate(&mut self, network: &Network, batch: &Batch, state: &mut State) -> Result<Losses, Error> {
        self.device.losses(network, batch, state)
    }

    /// The network with the moving average of the weights, or as it is if none is kept.
    pub fn averaged(&self, network: &Network) -> Network {
        let mut averaged = network.clone();
        if !self.optimizer.average.is_empty() {
            averaged.parameters_mut().copy_from_slice(&self.optimizer.average);
        }
        averaged
    }

    /// The sum of the gradients since the last update, but for what a device keeps back until then.
    pub fn gradient(&self) -> &[f32] {
        &self.gradient
    }

    /// Number of updates so far.
    pub fn steps(&self) -> u64 {
        self.optimizer.steps
    }

    /// What the next update depends on beside the network and its gradient, to be kept after an update.
    pub fn optimizer_state(&self) -> &OptimizerState {
        &self.optimizer
    }

    /// Goes on from a state: with the network that belongs to it, every later update has the same bits as
    /// without the interruption.
    ///
    /// # Errors
    /// [`Error::Data`] if the state belongs to a network of another size, or keeps an average and the trainer
    /// does not, or the other way round.
    pub fn resume(&mut self, state: OptimizerState) -> Result<(), Error> {
        let lengths = |state: &OptimizerState| [&state.mean, &state.square, &state.average].map(Vec::len);
        if lengths(&state) != lengths(&self.optimizer) {
            return Err(Error::data(
                "the state of the optimiser is that of another network or of other hyperparameters",
            ));
        }
        self.device.complete(&mut self.gradient)?;
        self.gradient.fill(0.0);
        self.batches = 0;
        self.optimizer = state;
        Ok(())
    }
}

/// Moves the average, the first buffer, towards the weights, the second.
fn approach(keep: f32, mut pieces: Vec<&mut [f32]>) {
    let [average, weights] = &mut pieces[..] else { return };
    InstructionSet::detect().wide(
        #[inline(always)]
        || {
            for (average, weight) in average.iter_mut().zip(weights.iter()) {
                *average = keep * *average + (1.0 - keep) * weight;
            }
        },
    );
}
