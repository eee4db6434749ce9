//! The line recipe: one step per note, rhythm first, then the pitch given the rhythm and the chord it falls on.

mod chart;
mod encode;
mod features;
mod grid;
mod judge;
mod material;
mod names;
mod train;

pub use encode::{Event, Loss, decode, encode};
pub use features::Size;
pub use grid::GRID;
pub use judge::Score;
pub use names::Names;
pub use train::{Learned, Settings, train};
