//! Rows on pages: a title above the first, numbers on the others, remarks below the last.

use sideman_music::Player;

use super::drawing::{Drawing, Face, HEIGHT, WIDTH, point};
use super::row::{self, Before, StaffRow};
use super::spacing::{BarLayout, least_width};
use super::words;
use crate::notation::{Clef, NotatedMeasure, NotationOptions, PartKey, Staff};

/// The distance of two staff lines, in points.
const SPACE: f64 = 4.8;
const MARGIN: f64 = 42.0;
/// Between the ink of one row and that of the next, in points.
const BETWEEN: f64 = 15.0;
/// Bars a row.
const MOST_BARS: usize = 4;
/// Sizes of words, in points.
const TITLE: f64 = 20.0;
const NAME: f64 = 10.0;
const REMARK: f64 = 7.0;

/// The pages of a staff.
pub(super) fn pages(staff: &Staff, options: &NotationOptions) -> Vec<Drawing> {
    let mut pages = vec![Drawing::default()];
    let mut y = heading(&mut pages[0], staff, options.part);
    let remarks = remarks(options);
    let below = remarks.len() as f64 * REMARK * 1.4;
    let rows = rows(staff);
    for (i, row) in rows.iter().enumerate() {
        let height = SPACE * (row.extent.1 - row.extent.0);
        let reserved = if i + 1 == rows.len() { below } else { 0.0 };
        if y + height + reserved > HEIGHT - MARGIN && !pages[pages.len() - 1].0.is_empty() {
            pages.push(Drawing::default());
            let count = pages.len();
            y = running_head(&mut pages[count - 1], staff, count);
        }
        if let Some(page) = pages.last_mut() {
            page.put(row.drawing.clone(), point(MARGIN, y - SPACE * row.extent.0), SPACE);
        }
        y += height + BETWEEN;
    }
    if let Some(page) = pages.last_mut() {
        for (i, remark) in remarks.iter().rev().enumerate() {
            let y = HEIGHT - MARGIN - REMARK * 1.4 * i as f64;
            words::put(page, (MARGIN, y), REMARK, Face::Regular, remark);
        }
    }
    pages
}

fn remarks(options: &NotationOptions) -> Vec<String> {
    let lines = options.remarks.iter().flat_map(|remark| remark.lines());
    lines.flat_map(|line| words::lines(line, REMARK, WIDTH - 2.0 * MARGIN)).collect()
}

/// The title in the middle, who reads on the left, who wrote it on the right; gives where the music begins.
fn heading(page: &mut Drawing, staff: &Staff, key: PartKey) -> f64 {
    let sheet = &staff.sheet;
    let title = if sheet.title().is_empty() { "Untitled" } else { sheet.title() };
    let widest = WIDTH - 2.0 * MARGIN;
    let size = TITLE * (widest / words::width(title, TITLE, Face::Bold)).min(1.0);
    let x = (WIDTH - words::width(title, size, Face::Bold)) / 2.0;
    words::put(page, (x, MARGIN + TITLE * 0.8), size, Face::Bold, title);
    let y = MARGIN + TITLE + 16.0;
    words::put(page, (MARGIN, y), NAME, Face::Italic, &reader(staff, key));
    let composer = sheet.composer();
    let x = WIDTH - MARGIN - words::width(composer, NAME, Face::Regular);
    words::put(page, (x, y), NAME, Face::Regular, composer);
    y + 16.0
}

/// For whom the part is, such as `tenor sax, in B♭`, and in which octave where that is not to be expected.
fn reader(staff: &Staff, key: PartKey) -> String {
    let Some(player) = staff.player else { return String::new() };
    let place = match key {
        PartKey::C | PartKey::Bass => "in C",
        PartKey::Bb => "in B♭",
        PartKey::Eb => "in E♭",
        PartKey::F => "in F",
    };
    let octaves = match (player, staff.shift) {
        (_, 12) if key == PartKey::C && staff.clef == Clef::Treble => ", sounds an octave lower",
        (Player::Instrument(_), -12) => ", sounds an octave higher",
        _ => "",
    };
    format!("{}, {place}{octaves}", player.name())
}

/// Title and number of a page that is not the first.
fn running_head(page: &mut Drawing, staff: &Staff, number: usize) -> f64 {
    words::put(page, (MARGIN, MARGIN), NAME * 0.9, Face::Italic, staff.sheet.title());
    let number = number.to_string();
    let x = WIDTH - MARGIN - words::width(&number, NAME * 0.9, Face::Regular);
    words::put(page, (x, MARGIN), NAME * 0.9, Face::Regular, &number);
    MARGIN + 14.0
}

/// The measures in rows: four, from each section on anew; fewer where four are crowded.
fn rows(staff: &Staff) -> Vec<StaffRow> {
    let width = (WIDTH - 2.0 * MARGIN) / SPACE;
    let slashes = staff.player.is_none();
    let bars: Vec<BarLayout> =
        staff.measures.iter().map(|measure| BarLayout::new(measure, slashes)).collect();
    let mut rows = Vec::new();
    let (mut from, mut before) = (0, Before::default());
    while from < bars.len() {
        let whole = from + together(&staff.measures[from..]);
        let mut to = whole;
        while to > from + 1 && least_width(&bars[from..to], &row::signs(&bars[from..to], before)) > width {
            to = from + (to - from).div_ceil(2);
        }
        let here = &bars[from..to];
        let alone = to == whole && to - from < MOST_BARS;
        let share = if alone { width * (to - from) as f64 / MOST_BARS as f64 } else { width };
        let least = least_width(here, &row::signs(here, before));
        let next = staff.measures.get(to);
        rows.push(row::draw(staff, here, before, share.max(least * 1.1).min(width), next));
        before = here.iter().fold(before, |before, bar| before.after(bar.measure));
        from = to;
    }
    rows
}

/// How many measures make a row, were there room: four, a pickup besides, and none behind the end of a section.
fn together(measures: &[NotatedMeasure]) -> usize {
    let pickup = usize::from(measures[0].bar.is_none());
    let most = (MOST_BARS + pickup).min(measures.len());
    let next = measures[..most].iter().skip(pickup + 1).position(NotatedMeasure::opens);
    next.map_or(most, |opens| opens + pickup + 1)
}
