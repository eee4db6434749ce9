//! LSTM networks over sequences of tokens: shape, training, generation, checkpoints. Numbers, no music.
//!
//! The one invariant: **one step and a whole sequence agree**, to the bit. Every sum is one chain of fused
//! multiply-adds in one order, so neither the instruction set nor the number of threads changes a result.
//!
//! ```
//! use sideman_lstm::{Batch, Network, Objective, AdamHyperparameters, Shape, State, Trainer};
//! let shape = Shape::classic(5, 16); // five values one-hot, LSTM(16), softmax
//! let mut network = Network::new(shape.clone(), 1)?;
//! let mut trainer = Trainer::new(&network, AdamHyperparameters::default(), 1);
//! let mut batch = Batch::new(&shape, 4, 1); // four steps of one sequence: 0 1 2 3 after "no value"
//! batch.index(0)[1..].copy_from_slice(&[0, 1, 2]);
//! batch.target(0).copy_from_slice(&[0, 1, 2, 3]);
//! for _ in 0..100 {
//!     trainer.step(&mut network, &batch, &mut State::zero(&shape, 1), &Objective::default(), 0.02)?;
//! }
//! assert!(trainer.evaluate(&network, &batch, &mut State::zero(&shape, 1))?.total() < 0.1);
//! # Ok::<(), sideman_lstm::Error>(())
//! ```

mod shape;

mod batch;
mod network;

mod device;
mod trainer;

mod stream;

mod checkpoint;
mod resume;

mod aligned;
mod cpu;
mod error;
mod head;
mod kernel;
mod layer;
mod layout;
mod memory;
mod panels;
mod projection;
mod team;

pub use batch::{Batch, NONE, State};
pub use checkpoint::{Attachments, Checkpoint, Metadata};
pub use cpu::Cpu;
pub use device::{Device, Losses, Objective, Reduction};
pub use error::Error;
pub use kernel::{InstructionSet, draw};
pub use layout::ParameterMatrix;
pub use memory::training_bytes;
pub use network::{LayerSummary, Network};
pub use resume::OptimizerState;
pub use shape::{Context, Dropout, Expert, Feature, FeatureKind, Gather, Head, Shape, Table, Term};
pub use stream::{Generator, Precision, Stream};
pub use trainer::{AdamHyperparameters, Trainer, decayed};
