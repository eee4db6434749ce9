//! Engraved music: the leading part of a score as a lead sheet on pages of A4, as SVG and as PDF.
//!
//! One staff, up to four bars a row, the chord symbols above it. Every sign of music is drawn by this program; words
//! are set in the sans serif that every reader of PDF brings along, so that nothing is embedded.
//!
//! ```
//! use sideman_formats::{engraving, notation::NotationOptions};
//! # use sideman_music::{Score, Sheet};
//! let sheet: Sheet = "title: Example\nDm7 | G7b9 | Cmaj7 | %".parse()?;
//! let score = Score::new(sheet, Vec::new());
//! assert!(engraving::svg(&score, &NotationOptions::default(), Default::default()).value.starts_with("<svg"));
//! assert!(engraving::pdf(&score, &NotationOptions::default()).value.starts_with(b"%PDF"));
//! # Ok::<(), sideman_music::Error>(())
//! ```

mod drawing;
mod glyph;
mod notes;
mod page;
mod pdf;
mod row;
mod skyline;
mod spacing;
mod stroke;
mod svg;
mod symbol;
mod words;

use sideman_music::Score;

use crate::Warned;
use crate::notation::{self, NotationOptions};
use drawing::Drawing;

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
    const fn width(self) -> f64 {
        match self {
            Self::A4 => 595.0,
            Self::Narrow => 320.0,
        }
    }

    /// To each side, in points.
    const fn margin(self) -> f64 {
        match self {
            Self::A4 => 42.0,
            Self::Narrow => 30.0,
        }
    }

    /// Between the margins, in points.
    const fn print(self) -> f64 {
        self.width() - 2.0 * self.margin()
    }

    /// Bars a row.
    const fn most_bars(self) -> usize {
        match self {
            Self::A4 => 4,
            Self::Narrow => 2,
        }
    }
}

/// The leading part as SVG, its pages one below the other; and what is left out, as for
/// [`musicxml::write_score`](crate::musicxml::write_score). Note 12 of the part, counted from 0, has the id `n12`, bar 3
/// of the sheet the id `b3`.
pub fn svg(score: &Score, options: &NotationOptions, paper: Paper) -> Warned<String> {
    pages(score, options, paper).map(|pages| svg::write(&pages, paper))
}

/// The leading part as PDF; and what is left out.
pub fn pdf(score: &Score, options: &NotationOptions) -> Warned<Vec<u8>> {
    pages(score, options, Paper::A4).map(|pages| pdf::write(&pages, score.sheet.title()))
}

fn pages(score: &Score, options: &NotationOptions, paper: Paper) -> Warned<Vec<Drawing>> {
    let mut warnings = Vec::new();
    let lead = Score { parts: score.parts.iter().take(1).cloned().collect(), ..score.clone() };
    let staves = notation::staves(&lead, options, &mut warnings);
    let value = staves.first().map_or(Vec::new(), |staff| page::pages(staff, options, paper));
    Warned { value, warnings }
}

#[cfg(test)]
mod tests;
