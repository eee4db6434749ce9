//! What is trained on, and what is tested on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Piece;
use crate::hash::StableHash;
use crate::tune::{same_melodies, title_key, tunes};

/// What a piece is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The model learns from it.
    Train,
    /// It decides when to stop and which model is better.
    Validation,
    /// It is looked at once, for the figure that is reported.
    Test,
}

/// What never falls on two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A tune, with all its takes, duplicates and transpositions.
    Tune,
    /// A performer (a piece of an unknown one goes by its tune); copies of one melody stay together too, but
    /// two performers may play one tune on two sides.
    Performer,
}

/// The shares of tunes, or of performers, that are held out, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldOutShares {
    /// For validation.
    pub validation: f64,
    /// For the test.
    pub test: f64,
}

impl Default for HeldOutShares {
    /// A tenth for each.
    fn default() -> Self {
        Self { validation: 0.1, test: 0.1 }
    }
}

/// A side for each piece of a corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split(Vec<Side>);

/// Why a list of ids is no split of a corpus.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is not such a list.
    #[error(
        "this is no split: {0}; write {{\"train\": [{{\"id\": …}}, …], \"validation\": […], \"test\": […]}}"
    )]
    Form(String),
    /// One id stands twice in the list.
    #[error("the split names {0} twice; name each id once")]
    Twice(String),
    /// The list names a piece that is not there.
    #[error("the split names {0}, which the corpus does not hold; import it, or take it off the list")]
    NotInCorpus(String),
    /// A piece with a solo is not in the list.
    #[error("the split does not name {0}; add it to a side, or filter it out of the corpus")]
    NotInSplit(String),
    /// Two pieces have one id, so an id does not say which is meant.
    #[error("the corpus holds two pieces with the id {0}; filter one out")]
    Ambiguous(String),
}

/// The form of a list on disk; other fields are for people.
#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    train: Vec<Entry>,
    #[serde(default)]
    validation: Vec<Entry>,
    #[serde(default)]
    test: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
}

impl Split {
    /// The split by the hash of each unit's name: the order of the pieces plays no part, and a unit stays
    /// where it is when others come or go. Where chance would leave a wanted side empty, the unit with the
    /// lowest hash goes there; one unit always remains to train on.
    pub fn by(pieces: &[Piece], unit: Unit, held_out: HeldOutShares) -> Self {
        let names = match unit {
            Unit::Tune => tunes(pieces),
            Unit::Performer => performers(pieces),
        };
        let hashes: BTreeMap<u64, &String> =
            names.iter().map(|name| (StableHash::new().with(name.as_bytes()).finish(), name)).collect();
        let mut ranked = hashes.into_iter().peekable();
        let mut sides: BTreeMap<&String, Side> = BTreeMap::new();
        let mut below = 0.0;
        for (side, share) in [(Side::Test, held_out.test), (Side::Validation, held_out.validation)] {
            below += share.clamp(0.0, 1.0);
            let mut wanted = share > 0.0;
            while let Some((_, name)) = ranked.next_if(|&(hash, _)| wanted || fraction(hash) < below) {
                if ranked.peek().is_none() {
                    break;
                }
                sides.insert(name, side);
                wanted = false;
            }
        }
        Self(names.iter().map(|name| sides.get(name).copied().unwrap_or(Side::Train)).collect())
    }

    /// The split that a list gives: JSON with `train`, `validation` and `test`, each an array of objects
    /// with an `id`. Pieces without a solo need not be named; they go with `train`.
    ///
    /// # Errors
    /// When the text is no such list, names an id twice or one that no piece has, leaves out a piece with a
    /// solo, or names an id that two pieces have.
    pub fn listed(pieces: &[Piece], json: &str) -> Result<Self, Error> {
        let listed: Listed = serde_json::from_str(json).map_err(|e| Error::Form(e.to_string()))?;
        let known: BTreeSet<&str> = pieces.iter().map(|p| p.id.as_str()).collect();
        let mut sides: BTreeMap<String, Side> = BTreeMap::new();
        let columns =
            [(Side::Train, listed.train), (Side::Validation, listed.validation), (Side::Test, listed.test)];
        for (side, entries) in columns {
            for Entry { id } in entries {
                if !known.contains(id.as_str()) {
                    return Err(Error::NotInCorpus(id));
                }
                if sides.insert(id.clone(), side).is_some() {
                    return Err(Error::Twice(id));
                }
            }
        }
        let mut met = BTreeSet::new();
        let side = |piece: &Piece| match sides.get(&piece.id) {
            Some(_) if !met.insert(piece.id.clone()) => Err(Error::Ambiguous(piece.id.clone())),
            None if piece.solo.is_some() => Err(Error::NotInSplit(piece.id.clone())),
            side => Ok(side.copied().unwrap_or(Side::Train)),
        };
        pieces.iter().map(side).collect::<Result<_, _>>().map(Self)
    }

    /// The side of each piece, in the order of the pieces.
    pub fn sides(&self) -> &[Side] {
        &self.0
    }

    /// The pieces on one side; `pieces` are those that were split.
    pub fn pieces<'a>(&'a self, pieces: &'a [Piece], side: Side) -> impl Iterator<Item = &'a Piece> {
        pieces.iter().zip(&self.0).filter(move |&(_, &s)| s == side).map(|(piece, _)| piece)
    }

    /// The tunes that stand on more than one side: none when the split was made by tune.
    pub fn leaks(&self, pieces: &[Piece]) -> Vec<String> {
        let mut sides: BTreeMap<String, BTreeSet<Side>> = BTreeMap::new();
        for (tune, &side) in tunes(pieces).into_iter().zip(&self.0) {
            sides.entry(tune).or_default().insert(side);
        }
        sides.into_iter().filter(|(_, on)| on.len() > 1).map(|(tune, _)| tune).collect()
    }
}

/// Where a hash falls between 0 and 1.
fn fraction(hash: u64) -> f64 {
    hash as f64 / (u64::MAX as f64 + 1.0)
}

/// The name of each piece's performer, or of its tune where that is unknown; copies of one melody share one.
fn performers(pieces: &[Piece]) -> Vec<String> {
    let tunes = tunes(pieces);
    let name = |(piece, tune): (&Piece, &String)| match title_key(&piece.credits.performer) {
        key if key.is_empty() => format!("#{tune}"),
        key => key,
    };
    let mut names: Vec<String> = pieces.iter().zip(&tunes).map(name).collect();
    for (a, b) in same_melodies(pieces) {
        let (less, more) = if names[a] <= names[b] { (a, b) } else { (b, a) };
        let (keep, lose) = (names[less].clone(), names[more].clone());
        names.iter_mut().filter(|n| **n == lose).for_each(|n| n.clone_from(&keep));
    }
    names
}

#[cfg(test)]
mod tests;
