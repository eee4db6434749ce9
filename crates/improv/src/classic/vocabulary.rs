//! The vocabulary: which value has which index.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::Value;
use super::nearest::{nearest, survivors};
use crate::Error;

/// Every value of the training tunes, in order, and behind them one class for whatever is *unseen*; or so many of the
/// commonest, where every other value *counts as its nearest* and nothing is unseen.
///
/// The unseen class is scored on held-out tunes and never sampled. Written as one value a line, after the line
/// `nearest` where others count as their nearest, the vocabulary goes into the checkpoint: without it the weights mean
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    values: Vec<Value>,
    indices: BTreeMap<Value, usize>,
    /// Whether every other value counts as its nearest.
    merged: bool,
}

/// The first line of a vocabulary where other values count as their nearest.
const MERGED: &str = "nearest";

impl Vocabulary {
    /// The most values it may hold.
    pub const MOST: usize = 1 << 16;

    /// The vocabulary of these values, in an order that does not depend on theirs.
    ///
    /// # Errors
    /// When there are none, or more than [`Vocabulary::MOST`] different ones.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a Value>) -> Result<Self, Error> {
        let distinct: BTreeSet<&Value> = values.into_iter().collect();
        Self::of(distinct.into_iter().cloned().collect(), false)
    }

    /// The vocabulary of exactly `left` of these values: the rarest are merged into their nearest, one after the other.
    /// Near is what sounds for about as long, leaps about as far and is the same to the chord.
    ///
    /// # Errors
    /// When there are fewer different ones, or none shall be left.
    pub fn merged<'a>(
        values: impl IntoIterator<Item = &'a Value> + Clone,
        left: usize,
    ) -> Result<Self, Error> {
        let distinct = values.clone().into_iter().collect::<BTreeSet<_>>().len();
        if left == 0 || left > distinct {
            let wanted = format!("1 to {distinct}, the different values of the training tunes");
            return Err(Error::option("vocabulary", left, wanted));
        }
        Self::of(survivors(values, left).into_iter().cloned().collect(), true)
    }

    fn of(values: Vec<Value>, merged: bool) -> Result<Self, Error> {
        let indices: BTreeMap<Value, usize> =
            values.iter().cloned().enumerate().map(|(i, v)| (v, i)).collect();
        if values.is_empty() || values.len() > Self::MOST || indices.len() < values.len() {
            return Err(Error::Vocabulary(values.len()));
        }
        Ok(Self { values, indices, merged })
    }

    /// How many classes there are, the unseen one among them where there is one.
    pub fn classes(&self) -> usize {
        self.values.len() + usize::from(!self.merged)
    }

    /// Whether every value that is not in it counts as its nearest.
    pub fn is_merged(&self) -> bool {
        self.merged
    }

    /// Whether a value is in it.
    pub(super) fn holds(&self, value: &Value) -> bool {
        self.indices.contains_key(value)
    }

    /// The index of the unseen class, the last; that of no value where there is none.
    pub fn unseen(&self) -> usize {
        self.values.len()
    }

    /// The values that can be said, by index.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The index of a value: that of its nearest, or of the unseen class, when it is not in the vocabulary.
    pub fn index(&self, value: &Value) -> usize {
        let other = || nearest(value, &self.values).filter(|_| self.merged).unwrap_or(self.unseen());
        self.indices.get(value).copied().unwrap_or_else(other)
    }

    /// The indices of a line of values.
    pub fn indices(&self, values: &[Value]) -> Vec<usize> {
        values.iter().map(|value| self.index(value)).collect()
    }
}

impl fmt::Display for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.merged {
            writeln!(f, "{MERGED}")?;
        }
        self.values.iter().try_for_each(|value| writeln!(f, "{value}"))
    }
}

impl FromStr for Vocabulary {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let rest = text.strip_prefix(MERGED).and_then(|rest| rest.strip_prefix('\n'));
        let lines = rest.unwrap_or(text).lines().take(Self::MOST + 1);
        Self::of(lines.map(str::parse).collect::<Result<_, _>>()?, rest.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(texts: &[&str]) -> Vec<Value> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn indices_do_not_depend_on_the_order_of_the_corpus() {
        let forth = values(&["C,1", "R,1/2", "S,1/3,<+5,-1>", "C,1"]);
        let back: Vec<Value> = forth.iter().rev().cloned().collect();
        let vocabulary = Vocabulary::new(&forth).unwrap();
        assert_eq!(vocabulary, Vocabulary::new(&back).unwrap());
        assert_eq!(vocabulary.classes(), 4);
        assert_eq!(vocabulary.to_string().parse::<Vocabulary>().unwrap(), vocabulary);
    }

    #[test]
    fn what_is_not_in_it_is_unseen() {
        let vocabulary = Vocabulary::new(&values(&["C,1", "R,1"])).unwrap();
        assert_eq!(vocabulary.indices(&values(&["C,1", "X,1", "R,1"])), [1, 2, 0]);
    }

    #[test]
    fn what_is_merged_counts_as_its_nearest() {
        let all = values(&["C,1", "C,1", "R,1", "R,1", "C,2", "R,4"]);
        let vocabulary = Vocabulary::merged(&all, 2).unwrap();
        assert_eq!((vocabulary.values(), vocabulary.classes()), (&values(&["R,1", "C,1"])[..], 2));
        assert_eq!(vocabulary.indices(&values(&["C,2", "R,4", "X,1/2", "R,1"])), [1, 0, 1, 0]);
        let back: Vocabulary = vocabulary.to_string().parse().unwrap();
        assert!(back == vocabulary && back.is_merged());
        assert!(Vocabulary::merged(&all, 5).is_err() && Vocabulary::merged(&all, 0).is_err());
    }

    #[test]
    fn an_empty_or_doubled_vocabulary_is_refused() {
        assert!(Vocabulary::new([]).is_err());
        assert!("R,1\nR,1".parse::<Vocabulary>().is_err());
        assert!("R,1\nnonsense".parse::<Vocabulary>().is_err());
    }
}
