//! Engraved music: a score as a lead sheet on pages of A4, as SVG and as PDF.
//!
//! A staff for each part, up to four bars a row, the chord symbols above the first. Every sign of music is drawn by this program; words
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
mod paper;
mod pdf;
mod row;
mod skyline;
mod spacing;
mod stroke;
mod svg;
mod symbol;
mod system;
mod words;

use sideman_music::Score;

use crate::Warned;
use crate::notation::{self, NotationOptions};
use drawing::Drawing;
pub use paper::Paper;

/// A score as SVG, its pages one below the other; and what is left out, as for
/// [`musicxml::write_score`](crate::musicxml::write_score). Note 12 of the leading part, counted from 0, has the id `n12`, bar 3
/// of the sheet the id `b3`.
pub fn svg(score: &Score, options: &NotationOptions, paper: Paper) -> Warned<String> {
    pages(score, options, paper).map(|pages| svg::write(&pages, paper))
}

/// A score as PDF; and what is left out.
pub fn pdf(score: &Score, options: &NotationOptions) -> Warned<Vec<u8>> {
    pages(score, options, Paper::A4).map(|pages| pdf::write(&pages, score.sheet.title()))
}

fn pages(score: &Score, options: &NotationOptions, paper: Paper) -> Warned<Vec<Drawing>> {
    let mut warnings = Vec::new();
    let staves = notation::staves(score, options, &mut warnings);
    Warned { value: page::pages(&staves, options, paper), warnings }
}

#[cfg(test)]
mod tests;
