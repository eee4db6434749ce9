//! The grid of the `line` encoding: times on it, spans between them, and classes of spans.

use std::ops::{Add, Sub};

use sideman_music::{Duration, Time};

/// A twenty-fourth of a quarter note: triplets, sixteenths, their triplets and 32nds lie on it.
pub const GRID: Duration = Duration::quarters(1, 24);

/// A place on the grid, in units of [`GRID`] from the first downbeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct GridTime(i64);

/// A length on the grid, in units of [`GRID`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct GridSpan(i64);

/// One of the [`SpanClass::COUNT`] spans that the network tells apart: each one up to eight quarters, then one for each
/// eighth note up to 32 quarters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SpanClass(u8);

impl GridTime {
    /// The first downbeat.
    pub const ZERO: Self = Self(0);

    /// So many units from the first downbeat.
    pub const fn new(units: i64) -> Self {
        Self(units)
    }

    /// Units from the first downbeat.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// The place nearest to a time.
    pub fn nearest(time: Time) -> Self {
        Self(time.since_start().in_units_of(GRID))
    }

    /// The time of this place.
    pub fn time(self) -> Time {
        Time::after_start(GRID * self.0)
    }
}

impl GridSpan {
    /// A quarter note.
    pub const QUARTER: Self = Self(24);
    /// The shortest span between two notes.
    pub const UNIT: Self = Self(1);

    /// So many units.
    pub const fn new(units: i64) -> Self {
        Self(units)
    }

    /// So many quarter notes.
    pub const fn quarters(quarters: i64) -> Self {
        Self(Self::QUARTER.0 * quarters)
    }

    /// Its units.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// The span nearest to a duration.
    pub fn nearest(duration: Duration) -> Self {
        Self(duration.in_units_of(GRID))
    }

    /// Its duration.
    pub fn duration(self) -> Duration {
        GRID * self.0
    }

    /// The class nearest to it; below one unit counts as one, above 32 quarters as 32.
    pub(super) const fn class(self) -> SpanClass {
        let exact = SpanClass::EXACT;
        let class = if self.0 <= exact {
            if self.0 < 1 { 0 } else { self.0 - 1 }
        } else {
            let steps = (self.0 - exact + SpanClass::COARSE / 2) / SpanClass::COARSE;
            let last = SpanClass::COARSE_STEPS;
            exact - 1
                + if steps < 1 {
                    1
                } else if steps > last {
                    last
                } else {
                    steps
                }
        };
        SpanClass(class as u8)
    }

    /// Whether it is the span of its class.
    pub(super) fn has_a_class(self) -> bool {
        self.class().span() == self
    }
}

impl SpanClass {
    /// How many there are.
    pub(super) const COUNT: usize = (Self::EXACT + Self::COARSE_STEPS) as usize;

    /// Spans up to this one are classes of their own; longer ones are classes an eighth note apart.
    const EXACT: i64 = GridSpan::quarters(8).0;
    const COARSE: i64 = GridSpan::QUARTER.0 / 2;
    const COARSE_STEPS: i64 = GridSpan::quarters(24).0 / Self::COARSE;

    /// Every class, the shortest span first.
    pub(super) fn all() -> impl DoubleEndedIterator<Item = Self> + Clone {
        (0..Self::COUNT as u8).map(Self)
    }

    /// Its number, from 0.
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }

    /// The class of a number below [`SpanClass::COUNT`]; above, the last one.
    pub(super) fn from_index(index: usize) -> Self {
        Self(index.min(Self::COUNT - 1) as u8)
    }

    /// Its span.
    pub(super) const fn span(self) -> GridSpan {
        let number = self.0 as i64 + 1;
        GridSpan(if number <= Self::EXACT {
            number
        } else {
            Self::EXACT + (number - Self::EXACT) * Self::COARSE
        })
    }
}

impl Sub for GridTime {
    type Output = GridSpan;

    fn sub(self, from: Self) -> GridSpan {
        GridSpan(self.0 - from.0)
    }
}

impl Add<GridSpan> for GridTime {
    type Output = Self;

    fn add(self, span: GridSpan) -> Self {
        Self(self.0 + span.0)
    }
}

impl Sub<GridSpan> for GridTime {
    type Output = Self;

    fn sub(self, span: GridSpan) -> Self {
        Self(self.0 - span.0)
    }
}

impl Add for GridSpan {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for GridSpan {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_the_class_of_its_span() {
        assert!(SpanClass::all().all(|class| class.span().class() == class));
        assert_eq!(SpanClass::all().map(SpanClass::index).collect::<Vec<_>>(), (0..240).collect::<Vec<_>>());
        let units = |class: SpanClass| class.span().units();
        assert_eq!((units(SpanClass(0)), units(SpanClass(239))), (1, 32 * 24));
        let class = |units| GridSpan::new(units).class().index();
        assert_eq!((class(0), class(-5), class(i64::MAX / 2)), (0, 0, SpanClass::COUNT - 1));
        assert_eq!((class(192), class(193), class(197), class(198)), (191, 192, 192, 192));
    }
}
