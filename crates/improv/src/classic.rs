//! The classic recipe: musical values, one-hot, through one LSTM to a softmax over the next value.

mod value;
mod vocabulary;
mod ground;
mod realise;
mod encode;

pub use encode::{Line, decode, encode};
pub use value::{Category, GRID, Sound, Value};
pub use vocabulary::Vocabulary;
