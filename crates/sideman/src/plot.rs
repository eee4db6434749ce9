//! Pictures as SVG.

mod roll;
mod training;

pub(crate) use roll::piano_roll;
pub(crate) use training::{Curve, loss_curve};
