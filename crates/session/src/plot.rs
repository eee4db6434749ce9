//! Pictures as SVG.

mod bands;
mod lane;
mod roll;
mod surprise;
mod training;

pub use bands::bands;
pub(crate) use lane::escaped;
pub use roll::piano_roll;
pub use training::{TrainingCurve, loss_curve};
