//! LSTM networks over sequences of tokens: shape, training, generation, checkpoints. Numbers, no music.
//!
//! The one invariant: **one step and a whole sequence agree**, to the bit. Every sum is one chain of fused
//! multiply-adds in one order, so neither the instruction set nor the number of threads changes a result.

mod batch;
mod checkpoint;
mod cpu;
mod device;
mod error;
mod head;
mod kernel;
mod layer;
mod layout;
mod network;
mod panels;
mod projection;
mod shape;
mod stream;
mod team;
mod trainer;

pub use batch::{Batch, NONE, State};
pub use checkpoint::{Checkpoint, Metadata};
pub use cpu::Cpu;
pub use device::{Device, Losses, Objective, Reduction};
pub use error::Error;
pub use kernel::Path;
pub use layout::Parameter;
pub use network::{Network, Row};
pub use shape::{Context, Dropout, Expert, Feature, Gather, Head, Kind, Shape, Table, Term};
pub use stream::{Generator, Precision, Stream};
pub use trainer::{Recipe, Trainer, decayed};
