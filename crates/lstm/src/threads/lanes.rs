//! Exclusive shares of a buffer that interleave in memory.

use std::marker::PhantomData;
use std::ops::Range;

/// One worker's share of a `[steps, lanes, width]` buffer: some lanes of every step.
pub(crate) struct LaneShare<'a> {
    first: *mut f32,
    steps: usize,
    /// Floats from one step to the next.
    stride: usize,
    /// Floats of this share in one step.
    length: usize,
    buffer: PhantomData<&'a mut [f32]>,
}

// SAFETY: a share is an exclusive borrow of floats that no other share covers.
unsafe impl Send for LaneShare<'_> {}

impl<'a> LaneShare<'a> {
    /// Cuts a buffer into shares; `ranges` of lanes must not overlap and are checked.
    pub(crate) fn cut(
        buffer: &'a mut [f32],
        lanes: usize,
        width: usize,
        ranges: &[Range<usize>],
    ) -> Vec<Self> {
        let stride = lanes * width;
        let steps = buffer.len() / stride.max(1);
        let mut end = 0;
        let first = buffer.as_mut_ptr();
        let share = |range: &Range<usize>| {
            assert!(end <= range.start && range.start <= range.end && range.end <= lanes);
            end = range.end;
            // SAFETY: the start of the range is within the buffer, or one past it when it is empty.
            let first = unsafe { first.add((range.start * width).min(buffer.len())) };
            LaneShare { first, steps, stride, length: range.len() * width, buffer: PhantomData }
        };
        ranges.iter().map(share).collect()
    }

    pub(crate) fn at(&self, step: usize) -> &[f32] {
        assert!(step < self.steps);
        // SAFETY: step and share lie within the buffer, which this value borrows exclusively.
        unsafe { std::slice::from_raw_parts(self.first.add(step * self.stride), self.length) }
    }

    pub(crate) fn at_mut(&mut self, step: usize) -> &mut [f32] {
        assert!(step < self.steps);
        // SAFETY: as in `at`; `self` is borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.first.add(step * self.stride), self.length) }
    }

    /// Two steps at once, the first to read.
    pub(crate) fn pair(&mut self, read: usize, write: usize) -> (&[f32], &mut [f32]) {
        assert!(read != write && read < self.steps && write < self.steps);
        // SAFETY: as in `at`; the two steps do not overlap because a share is no longer than the stride.
        unsafe {
            let read = std::slice::from_raw_parts(self.first.add(read * self.stride), self.length);
            let write = std::slice::from_raw_parts_mut(self.first.add(write * self.stride), self.length);
            (read, write)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_lanes_do_not_overlap() {
        let mut buffer = vec![0.0; 3 * 5 * 2];
        let ranges = [0..2, 2..2, 2..5];
        for (i, mut share) in LaneShare::cut(&mut buffer, 5, 2, &ranges).into_iter().enumerate() {
            for step in 0..3 {
                share.at_mut(step).iter_mut().for_each(|x| *x += (i + 1) as f32);
            }
            let (before, after) = share.pair(0, 2);
            after.iter_mut().zip(before).for_each(|(a, b)| *a += b);
        }
        assert_eq!(buffer[..10], [1.0, 1.0, 1.0, 1.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0]);
        assert_eq!(buffer[20..], [2.0, 2.0, 2.0, 2.0, 6.0, 6.0, 6.0, 6.0, 6.0, 6.0]);
    }
}
