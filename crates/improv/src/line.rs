//! The line recipe: one step per note, rhythm first, then the pitch given the rhythm and the chord it falls on.

mod background;
mod chart;
mod control;
mod echo;
mod encode;
mod evaluate;
mod features;
mod grid;
mod judge;
mod material;
mod model;
mod plan;
mod player;
mod session;
mod shipped;
mod train;

pub use background::Background;
pub use control::{Control, Controls};
pub use encode::{EncodingLoss, GridNote, decode, encode};
pub use evaluate::Evaluation;
pub use features::NetworkSize;
pub use grid::GRID;
pub use judge::{Likelihood, Surprise};
pub use model::{LineModel, RECIPE};
pub use plan::{Constraints, Ending, Fixed, Infill};
pub use player::{LinePlayer, PlayerOptions};
pub use shipped::shipped;
pub use train::{LineHyperparameters, TrainingStart, train};
