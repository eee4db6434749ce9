//! What can be chosen to compute.

use crate::{Batch, Cpu, Device, Error, Losses, Network, Objective, State};

/// What computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processor {
    /// This machine's processor with so many threads; zero means one for each core. They do not change a result.
    Cpu(usize),
    /// The GPU of a number, counted from 0, with products in TF32. Its results are near those of the processor.
    #[cfg(feature = "cuda")]
    Gpu(usize),
}

impl Processor {
    /// Makes it ready.
    ///
    /// # Errors
    /// When a GPU or its libraries are not there.
    pub fn open(self) -> Result<Box<dyn Device>, Error> {
        match self {
            Processor::Cpu(threads) => Ok(Box::new(Cpu::new(threads))),
            #[cfg(feature = "cuda")]
            Processor::Gpu(number) => {
                Ok(Box::new(crate::Cuda::new(number, crate::CudaPrecision::TensorFloat)?))
            }
        }
    }
}

impl Device for Box<dyn Device> {
    fn gradient(
        &mut self,
        network: &Network,
        batch: &Batch,
        state: &mut State,
        objective: &Objective,
        gradient: &mut [f32],
    ) -> Result<Losses, Error> {
        (**self).gradient(network, batch, state, objective, gradient)
    }

    fn losses(&mut self, network: &Network, batch: &Batch, state: &mut State) -> Result<Losses, Error> {
        (**self).losses(network, batch, state)
    }

    fn share(&mut self, buffers: Vec<&mut [f32]>, work: &(dyn Fn(Vec<&mut [f32]>) + Sync)) {
        (**self).share(buffers, work);
    }
}
