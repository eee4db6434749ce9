//! Half precision: what the layers read and write, narrowed and widened.

use super::address::Address;
use super::buffer::DeviceBuffer;
use super::gpu::{Argument, CudaKernel, Gpu};
use crate::Error;

/// Values in half precision, to and from single.
#[derive(Debug, Default)]
pub(super) struct HalfBuffer(DeviceBuffer<u16>);

/// A power of two that brings the largest of some values below one, as the GPU found it.
#[derive(Debug, Default)]
pub(super) struct GradientScale(DeviceBuffer<u32>);

impl HalfBuffer {
    pub(super) fn fit(&mut self, gpu: &Gpu, length: usize) -> Result<Address, Error> {
        self.0.fit(gpu, length)
    }

    pub(super) fn at(&self) -> Address {
        self.0.at()
    }

    /// Takes `length` values from `from`, times the scale if there is one.
    pub(super) fn narrow(
        &mut self,
        gpu: &Gpu,
        from: Address,
        length: usize,
        scale: Option<&GradientScale>,
    ) -> Result<Address, Error> {
        let to = self.0.fit(gpu, length)?;
        let arguments: [Argument; 4] = [from.into(), to.into(), place(scale).into(), length.into()];
        gpu.launch_each(CudaKernel::Narrow, length, &arguments)?;
        Ok(to)
    }

    /// Gives the values to `to`, over the scale if there is one.
    pub(super) fn widen(&self, gpu: &Gpu, to: Address, scale: Option<&GradientScale>) -> Result<(), Error> {
        let length = self.0.len();
        let arguments: [Argument; 4] = [self.0.at().into(), to.into(), place(scale).into(), length.into()];
        gpu.launch_each(CudaKernel::Widen, length, &arguments)
    }
}

impl GradientScale {
    /// Finds the largest of `length` values.
    pub(super) fn of(&mut self, gpu: &Gpu, values: Address, length: usize) -> Result<(), Error> {
        let largest = self.0.zero(gpu, 1)?;
        let arguments = [values.into(), largest.into(), length.into()];
        gpu.launch(CudaKernel::Largest, [length.div_ceil(256).min(512), 1, 1], (256, 1), &arguments)
    }

    pub(super) fn at(&self) -> Address {
        self.0.at()
    }
}

fn place(scale: Option<&GradientScale>) -> Address {
    scale.map_or(Address::NULL, GradientScale::at)
}
