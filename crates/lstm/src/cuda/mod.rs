//! A GPU as a device: cuDNN for the LSTM layers, cuBLAS for the other products, our own kernels for the rest.
//!
//! The libraries are loaded when a device is asked for. Nothing is summed by atomics: the same batch gives the same bits
//! on the same GPU and libraries. They are not those of the processor, whose sums run in another order.

mod address;
mod buffer;
mod descriptors;
mod failure;
mod gpu;
mod half;
mod heads;
mod inputs;
mod lanes;
mod network;
mod precision;
mod recording;
mod recurrent;

use std::fmt;
use std::rc::Rc;

use crate::device::{Device, Losses, Objective, add};
use crate::layer::Extent;
use crate::{Batch, Cpu, Error, Network, State};
use buffer::PinnedBuffer;
use gpu::Gpu;
pub use lanes::CudaLanes;
use network::DeviceNetwork;
pub use precision::CudaPrecision;

/// Losses and gradients on an NVIDIA GPU.
pub struct Cuda {
    gpu: Rc<Gpu>,
    network: Option<DeviceNetwork>,
    /// The parameters on their way there, the gradient on its way back.
    pinned: PinnedBuffer,
    /// What does elementwise work.
    processor: Cpu,
}

impl fmt::Debug for Cuda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cuda").field(&self.name()).finish()
    }
}

impl Cuda {
    /// The GPU of a number, counted from 0.
    ///
    /// # Errors
    /// [`Error::Device`] if there is no such GPU, or one of the driver, cuDNN, cuBLAS and NVRTC is not there.
    pub fn new(ordinal: usize, precision: CudaPrecision) -> Result<Cuda, Error> {
        let gpu = Rc::new(Gpu::new(ordinal, precision)?);
        Ok(Cuda { gpu, network: None, pinned: PinnedBuffer::default(), processor: Cpu::new(0) })
    }

    /// What the vendor calls it.
    pub fn name(&self) -> &str {
        self.gpu.name()
    }

    /// Begins `lanes` streams side by side, each with the zero state and no feature set.
    ///
    /// # Errors
    /// [`Error::Device`] if the GPU has no room for them.
    pub fn lanes(&self, network: &Network, lanes: usize) -> Result<CudaLanes, Error> {
        CudaLanes::new(Rc::clone(&self.gpu), network, lanes)
    }

    /// Checks and copies what is read; runs forward up to the layers' output.
    fn forward(
        &mut self,
        network: &Network,
        batch: &Batch,
        state: &mut State,
        seed: Option<u64>,
    ) -> Result<&mut DeviceNetwork, Error> {
        batch.check(network.shape())?;
        state.check(network.shape(), batch.lanes)?;
        let gpu = &self.gpu;
        let there = match self.network.take().filter(|there| there.shape == *network.shape()) {
            Some(there) => there,
            None => DeviceNetwork::new(gpu, network)?,
        };
        let there = self.network.insert(there);
        let parameters = self.pinned.fit(gpu, network.parameters().len())?;
        self.processor.copy(network.parameters(), parameters);
        there.refresh(gpu, parameters)?;
        there.put_columns(gpu, &batch.columns)?;
        there.put_state(gpu, state)?;
        there.layers(gpu, extent(batch), seed, seed.is_some())?;
        Ok(there)
    }
}

impl Device for Cuda {
    fn gradient(
        &mut self,
        network: &Network,
        batch: &Batch,
        state: &mut State,
        objective: &Objective,
        gradient: &mut [f32],
    ) -> Result<Losses, Error> {
        if gradient.len() != network.parameters().len() {
            return Err(Error::data("the gradient has another length than the parameters"));
        }
        let gpu = Rc::clone(&self.gpu);
        let there = self.forward(network, batch, state, Some(objective.seed))?;
        let counted = there.losses(&gpu, batch, objective, Some(objective.seed))?;
        there.backward(&gpu, extent(batch), objective.seed)?;
        let losses = there.read_losses(&gpu, counted)?;
        there.get_state(&gpu, state)?;
        let found = self.pinned.fit(&gpu, gradient.len())?;
        if let Some(there) = &self.network {
            there.get_gradient(&gpu, found)?;
        }
        if gpu.precision == CudaPrecision::Half && !self.processor.sum_of_squares(found).is_finite() {
            return Err(Error::device("a gradient is beyond half precision; take a wider one"));
        }
        self.processor.share(vec![gradient, found], &add);
        Ok(losses)
    }

    fn losses(&mut self, network: &Network, batch: &Batch, state: &mut State) -> Result<Losses, Error> {
        let gpu = Rc::clone(&self.gpu);
        let there = self.forward(network, batch, state, None)?;
        let counted = there.losses(&gpu, batch, &Objective::default(), None)?;
        there.get_state(&gpu, state)?;
        there.read_losses(&gpu, counted)
    }

    fn share(&mut self, buffers: Vec<&mut [f32]>, work: &(dyn Fn(Vec<&mut [f32]>) + Sync)) {
        self.processor.share(buffers, work);
    }

    fn sum_of_squares(&mut self, values: &[f32]) -> f64 {
        self.processor.sum_of_squares(values)
    }
}

fn extent(batch: &Batch) -> Extent {
    Extent { steps: batch.steps, lanes: batch.lanes }
}
