//! A model that can play: the network, what it knows of its corpus, and the index of what it must not copy.

use std::collections::BTreeMap;

use sideman_corpus::originality::{Humans, Index};
use sideman_lstm::{Attachments, Checkpoint, Metadata, Network, Precision};

use super::background::Background;
use super::shape::fits;
use super::tilt::Tilt;
use crate::Error;

/// The name of this recipe in a checkpoint.
pub const RECIPE: &str = "line";
/// The name of the index among the attachments.
const INDEX: &str = "index";
/// The name of the tilt among the metadata; a file without it tilts nothing.
const TILT: &str = "tilt";

/// A network that has learned lines, and what it needs to play.
#[derive(Debug, Clone)]
pub struct LineModel {
    /// The weights.
    pub network: Network,
    /// What it knows of its corpus.
    pub background: Background,
    /// Every run of notes that it has learned from, as hashes and places.
    pub index: Index,
    /// What its own lines are like on the whole.
    pub tilt: Tilt,
    /// How much humans borrow, which is as much as a solo may.
    pub humans: Humans,
    /// What a reader should know: where it comes from, under which licence, how well it does.
    pub remarks: BTreeMap<String, String>,
}

impl LineModel {
    /// The file's bytes, with the weights in a precision.
    ///
    /// # Errors
    /// When the network cannot be written.
    pub fn to_bytes(&self, precision: Precision) -> Result<Vec<u8>, Error> {
        let json =
            |value: Result<String, serde_json::Error>| value.map_err(|e| Error::Checkpoint(e.to_string()));
        let metadata = Metadata::from([
            ("recipe".to_owned(), RECIPE.to_owned()),
            ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("background".to_owned(), json(serde_json::to_string(&self.background))?),
            ("humans".to_owned(), json(serde_json::to_string(&self.humans))?),
            (TILT.to_owned(), json(serde_json::to_string(&self.tilt))?),
            ("remarks".to_owned(), json(serde_json::to_string(&self.remarks))?),
        ]);
        let mut checkpoint = Checkpoint::new(self.network.clone(), metadata);
        checkpoint.attachments = Attachments::from([(INDEX.to_owned(), self.index.to_bytes())]);
        Ok(checkpoint.to_bytes_in(precision)?)
    }

    /// Reads a file's bytes.
    ///
    /// # Errors
    /// When they are no model of this recipe, or made by another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_checkpoint(Checkpoint::from_bytes(bytes)?)
    }

    /// The same of bytes that stay, where the weights are left until someone asks for them: the fast way to a player.
    ///
    /// # Errors
    /// As [`LineModel::from_bytes`].
    pub fn in_file(bytes: &'static [u8]) -> Result<Self, Error> {
        Self::from_checkpoint(Checkpoint::open(bytes)?)
    }

    /// The model in a checkpoint.
    ///
    /// # Errors
    /// When it is no model of this recipe, or made by another version.
    pub(super) fn from_checkpoint(checkpoint: Checkpoint) -> Result<Self, Error> {
        let Checkpoint { network, metadata, attachments } = checkpoint;
        let is_line = metadata.get("recipe").is_some_and(|recipe| recipe == RECIPE);
        if !is_line || !fits(network.shape()) {
            return Err(Error::Checkpoint("it was made by another recipe or version".into()));
        }
        let background: Background = part(&metadata, "background")?;
        background.check()?;
        let index = attachments.get(INDEX).ok_or_else(|| Error::Checkpoint("it holds no index".into()))?;
        let index = Index::from_bytes(index).map_err(|e| Error::Checkpoint(format!("index: {e}")))?;
        let (humans, remarks) = (part(&metadata, "humans")?, part(&metadata, "remarks")?);
        let tilt = if metadata.contains_key(TILT) { part(&metadata, TILT)? } else { Tilt::default() };
        if !Tilt::fits(&tilt) {
            return Err(Error::Checkpoint("its tilt was made by another version".into()));
        }
        Ok(Self { tilt, network, background, index, humans, remarks })
    }
}

fn part<T: serde::de::DeserializeOwned>(metadata: &Metadata, name: &str) -> Result<T, Error> {
    let text = metadata.get(name).ok_or_else(|| Error::Checkpoint(format!("it holds no {name}")))?;
    serde_json::from_str(text).map_err(|e| Error::Checkpoint(format!("{name}: {e}")))
}
