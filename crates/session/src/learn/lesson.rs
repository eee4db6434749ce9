//! What is learned from, and what is held out.

use std::fmt;
use std::io::{Read, Seek};

use sideman_corpus::library::Volumes;
use sideman_corpus::{Catalogue, Dataset, HeldOutShares, Piece, Side, Split};

use crate::Error;

/// The share of the tunes that a model is tested on instead of learning from them.
const HELD_OUT: HeldOutShares = HeldOutShares { validation: 0.15, test: 0.0 };

/// What a model is tested on instead of learning from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldOutPieces {
    /// One tune in seven.
    ByTune,
    /// What a JSON list of ids says.
    Listed(String),
    /// Nothing.
    Nothing,
}

impl HeldOutPieces {
    /// The sides of pieces, among which there is a melody.
    fn split(&self, catalogue: &Catalogue) -> Result<Split, Error> {
        if catalogue.0.iter().all(|entry| entry.notes.is_none()) {
            return Err(Error::Asked(
                "there is no melody to learn from; give files with a solo in them".into(),
            ));
        }
        Ok(match self {
            Self::Nothing => Split::none_held_out(catalogue),
            Self::ByTune => Split::by_tune(catalogue, HELD_OUT),
            Self::Listed(list) => Split::listed(catalogue, list)?,
        })
    }
}

/// Pieces parted into those to learn from and those to be tested on.
#[derive(Debug)]
pub struct Lesson<'a> {
    pub(super) training: Box<dyn Dataset + 'a>,
    pub(super) validation: Box<dyn Dataset + 'a>,
}

impl<'a> Lesson<'a> {
    /// The two sides of some pieces.
    ///
    /// # Errors
    /// When there is no melody among them, or when a list is no split of them.
    pub fn new(pieces: &'a [Piece], held_out: &HeldOutPieces) -> Result<Self, Error> {
        let split = held_out.split(&Catalogue::of(pieces))?;
        let side = |side| Box::new(split.pieces(pieces, side).collect::<Vec<_>>());
        Ok(Self { training: side(Side::Train), validation: side(Side::Validation) })
    }

    /// The two sides of a corpus in volumes.
    ///
    /// # Errors
    /// When it cannot be read, there is no melody in it, or when a list is no split of it.
    pub fn in_volumes<F: Read + Seek + fmt::Debug>(
        volumes: &'a Volumes<F>,
        held_out: &HeldOutPieces,
    ) -> Result<Self, Error> {
        let split = held_out.split(&volumes.catalogue().map_err(sideman_improv::Error::from)?)?;
        let side = |side| Box::new(volumes.some(split.sides().iter().map(|&s| s == side).collect()));
        Ok(Self { training: side(Side::Train), validation: side(Side::Validation) })
    }

    /// All pieces of both sides, in memory.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn sides(&self) -> Result<[Vec<Piece>; 2], Error> {
        let all = |side: &dyn Dataset| -> Result<Vec<Piece>, sideman_improv::Error> {
            let volumes = (0..side.volumes()).map(|volume| Ok(side.volume(volume)?));
            Ok(volumes.collect::<Result<Vec<_>, sideman_improv::Error>>()?.concat())
        };
        Ok([all(&*self.training)?, all(&*self.validation)?])
    }
}
