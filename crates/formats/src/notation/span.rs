//! Into what each beat is divided, as the onsets in it show.

use sideman_music::Duration;

use super::beats::Beats;

/// A beat, half of one, or two together, with one division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BeatSpan {
    pub(super) start: Duration,
    pub(super) length: Duration,
    /// The odd part of the number of parts: 1 for halves and quarters, 3 for triplets, …
    pub(super) parts: i64,
    /// The coarsest division that all onsets stand on; `None` where no note has it.
    pub(super) unit: Option<Duration>,
}

/// The most parts, but for halving, of a tuplet that is drawn.
const MOST_PARTS: i64 = 17;

impl BeatSpan {
    fn new(start: Duration, length: Duration, onsets: &[Duration]) -> Self {
        let inside = onsets.iter().filter(|&&onset| onset >= start && onset < start + length);
        let parts = inside.map(|&onset| denominator(onset - start, length)).fold(1, lcm);
        let odd = parts >> parts.trailing_zeros();
        if odd > MOST_PARTS {
            return Self { start, length, parts: 1, unit: None };
        }
        let least = if odd > 1 { odd } else { denominator(Duration::quarters(1, 2), length) };
        Self { start, length, parts: odd, unit: Some(length / lcm(parts, least)) }
    }

    pub(super) fn end(&self) -> Duration {
        self.start + self.length
    }

    pub(super) fn is_tuplet(&self) -> bool {
        self.parts > 1
    }
}

/// The spans of a bar with these onsets: its beats; two beats of a group where three notes share them; the eighths
/// of a dotted beat where one of them is a tuplet.
pub(super) fn spans(beats: &Beats, onsets: &[Duration]) -> Vec<BeatSpan> {
    let mut spans: Vec<BeatSpan> = Vec::new();
    for &(start, length) in &beats.beats {
        if spans.last().is_some_and(|span| span.end() > start) {
            continue;
        }
        let span = BeatSpan::new(start, length, onsets);
        let eighth = Duration::quarters(1, 2);
        if let Some(both) = shared(beats, start, onsets) {
            spans.push(both);
        } else if span.parts != 1 && beats.is_compound(start) {
            spans.extend((0..3).map(|i| BeatSpan::new(start + eighth * i, eighth, onsets)));
        } else {
            spans.push(span);
        }
    }
    spans
}

/// The two beats of a group that begins here, where their onsets are thirds of both.
fn shared(beats: &Beats, start: Duration, onsets: &[Duration]) -> Option<BeatSpan> {
    let length = Duration::QUARTER * 2;
    let (group, of_two) = beats.group(start);
    let inside = || onsets.iter().filter(|&&onset| onset >= start && onset < start + length);
    let thirds = inside().all(|&onset| (onset - start) * 3 % length == Duration::ZERO);
    let last = inside().any(|&onset| (onset - start) * 3 == length * 2);
    (of_two && group == start && thirds && last).then(|| BeatSpan::new(start, length, onsets))
}

/// The denominator of `offset / length` in lowest terms.
fn denominator(offset: Duration, length: Duration) -> i64 {
    let ((a, b), (c, d)) = (offset.as_quarters(), length.as_quarters());
    let (numerator, denominator) = (a * d, b * c);
    denominator / gcd(numerator.abs(), denominator)
}

pub(crate) const fn lcm(a: i64, b: i64) -> i64 {
    a / gcd(a, b) * b
}

const fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(meter: &str, twelfths: &[i64]) -> Vec<(i64, i64)> {
        let onsets: Vec<Duration> = twelfths.iter().map(|&n| Duration::quarters(n, 12)).collect();
        let spans = spans(&Beats::of(meter.parse().unwrap()), &onsets);
        let unit = |span: &BeatSpan| span.unit.map_or(0, |unit| unit.in_units_of(Duration::quarters(1, 12)));
        spans.iter().map(|span| (span.parts, unit(span))).collect()
    }

    #[test]
    fn onsets_show_the_division() {
        assert_eq!(divided("4/4", &[0, 6, 12, 16, 20, 27]), [(1, 6), (3, 4), (1, 3), (1, 6)]);
        assert_eq!(divided("4/4", &[0, 8, 16, 24]), [(3, 8), (1, 6), (1, 6)]);
        assert_eq!(divided("4/4", &[0, 8, 12]), [(3, 4), (1, 6), (1, 6), (1, 6)]);
        assert_eq!(divided("3/4", &[0, 8, 16]), [(3, 4), (3, 4), (1, 6)]);
        assert_eq!(divided("6/8", &[0, 9, 18, 20]), [(1, 3), (3, 2), (1, 6), (1, 6)]);
        assert_eq!(divided("2/4", &[0, 2, 4, 7]), [(3, 1), (1, 6)]);
    }
}
