//! Pictures as SVG.

mod bands;
mod lane;
mod roll;
mod surprise;
mod training;

pub(crate) use bands::bands;
pub(crate) use roll::piano_roll;
pub(crate) use training::{Curve, loss_curve};
