//! What is taken above and below a staff, so that nothing is put where something is.

/// Places a unit.
const STEPS: f64 = 4.0;

/// The highest and the lowest ink at each place along a staff whose lines stand from 0 to 4.
pub(super) struct Skyline {
    tops: Vec<f64>,
    bottoms: Vec<f64>,
}

impl Skyline {
    /// Over a staff of this width.
    pub(super) fn new(width: f64) -> Self {
        let count = (width.max(0.0) * STEPS) as usize + 2;
        Self { tops: vec![0.0; count], bottoms: vec![4.0; count] }
    }

    fn range(&self, from: f64, to: f64) -> std::ops::Range<usize> {
        let index = |x: f64| ((x.max(0.0) * STEPS) as usize).min(self.tops.len() - 1);
        index(from)..index(to) + 1
    }

    /// Takes the space between two corners.
    pub(super) fn take(&mut self, (from, to): (f64, f64), (top, bottom): (f64, f64)) {
        let range = self.range(from, to);
        self.tops[range.clone()].iter_mut().for_each(|y| *y = y.min(top));
        self.bottoms[range].iter_mut().for_each(|y| *y = y.max(bottom));
    }

    /// The highest ink over a stretch.
    pub(super) fn top(&self, from: f64, to: f64) -> f64 {
        self.tops[self.range(from, to)].iter().copied().fold(0.0, f64::min)
    }

    /// The lowest ink under a stretch.
    pub(super) fn bottom(&self, from: f64, to: f64) -> f64 {
        self.bottoms[self.range(from, to)].iter().copied().fold(4.0, f64::max)
    }

    /// From the highest to the lowest ink of all.
    pub(super) fn extent(&self) -> (f64, f64) {
        (self.top(0.0, f64::MAX), self.bottom(0.0, f64::MAX))
    }
}
