//! The grid of the `line` encoding, and the classes of spans on it.

use sideman_music::{Duration, Time};

/// A twenty-fourth of a quarter note: triplets, sixteenths, their triplets and 32nds lie on it.
pub const GRID: Duration = Duration::quarters(1, 24);
/// Grid units of a quarter note.
pub(super) const QUARTER: i64 = 24;

/// Spans up to eight quarters are classes of their own.
const EXACT: i64 = 8 * QUARTER;
/// Longer ones are classes an eighth note apart.
const COARSE: i64 = QUARTER / 2;
/// How many of those there are: up to 32 quarters.
const LONG: i64 = 24 * QUARTER / COARSE;

/// The number of classes of spans.
pub(super) const SPANS: usize = (EXACT + LONG) as usize;

/// The grid unit nearest to a time.
pub(super) fn unit(time: Time) -> i64 {
    time.since_start().in_units_of(GRID)
}

/// The time of a grid unit.
pub(super) fn time(unit: i64) -> Time {
    Time::after_start(GRID * unit)
}

/// The class nearest to a span of grid units; below 1 counts as 1, above 32 quarters as 32.
pub(super) fn class(span: i64) -> usize {
    if span <= EXACT {
        span.max(1) as usize - 1
    } else {
        let steps = (span - EXACT + COARSE / 2) / COARSE;
        (EXACT + steps.clamp(1, LONG)) as usize - 1
    }
}

/// The span of a class, in grid units.
pub(super) fn span(class: usize) -> i64 {
    let number = class as i64 + 1;
    if number <= EXACT { number } else { EXACT + (number - EXACT) * COARSE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_the_class_of_its_span() {
        for c in 0..SPANS {
            assert_eq!(class(span(c)), c);
        }
        assert_eq!((span(0), span(SPANS - 1)), (1, 32 * QUARTER));
        assert_eq!((class(0), class(-5), class(i64::MAX / 2)), (0, 0, SPANS - 1));
    }
}
