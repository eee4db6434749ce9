//! A model file of any recipe.

use sideman_lstm::Checkpoint;

use crate::{Error, classic, line};

/// What can play, by its recipe.
#[derive(Debug)]
pub enum Model {
    /// The classic exercise.
    Classic(Box<classic::ClassicPlayer>),
    /// The network that knows the chart.
    Line(Box<line::LineModel>),
}

impl Model {
    /// Reads a file's bytes, whose recipe is told by its metadata.
    ///
    /// # Errors
    /// When they are no model that this version can play.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let recipe = Checkpoint::metadata(bytes)?.remove("recipe").unwrap_or_default();
        match recipe.as_str() {
            line::RECIPE => Ok(Self::Line(Box::new(line::LineModel::from_bytes(bytes)?))),
            _ => Ok(Self::Classic(Box::new(classic::ClassicPlayer::load(bytes)?))),
        }
    }
}
