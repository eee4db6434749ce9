//! Work that is the same each time, recorded: its thousands of launches then cost the processor one.

use std::fmt;

use cudarc::driver::CudaGraph;
use cudarc::driver::sys::{CUgraphInstantiate_flags, CUstreamCaptureMode::CU_STREAM_CAPTURE_MODE_RELAXED};

use super::address::Address;
use super::failure::failed;
use super::gpu::Gpu;
use crate::Error;

/// The recordings of one piece of work, by the places that it is told of.
#[derive(Default)]
pub(super) struct Recordings(Vec<(Vec<Address>, Option<CudaGraph>)>);

/// The most recordings that are kept.
const KEPT: usize = 8;

impl fmt::Debug for Recordings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recordings").field(&self.0.len()).finish()
    }
}

impl Recordings {
    /// Does the work; records it when it comes a second time with the same places, and plays that from then on.
    pub(super) fn run(
        &mut self,
        gpu: &Gpu,
        places: &[Address],
        work: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some((_, graph)) = self.0.iter_mut().find(|(of, _)| of == places) else {
            self.0.truncate(KEPT - 1);
            self.0.insert(0, (places.to_vec(), None));
            return work();
        };
        let graph = match graph {
            Some(graph) => graph,
            None => graph.insert(record(gpu, work)?),
        };
        graph.launch().map_err(failed("a recording"))
    }
}

fn record(gpu: &Gpu, work: impl FnOnce() -> Result<(), Error>) -> Result<CudaGraph, Error> {
    gpu.stream.begin_capture(CU_STREAM_CAPTURE_MODE_RELAXED).map_err(failed("recording"))?;
    let done = work();
    let graph = gpu.stream.end_capture(CUgraphInstantiate_flags(0)).map_err(failed("recording"));
    done?;
    graph?.ok_or_else(|| Error::device("recording: nothing was recorded"))
}
