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
#![deny(unsafe_code)]

mod shape;

mod batch;
mod network;
mod state;

mod communicator;
mod data_parallel;
mod device;
mod optimizer_state;
mod processor;
mod trainer;

mod stream;

mod checkpoint;
mod tensors;

mod aligned;
mod column_order;
mod cpu;
#[cfg(feature = "cuda")]
#[allow(
    unsafe_code,
    reason = "the libraries of a GPU are called here, behind buffers that hold what they are told"
)]
mod cuda;
mod error;
mod head;
mod hidden;
#[allow(unsafe_code, reason = "intrinsics and the pointers of register tiles live here, behind safe slices")]
mod kernel;
mod layer;
mod layout;
mod matrix;
mod memory;
#[cfg(feature = "mpi")]
mod mpi_world;
mod packed;
mod packed_network;
mod products;
mod projected_term;
mod projection;
mod stored;
#[allow(unsafe_code, reason = "work borrowed from the caller's stack is lent to threads that outlive it")]
mod threads;
mod tree_sum;
mod weight_source;

pub use batch::Batch;
pub use checkpoint::{Attachments, Checkpoint};
pub use communicator::{Communicator, RankParts, SingleProcess};
pub use cpu::Cpu;
#[cfg(feature = "cuda")]
pub use cuda::{Cuda, CudaLanes, CudaPrecision};
pub use data_parallel::DataParallel;
pub use device::{Device, Losses, Objective, Reduction};
pub use error::Error;
pub use kernel::{InstructionSet, draw, log_softmax};
pub use layout::ParameterMatrix;
pub use memory::training_bytes;
#[cfg(feature = "mpi")]
pub use mpi_world::MpiWorld;
pub use network::{LayerSummary, Network};
pub use optimizer_state::OptimizerState;
pub use packed::Precision;
pub use processor::Processor;
pub use shape::{Context, Dropout, Expert, Feature, FeatureKind, Gather, Head, NONE, Shape, Table, Term};
pub use state::State;
pub use stream::{Generator, Stream};
pub use tensors::Metadata;
pub use trainer::{AdamHyperparameters, Trainer, decayed};
