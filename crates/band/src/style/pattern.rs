//! Rhythms as a drummer writes them down: `x- xx x- xx | x- -x -- --`.

use sideman_music::{Duration, Error, Meter};

use super::sign::Sign;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell<S> {
    Rest,
    Hold,
    Strike(S),
}

/// A rhythm of one or more bars: beats, each cut into equal parts, each part a rest `-`, a sign, or `=`, which
/// lets the sign before go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern<S> {
    bars: Vec<Vec<Vec<Cell<S>>>>,
}

/// A sign of a pattern laid over a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimedSign<S> {
    /// After the downbeat.
    pub(crate) at: Duration,
    pub(crate) length: Duration,
    pub(crate) sign: S,
}

/// The most equal parts of a beat: as many as musical time divides a beat into.
const PARTS: usize = 18;
/// The most beats of a bar: no bar has more to tap.
const BEATS: usize = MOST_PULSES as usize;
/// The most bars of a pattern.
const BARS: usize = 64;

impl<S: Sign> Pattern<S> {
    /// Reads a pattern: up to 64 bars of up to 32 beats of up to 18 parts.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let cell = |letter| match letter {
            '-' => Ok(Cell::Rest),
            '=' => Ok(Cell::Hold),
            other => S::read(other).map(Cell::Strike).ok_or_else(|| unknown(text)),
        };
        let beat = |word: &str| word.chars().map(cell).collect::<Result<Vec<_>, _>>();
        let bar = |bar: &str| bar.split_whitespace().map(beat).collect::<Result<Vec<_>, _>>();
        let bars = text.split('|').map(bar).collect::<Result<Vec<_>, _>>()?;
        let long = |beat: &Vec<Cell<S>>| beat.len() > PARTS;
        if bars.len() > BARS || bars.iter().any(|bar| bar.len() > BEATS || bar.iter().any(long)) {
            let hint = "a rhythm has at most 64 bars, a bar 32 beats, a beat 18 parts";
            return Err(Error::new("pattern", text, hint));
        }
        if bars.iter().any(Vec::is_empty) { Err(unknown(text)) } else { Ok(Self { bars }) }
    }

    /// Beats of its first bar.
    pub(crate) fn beats(&self) -> usize {
        self.bars[0].len()
    }

    /// How many bars it goes on for.
    pub(crate) fn bars(&self) -> usize {
        self.bars.len()
    }

    /// The pattern over a bar of a meter, the `nth` bar that it is laid over.
    ///
    /// A bar of more beats than the pattern's takes it in groups, each as much of the pattern's start as it
    /// needs: a pattern of four plays five beats as 3 + 2 and seven as 4 + 3.
    pub(crate) fn over(&self, meter: Meter, nth: usize) -> Vec<TimedSign<S>> {
        let bar = &self.bars[nth % self.bars.len()];
        let pulses = pulses(meter);
        let mut steps: Vec<TimedSign<S>> = Vec::new();
        let mut held = false;
        for (pulse, beat) in pulses.iter().zip(groups(pulses.len(), bar.len())) {
            let cells = &bar[beat % bar.len()];
            for (i, cell) in cells.iter().enumerate() {
                let at = pulse.part(i, cells.len());
                let length = pulse.part(i + 1, cells.len()) - at;
                match (cell, steps.last_mut()) {
                    (Cell::Strike(sign), _) => steps.push(TimedSign { at, length, sign: *sign }),
                    (Cell::Hold, Some(last)) if held => last.length = at + length - last.at,
                    _ => {}
                }
                held = matches!(cell, Cell::Strike(_)) || held && matches!(cell, Cell::Hold);
            }
        }
        steps
    }
}

fn unknown(text: &str) -> Error {
    Error::new("pattern", text, "write beats such as `x- -x` of signs, `-` for a rest and `=` to hold")
}

/// For each of `count` beats, the beat of a pattern of `length` beats that it takes.
fn groups(count: usize, length: usize) -> Vec<usize> {
    let mut beats = Vec::with_capacity(count);
    while beats.len() < count {
        let left = count - beats.len();
        let group = if left == length + 1 && length > 2 { length - 1 } else { left.min(length) };
        beats.extend(0..group);
    }
    beats
}

/// The most beats that one taps in a bar.
const MOST_PULSES: i64 = 32;

/// A beat as one taps it, within a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pulse {
    /// After the downbeat.
    pub(crate) at: Duration,
    pub(crate) length: Duration,
    /// Whether it falls into three by itself, as a beat of 12/8 does.
    pub(crate) ternary: bool,
}

impl Pulse {
    /// Where part `index` of `count` starts; the half of a ternary beat is its third third.
    fn part(&self, index: usize, count: usize) -> Duration {
        match (self.ternary, index, count) {
            (true, 1, 2) => self.at + self.length * 2 / 3,
            _ => self.at + self.length * index as i64 / count as i64,
        }
    }
}

/// The beats of a bar as one taps them: quarters, a rest shorter than a quarter joined to the last; dotted
/// quarters in 6/8, 9/8, 12/8; sixteen or fewer in a bar that has too many quarters to tap.
pub(crate) fn pulses(meter: Meter) -> Vec<Pulse> {
    let ternary = meter.unit() == 8 && meter.beats() > 3 && meter.beats().is_multiple_of(3);
    let length = match (ternary, meter.bar() > Duration::QUARTER * MOST_PULSES) {
        (true, _) => Duration::quarters(3, 2),
        (false, true) => meter.beat() * i64::from(meter.beats().div_ceil(16)),
        (false, false) => Duration::QUARTER,
    };
    let count = (1..).take_while(|&n| length * n <= meter.bar()).count().max(1) as i64;
    let end = |n: i64| if n + 1 == count { meter.bar() } else { length * (n + 1) };
    (0..count).map(|n| Pulse { at: length * n, length: end(n) - length * n, ternary }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::Stroke;

    fn lengths(meter: &str) -> Vec<String> {
        pulses(meter.parse().unwrap()).iter().map(|p| p.length.to_string()).collect()
    }

    #[test]
    fn every_meter_has_pulses_that_fill_it() {
        for beats in 1..=64 {
            for unit in [1, 2, 4, 8, 16, 32, 64] {
                let meter = Meter::new(beats, unit).unwrap();
                let pulses = pulses(meter);
                assert_eq!(pulses.iter().map(|p| p.length).sum::<Duration>(), meter.bar(), "{meter}");
                assert!(pulses.len() <= 32);
            }
        }
        assert_eq!(lengths("4/4"), ["1"; 4]);
        assert_eq!(lengths("12/8"), ["3/2"; 4]);
        assert_eq!(lengths("7/8"), ["1", "1", "3/2"]);
        assert_eq!(lengths("2/2"), ["1"; 4]);
    }

    #[test]
    fn a_pattern_of_four_fits_any_bar() {
        assert_eq!(groups(4, 4), [0, 1, 2, 3]);
        assert_eq!(groups(3, 4), [0, 1, 2]);
        assert_eq!(groups(5, 4), [0, 1, 2, 0, 1]);
        assert_eq!(groups(7, 4), [0, 1, 2, 3, 0, 1, 2]);
        assert_eq!(groups(6, 4), [0, 1, 2, 3, 0, 1]);
        assert_eq!(groups(8, 4), [0, 1, 2, 3, 0, 1, 2, 3]);
    }

    #[test]
    fn a_rhythm_is_as_long_as_music_is() {
        let read = |text: &str| Pattern::<Stroke>::read(text).map_err(|error| error.to_string());
        for (part, between, most) in [("x", "", PARTS), ("x", " ", BEATS), ("x", "|", BARS)] {
            let of = |count| vec![part; count].join(between);
            assert!(read(&of(most)).is_ok());
            assert!(read(&of(most + 1)).is_err_and(|said| said.contains("at most 64 bars")));
        }
    }

    #[test]
    fn signs_are_held_until_the_next() {
        let pattern = Pattern::<Stroke>::read("x= -x | == X-").unwrap();
        let two = Meter::new(2, 4).unwrap();
        let steps = |nth| {
            let steps = pattern.over(two, nth);
            steps.iter().map(|s| (s.at.to_string(), s.length.to_string())).collect::<Vec<_>>()
        };
        assert_eq!(steps(0), [("0".into(), "1".into()), ("3/2".into(), "1/2".into())]);
        assert_eq!(steps(1), [("1".into(), "1/2".into())]);
        assert!(Pattern::<Stroke>::read("x? xx").is_err());
        assert!(Pattern::<Stroke>::read("").is_err());
    }
}
