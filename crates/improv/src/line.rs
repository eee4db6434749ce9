//! The line recipe: one step per note, rhythm first, then the pitch given the rhythm and the chord it falls on.
//!
//! ```text
//! Solo ─encode→ GridNote …   Sheet → GridChart                grid, encode, chart, echo
//! notes so far, chart, conditioning → NoteContext → Step        context, features, step
//! features, targets → Shape                                     shape: the network follows from the rows
//! Piece → Example → Batch ─lstm→ LineModel                      example, batches, train
//! Plan, Step ─lstm→ GridNote …  ─decode→ Solo                   plan, tilt, sampling, player
//! lines of its own, Piece … → Tilt                              settle
//! Piece → Step ─lstm→ Likelihood, Surprise, Evaluation          judge, evaluate
//! ```

mod background;
mod batches;
mod chart;
mod conditioning;
mod constraints;
mod context;
mod control;
mod echo;
mod encode;
mod evaluate;
mod example;
mod features;
mod grid;
mod judge;
mod model;
mod pitch_set;
mod plan;
mod player;
mod sampling;
mod settle;
mod shape;
mod shipped;
mod step;
mod targets;
#[cfg(test)]
mod testing;
mod tilt;
mod train;
mod windows;

pub use background::Background;
pub use constraints::{Constraints, Ending, Fixed, Infill};
pub use control::{Control, Controls};
pub use encode::{EncodingLoss, GridNote, decode, encode};
pub use evaluate::{Evaluation, SoloJudgement, SoloShare};
pub use grid::{GRID, GridSpan, GridTime};
pub use judge::{Expectation, Likelihood, Surprise};
pub use model::{LineModel, RECIPE};
pub use player::{LinePlayer, PlayerOptions};
pub use settle::settled;
pub use shape::NetworkSize;
pub use shipped::{shipped, shipped_bytes};
pub use tilt::Tilt;
pub use train::{LineHyperparameters, MOST_DROPOUT, TrainingStart, train};
