//! Words, with signs of music among them, and how wide they are.

use super::drawing::{Drawing, DrawnItem, Face, point};
use super::glyph;
use crate::notation::Accidental;

/// Widths of the characters from the blank to the tilde, in thousandths of the size.
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 222, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 222, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 278, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278,
    556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584,
    556, 278, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556,
    333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];
/// What other characters take.
const OTHER: u16 = 556;
/// The height of a capital, in parts of the size.
pub(super) const CAPITAL: f64 = 0.72;

/// How wide words are in a size; ♭ and ♯ among them are signs.
pub(super) fn width(words: &str, size: f64, face: Face) -> f64 {
    words.chars().map(|c| advance(c, size, face)).sum()
}

fn advance(c: char, size: f64, face: Face) -> f64 {
    let widths = if face == Face::Bold { &BOLD } else { &REGULAR };
    match c {
        '♭' => size * 0.36,
        '♯' => size * 0.42,
        ' '..='~' => size * f64::from(widths[c as usize - 0x20]) / 1000.0,
        _ => size * f64::from(OTHER) / 1000.0,
    }
}

/// Puts words on a drawing from a place on their base line on.
pub(super) fn put(drawing: &mut Drawing, (x, y): (f64, f64), size: f64, face: Face, words: &str) {
    let mut x = x;
    let mut rest = words;
    while !rest.is_empty() {
        let plain = rest.find(['♭', '♯']).unwrap_or(rest.len());
        if plain > 0 {
            let words = rest[..plain].to_owned();
            let wide = width(&words, size, face);
            drawing.0.push(DrawnItem::Text { at: point(x, y), size, face, words });
            x += wide;
        }
        rest = &rest[plain..];
        let Some(sign) = rest.chars().next() else { break };
        let scale = size * 0.33;
        let (accidental, above) =
            if sign == '♭' { (Accidental::Flat, 0.66 * scale) } else { (Accidental::Sharp, size * 0.36) };
        drawing.path(glyph::accidental(accidental).placed(point(x + size * 0.03, y - above), scale));
        x += advance(sign, size, face);
        rest = &rest[sign.len_utf8()..];
    }
}

/// The words on lines no wider than this; a longer word has a line of its own.
pub(super) fn lines(words: &str, size: f64, widest: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, Face::Regular) <= widest => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
