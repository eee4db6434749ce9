//! Pieces that need not all be in memory.

use std::{fmt, io};

use super::catalogue::Catalogue;
use crate::{FileError, Piece};

/// Why a corpus in volumes cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VolumeError {
    /// Its file cannot be read.
    #[error("the corpus cannot be read: {0}")]
    Read(String),
    /// It is damaged, or not what it says.
    #[error(transparent)]
    File(#[from] FileError),
}

impl From<io::Error> for VolumeError {
    fn from(error: io::Error) -> Self {
        Self::Read(error.to_string())
    }
}

/// Pieces in volumes that are read one at a time, with what is known of all of them beforehand.
pub trait Dataset: fmt::Debug {
    /// How many volumes there are.
    fn volumes(&self) -> usize;

    /// The pieces of a volume, counted from 0.
    ///
    /// # Errors
    /// When it cannot be read.
    fn volume(&self, volume: usize) -> Result<Vec<Piece>, VolumeError>;

    /// Of all pieces, volume after volume.
    ///
    /// # Errors
    /// When it cannot be read.
    fn catalogue(&self) -> Result<Catalogue, VolumeError>;
}

/// Pieces in memory are one volume.
impl Dataset for Vec<&Piece> {
    fn volumes(&self) -> usize {
        1
    }

    fn volume(&self, _: usize) -> Result<Vec<Piece>, VolumeError> {
        Ok(self.iter().map(|&piece| piece.clone()).collect())
    }

    fn catalogue(&self) -> Result<Catalogue, VolumeError> {
        Ok(Catalogue::of(self.iter().copied()))
    }
}
