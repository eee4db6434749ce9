//! Buffers that begin at a cache line, so that no vector of an instruction set straddles two.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the widest vector.
const LINE: usize = 64;

/// Values in a row, the first at a multiple of 64 bytes.
#[derive(Debug, Default)]
pub(crate) struct Aligned<T = f32> {
    room: Vec<T>,
    first: usize,
    length: usize,
}

impl<T: Copy + Default> Aligned<T> {
    pub(crate) fn zeros(length: usize) -> Aligned<T> {
        let slack = LINE / size_of::<T>();
        let room = vec![T::default(); length + slack];
        let first = room.as_ptr().align_offset(LINE).min(slack);
        Aligned { room, first, length }
    }

    /// Gives the buffer another length; what it holds is no longer of use.
    pub(crate) fn fit(&mut self, length: usize) {
        if self.first + length > self.room.len() {
            *self = Aligned::default();
            *self = Aligned::zeros(length);
        }
        self.length = length;
    }

    /// Gives the buffer another length, filled with zeros.
    pub(crate) fn zero(&mut self, length: usize) {
        self.fit(length);
        self.fill(T::default());
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.room[self.first..self.first + self.length]
    }
}

impl<T> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.room[self.first..self.first + self.length]
    }
}

impl<T: Copy + Default> Clone for Aligned<T> {
    fn clone(&self) -> Aligned<T> {
        let mut copy = Aligned::zeros(self.length);
        copy.copy_from_slice(self);
        copy
    }

    fn clone_from(&mut self, from: &Aligned<T>) {
        self.fit(from.length);
        self.copy_from_slice(from);
    }
}

impl<T: PartialEq> PartialEq for Aligned<T> {
    fn eq(&self, other: &Aligned<T>) -> bool {
        **self == **other
    }
}
