//! Where things stand along a staff.
//!
//! Space grows with about the square root of the time it stands for (after E. Gould, *Behind Bars*, 2011, and T.
//! Ross, *The Art of Music Engraving and Processing*, 1970). A row is a chain of gaps; each has a least length, that of
//! the ink in it, and a length it takes when there is room. All are stretched by one factor, none below its least.

use sideman_music::Duration;

use super::glyph;
use super::symbol::symbol_width;
use crate::notation::{Element, NotatedMeasure, NoteShape};

/// The room of a quarter note, and how it grows with time.
const QUARTER: f64 = 3.3;
const GROWTH: f64 = 0.58;
/// Ink apart from ink.
const PAD: f64 = 0.32;
/// Between a bar line and what follows, and between what comes before and the bar line.
const AFTER_LINE: f64 = 1.1;
const BEFORE_LINE: f64 = 0.7;
/// Between two chord symbols.
const BETWEEN_SYMBOLS: f64 = 1.0;
/// Below this factor a row is crowded.
const CROWDED: f64 = 0.78;

/// A place in a measure where something begins.
#[derive(Clone, Copy)]
pub(super) struct NoteColumn {
    pub(super) at: Duration,
    /// The element that begins here, by its number.
    pub(super) element: Option<usize>,
    /// How far its ink reaches to the left and to the right.
    left: f64,
    right: f64,
    /// How wide the chord symbol over it is.
    symbol: Option<f64>,
}

/// A length between two columns or bar lines.
#[derive(Debug, Clone, Copy)]
struct Gap {
    least: f64,
    natural: f64,
}

/// A measure with its columns.
pub(super) struct BarLayout<'a> {
    pub(super) measure: &'a NotatedMeasure,
    pub(super) columns: Vec<NoteColumn>,
    /// Whether beats are drawn as slashes.
    pub(super) slashes: bool,
}

impl<'a> BarLayout<'a> {
    /// The same measure of several staves, and whether each is one of slashes: what begins together has one column,
    /// with room for the ink of all.
    pub(super) fn together(measures: &[(&'a NotatedMeasure, bool)]) -> Vec<Self> {
        let mut bars: Vec<Self> =
            measures.iter().map(|&(measure, slashes)| Self::new(measure, slashes)).collect();
        if bars.len() < 2 {
            return bars;
        }
        let mut shared: Vec<NoteColumn> = Vec::new();
        for column in bars.iter().flat_map(|bar| &bar.columns) {
            match shared.iter_mut().find(|known| known.at == column.at) {
                Some(known) => {
                    known.left = known.left.max(column.left);
                    known.right = known.right.max(column.right);
                    known.symbol = known.symbol.or(column.symbol);
                }
                None => shared.push(NoteColumn { element: None, ..*column }),
            }
        }
        shared.sort_by_key(|column| column.at);
        for bar in &mut bars {
            let element = |at: Duration| bar.columns.iter().find(|column| column.at == at)?.element;
            bar.columns =
                shared.iter().map(|column| NoteColumn { element: element(column.at), ..*column }).collect();
        }
        bars
    }

    /// The columns of a measure; of one in which nobody plays, its beats.
    fn new(measure: &'a NotatedMeasure, slashes: bool) -> Self {
        let beat = measure.meter.beat();
        let beats = (0..i64::from(measure.meter.beats())).map(|i| beat * i);
        let elements = measure.elements.iter().map(|element| element.at);
        let mut places: Vec<Duration> = measure.chords.iter().map(|change| change.at).collect();
        if slashes {
            places.extend(beats)
        } else {
            places.extend(elements)
        }
        places.sort();
        places.dedup();
        let columns = places.into_iter().map(|at| {
            let element = measure.elements.iter().position(|element| element.at == at).filter(|_| !slashes);
            let (left, right) = element.map_or((0.0, 1.7), |i| ink(&measure.elements[i]));
            let chord = measure.chords.iter().find(|change| change.at == at);
            let symbol = chord.map(|change| symbol_width(change.chord));
            NoteColumn { at, element, left, right, symbol }
        });
        Self { measure, columns: columns.collect(), slashes }
    }

    /// The gaps of the measure: from its bar line to the first column, behind signs that take `signs`, …, and from
    /// the last column to the next bar line.
    fn gaps(&self, signs: f64) -> Vec<Gap> {
        let first = self.columns.first().map_or(0.0, |column| column.left);
        let least = AFTER_LINE + signs + first;
        let mut gaps = vec![Gap { least, natural: AFTER_LINE }];
        let ends = self.columns.iter().skip(1).map(Some).chain([None]);
        gaps.extend(self.columns.iter().zip(ends).map(|(column, next)| {
            let end = next.map_or(self.measure.length, |next| next.at);
            let beyond = next.map_or(BEFORE_LINE, |next| next.left + PAD);
            Gap { least: column.right + beyond, natural: room(end - column.at) }
        }));
        gaps
    }
}

fn room(time: Duration) -> f64 {
    let (n, d) = time.as_quarters();
    QUARTER * (n as f64 / d as f64).max(0.05).powf(GROWTH)
}

/// How far the ink of an element reaches to both sides of where it begins.
fn ink(element: &Element) -> (f64, f64) {
    let Some(shape) = element.shape else { return (0.0, 1.2) };
    if element.heads.is_empty() {
        let dot = if shape.dotted { 0.7 } else { 0.0 };
        return (0.0, glyph::rest_width(shape.kind) + dot);
    }
    let accidentals = element.heads.iter().filter_map(|head| head.accidental);
    let left: f64 = accidentals.map(|accidental| glyph::accidental_width(accidental) + 0.2).sum();
    (left, right(element, shape))
}

fn right(element: &Element, shape: NoteShape) -> f64 {
    let steps = element.heads.windows(2).any(|pair| (pair[0].place() - pair[1].place()).abs() == 1);
    let heads = glyph::head_width(shape.kind) * if steps { 2.0 } else { 1.0 };
    let dot = if shape.dotted { 0.8 } else { 0.0 };
    let flag = if shape.kind.flags() > 0 && element.beams.is_empty() { glyph::FLAG_WIDTH * 0.7 } else { 0.0 };
    heads + f64::max(dot, flag)
}

/// Where the bar lines and the columns of a row stand.
pub(super) struct Places {
    /// For each measure its bar line on the left, then its columns.
    pub(super) bars: Vec<(f64, Vec<f64>)>,
    /// The last bar line.
    pub(super) end: f64,
}

/// The gaps of a row of measures, the signs at the beginning of each as wide as told.
fn chain(bars: &[BarLayout], signs: &[f64]) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    let mut symbols: Vec<(usize, f64)> = Vec::new();
    for (bar, &signs) in bars.iter().zip(signs) {
        let first = gaps.len() + 1;
        gaps.extend(bar.gaps(signs));
        let columns = bar.columns.iter().enumerate();
        symbols.extend(columns.filter_map(|(i, column)| Some((first + i, column.symbol?))));
    }
    let ends = symbols.iter().skip(1).map(|next| next.0).chain([gaps.len()]).collect::<Vec<_>>();
    for (&(from, width), to) in symbols.iter().zip(ends) {
        widen(&mut gaps[from..to], width + BETWEEN_SYMBOLS);
    }
    gaps
}

/// Makes gaps so long at least that they hold this width together.
fn widen(gaps: &mut [Gap], width: f64) {
    let least: f64 = gaps.iter().map(|gap| gap.least).sum();
    let natural: f64 = gaps.iter().map(|gap| gap.natural).sum();
    if least < width && natural > 0.0 {
        for gap in gaps {
            gap.least = gap.least.max(width * gap.natural / natural);
        }
    }
}

fn stretched(gaps: &[Gap], factor: f64) -> f64 {
    gaps.iter().map(|gap| gap.least.max(factor * gap.natural)).sum()
}

/// How wide a row is that is as dense as may be.
pub(super) fn least_width(bars: &[BarLayout], signs: &[f64]) -> f64 {
    stretched(&chain(bars, signs), CROWDED)
}

/// The places of a row that is so wide; where not even the ink has room, it is pressed together.
pub(super) fn places(bars: &[BarLayout], signs: &[f64], width: f64) -> Places {
    let gaps = chain(bars, signs);
    let (mut low, mut high) = (0.0, 1000.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if stretched(&gaps, middle) > width { high = middle } else { low = middle }
    }
    let pressed = (width / stretched(&gaps, 0.0)).min(1.0);
    let mut lengths = gaps.iter().map(|gap| pressed * gap.least.max(low * gap.natural));
    let mut x = 0.0;
    let mut place = |bar: &BarLayout| {
        let line = x;
        let columns = bar.columns.iter().map(|_| {
            x += lengths.next().unwrap_or(0.0);
            x
        });
        let columns = columns.collect();
        x += lengths.next().unwrap_or(0.0);
        (line, columns)
    };
    let bars = bars.iter().map(&mut place).collect();
    Places { bars, end: x }
}
