//! Rows on pages: a title above the first, numbers on the others, remarks below the last.

use sideman_music::Player;

use super::drawing::{Drawing, Face, HEIGHT, point};
use super::paper::Paper;
use super::row::{self, Before, StaffRow};
use super::spacing::{BarLayout, least_width};
use super::words;
use crate::notation::{Clef, NotatedMeasure, NotationOptions, PartKey, Staff};

/// The distance of two staff lines, in points.
const SPACE: f64 = 4.8;
/// Between the ink of one row and that of the next, in points.
const BETWEEN: f64 = 15.0;
/// Sizes of words, in points.
const TITLE: f64 = 20.0;
const NAME: f64 = 10.0;
const REMARK: f64 = 7.0;

/// The pages of a staff.
pub(super) fn pages(staff: &Staff, options: &NotationOptions, paper: Paper) -> Vec<Drawing> {
    let margin = paper.margin();
    let mut pages = vec![Drawing::default()];
    let mut y = heading(&mut pages[0], staff, options.part, paper);
    let remarks = remarks(options, paper);
    let below = remarks.len() as f64 * REMARK * 1.4;
    let rows = rows(staff, paper);
    for (i, row) in rows.iter().enumerate() {
        let height = SPACE * (row.extent.1 - row.extent.0);
        let reserved = if i + 1 == rows.len() { below } else { 0.0 };
        if y + height + reserved > HEIGHT - margin && !pages[pages.len() - 1].0.is_empty() {
            pages.push(Drawing::default());
            let count = pages.len();
            y = running_head(&mut pages[count - 1], staff, count, paper);
        }
        if let Some(page) = pages.last_mut() {
            page.put(row.drawing.clone(), point(margin, y - SPACE * row.extent.0), SPACE);
        }
        y += height + BETWEEN;
    }
    if let Some(page) = pages.last_mut() {
        for (i, remark) in remarks.iter().rev().enumerate() {
            let y = HEIGHT - margin - REMARK * 1.4 * i as f64;
            words::put(page, (margin, y), REMARK, Face::Regular, remark);
        }
    }
    pages
}

fn remarks(options: &NotationOptions, paper: Paper) -> Vec<String> {
    let lines = options.remarks.iter().flat_map(|remark| remark.lines());
    lines.flat_map(|line| words::lines(line, REMARK, paper.print())).collect()
}

/// The title in the middle, who reads on the left, who wrote it on the right; gives where the music begins.
fn heading(page: &mut Drawing, staff: &Staff, key: PartKey, paper: Paper) -> f64 {
    let (width, margin) = (paper.width(), paper.margin());
    let sheet = &staff.sheet;
    let title = if sheet.title().is_empty() { "Untitled" } else { sheet.title() };
    let widest = paper.print();
    let size = TITLE * (widest / words::width(title, TITLE, Face::Bold)).min(1.0);
    let x = (width - words::width(title, size, Face::Bold)) / 2.0;
    words::put(page, (x, margin + TITLE * 0.8), size, Face::Bold, title);
    let y = margin + TITLE + 16.0;
    words::put(page, (margin, y), NAME, Face::Italic, &reader(staff, key));
    let composer = sheet.composer();
    let x = width - margin - words::width(composer, NAME, Face::Regular);
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
fn running_head(page: &mut Drawing, staff: &Staff, number: usize, paper: Paper) -> f64 {
    let margin = paper.margin();
    words::put(page, (margin, margin), NAME * 0.9, Face::Italic, staff.sheet.title());
    let number = number.to_string();
    let x = paper.width() - margin - words::width(&number, NAME * 0.9, Face::Regular);
    words::put(page, (x, margin), NAME * 0.9, Face::Regular, &number);
    margin + 14.0
}

/// The measures in rows: so many, from each section on anew; fewer where they are crowded.
fn rows(staff: &Staff, paper: Paper) -> Vec<StaffRow> {
    let (width, most) = (paper.print() / SPACE, paper.most_bars());
    let slashes = staff.player.is_none();
    let bars: Vec<BarLayout> =
        staff.measures.iter().map(|measure| BarLayout::new(measure, slashes)).collect();
    let mut rows = Vec::new();
    let (mut from, mut before) = (0, Before::default());
    while from < bars.len() {
        let whole = from + together(&staff.measures[from..], most);
        let mut to = whole;
        while to > from + 1 && least_width(&bars[from..to], &row::signs(&bars[from..to], before)) > width {
            to = from + (to - from).div_ceil(2);
        }
        let here = &bars[from..to];
        let alone = to == whole && to - from < most;
        let share = if alone { width * (to - from) as f64 / most as f64 } else { width };
        let least = least_width(here, &row::signs(here, before));
        let next = staff.measures.get(to);
        rows.push(row::draw(staff, here, before, share.max(least * 1.1).min(width), next));
        before = here.iter().fold(before, |before, bar| before.after(bar.measure));
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
