//! What is trained on, and what is tested on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::hash::StableHash;
use crate::{Catalogue, CatalogueEntry, Piece};

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

/// The shares of tunes that are held out, each from 0 to 1.
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

/// A side for each piece of a corpus. A tune, with all its takes, duplicates and transpositions, stands on one side.
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
    /// A tune stands on two sides.
    #[error("the split puts the tune {0} on two sides; name all its pieces on one")]
    Leak(String),
}

/// The form of a list on disk; other fields are for people.
#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    train: Vec<ListedPiece>,
    #[serde(default)]
    validation: Vec<ListedPiece>,
    #[serde(default)]
    test: Vec<ListedPiece>,
}

#[derive(Deserialize)]
struct ListedPiece {
    id: String,
}

impl Split {
    /// The split by the hash of each tune's name: the order of the pieces plays no part, and a tune stays
    /// where it is when others come or go. Where chance would leave a wanted side empty, the tune with the
    /// lowest hash goes there; one tune always remains to train on.
    pub fn by_tune(catalogue: &Catalogue, held_out: HeldOutShares) -> Self {
        let hash = |tune: &str| StableHash::new().with(tune.as_bytes()).finish();
        let hashes: BTreeMap<u64, &str> =
            catalogue.0.iter().map(|entry| (hash(&entry.tune), entry.tune.as_str())).collect();
        let mut ranked = hashes.into_iter().peekable();
        let mut sides = BTreeMap::new();
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
        Self::of_tunes(catalogue, &sides)
    }

    /// All pieces on the side to learn from.
    pub fn none_held_out(catalogue: &Catalogue) -> Self {
        Self::of_tunes(catalogue, &BTreeMap::new())
    }

    /// The sides of pieces by those of their tunes; the rest is trained on.
    fn of_tunes(catalogue: &Catalogue, sides: &BTreeMap<&str, Side>) -> Self {
        let side = |tune: &str| sides.get(tune).copied().unwrap_or(Side::Train);
        Self(catalogue.0.iter().map(|entry| side(&entry.tune)).collect())
    }

    /// The split that a list gives: JSON with `train`, `validation` and `test`, each an array of objects
    /// with an `id`. Pieces without a solo need not be named; they go with their tune, or else with `train`.
    ///
    /// # Errors
    /// When the text is no such list, names an id twice or one that no piece has, leaves out a piece with a
    /// solo, names an id that two pieces have, or puts pieces of one tune on two sides.
    pub fn listed(catalogue: &Catalogue, json: &str) -> Result<Self, Error> {
        let listed: Listed = serde_json::from_str(json).map_err(|e| Error::Form(e.to_string()))?;
        let by_id = listed.by_id(catalogue)?;
        let mut sides = BTreeMap::new();
        let mut met = BTreeSet::new();
        for CatalogueEntry { id, tune, notes, .. } in &catalogue.0 {
            match by_id.get(id) {
                Some(_) if !met.insert(id) => return Err(Error::Ambiguous(id.clone())),
                Some(&side) if *sides.entry(tune.as_str()).or_insert(side) != side => {
                    return Err(Error::Leak(tune.clone()));
                }
                None if notes.is_some() => return Err(Error::NotInSplit(id.clone())),
                _ => {}
            }
        }
        Ok(Self::of_tunes(catalogue, &sides))
    }

    /// The side of each piece, in the order of the pieces.
    pub fn sides(&self) -> &[Side] {
        &self.0
    }

    /// The pieces on one side; `pieces` are those that were split.
    pub fn pieces<'a>(&self, pieces: &'a [Piece], side: Side) -> impl Iterator<Item = &'a Piece> {
        pieces.iter().zip(&self.0).filter(move |&(_, &s)| s == side).map(|(piece, _)| piece)
    }
}

impl Listed {
    /// The side of each id.
    fn by_id(self, catalogue: &Catalogue) -> Result<BTreeMap<String, Side>, Error> {
        let known: BTreeSet<&str> = catalogue.0.iter().map(|entry| entry.id.as_str()).collect();
        let mut sides: BTreeMap<String, Side> = BTreeMap::new();
        let columns =
            [(Side::Train, self.train), (Side::Validation, self.validation), (Side::Test, self.test)];
        for (side, entries) in columns {
            for ListedPiece { id } in entries {
                if !known.contains(id.as_str()) {
                    return Err(Error::NotInCorpus(id));
                }
                if sides.insert(id.clone(), side).is_some() {
                    return Err(Error::Twice(id));
                }
            }
        }
        Ok(sides)
    }
}

/// The last bars of a tune, held out from the rest of it: a weaker promise than that of a [`Split`], for where
/// there is no tune to spare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastBars {
    from: i64,
}

impl LastBars {
    /// Those of a line that plays from one bar to another: at least one and at most a fifth, where that is a bar.
    pub fn of(first: i64, last: i64) -> Self {
        let bars = last + 1 - first;
        Self { from: first + (4 * bars + 4).div_euclid(5).clamp(1, (bars - 1).max(1)) }
    }

    /// Whether a bar is one of them.
    pub const fn contains(self, bar: i64) -> bool {
        bar >= self.from
    }
}

/// Where a hash falls between 0 and 1.
fn fraction(hash: u64) -> f64 {
    hash as f64 / (u64::MAX as f64 + 1.0)
}

#[cfg(test)]
mod tests;
