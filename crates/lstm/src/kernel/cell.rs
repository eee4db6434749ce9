//! One time step of an LSTM layer, forward and backward: product, nonlinearity and cell update in one pass.
//!
//! The cell is Hochreiter and Schmidhuber's (1997) with Gers's forget gate (2000):
//! `c' = f c + i g`, `h = o tanh c'`, with i, f, o = sigmoid and g = tanh of `x W_ih + h W_hh + b`.

use super::instruction_set::InstructionSet;
use super::math;
use super::simd::{Kernel, Simd};
use super::tile::{Left, Right, Weight, rows_of_tiles};
use crate::matrix::{BLOCK, Matrix, PANEL, Panels};

/// Shapes, with U the padded number of units: gates `[rows, 4 U]` interleaved, all else `[rows, U]`.
pub(crate) struct CellForward<'a> {
    /// Of all units, also where the step is that of some.
    pub(crate) h_before: Matrix<'a>,
    pub(crate) c_before: &'a [f32],
    /// In: `x W_ih + b`; out: i, f, g, o.
    pub(crate) gates: &'a mut [f32],
    pub(crate) c: &'a mut [f32],
    pub(crate) tanh_c: &'a mut [f32],
    pub(crate) h: &'a mut [f32],
}

/// The backward step that belongs to [`CellForward`].
pub(crate) struct CellBackward<'a> {
    /// The packed transpose `[4 U, units]` of the recurrent weight.
    pub(crate) weight: Panels<'a>,
    /// The gradient of the gate sums one step later, if there is one.
    pub(crate) after: Option<&'a [f32]>,
    pub(crate) c_before: &'a [f32],
    pub(crate) tanh_c: &'a [f32],
    /// In: i, f, g, o; out: the gradient of their sums.
    pub(crate) gates: &'a mut [f32],
    /// In: the gradient of h from above; out: the whole of it.
    pub(crate) dh: &'a mut [f32],
    /// In: the gradient of c from the step after; out: that of c before.
    pub(crate) dc: &'a mut [f32],
}

impl InstructionSet {
    /// A step with the packed `[units, 4 U]` recurrent weight, or the columns of some of its units.
    pub(crate) fn cell_forward<W: Weight>(self, weight: Panels<W>, cell: CellForward) {
        self.run(WeightedCell { weight, cell });
    }

    pub(crate) fn cell_backward(self, cell: CellBackward) {
        self.run(cell);
    }
}

/// Gates of one row and sixteen units, in place.
#[inline(always)]
fn quad(gates: &mut [f32], at: usize) -> [&mut [f32]; 4] {
    let (i, rest) = gates[at..at + PANEL].split_at_mut(BLOCK);
    let (f, rest) = rest.split_at_mut(BLOCK);
    let (g, o) = rest.split_at_mut(BLOCK);
    [i, f, g, o]
}

#[inline(always)]
fn read_quad<S: Simd>(s: S, quad: &[&mut [f32]; 4], n: usize) -> [S::V; 4] {
    [s.read(&quad[0][n..]), s.read(&quad[1][n..]), s.read(&quad[2][n..]), s.read(&quad[3][n..])]
}

/// The derivative of the sigmoid where its value is `y`.
#[inline(always)]
fn sigmoid_derivative<S: Simd>(s: S, y: S::V) -> S::V {
    s.mul(y, s.sub(s.splat(1.0), y))
}

/// The derivative of the hyperbolic tangent where its value is `y`.
#[inline(always)]
fn tanh_derivative<S: Simd>(s: S, y: S::V) -> S::V {
    s.sub(s.splat(1.0), s.mul(y, y))
}

struct WeightedCell<'a, W> {
    weight: Panels<'a, W>,
    cell: CellForward<'a>,
}

impl<W: Weight> Kernel for WeightedCell<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let WeightedCell { weight, mut cell } = self;
        let (units, width) = (weight.depth, weight.width);
        let padded = width / 4;
        let rows = cell.h.len() / padded;
        assert!(units == cell.h_before.columns && weight.values.len() == units * width);
        assert!(cell.gates.len() == rows * width && cell.h_before.holds(rows));
        for first in (0..padded).step_by(BLOCK) {
            // SAFETY: the assertions bound rows, units and columns; a panel is 64 columns for 16 units.
            unsafe {
                let left =
                    Left { at: cell.h_before.values.as_ptr(), row_step: cell.h_before.stride, k_step: 1 };
                let right = weight.values.as_ptr().add(first * 4 * units);
                let right = Right { at: right, width: PANEL, depth: units };
                let to = cell.gates.as_mut_ptr().add(first * 4);
                rows_of_tiles(s, rows, left, right, (to.cast_const(), width), (to, width));
            }
            for row in 0..rows {
                cell.update(s, row * padded + first);
            }
        }
    }
}

impl CellForward<'_> {
    /// Sixteen units of one row.
    #[inline(always)]
    fn update<S: Simd>(&mut self, s: S, at: usize) {
        let mut quad = quad(self.gates, 4 * at);
        let (c_before, c) = (&self.c_before[at..at + BLOCK], &mut self.c[at..at + BLOCK]);
        let (tanh_c, h) = (&mut self.tanh_c[at..at + BLOCK], &mut self.h[at..at + BLOCK]);
        for n in (0..BLOCK).step_by(S::LANES) {
            let [i, f, g, o] = read_quad(s, &quad, n);
            let values = math::gates(s, i, f, g, o);
            let [i, f, g, o] = values;
            let new = s.fma(f, s.read(&c_before[n..]), s.mul(i, g));
            let tanh = math::tanh(s, new);
            for (gate, value) in quad.iter_mut().zip(values) {
                s.write(&mut gate[n..], value);
            }
            s.write(&mut c[n..], new);
            s.write(&mut tanh_c[n..], tanh);
            s.write(&mut h[n..], s.mul(o, tanh));
        }
    }
}

impl Kernel for CellBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, s: S) {
        let (depth, padded) = (self.weight.depth, self.weight.width);
        let rows = self.dh.len() / padded;
        assert!(depth == 4 * padded && self.weight.values.len() == depth * padded);
        assert!(self.gates.len() == rows * depth && self.dh.len() == rows * padded);
        assert!(self.after.is_none_or(|after| after.len() == self.gates.len()));
        for first in (0..padded).step_by(PANEL) {
            let panel = PANEL.min(padded - first);
            if let Some(after) = self.after {
                // SAFETY: the assertions bound rows, units and columns.
                unsafe { self.carry_back(s, rows, after, (first, panel)) };
            }
            for at in
                (0..rows).flat_map(|row| (first..first + panel).step_by(BLOCK).map(move |u| row * padded + u))
            {
                self.update(s, at);
            }
        }
    }
}

/// The inner dimension of the backward product is cut into pieces of this many gate sums.
const DEPTH: usize = 512;

impl CellBackward<'_> {
    /// `dh += after x weight` for the units of one panel.
    ///
    /// # Safety
    /// The sizes must be those that `run` asserts, the panel one of the weight's.
    #[inline(always)]
    unsafe fn carry_back<S: Simd>(
        &mut self,
        s: S,
        rows: usize,
        after: &[f32],
        (first, panel): (usize, usize),
    ) {
        let (depth, padded) = (self.weight.depth, self.weight.width);
        for k in (0..depth).step_by(DEPTH) {
            // SAFETY: `k` and the panel lie within the operands that the caller vouches for.
            unsafe {
                let left = Left { at: after.as_ptr().add(k), row_step: depth, k_step: 1 };
                let right = self.weight.values.as_ptr().add(first * depth + k * panel);
                let right = Right { at: right, width: panel, depth: DEPTH.min(depth - k) };
                let to = self.dh.as_mut_ptr().add(first);
                rows_of_tiles(s, rows, left, right, (to.cast_const(), padded), (to, padded));
            }
        }
    }

    /// Sixteen units of one row.
    #[inline(always)]
    fn update<S: Simd>(&mut self, s: S, at: usize) {
        let mut quad = quad(self.gates, 4 * at);
        let (c_before, tanh_c) = (&self.c_before[at..at + BLOCK], &self.tanh_c[at..at + BLOCK]);
        let (dh, dc) = (&self.dh[at..at + BLOCK], &mut self.dc[at..at + BLOCK]);
        for n in (0..BLOCK).step_by(S::LANES) {
            let [i, f, g, o] = read_quad(s, &quad, n);
            let (dh, tanh_c) = (s.read(&dh[n..]), s.read(&tanh_c[n..]));
            let through_h = s.mul(s.mul(dh, o), tanh_derivative(s, tanh_c));
            let d = s.add(s.read(&dc[n..]), through_h);
            let sums = [
                s.mul(s.mul(d, g), sigmoid_derivative(s, i)),
                s.mul(s.mul(d, s.read(&c_before[n..])), sigmoid_derivative(s, f)),
                s.mul(s.mul(d, i), tanh_derivative(s, g)),
                s.mul(s.mul(dh, tanh_c), sigmoid_derivative(s, o)),
            ];
            for (gate, sum) in quad.iter_mut().zip(sums) {
                s.write(&mut gate[n..], sum);
            }
            s.write(&mut dc[n..], s.mul(d, f));
        }
    }
}
