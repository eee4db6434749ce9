//! The classic recipe: musical values, one-hot, through one LSTM to a softmax over the next value.

mod chart;
mod encode;
mod ground;
mod player;
mod realise;
mod rules;
mod train;
mod value;
mod vocabulary;

pub use encode::{Line, decode, encode};
pub use player::{Length, Options, Placed, Player, Take};
pub use train::{Settings, Trained, train};
pub use value::{Category, GRID, Sound, Value};
pub use vocabulary::Vocabulary;
