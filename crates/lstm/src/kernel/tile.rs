//! The register tile: the product of a few rows with a block of a packed matrix.
//!
//! Each element is one chain of fused multiply-adds in the order of the inner dimension, whatever the tile,
//! the instruction set, the number of rows beside it or of blocks the inner dimension is cut into. That is why `step`
//! equals `seq`, and why neither the instruction set nor the number of threads changes a result.

use super::half;
use super::simd::{Kernel, Simd};

/// Rows of a full register tile.
pub(crate) const ROWS: usize = 6;

/// A packed right-hand operand may rest in single or half precision.
pub(crate) trait Weight: Copy + Default {
    /// The value at rest, rounded if need be.
    fn of(x: f32) -> Self;
    /// # Safety
    /// `from` must be valid for reads of `S::LANES` values.
    unsafe fn load<S: Simd>(s: S, from: *const Self) -> S::V;
    /// Leaves what [`of`](Self::of) leaves of every lane.
    ///
    /// # Safety
    /// `to` must be valid for writes of `S::LANES` values.
    unsafe fn store<S: Simd>(s: S, to: *mut Self, v: S::V);
}

impl Weight for f32 {
    #[inline(always)]
    fn of(x: f32) -> f32 {
        x
    }
    #[inline(always)]
    unsafe fn load<S: Simd>(s: S, from: *const f32) -> S::V {
        // SAFETY: the caller's contract is the same.
        unsafe { s.load(from) }
    }
    #[inline(always)]
    unsafe fn store<S: Simd>(s: S, to: *mut f32, v: S::V) {
        // SAFETY: the caller's contract is the same.
        unsafe { s.store(to, v) }
    }
}

impl Weight for u16 {
    #[inline(always)]
    fn of(x: f32) -> u16 {
        half::from_f32(x)
    }
    #[inline(always)]
    unsafe fn load<S: Simd>(s: S, from: *const u16) -> S::V {
        // SAFETY: the caller's contract is the same.
        unsafe { s.load_half(from) }
    }
    #[inline(always)]
    unsafe fn store<S: Simd>(s: S, to: *mut u16, v: S::V) {
        let largest = s.splat(half::LARGEST);
        let v = s.max(s.min(v, largest), s.splat(-half::LARGEST));
        // SAFETY: the caller's contract is the same.
        unsafe { s.store_half(to, v) }
    }
}

/// Where a left operand's element (row, k) lies: `at + row * row_step + k * k_step`.
#[derive(Clone, Copy)]
pub(crate) struct Left {
    pub(crate) at: *const f32,
    pub(crate) row_step: usize,
    pub(crate) k_step: usize,
}

/// A packed panel: `depth` rows of `width` values, one after another.
#[derive(Clone, Copy)]
pub(crate) struct Right<W> {
    pub(crate) at: *const W,
    pub(crate) width: usize,
    pub(crate) depth: usize,
}

/// One panel for any number of rows, in tiles of nearly equal height, in a function of its own.
///
/// # Safety
/// As for [`tile`], for all `rows`.
#[inline(always)]
pub(super) unsafe fn rows_of_tiles<S: Simd, W: Weight>(
    s: S,
    rows: usize,
    left: Left,
    right: Right<W>,
    from: (*const f32, usize),
    to: (*mut f32, usize),
) {
    s.call(Tiles { rows, left, right, from, to });
}

/// The promise of [`rows_of_tiles`], which alone makes one.
struct Tiles<W> {
    rows: usize,
    left: Left,
    right: Right<W>,
    from: (*const f32, usize),
    to: (*mut f32, usize),
}

impl<W: Weight> Kernel for Tiles<W> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Tiles { rows, left, right, from: (from, from_step), to: (to, to_step) } = self;
        let tiles = rows.div_ceil(ROWS);
        let mut row = 0;
        for i in 0..tiles {
            let height = (rows - row).div_ceil(tiles - i);
            // SAFETY: `row + height <= rows`, for which the maker vouched.
            unsafe {
                let left = Left { at: left.at.add(row * left.row_step), ..left };
                let from = (from.add(row * from_step), from_step);
                tile(s, height, left, right, from, (to.add(row * to_step), to_step));
            }
            row += height;
        }
    }
}

/// `to = from + left x right` for `rows` rows of the panel's width.
///
/// # Safety
/// `left` must be readable at `rows` x `depth`, `right` at `depth` x `width`; `from` must be readable and `to`
/// writable at `rows` rows of `width` floats, each its step apart. `rows` is 1 to [`ROWS`], `width` a positive
/// multiple of 16.
#[inline(always)]
unsafe fn tile<S: Simd, W: Weight>(
    s: S,
    rows: usize,
    left: Left,
    right: Right<W>,
    from: (*const f32, usize),
    to: (*mut f32, usize),
) {
    // SAFETY: the arms pass the caller's promise on.
    unsafe {
        match rows {
            6 => sweep::<S, W, 6>(s, left, right, from, to),
            5 => sweep::<S, W, 5>(s, left, right, from, to),
            4 => sweep::<S, W, 4>(s, left, right, from, to),
            3 => sweep::<S, W, 3>(s, left, right, from, to),
            2 => sweep::<S, W, 2>(s, left, right, from, to),
            _ => sweep::<S, W, 1>(s, left, right, from, to),
        }
    }
}

/// Covers the panel's width with tiles of `WIDE` vectors and one narrower.
///
/// # Safety
/// As for [`tile`].
#[inline(always)]
unsafe fn sweep<S: Simd, W: Weight, const M: usize>(
    s: S,
    left: Left,
    right: Right<W>,
    from: (*const f32, usize),
    to: (*mut f32, usize),
) {
    let mut column = 0;
    while column < right.width {
        let vectors = ((right.width - column) / S::LANES).min(S::WIDE);
        // SAFETY: `column` stays within the panel's width, so the shifted pointers keep the promise.
        unsafe {
            let b = right.at.add(column);
            let (from, to) = ((from.0.add(column), from.1), (to.0.add(column), to.1));
            match vectors {
                4 => block::<S, W, M, 4>(s, left, b, right, from, to),
                3 => block::<S, W, M, 3>(s, left, b, right, from, to),
                2 => block::<S, W, M, 2>(s, left, b, right, from, to),
                _ => block::<S, W, M, 1>(s, left, b, right, from, to),
            }
        }
        column += vectors * S::LANES;
    }
}

/// # Safety
/// As for [`tile`], for `N` vectors of columns from `b`, `from` and `to` on.
#[inline(always)]
unsafe fn block<S: Simd, W: Weight, const M: usize, const N: usize>(
    s: S,
    left: Left,
    b: *const W,
    right: Right<W>,
    from: (*const f32, usize),
    to: (*mut f32, usize),
) {
    let mut sums = [[s.splat(0.0); N]; M];
    // SAFETY: rows below M, columns below N * LANES and k below `depth` are what the caller vouches for.
    unsafe {
        for (m, row) in sums.iter_mut().enumerate() {
            for (n, sum) in row.iter_mut().enumerate() {
                *sum = s.load(from.0.add(m * from.1 + n * S::LANES));
            }
        }
        let (mut a, mut b) = (left.at, b);
        for _ in 0..right.depth {
            let columns: [S::V; N] = std::array::from_fn(|n| W::load(s, b.add(n * S::LANES)));
            for (m, row) in sums.iter_mut().enumerate() {
                let a = s.splat(*a.add(m * left.row_step));
                for (sum, column) in row.iter_mut().zip(columns) {
                    *sum = s.fma(a, column, *sum);
                }
            }
            a = a.wrapping_add(left.k_step);
            b = b.wrapping_add(right.width);
        }
        for (m, row) in sums.iter().enumerate() {
            for (n, sum) in row.iter().enumerate() {
                s.store(to.0.add(m * to.1 + n * S::LANES), *sum);
            }
        }
    }
}
