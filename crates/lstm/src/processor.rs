//! What can be chosen to compute.

use crate::{
    Batch, Communicator, Cpu, DataParallel, Device, Error, Losses, Network, Objective, SingleProcess, State,
};

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
    /// Makes it ready, to compute batches in so many shards, which the processes of this run share.
    ///
    /// # Errors
    /// When a GPU or its libraries are not there, or there are more processes than shards.
    pub fn open(self, shards: usize) -> Result<Box<dyn Device>, Error> {
        let device: Box<dyn Device> = match self {
            Processor::Cpu(threads) => Box::new(Cpu::new(threads)),
            #[cfg(feature = "cuda")]
            Processor::Gpu(number) => Box::new(crate::Cuda::new(number, crate::CudaPrecision::TensorFloat)?),
        };
        let communicator = communicator();
        if shards == 1 && communicator.size() == 1 {
            return Ok(device);
        }
        Ok(Box::new(DataParallel::new(device, shards, communicator)?))
    }
}

/// The processes of this run.
fn communicator() -> Box<dyn Communicator> {
    #[cfg(feature = "mpi")]
    if let Some(world) = crate::mpi_world::communicator() {
        return world;
    }
    Box::new(SingleProcess)
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

    fn complete(&mut self, gradient: &mut [f32]) -> Result<(), Error> {
        (**self).complete(gradient)
    }

    fn losses(&mut self, network: &Network, batch: &Batch, state: &mut State) -> Result<Losses, Error> {
        (**self).losses(network, batch, state)
    }

    fn share(&mut self, buffers: Vec<&mut [f32]>, work: &(dyn Fn(Vec<&mut [f32]>) + Sync)) {
        (**self).share(buffers, work);
    }

    fn sum_of_squares(&mut self, values: &[f32]) -> f64 {
        (**self).sum_of_squares(values)
    }
}
