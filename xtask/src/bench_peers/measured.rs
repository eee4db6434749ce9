//! One measurement, and what follows from it.

use super::workloads::Workload;

/// One row of the table.
pub(super) struct Measured {
    pub(super) workload: Workload,
    pub(super) threads: usize,
    pub(super) seconds: f64,
    /// Of one core at 2048^3, in this run.
    pub(super) peak: f64,
    pub(super) peer_seconds: Option<f64>,
    /// PyTorch's own product on as many threads.
    pub(super) peer_peak: Option<f64>,
}

impl Measured {
    pub(super) fn flops(&self) -> f64 {
        self.workload.operations() / self.seconds
    }

    /// Of as many cores as threads.
    pub(super) fn fraction_of_peak(&self) -> f64 {
        self.flops() / (self.peak * self.threads as f64)
    }

    pub(super) fn ratio(&self) -> Option<f64> {
        self.peer_seconds.map(|peer| peer / self.seconds)
    }
}
