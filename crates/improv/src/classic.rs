//! The classic recipe: musical values, one-hot, through one LSTM to a softmax over the next value.
//!
//! ```text
//! solo ─encode→ A,1/2,<+4,-2>  C,1,<+4,-2> … ─Vocabulary→ 17 203 …      V values, the rarest merged
//! windows [30] ─one-hot→ [30 × V] ─LSTM(64)→ [30 × 64] ─softmax→ [30 × V]     many to many, in training
//! zero vector ─LSTM, softmax→ value ─fed back→ value … ─realise→ notes        one to many, in playing
//! ```
//!
//! After deepjazz (J.-S. Kim, 2016) and the course assignment that grew out of it, with what was wrong there
//! put right: approaches approach, rests count, bars sum, the state goes on through the whole chart, other
//! tunes are held out, and the vocabulary travels with the weights.

mod chart;
mod encode;
mod ground;
mod nearest;
mod player;
mod realise;
mod rules;
mod trace;
mod train;
mod value;
mod vocabulary;

pub use chart::Length;
pub use encode::{ValueSequence, decode, encode};
pub use player::{ClassicOptions, ClassicPlayer, PlacedValue};
pub use trace::CellStep;
pub use train::{ClassicHyperparameters, ClassicTraining, Trained, train};
pub use value::{Category, GRID, Sounding, Value};
pub use vocabulary::Vocabulary;

/// Values in the vocabulary of the exercise: a network of 45,530 parameters.
pub const EXERCISE: usize = 90;
