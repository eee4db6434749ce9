//! Pictures as SVG.

mod bands;
mod lane;
mod roll;
mod surprise;
mod training;

pub(crate) use bands::bands;
pub(crate) use roll::piano_roll;
#[allow(unused_imports, reason = "for what explains a solo by a model")]
pub(crate) use surprise::Surprise;
pub(crate) use training::{Curve, loss_curve};
