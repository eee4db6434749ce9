//! The line recipe: one step per note, rhythm first, then the pitch given the rhythm and the chord it falls on.

mod background;
mod chart;
mod echo;
mod encode;
mod evaluate;
mod features;
mod grid;
mod judge;
mod knob;
mod material;
mod model;
mod plan;
mod player;
mod session;
mod shipped;
mod train;

pub use background::Background;
pub use encode::{Event, Loss, decode, encode};
pub use evaluate::Evaluation;
pub use features::Size;
pub use grid::GRID;
pub use judge::{Score, Surprise};
pub use knob::Knob;
pub use model::{Model, RECIPE};
pub use plan::{Ending, Given, Held, Limits};
pub use player::{Options, Player, Take};
pub use shipped::shipped;
pub use train::{Moment, Pause, Settings, Start, train};
