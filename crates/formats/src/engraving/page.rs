//! Rows on pages: a title above the first, numbers on the others, remarks below the last.

use sideman_music::Player;

use super::drawing::{Drawing, Face, HEIGHT, point};
use super::paper::Paper;
use super::system::{SPACE, systems};
use super::words;
use crate::notation::{Clef, NotationOptions, PartKey, Staff};

/// Between the ink of one row and that of the next, in points.
const BETWEEN: f64 = 15.0;
/// Sizes of words, in points.
const TITLE: f64 = 20.0;
const NAME: f64 = 10.0;
const REMARK: f64 = 7.0;

/// The pages of staves that are read together.
pub(super) fn pages(staves: &[Staff], options: &NotationOptions, paper: Paper) -> Vec<Drawing> {
    let margin = paper.margin();
    let mut pages = vec![Drawing::default()];
    let mut y = heading(&mut pages[0], staves, options.part, paper);
    let remarks = remarks(options, paper);
    let below = remarks.len() as f64 * REMARK * 1.4;
    let rows = systems(staves, paper);
    for (i, row) in rows.iter().enumerate() {
        let height = SPACE * (row.extent.1 - row.extent.0);
        let reserved = if i + 1 == rows.len() { below } else { 0.0 };
        if y + height + reserved > HEIGHT - margin && !pages[pages.len() - 1].0.is_empty() {
            pages.push(Drawing::default());
            let count = pages.len();
            y = running_head(&mut pages[count - 1], title(staves), count, paper);
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
fn heading(page: &mut Drawing, staves: &[Staff], key: PartKey, paper: Paper) -> f64 {
    let (width, margin) = (paper.width(), paper.margin());
    let title = if title(staves).is_empty() { "Untitled" } else { title(staves) };
    let widest = paper.print();
    let size = TITLE * (widest / words::width(title, TITLE, Face::Bold)).min(1.0);
    let x = (width - words::width(title, size, Face::Bold)) / 2.0;
    words::put(page, (x, margin + TITLE * 0.8), size, Face::Bold, title);
    let y = margin + TITLE + 16.0;
    words::put(page, (margin, y), NAME, Face::Italic, &readers(staves, key));
    let composer = staves.first().map_or("", |staff| staff.sheet.composer());
    let x = width - margin - words::width(composer, NAME, Face::Regular);
    words::put(page, (x, y), NAME, Face::Regular, composer);
    y + 16.0
}

fn title(staves: &[Staff]) -> &str {
    staves.first().map_or("", |staff| staff.sheet.title())
}

/// For whom the staves are, from above.
fn readers(staves: &[Staff], key: PartKey) -> String {
    let key = |nth| if nth == 0 { key } else { PartKey::C };
    let readers = staves.iter().enumerate().map(|(nth, staff)| reader(staff, key(nth)));
    readers.filter(|reader| !reader.is_empty()).collect::<Vec<_>>().join("; ")
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
fn running_head(page: &mut Drawing, title: &str, number: usize, paper: Paper) -> f64 {
    let margin = paper.margin();
    words::put(page, (margin, margin), NAME * 0.9, Face::Italic, title);
    let number = number.to_string();
    let x = paper.width() - margin - words::width(&number, NAME * 0.9, Face::Regular);
    words::put(page, (x, margin), NAME * 0.9, Face::Regular, &number);
    margin + 14.0
}
