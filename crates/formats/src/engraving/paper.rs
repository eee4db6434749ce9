//! What pages are made for: how wide they are, and how much stands in a row.

/// What pages are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// For the stand: up to four bars a row.
    #[default]
    A4,
    /// About half as wide, for the screen of a telephone: up to two bars a row.
    Narrow,
}

impl Paper {
    /// In points.
    pub(super) const fn width(self) -> f64 {
        match self {
            Self::A4 => 595.0,
            Self::Narrow => 320.0,
        }
    }

    /// To each side, in points.
    pub(super) const fn margin(self) -> f64 {
        match self {
            Self::A4 => 42.0,
            Self::Narrow => 30.0,
        }
    }

    /// Between the margins, in points.
    pub(super) const fn print(self) -> f64 {
        self.width() - 2.0 * self.margin()
    }

    /// Bars a row.
    pub(super) const fn most_bars(self) -> usize {
        match self {
            Self::A4 => 4,
            Self::Narrow => 2,
        }
    }
}
