//! Places in the memory of a GPU.

use std::ffi::c_void;

/// A place in the memory of a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address(u64);

impl Address {
    /// No place.
    pub(super) const NULL: Address = Address(0);

    pub(super) fn new(raw: u64) -> Address {
        Address(raw)
    }

    /// The place so many values of four bytes on.
    pub(super) fn plus(self, values: usize) -> Address {
        Address(self.0 + 4 * values as u64)
    }

    /// How many bytes lie between this and a place behind it.
    pub(super) fn distance(self, to: *mut c_void) -> Option<usize> {
        (to as u64).checked_sub(self.0).map(|bytes| bytes as usize)
    }

    /// As kernels take it.
    pub(super) fn raw(&self) -> &u64 {
        &self.0
    }

    /// As cuBLAS takes it.
    pub(super) fn pointer(self) -> *mut f32 {
        self.0 as *mut f32
    }

    /// As cuDNN takes it.
    pub(super) fn untyped(self) -> *mut c_void {
        self.0 as *mut c_void
    }
}
