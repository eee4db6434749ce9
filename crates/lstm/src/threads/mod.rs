//! Threads that live as long as a run, and the shares of buffers that they work on.

mod lanes;
mod pool;

pub(crate) use lanes::LaneShare;
pub(crate) use pool::{Job, ThreadPool, cut};
