//! The line recipe: one step per note, rhythm first, then the pitch given the rhythm and the chord it falls on.

mod grid;
mod encode;
mod chart;
mod features;
mod names;
mod material;
mod train;
mod judge;

pub use encode::{Event, Loss, decode, encode};
pub use features::Size;
pub use grid::GRID;
pub use judge::Score;
pub use names::Names;
pub use train::{Epoch, Learned, Settings, train};
