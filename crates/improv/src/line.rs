//! The line recipe: one step per note, rhythm first, then the pitch given the rhythm and the chord it falls on.

mod background;
mod chart;
mod echo;
mod encode;
mod features;
mod grid;
mod judge;
mod knob;
mod material;
mod train;

pub use background::Background;
pub use encode::{Event, Loss, decode, encode};
pub use features::Size;
pub use grid::GRID;
pub use judge::Score;
pub use knob::Knob;
pub use train::{Learned, Settings, train};
