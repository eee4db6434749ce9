//! Systems: the staves of a score one above the other, with what sounds together in one column.

use super::drawing::{Drawing, point};
use super::paper::Paper;
use super::row::{self, Before, StaffRow};
use super::spacing::{BarLayout, least_width, places};
use crate::notation::{NotatedMeasure, Staff};

/// The distance of two staff lines, in points.
pub(super) const SPACE: f64 = 4.8;
/// Between the ink of one staff and that of the next, in spaces.
const BETWEEN_STAVES: f64 = 1.2;
/// The line that holds the staves of a system together.
const SYSTEM_LINE: f64 = 0.2;

/// The measures of all staves in rows: so many, from each section on anew; fewer where they are crowded.
pub(super) fn systems(staves: &[Staff], paper: Paper) -> Vec<StaffRow> {
    let (width, most) = (paper.print() / SPACE, paper.most_bars());
    let Some(lead) = staves.first() else { return Vec::new() };
    let bars = layouts(staves);
    let (mut rows, mut from) = (Vec::new(), 0);
    let mut before = vec![Before::default(); staves.len()];
    while from < lead.measures.len() {
        let whole = from + together(&lead.measures[from..], most);
        let mut to = whole;
        let least = |to: usize| least_width(&bars[0][from..to], &signs(&bars, from..to, &before));
        while to > from + 1 && least(to) > width {
            to = from + (to - from).div_ceil(2);
        }
        let alone = to == whole && to - from < most;
        let share = if alone { width * (to - from) as f64 / most as f64 } else { width };
        let wide = share.max(least(to) * 1.1).min(width);
        rows.push(system(staves, &bars, from..to, &before, wide));
        for (before, bars) in before.iter_mut().zip(&bars) {
            *before = bars[from..to].iter().fold(*before, |before, bar| before.after(bar.measure));
        }
        from = to;
    }
    rows
}

/// How many measures make a row, were there room: the most, a pickup besides, and none behind the end of a section.
fn together(measures: &[NotatedMeasure], most: usize) -> usize {
    let pickup = usize::from(measures[0].bar.is_none());
    let most = (most + pickup).min(measures.len());
    let next = measures[..most].iter().skip(pickup + 1).position(NotatedMeasure::opens);
    next.map_or(most, |opens| opens + pickup + 1)
}

/// The measures of each staff, with the columns of all.
fn layouts(staves: &[Staff]) -> Vec<Vec<BarLayout<'_>>> {
    let measures = staves.iter().map(|staff| staff.measures.len()).min().unwrap_or(0);
    let mut layouts: Vec<Vec<BarLayout<'_>>> = staves.iter().map(|_| Vec::new()).collect();
    for at in 0..measures {
        let same = staves.iter().map(|staff| (&staff.measures[at], staff.player.is_none()));
        for (layouts, bar) in layouts.iter_mut().zip(BarLayout::together(&same.collect::<Vec<_>>())) {
            layouts.push(bar);
        }
    }
    layouts
}

/// How wide the signs are with which each measure begins, on the staff where they are widest.
fn signs(bars: &[Vec<BarLayout<'_>>], range: std::ops::Range<usize>, before: &[Before]) -> Vec<f64> {
    let mut widest = vec![0.0; range.len()];
    for (bars, &before) in bars.iter().zip(before) {
        for (widest, own) in widest.iter_mut().zip(row::signs(&bars[range.clone()], before)) {
            *widest = f64::max(*widest, own);
        }
    }
    widest
}

/// Draws a row of all staves.
fn system(
    staves: &[Staff],
    bars: &[Vec<BarLayout<'_>>],
    range: std::ops::Range<usize>,
    before: &[Before],
    width: f64,
) -> StaffRow {
    let places = places(&bars[0][range.clone()], &signs(bars, range.clone(), before), width);
    let mut drawing = Drawing::default();
    let (mut top, mut bottom, mut at) = (0.0, 0.0, 0.0);
    for (i, staff) in staves.iter().enumerate() {
        let next = staff.measures.get(range.end);
        let row = row::draw(staff, &bars[i][range.clone()], before[i], &places, next, i == 0);
        let own = if i == 0 {
            top = row.extent.0;
            row.drawing
        } else {
            at = bottom + BETWEEN_STAVES - row.extent.0;
            row.drawing.nameless()
        };
        drawing.put(own, point(0.0, at), 1.0);
        bottom = at + row.extent.1;
    }
    if staves.len() > 1 {
        drawing.line(point(0.0, 0.0), point(0.0, at + 4.0), SYSTEM_LINE);
    }
    let mut whole = row::areas(&bars[0][range], &places, (top, bottom));
    whole.0.append(&mut drawing.0);
    StaffRow { drawing: whole, extent: (top, bottom) }
}
