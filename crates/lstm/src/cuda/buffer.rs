//! Memory of a GPU, and that of the processor which it reaches by itself.

use cudarc::driver::{CudaSlice, DevicePtr, DeviceRepr, PinnedHostSlice, ValidAsZeroBits};

use super::address::Address;
use super::failure::failed;
use super::gpu::Gpu;
use crate::Error;

/// Values on a GPU, as many as were last asked for.
#[derive(Debug)]
pub(super) struct DeviceBuffer<T = f32> {
    slice: Option<CudaSlice<T>>,
    at: Address,
    length: usize,
}

impl<T> Default for DeviceBuffer<T> {
    fn default() -> DeviceBuffer<T> {
        DeviceBuffer { slice: None, at: Address::NULL, length: 0 }
    }
}

impl<T: DeviceRepr + ValidAsZeroBits> DeviceBuffer<T> {
    /// Values of which the GPU has a copy.
    pub(super) fn of(gpu: &Gpu, values: &[T]) -> Result<DeviceBuffer<T>, Error> {
        let mut buffer = DeviceBuffer::default();
        buffer.put(gpu, values)?;
        Ok(buffer)
    }

    /// Gives the buffer another length; what it holds is no longer of use.
    pub(super) fn fit(&mut self, gpu: &Gpu, length: usize) -> Result<Address, Error> {
        if self.slice.as_ref().is_none_or(|slice| slice.len() < length) {
            *self = DeviceBuffer::default();
            let slice = gpu.stream.alloc_zeros::<T>(length.max(1)).map_err(failed("memory of the GPU"))?;
            self.at = Address::new(slice.device_ptr(&gpu.stream).0);
            self.slice = Some(slice);
        }
        self.length = length;
        Ok(self.at)
    }

    /// Gives the buffer another length, filled with zeros.
    pub(super) fn zero(&mut self, gpu: &Gpu, length: usize) -> Result<Address, Error> {
        self.fit(gpu, length)?;
        if let Some(slice) = &mut self.slice {
            gpu.stream.memset_zeros(&mut slice.slice_mut(..length)).map_err(failed("memory of the GPU"))?;
        }
        Ok(self.at)
    }

    /// Copies values to the GPU.
    pub(super) fn put(&mut self, gpu: &Gpu, values: &[T]) -> Result<Address, Error> {
        self.fit(gpu, values.len())?;
        if let Some(slice) = self.slice.as_mut().filter(|_| !values.is_empty()) {
            let mut to = slice.slice_mut(..values.len());
            gpu.stream.memcpy_htod(values, &mut to).map_err(failed("copying to the GPU"))?;
        }
        Ok(self.at)
    }

    /// Copies the values back; `to` is as long as the buffer.
    pub(super) fn get(&self, gpu: &Gpu, to: &mut [T]) -> Result<(), Error> {
        if let Some(slice) = self.slice.as_ref().filter(|_| !to.is_empty()) {
            gpu.stream.memcpy_dtoh(&slice.slice(..to.len()), to).map_err(failed("copying from the GPU"))?;
        }
        gpu.wait()
    }

    pub(super) fn at(&self) -> Address {
        self.at
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }
}

/// Values in page-locked memory of the processor, which the GPU reads and writes at the rate of the bus.
#[derive(Debug, Default)]
pub(super) struct PinnedBuffer(Option<PinnedHostSlice<f32>>);

impl PinnedBuffer {
    /// So many values, once the GPU is done with those that were here; what they hold is no longer of use.
    pub(super) fn fit(&mut self, gpu: &Gpu, length: usize) -> Result<&mut [f32], Error> {
        gpu.wait()?;
        let pinned = match self.0.take().filter(|pinned| pinned.len() == length) {
            Some(pinned) => pinned,
            None => pinned(gpu, length)?,
        };
        self.0.insert(pinned).as_mut_slice().map_err(failed("memory that the GPU reaches"))
    }
}

/// So many zeros.
fn pinned(gpu: &Gpu, length: usize) -> Result<PinnedHostSlice<f32>, Error> {
    let failed = || failed("memory that the GPU reaches");
    // SAFETY: what is allocated is filled with zeros, which are numbers, before anyone reads it.
    unsafe {
        let mut pinned = gpu.stream.context().alloc_pinned_with_flags::<f32>(length, 0).map_err(failed())?;
        pinned.as_mut_ptr().map_err(failed())?.write_bytes(0, length);
        Ok(pinned)
    }
}
