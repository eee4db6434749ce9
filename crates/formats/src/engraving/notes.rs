//! Notes on a staff: heads, stems, beams, ties, tuplets. The staff's lines stand from 0 to 4.

use super::drawing::{Coordinates, Drawing, DrawnItem, Face, Outline, Segment, point};
use super::glyph;
use super::skyline::Skyline;
use super::words;
use crate::notation::{Beam, Clef, Edge, Element, NoteShape, NoteType};

/// How thick lines are.
pub(super) const STAFF_LINE: f64 = 0.11;
const STEM: f64 = 0.12;
const LEDGER: f64 = 0.16;
const BEAM: f64 = 0.50;
/// From one beam to the next.
const NEXT_BEAM: f64 = 0.75;
/// How long a stem is, and the shortest to a beam.
const LENGTH: f64 = 3.5;
const SHORTEST: f64 = 2.75;
/// The most that a beam rises or falls, over all of it and per unit.
const RISE: f64 = 1.2;
const SLANT: f64 = 0.22;
/// The size of the figure of a tuplet.
const FIGURE: f64 = 1.8;

/// An element where it stands.
pub(super) struct PlacedNote<'a> {
    pub(super) element: &'a Element,
    pub(super) shape: NoteShape,
    pub(super) x: f64,
    /// Where its heads stand, from the top down; none for a rest.
    ys: Vec<f64>,
    /// Whether its stem goes up.
    up: bool,
}

/// How many units below the top line a place in steps from C0 is drawn.
pub(super) fn height(clef: Clef, place: i32) -> f64 {
    let middle = match clef {
        Clef::Treble | Clef::Percussion => 34,
        Clef::Bass => 22,
    };
    2.0 - f64::from(place - middle) / 2.0
}

impl<'a> PlacedNote<'a> {
    /// An element at a place; `None` for a rest of a whole measure.
    pub(super) fn new(element: &'a Element, x: f64, clef: Clef) -> Option<Self> {
        let shape = element.shape?;
        let ys: Vec<f64> = element.heads.iter().map(|head| height(clef, head.place())).collect();
        let up = stems_up(&ys);
        Some(Self { element, shape, x, ys, up })
    }

    fn is_rest(&self) -> bool {
        self.ys.is_empty()
    }

    fn width(&self) -> f64 {
        if self.is_rest() { glyph::rest_width(self.shape.kind) } else { glyph::head_width(self.shape.kind) }
    }

    fn top(&self) -> f64 {
        self.ys.first().copied().unwrap_or(2.0)
    }

    fn bottom(&self) -> f64 {
        self.ys.last().copied().unwrap_or(2.0)
    }

    /// Where its stem stands.
    fn stem(&self) -> f64 {
        if self.up { self.x + self.width() - STEM / 2.0 } else { self.x + STEM / 2.0 }
    }

    /// Where its stem would end by itself: at the middle line at least.
    fn stem_end(&self) -> f64 {
        let more = NEXT_BEAM * (self.shape.kind.flags() as f64 - 2.0).max(0.0);
        if self.up { (self.top() - LENGTH - more).min(2.0) } else { (self.bottom() + LENGTH + more).max(2.0) }
    }
}

/// Stems go up where the heads are below the middle line on the whole.
fn stems_up(ys: &[f64]) -> bool {
    let (Some(top), Some(bottom)) = (ys.first(), ys.last()) else { return true };
    bottom - 2.0 > 2.0 - top
}

/// Draws the elements of a row, its ties within, and into and out of it.
pub(super) fn draw(
    notes: &mut [PlacedNote],
    (start, end): (f64, f64),
    drawing: &mut Drawing,
    sky: &mut Skyline,
) {
    let groups = groups(notes);
    for group in &groups {
        let notes = &mut notes[group.clone()];
        let ys: Vec<f64> = notes.iter().flat_map(|note| note.ys.iter().copied()).collect();
        let highest = ys.iter().copied().fold(f64::MAX, f64::min);
        let lowest = ys.iter().copied().fold(f64::MIN, f64::max);
        let up = stems_up(&[highest, lowest]);
        notes.iter_mut().for_each(|note| note.up = up);
    }
    for note in notes.iter() {
        let Some(number) = note.element.note.filter(|_| !note.is_rest()) else {
            rest(note, drawing, sky);
            continue;
        };
        let mut own = Drawing::default();
        heads(note, &mut own, sky);
        if note.element.beams.is_empty() {
            flagged(note, &mut own, sky);
        }
        drawing.0.push(DrawnItem::Note { number, first: !note.element.tied.back, drawing: own });
    }
    for group in groups {
        beamed(&notes[group], drawing, sky);
    }
    ties(notes, (start, end), drawing, sky);
    tuplets(notes, drawing, sky);
}

/// The runs of notes under one beam.
fn groups(notes: &[PlacedNote]) -> Vec<std::ops::Range<usize>> {
    let first = |note: &PlacedNote| note.element.beams.first().copied();
    let mut groups = Vec::new();
    let mut start = None;
    for (i, note) in notes.iter().enumerate() {
        match (first(note), start) {
            (Some(Beam::Begin), _) => start = Some(i),
            (Some(Beam::End), Some(from)) => groups.push(from..i + 1),
            _ => {}
        }
    }
    groups
}

fn rest(note: &PlacedNote, drawing: &mut Drawing, sky: &mut Skyline) {
    drawing.path(glyph::rest(note.shape.kind).placed(point(note.x, 2.0), 1.0));
    if note.shape.dotted {
        drawing.path(glyph::dot().placed(point(note.x + note.width() + 0.25, 1.5), 1.0));
    }
    let reach = 1.6 + 0.4 * note.shape.kind.flags() as f64;
    sky.take((note.x, note.x + note.width()), (2.0 - reach, 2.0 + reach));
}

fn heads(note: &PlacedNote, drawing: &mut Drawing, sky: &mut Skyline) {
    let width = note.width();
    let mut left = note.x - 0.2;
    let mut aside = false;
    for (i, (&y, head)) in note.ys.iter().zip(&note.element.heads).enumerate() {
        let step = i.checked_sub(1).is_some_and(|before| y - note.ys[before] < 0.75);
        aside = step && !aside;
        let x = if aside { note.x + width - STEM } else { note.x };
        ledger_lines(x, width, y, drawing);
        drawing.path(glyph::head(note.shape.kind).placed(point(x, y), 1.0));
        sky.take((x, x + width), (y - 0.6, y + 0.6));
        if note.shape.dotted {
            let on_line = (y - y.round()).abs() < 0.1;
            let right = x + width + 0.3;
            drawing.path(glyph::dot().placed(point(right, if on_line { y - 0.5 } else { y }), 1.0));
        }
        if let Some(accidental) = head.accidental {
            left -= glyph::accidental_width(accidental);
            drawing.path(glyph::accidental(accidental).placed(point(left, y), 1.0));
            sky.take((left, note.x), (y - 1.8, y + 1.5));
            left -= 0.2;
        }
    }
}

fn ledger_lines(x: f64, width: f64, y: f64, drawing: &mut Drawing) {
    let mut line = |at: f64| drawing.line(point(x - 0.4, at), point(x + width + 0.4, at), LEDGER);
    (1..).map(f64::from).take_while(|&n| -n > y - 0.1).for_each(|n| line(-n));
    (1..).map(|n| 4.0 + f64::from(n)).take_while(|&n| n < y + 0.1).for_each(line);
}

/// A note with a stem of its own, and flags.
fn flagged(note: &PlacedNote, drawing: &mut Drawing, sky: &mut Skyline) {
    if note.shape.kind == NoteType::Whole {
        return;
    }
    let (x, end) = (note.stem(), note.stem_end());
    let from = if note.up { note.bottom() - 0.15 } else { note.top() + 0.15 };
    drawing.line(point(x, from), point(x, end), STEM);
    let flags = note.shape.kind.flags();
    if flags > 0 {
        drawing.path(glyph::flags(flags, note.up).placed(point(x, end), 1.0));
        sky.take((x, x + glyph::FLAG_WIDTH), (end.min(from), end.max(from)));
    }
    sky.take((x, x), (end.min(from), end.max(from)));
}

/// Notes under a beam that rises and falls with them, but not far, and not at all where an inner note is nearest
/// to it.
fn beamed(notes: &[PlacedNote], drawing: &mut Drawing, sky: &mut Skyline) {
    let [first, .., last] = notes else { return };
    let up = first.up;
    let sign = if up { -1.0 } else { 1.0 };
    let near = |note: &PlacedNote| if up { note.top() } else { note.bottom() };
    let run = last.stem() - first.stem();
    let inner = &notes[1..notes.len() - 1];
    let edge = if up { near(first).min(near(last)) } else { near(first).max(near(last)) };
    let hemmed = inner.iter().any(|note| sign * (near(note) - edge) > 0.4);
    let most = (SLANT * run).min(RISE);
    let rise = if hemmed { 0.0 } else { (0.5 * (near(last) - near(first))).clamp(-most, most) };
    let line = |x: f64| rise * (x - first.stem()) / run.max(0.1);
    let level = |note: &PlacedNote| note.element.beams.len() as f64 - 1.0;
    // The beam stands where every stem is long enough, and the outer ones as long as by themselves.
    let needs = notes.iter().map(|note| {
        let outer = std::ptr::eq(note, first) || std::ptr::eq(note, last);
        let length = if outer { LENGTH - 0.25 } else { SHORTEST };
        let least = near(note) + sign * (length + NEXT_BEAM * (level(note) - 1.0).max(0.0));
        sign * (if up { least.min(2.0) } else { least.max(2.0) } - line(note.stem()))
    });
    let base = sign * needs.fold(f64::MIN, f64::max);
    let end = |note: &PlacedNote| base + line(note.stem());
    for note in notes {
        let from = if up { note.bottom() - 0.15 } else { note.top() + 0.15 };
        drawing.line(point(note.stem(), from), point(note.stem(), end(note)), STEM);
        let (top, bottom) = (end(note).min(from), end(note).max(from));
        sky.take((note.stem(), note.stem()), (top, bottom));
    }
    let (low, high) = (end(first).min(end(last)), end(first).max(end(last)));
    sky.take((first.stem(), last.stem()), (low.min(high) - 0.1, high.max(low) + 0.1));
    let levels = notes.iter().map(|note| note.element.beams.len()).max().unwrap_or(0);
    for level in 0..levels {
        let offset = -sign * NEXT_BEAM * level as f64;
        let mut bar = |from: f64, to: f64| {
            let (a, b) = (base + line(from) + offset, base + line(to) + offset);
            let inside = -sign * BEAM;
            drawing.path(Outline::polygon([
                point(from, a),
                point(to, b),
                point(to, b + inside),
                point(from, a + inside),
            ]));
        };
        let mut start = None;
        for note in notes {
            let x = note.stem();
            match note.element.beams.get(level) {
                Some(Beam::Begin) => start = Some(x - STEM / 2.0),
                Some(Beam::End) => bar(start.take().unwrap_or(x), x + STEM / 2.0),
                Some(Beam::ForwardHook) => bar(x - STEM / 2.0, x + 1.1),
                Some(Beam::BackwardHook) => bar(x - 1.1, x + STEM / 2.0),
                Some(Beam::Continue) | None => {}
            }
        }
    }
}

/// Ties from every note that goes on to the next one, and from and to the ends of the row.
fn ties(notes: &[PlacedNote], (start, end): (f64, f64), drawing: &mut Drawing, sky: &mut Skyline) {
    let mut tie = |note: &PlacedNote, from: f64, to: f64| {
        for (i, &y) in note.ys.iter().enumerate() {
            let lower = note.ys.len() > 1 && i + 1 == note.ys.len();
            let upper = note.ys.len() > 1 && i == 0;
            let down = lower || (note.up && !upper);
            let bend = if down { 1.0 } else { -1.0 };
            let height = (0.45 + 0.06 * (to - from)).min(1.1);
            let y = y + 0.62 * bend;
            drawing.path(arc(point(from, y), point(to, y), bend * height));
            sky.take((from, to), (y.min(y + bend * height), y.max(y + bend * height)));
        }
    };
    for (i, note) in notes.iter().enumerate() {
        let right = note.x + note.width() + if note.shape.dotted { 0.8 } else { 0.1 };
        if note.element.tied.on {
            let next = notes.get(i + 1).filter(|next| next.element.tied.back);
            tie(note, right, next.map_or(end - 0.2, |next| next.x - 0.1).max(right + 0.8));
        }
        if note.element.tied.back && i == 0 {
            tie(note, start.min(note.x - 1.2), note.x - 0.1);
        }
    }
}

/// A bow between two points, thickest in its middle.
fn arc(from: Coordinates, to: Coordinates, height: f64) -> Outline {
    let reach = 0.28 * (to.x - from.x);
    let handles = |height: f64| (point(from.x + reach, from.y + height), point(to.x - reach, to.y + height));
    let (outer, inner) =
        (handles(height * 4.0 / 3.0), handles((height.abs() - 0.22) * 4.0 / 3.0 * height.signum()));
    Outline(vec![
        Segment::Move(from),
        Segment::Curve(outer.0, outer.1, to),
        Segment::Curve(inner.1, inner.0, from),
        Segment::Close,
    ])
}

/// The figures of tuplets on the side of the stems, with brackets where no beam holds them together.
fn tuplets(notes: &[PlacedNote], drawing: &mut Drawing, sky: &mut Skyline) {
    let mut start = None;
    for (i, note) in notes.iter().enumerate() {
        match (note.element.tuplet, start) {
            (Some(Edge::First { bracket }), _) => start = Some((i, bracket)),
            (Some(Edge::Last), Some((from, bracket))) => {
                tuplet(&notes[from..=i], bracket, drawing, sky);
                start = None;
            }
            _ => {}
        }
    }
}

fn tuplet(notes: &[PlacedNote], bracket: bool, drawing: &mut Drawing, sky: &mut Skyline) {
    let [first, .., last] = notes else { return };
    let Some(count) = first.shape.tuplet else { return };
    let sounding = notes.iter().filter(|note| !note.is_rest());
    let above = 2 * sounding.clone().filter(|note| note.up).count() >= sounding.count();
    let figure = count.actual.to_string();
    let width = words::width(&figure, FIGURE, Face::Italic);
    let (left, right) =
        if bracket { (first.x - 0.1, last.x + last.width() + 0.1) } else { (first.stem(), last.stem()) };
    let (clear, tall) = (0.35, FIGURE * words::CAPITAL);
    let middle = (left + right) / 2.0;
    let ink = if bracket { (left, right) } else { (middle - width, middle + width) };
    let y = if above { sky.top(ink.0, ink.1) - clear } else { sky.bottom(ink.0, ink.1) + clear + tall };
    words::put(drawing, (middle - width / 2.0, y), FIGURE, Face::Italic, &figure);
    if bracket {
        let line = y - tall / 2.0;
        let hook: f64 = if above { 0.6 } else { -0.6 };
        let half = width / 2.0 + 0.35;
        for (edge, inner) in [(left, middle - half), (right, middle + half)] {
            if (edge - inner).abs() > 0.2 {
                drawing.line(point(edge, line), point(inner, line), STEM);
            }
            drawing.line(point(edge, line - STEM / 2.0 * hook.signum()), point(edge, line + hook), STEM);
        }
    }
    sky.take(ink, (y - tall, y));
}
