//! Musical values: what the classic recipe learns and says, one after the other.

use std::fmt;
use std::str::FromStr;

use sideman_music::Duration;

use crate::Error;

/// The grid of durations: a twelfth of a quarter note, on which sixteenths and triplets both lie.
pub const GRID: Duration = Duration::quarters(1, 12);

/// How far a window reaches to either side of its interval: a minor third.
pub(super) const REACH: i32 = 3;

/// A musical value, written as in `A,1/4,<+5,-1>`: category, duration in quarter notes, and the window of
/// intervals from the note before, upper end first, in semitones. A rest is `R,1`; a block chord ends with
/// the intervals below its top note, as in `C,2,<+3,-3>,[3 7 10]`.
///
/// `Display` and `FromStr` are inverse, and intervals have one spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value {
    /// Its length in units of [`GRID`], at least 1.
    pub units: u16,
    /// What sounds; `None` is a rest.
    pub sound: Option<Sounding>,
}

impl Value {
    /// A rest at least as long as `duration`.
    pub(super) fn rest(duration: Duration) -> Self {
        let units = duration.in_units_of(GRID) + i64::from(duration % GRID > Duration::ZERO);
        Self { units: u16::try_from(units).unwrap_or(u16::MAX), sound: None }
    }

    /// How long it lasts.
    pub fn duration(&self) -> Duration {
        GRID * i64::from(self.units)
    }

    /// Its category; `None` for a rest.
    pub fn category(&self) -> Option<Category> {
        self.sound.as_ref().map(|sound| sound.category)
    }
}

/// The sounding part of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sounding {
    /// What its top note is to the chord.
    pub category: Category,
    /// Semitones from the note before to the top note, the middle of the window; the first note of a line
    /// has none.
    pub leap: Option<i8>,
    /// Semitones from the top note down to each other note of a block chord, rising.
    pub below: Vec<u8>,
}

/// What a note is to the chord it sounds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// C: a chord tone.
    Chord,
    /// S: a scale tone that is no chord tone.
    Scale,
    /// A: neither, a semitone from the chord or colour tone that follows at once.
    Approach,
    /// X: any other.
    Other,
}

impl Category {
    const LETTERS: [(Self, &'static str); 4] =
        [(Self::Chord, "C"), (Self::Scale, "S"), (Self::Approach, "A"), (Self::Other, "X")];
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::LETTERS[*self as usize].1)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(sound) = &self.sound else { return write!(f, "R,{}", self.duration()) };
        write!(f, "{},{}", sound.category, self.duration())?;
        if let Some(leap) = sound.leap {
            write!(f, ",<{:+},{:+}>", i32::from(leap) + REACH, i32::from(leap) - REACH)?;
        }
        if sound.below.is_empty() {
            return Ok(());
        }
        let below: Vec<String> = sound.below.iter().map(u8::to_string).collect();
        write!(f, ",[{}]", below.join(" "))
    }
}

impl FromStr for Value {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        parse(text).ok_or_else(|| Error::Value(text.chars().take(60).collect()))
    }
}

fn parse(text: &str) -> Option<Value> {
    let (letter, rest) = text.split_once(',')?;
    let (duration, mut rest) = rest.split_once(',').unwrap_or((rest, ""));
    let duration: Duration = duration.parse().ok()?;
    let units = u16::try_from(duration.in_units_of(GRID))
        .ok()
        .filter(|&u| u > 0 && GRID * i64::from(u) == duration)?;
    if letter == "R" {
        return rest.is_empty().then_some(Value { units, sound: None });
    }
    let category = Category::LETTERS.iter().find(|(_, l)| *l == letter)?.0;
    let mut leap = None;
    if let Some((window, behind)) = rest.strip_prefix('<').and_then(|r| r.split_once('>')) {
        leap = Some(parse_window(window)?);
        rest = behind.strip_prefix(',').unwrap_or(behind);
    }
    let below = if rest.is_empty() { Vec::new() } else { parse_below(rest)? };
    Some(Value { units, sound: Some(Sounding { category, leap, below }) })
}

fn parse_window(text: &str) -> Option<i8> {
    let (upper, lower) = text.split_once(',')?;
    let (upper, lower): (i32, i32) = (upper.parse().ok()?, lower.parse().ok()?);
    let leap = i8::try_from(upper.checked_sub(REACH)?).ok()?;
    (lower == i32::from(leap) - REACH).then_some(leap)
}

fn parse_below(text: &str) -> Option<Vec<u8>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let below: Vec<u8> = inner.split(' ').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let rising = below.first().is_some_and(|&n| n > 0) && below.windows(2).all(|w| w[0] < w[1]);
    (rising && below.len() < sideman_music::Pitches::MOST).then_some(below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_written_as_a_musician_reads_them() {
        let value = |units, category, leap, below: &[u8]| Value {
            units,
            sound: Some(Sounding { category, leap, below: below.to_vec() }),
        };
        assert_eq!(Value { units: 12, sound: None }.to_string(), "R,1");
        assert_eq!(value(3, Category::Approach, Some(2), &[]).to_string(), "A,1/4,<+5,-1>");
        assert_eq!(value(4, Category::Chord, None, &[]).to_string(), "C,1/3");
        assert_eq!(value(24, Category::Scale, Some(-4), &[3, 8]).to_string(), "S,2,<-1,-7>,[3 8]");
    }

    #[test]
    fn nonsense_is_refused() {
        let bad = [
            "",
            "R",
            "R,0",
            "R,-1",
            "R,1/5",
            "R,1,<+3,-3>",
            "H,1",
            "C,1,<+3,-2>",
            "C,1,<+300,+294>",
            "C,1,[]",
        ];
        for text in
            bad.into_iter().chain(["C,1,[0]", "C,1,[4 3]", "C,1,x", "C,999999999", "C,1,<+2147483647,-1>"])
        {
            assert!(text.parse::<Value>().is_err(), "{text}");
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let category = proptest::sample::select(Category::LETTERS.map(|(c, _)| c).to_vec());
        let below = proptest::collection::btree_set(1u8..40, 0..7).prop_map(|set| set.into_iter().collect());
        let sound = (category, proptest::option::of(any::<i8>()), below)
            .prop_map(|(category, leap, below)| Sounding { category, leap, below });
        (1u16.., proptest::option::of(sound)).prop_map(|(units, sound)| Value { units, sound })
    }

    proptest! {
        #[test]
        fn every_value_is_read_back(value in any_value()) {
            prop_assert_eq!(value.to_string().parse::<Value>().unwrap(), value);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[RCSAX0-9,/<>+\\[\\] -]{0,24}") {
            let _ = text.parse::<Value>();
        }
    }
}
