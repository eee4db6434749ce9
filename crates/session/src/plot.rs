//! Pictures as SVG.

mod bands;
mod lane;
#[cfg(feature = "plot")]
mod loss_curve;
mod roll;
mod surprise;
mod training;

pub use bands::bands;
pub(crate) use lane::escaped;
#[cfg(feature = "plot")]
pub use loss_curve::loss_curve;
pub use roll::piano_roll;
pub use training::TrainingCurve;
