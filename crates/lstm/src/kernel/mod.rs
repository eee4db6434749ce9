//! Arithmetic on slices, written once over [`simd::Simd`] and compiled for each instruction set.

pub(crate) mod half;
mod simd;

mod instruction_set;
mod math;
mod tile;

mod cell;
mod elementwise;
mod optimizer;
mod packing;
mod product;
mod softmax;

pub(crate) use cell::{CellBackward, CellForward};
pub(crate) use elementwise::{Mask, SQUARES, drop_out};
pub use instruction_set::InstructionSet;
pub(crate) use optimizer::AdamRow;

pub(crate) use product::{ProductStart, Scratch};
pub(crate) use softmax::{CrossEntropy, SoftmaxLoss};
pub use softmax::{draw, log_softmax};
pub(crate) use tile::Weight;
