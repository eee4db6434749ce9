//! Some bars of a chart, as players number them.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::Error;

/// Bars in a row by their numbers: the first bar of a chart is 1, and the last is one of them.
///
/// ```
/// use sideman_music::Bars;
/// let bars: Bars = "5-8".parse()?;
/// assert_eq!((bars.first(), bars.last(), bars.count()), (5, 8, 4));
/// assert_eq!(bars.indices(), 4..8);
/// # Ok::<(), sideman_music::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bars {
    first: usize,
    last: usize,
}

impl Bars {
    /// The bars from `first` to `last`; `None` where the first is 0 or behind the last.
    pub const fn new(first: usize, last: usize) -> Option<Self> {
        if 1 <= first && first <= last { Some(Self { first, last }) } else { None }
    }

    /// The number of the first.
    pub const fn first(self) -> usize {
        self.first
    }

    /// The number of the last.
    pub const fn last(self) -> usize {
        self.last
    }

    /// How many they are.
    pub const fn count(self) -> usize {
        self.last - self.first + 1
    }

    /// Their places in a list, counted from 0.
    pub const fn indices(self) -> Range<usize> {
        self.first - 1..self.last
    }
}

impl fmt::Display for Bars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.count() {
            1 => write!(f, "{}", self.first),
            _ => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

impl FromStr for Bars {
    type Err = Error;

    /// One bar such as `5`, or the first and the last: `5-8`, `5..8` and `5..=8` are the same four bars.
    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |text: &str| text.trim().parse().ok();
        let ends = text.split_once("..").map(|(first, last)| (first, last.strip_prefix('=').unwrap_or(last)));
        let (first, last) = ends.or_else(|| text.split_once('-')).unwrap_or((text, text));
        let bars = number(first).zip(number(last)).and_then(|(first, last)| Self::new(first, last));
        bars.ok_or_else(|| {
            Error::new(
                "bar range",
                text,
                "write a bar, or the first and the last, such as 5-8; the first is 1",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_read_as_players_write_them() {
        for text in ["5-8", "5..8", "5..=8", " 5 - 8 ", "5 ..= 8"] {
            assert_eq!(text.parse(), Ok(Bars { first: 5, last: 8 }), "{text}");
        }
        assert_eq!("3".parse(), Ok(Bars { first: 3, last: 3 }));
        for text in
            ["", "0", "0-3", "8-5", "a-b", "-3", "5-", "5..", "..8", "5=8", "5-6-7", "1..2..3", "5-=8"]
        {
            let error = text.parse::<Bars>().unwrap_err().to_string();
            assert!(error.contains("5-8"), "{error}");
        }
    }

    #[test]
    fn bars_are_read_back() {
        for (first, last) in [(1, 1), (5, 8), (12, 20_000)] {
            let bars = Bars::new(first, last).unwrap();
            assert_eq!(bars.to_string().parse(), Ok(bars));
            assert_eq!(bars.indices().len(), bars.count());
        }
    }
}
