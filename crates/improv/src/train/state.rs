//! A training that can be gone on with.

use sideman_lstm::{Attachments, Checkpoint, Metadata, Network, OptimizerState};

use crate::Error;

/// A training between two epochs: all it takes to go on with the same bits.
#[derive(Debug, Clone)]
pub struct TrainingState {
    pub(crate) network: Network,
    /// The least held-out loss, and the weights that had it.
    pub(crate) best: (f64, Network),
    pub(crate) memory: OptimizerState,
    pub(crate) epoch: usize,
    /// What it belongs to: the pieces and the settings.
    pub(crate) of: String,
}

impl TrainingState {
    /// The epochs that are done.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// When the weights cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let metadata = Metadata::from([
            ("epoch".to_owned(), self.epoch.to_string()),
            ("least".to_owned(), self.best.0.to_string()),
            ("of".to_owned(), self.of.clone()),
        ]);
        let mut checkpoint = Checkpoint::new(self.network.clone(), metadata);
        let best = Checkpoint::new(self.best.1.clone(), Metadata::new()).to_bytes()?;
        checkpoint.attachments =
            Attachments::from([("best".to_owned(), best), ("memory".to_owned(), self.memory.to_bytes()?)]);
        Ok(checkpoint.to_bytes()?)
    }

    /// Reads a file's bytes.
    ///
    /// # Errors
    /// When they are no interrupted training.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let broken =
            |what: &str| Error::Checkpoint(format!("as an interrupted training it lacks its {what}"));
        let Checkpoint { network, metadata, attachments } = Checkpoint::from_bytes(bytes)?;
        let text = |name: &str| metadata.get(name).ok_or_else(|| broken(name));
        let part = |name: &str| attachments.get(name).ok_or_else(|| broken(name));
        Ok(Self {
            best: (
                text("least")?.parse().map_err(|_| broken("least"))?,
                Checkpoint::from_bytes(part("best")?)?.network,
            ),
            memory: OptimizerState::from_bytes(part("memory")?)?,
            epoch: text("epoch")?.parse().map_err(|_| broken("epoch"))?,
            of: text("of")?.clone(),
            network,
        })
    }
}
