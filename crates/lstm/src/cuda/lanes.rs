//! Generation on a GPU: many streams side by side, one step at a time.

use std::fmt;
use std::rc::Rc;

use super::gpu::Gpu;
use super::network::DeviceNetwork;
use crate::batch::FeatureColumn;
use crate::layer::Extent;
use crate::{Error, NONE, Network, Shape, State};

/// Streams on a GPU that run step by step: set features, [`step`](CudaLanes::step), read logits, choose, set, and so on.
pub struct CudaLanes {
    gpu: Rc<Gpu>,
    network: DeviceNetwork,
    lanes: usize,
    columns: Vec<FeatureColumn>,
    /// Whether the GPU has the columns as they are.
    copied: bool,
    logits: Vec<Vec<f32>>,
}

impl fmt::Debug for CudaLanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CudaLanes").field("gpu", &self.gpu.name()).field("lanes", &self.lanes).finish()
    }
}

impl CudaLanes {
    pub(super) fn new(gpu: Rc<Gpu>, network: &Network, lanes: usize) -> Result<CudaLanes, Error> {
        let (shape, lanes) = (network.shape(), lanes.max(1));
        let mut there = DeviceNetwork::new(&gpu, network)?;
        there.refresh(&gpu, network.parameters())?;
        there.put_state(&gpu, &State::zero(shape, lanes))?;
        Ok(CudaLanes {
            gpu,
            network: there,
            lanes,
            columns: FeatureColumn::all(shape, lanes),
            copied: false,
            logits: shape.heads.iter().map(|head| vec![0.0; lanes * head.classes]).collect(),
        })
    }

    /// What the network looks like.
    pub fn shape(&self) -> &Shape {
        &self.network.shape
    }

    /// Number of streams.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// Sets an index feature of a lane; it stays until set again. [`NONE`], and any other value that the feature does
    /// not have, is no value.
    ///
    /// # Panics
    /// If the feature is dense or not there, or the lane is out of range.
    pub fn set(&mut self, feature: usize, lane: usize, value: u32) {
        let values = self.network.shape.features[feature].width;
        match &mut self.columns[feature] {
            FeatureColumn::Index(column) => {
                column[lane] = if (value as usize) < values { value } else { NONE };
            }
            FeatureColumn::Dense(_) => panic!("feature {feature} is dense"),
        }
        self.copied = false;
    }

    /// Sets a dense feature of a lane.
    ///
    /// # Panics
    /// If the feature is an index or not there, or the lane or length does not fit.
    pub fn set_dense(&mut self, feature: usize, lane: usize, values: &[f32]) {
        let width = self.network.shape.features[feature].width;
        match &mut self.columns[feature] {
            FeatureColumn::Dense(column) => {
                column[lane * width..(lane + 1) * width].copy_from_slice(values);
            }
            FeatureColumn::Index(_) => panic!("feature {feature} is an index"),
        }
        self.copied = false;
    }

    /// Moves every lane one step on, from the features that the input reads.
    ///
    /// # Errors
    /// [`Error::Device`] if the GPU fails.
    pub fn step(&mut self) -> Result<(), Error> {
        self.copy()?;
        self.network.layers(&self.gpu, Extent { steps: 1, lanes: self.lanes }, None, false)?;
        self.network.go_on();
        Ok(())
    }

    /// The logits of a head after the last step, `[lanes, classes]`, from the features as they are now.
    ///
    /// # Errors
    /// [`Error::Device`] if the GPU fails.
    pub fn logits(&mut self, head: usize) -> Result<&mut [f32], Error> {
        self.copy()?;
        self.network.logits(&self.gpu, head, self.lanes, &mut self.logits[head])?;
        Ok(&mut self.logits[head])
    }

    fn copy(&mut self) -> Result<(), Error> {
        if !std::mem::replace(&mut self.copied, true) {
            self.network.put_columns(&self.gpu, &self.columns)?;
        }
        Ok(())
    }
}
