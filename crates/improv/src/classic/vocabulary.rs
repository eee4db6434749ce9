//! The vocabulary: which value has which index.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::Value;
use crate::Error;

/// Every value of the training tunes, in order, and behind them one class for whatever is *unseen*.
///
/// The unseen class is scored on held-out tunes and never sampled. Written as one value a line, the
/// vocabulary goes into the checkpoint: without it the weights mean nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    values: Vec<Value>,
    indices: BTreeMap<Value, usize>,
}

impl Vocabulary {
    /// The most values it may hold.
    pub const MOST: usize = 1 << 16;

    /// The vocabulary of these values, in an order that does not depend on theirs.
    ///
    /// # Errors
    /// When there are none, or more than [`Vocabulary::MOST`] different ones.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a Value>) -> Result<Self, Error> {
        let distinct: BTreeSet<&Value> = values.into_iter().collect();
        Self::of(distinct.into_iter().cloned().collect())
    }

    fn of(values: Vec<Value>) -> Result<Self, Error> {
        let indices: BTreeMap<Value, usize> =
            values.iter().cloned().enumerate().map(|(i, v)| (v, i)).collect();
        if values.is_empty() || values.len() > Self::MOST || indices.len() < values.len() {
            return Err(Error::Vocabulary(values.len()));
        }
        Ok(Self { values, indices })
    }

    /// How many classes there are, the unseen one among them.
    pub fn classes(&self) -> usize {
        self.values.len() + 1
    }

    /// The index of the unseen class, the last.
    pub fn unseen(&self) -> usize {
        self.values.len()
    }

    /// The values that can be said, by index.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The index of a value: that of the unseen class when it is not in the vocabulary.
    pub fn index(&self, value: &Value) -> usize {
        self.indices.get(value).copied().unwrap_or(self.unseen())
    }

    /// The indices of a line of values.
    pub fn indices(&self, values: &[Value]) -> Vec<usize> {
        values.iter().map(|value| self.index(value)).collect()
    }
}

impl fmt::Display for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.values.iter().try_for_each(|value| writeln!(f, "{value}"))
    }
}

impl FromStr for Vocabulary {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::of(text.lines().take(Self::MOST + 1).map(str::parse).collect::<Result<_, _>>()?)
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
    fn an_empty_or_doubled_vocabulary_is_refused() {
        assert!(Vocabulary::new([]).is_err());
        assert!("R,1\nR,1".parse::<Vocabulary>().is_err());
        assert!("R,1\nnonsense".parse::<Vocabulary>().is_err());
    }
}
