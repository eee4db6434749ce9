//! What is learned from, and what is held out.

use sideman_corpus::{HeldOutShares, Piece, Side, Split};

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

/// Pieces parted into those to learn from and those to be tested on.
#[derive(Debug)]
pub struct Lesson<'a> {
    pub(super) training: Vec<&'a Piece>,
    pub(super) validation: Vec<&'a Piece>,
}

impl<'a> Lesson<'a> {
    /// The two sides of some pieces.
    ///
    /// # Errors
    /// When there is no melody among them, or when a list is no split of them.
    pub fn new(pieces: &'a [Piece], held_out: &HeldOutPieces) -> Result<Self, Error> {
        if pieces.iter().all(|piece| piece.solo.is_none()) {
            return Err(Error::Asked(
                "there is no melody to learn from; give files with a solo in them".into(),
            ));
        }
        let split = match held_out {
            HeldOutPieces::Nothing => {
                return Ok(Self { training: pieces.iter().collect(), validation: Vec::new() });
            }
            HeldOutPieces::ByTune => Split::by_tune(pieces, HELD_OUT),
            HeldOutPieces::Listed(list) => Split::listed(pieces, list)?,
        };
        let side = |side| pieces.iter().zip(split.sides()).filter(move |(_, s)| **s == side).map(|(p, _)| p);
        Ok(Self { training: side(Side::Train).collect(), validation: side(Side::Validation).collect() })
    }
}
