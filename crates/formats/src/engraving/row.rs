//! A row of measures: the staff, what stands on it, and what stands above it.

use sideman_music::{Duration, Key, Letter, Meter, NoteName, Tempo};

use super::drawing::{Drawing, DrawnItem, Face, point};
use super::notes::{self, PlacedNote, STAFF_LINE};
use super::skyline::Skyline;
use super::spacing::{BarLayout, Places};
use super::{glyph, symbol, words};
use crate::notation::{Accidental, Clef, NotatedMeasure, NoteType, Staff, swings};

const BAR_LINE: f64 = 0.16;
const HEAVY: f64 = 0.55;
/// Sizes of words: bar numbers, marks of the form, style and tempo.
const NUMBER: f64 = 1.7;
const MARK: f64 = 2.3;
/// Between what is put above the staff and what is below it.
const CLEAR: f64 = 0.7;
/// Between a word and its box.
const INSIDE: f64 = 0.45;
/// Before the clef, behind the key, behind a meter.
const MARGIN: f64 = 0.5;

/// What is drawn of a row; its top line is at 0.
pub(super) struct StaffRow {
    pub(super) drawing: Drawing,
    /// From the highest to the lowest ink.
    pub(super) extent: (f64, f64),
}

/// What is in force before a row begins.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    meter: Option<Meter>,
    key: Option<Key>,
}

impl Before {
    /// What is in force behind a measure.
    pub(super) fn after(self, measure: &NotatedMeasure) -> Self {
        Self { meter: Some(measure.meter), key: measure.key.or(self.key) }
    }
}

/// How wide the signs are with which each measure of a row begins: clef and key where the row does, a key or a meter
/// where it is another than before.
pub(super) fn signs(bars: &[BarLayout], before: Before) -> Vec<f64> {
    let mut known = before;
    let width = |(i, bar): (usize, &BarLayout)| {
        let next = known.after(bar.measure);
        let key = match i {
            0 => opening_width(next.key),
            _ if next.key != known.key => change(known.key, next.key).len() as f64 + MARGIN,
            _ => 0.0,
        };
        let meter = if next.meter == known.meter { 0.0 } else { meter_width(bar.measure.meter) + MARGIN };
        known = next;
        key + meter
    };
    bars.iter().enumerate().map(width).collect()
}

fn opening_width(key: Option<Key>) -> f64 {
    let count = f64::from(key.map_or(0, Key::fifths).abs());
    MARGIN + glyph::CLEF_WIDTH + if count > 0.0 { count + 2.0 * MARGIN } else { 0.0 }
}

fn meter_width(meter: Meter) -> f64 {
    let digits = meter.beats().to_string().len().max(meter.unit().to_string().len());
    glyph::DIGIT_WIDTH * digits as f64
}

/// Draws the row of a staff; `next` opens the one after it, and after the last there is none. What is said of the whole
/// system stands above the first of its staves.
pub(super) fn draw(
    staff: &Staff,
    bars: &[BarLayout],
    before: Before,
    places: &Places,
    next: Option<&NotatedMeasure>,
    is_first: bool,
) -> StaffRow {
    let key = before.after(bars[0].measure).key;
    let mut drawer = Drawer { staff, key, drawing: Drawing::default(), sky: Skyline::new(places.end + 1.0) };
    drawer.lines(bars, places, next);
    drawer.opening(bars, places, before);
    drawer.notes(bars, places);
    if is_first {
        drawer.number(&bars[0]);
        drawer.symbols(bars, places);
        drawer.marks(bars, places);
    }
    StaffRow { extent: drawer.sky.extent(), drawing: drawer.drawing }
}

/// The areas of the bars, over the whole height of the row.
pub(super) fn areas(bars: &[BarLayout], places: &Places, (top, bottom): (f64, f64)) -> Drawing {
    let area = |(i, bar): (usize, &BarLayout)| {
        let from = if i == 0 { 0.0 } else { places.bars[i].0 };
        let to = places.bars.get(i + 1).map_or(places.end, |next| next.0);
        Some(DrawnItem::Bar { number: bar.measure.bar?, from: point(from, top), to: point(to, bottom) })
    };
    Drawing(bars.iter().enumerate().filter_map(area).collect())
}

struct Drawer<'a> {
    staff: &'a Staff,
    /// The key at the beginning of the row.
    key: Option<Key>,
    drawing: Drawing,
    sky: Skyline,
}

impl Drawer<'_> {
    /// The lines of the staff, and those between its measures.
    fn lines(&mut self, bars: &[BarLayout], places: &Places, next: Option<&NotatedMeasure>) {
        for line in 0..5 {
            let y = f64::from(line);
            self.drawing.line(point(0.0, y), point(places.end, y), STAFF_LINE);
        }
        let half = STAFF_LINE / 2.0;
        let mut line = |x: f64, width: f64| self.drawing.line(point(x, -half), point(x, 4.0 + half), width);
        for (bar, (x, _)) in bars.iter().zip(&places.bars).skip(1) {
            line(*x, BAR_LINE);
            if bar.measure.opens() {
                line(x - 0.5, BAR_LINE);
            }
        }
        match next {
            None => {
                line(places.end - HEAVY / 2.0, HEAVY);
                line(places.end - HEAVY - 0.45, BAR_LINE);
            }
            Some(next) => {
                line(places.end - BAR_LINE / 2.0, BAR_LINE);
                if next.opens() {
                    line(places.end - 0.5, BAR_LINE);
                }
            }
        }
    }

    /// Clef and key, and every key and meter that begins.
    fn opening(&mut self, bars: &[BarLayout], places: &Places, before: Before) {
        let (line, top, bottom) = match self.staff.clef {
            Clef::Treble => (3.0, -1.5, 5.9),
            Clef::Bass => (1.0, 0.0, 4.0),
            Clef::Percussion => (2.0, 0.0, 4.0),
        };
        self.drawing.path(glyph::clef(self.staff.clef).placed(point(MARGIN, line), 1.0));
        self.sky.take((MARGIN, MARGIN + glyph::CLEF_WIDTH), (top, bottom));
        let mut known = before;
        for (i, (bar, (x, _))) in bars.iter().zip(&places.bars).enumerate() {
            let next = known.after(bar.measure);
            let mut x = x + MARGIN;
            if i == 0 {
                self.signature(&change(None, next.key), MARGIN + glyph::CLEF_WIDTH + 0.3);
                x = opening_width(next.key) + 0.3;
            } else if next.key != known.key {
                let signs = change(known.key, next.key);
                self.signature(&signs, x);
                x += signs.len() as f64 + MARGIN;
            }
            if next.meter != known.meter {
                self.meter(bar.measure.meter, x);
            }
            known = next;
        }
    }

    fn signature(&mut self, signs: &[(Accidental, NoteName)], x: f64) {
        for (i, &(sign, name)) in signs.iter().enumerate() {
            let (x, y) = (x + i as f64, signature_height(name, self.staff.clef));
            self.drawing.path(glyph::accidental(sign).placed(point(x, y), 1.0));
            self.sky.take((x, x + 1.0), (y - 1.5, y + 1.2));
        }
    }

    fn meter(&mut self, meter: Meter, x: f64) {
        let width = meter_width(meter);
        for (number, y) in [(meter.beats(), 1.0), (meter.unit(), 3.0)] {
            let figures: Vec<u32> = number.to_string().chars().filter_map(|c| c.to_digit(10)).collect();
            let from = x + (width - glyph::DIGIT_WIDTH * figures.len() as f64) / 2.0;
            for (i, figure) in figures.into_iter().enumerate() {
                let at = point(from + glyph::DIGIT_WIDTH * i as f64, y);
                self.drawing.path(glyph::digit(figure).placed(at, 0.96));
            }
        }
    }

    /// The notes of the row, and rests of whole measures in the middle of them.
    fn notes(&mut self, bars: &[BarLayout], places: &Places) {
        let mut placed = Vec::new();
        for (i, (bar, (line, columns))) in bars.iter().zip(&places.bars).enumerate() {
            let end = places.bars.get(i + 1).map_or(places.end, |next| next.0);
            for (column, &x) in bar.columns.iter().zip(columns) {
                if bar.slashes && column.at % bar.measure.meter.beat() == Duration::ZERO {
                    self.drawing.path(glyph::slash().placed(point(x, 2.0), 1.0));
                }
                let Some(element) = column.element.map(|i| &bar.measure.elements[i]) else { continue };
                match PlacedNote::new(element, x, self.staff.clef) {
                    Some(note) => placed.push(note),
                    None => {
                        let first = columns.first().copied().unwrap_or(*line);
                        let from = if i == 0 { first - 1.1 } else { *line };
                        let middle = (from + end - glyph::rest_width(NoteType::Whole)) / 2.0;
                        let rest = glyph::rest(NoteType::Whole);
                        self.drawing.path(rest.placed(point(middle, 2.0), 1.0));
                    }
                }
            }
        }
        let start = opening_width(self.key);
        notes::draw(&mut placed, (start, places.end), &mut self.drawing, &mut self.sky);
    }

    /// The number of the first measure, above the clef; not that of bar 1.
    fn number(&mut self, first: &BarLayout) {
        let Some(bar) = first.measure.bar.filter(|&bar| bar > 0) else { return };
        let figure = (bar + 1).to_string();
        let width = words::width(&figure, NUMBER, Face::Regular);
        let y = self.sky.top(0.0, width) - 0.3;
        words::put(&mut self.drawing, (0.0, y), NUMBER, Face::Regular, &figure);
        self.sky.take((0.0, width), (y - NUMBER, y));
    }

    /// All chord symbols on one line, above everything that is below one of them.
    fn symbols(&mut self, bars: &[BarLayout], places: &Places) {
        let mut symbols = Vec::new();
        for (bar, (_, columns)) in bars.iter().zip(&places.bars) {
            for change in &bar.measure.chords {
                let column = bar.columns.iter().position(|column| column.at == change.at);
                let x = column.and_then(|i| columns.get(i)).copied().unwrap_or_default();
                symbols.push((x, symbol::symbol_width(change.chord), change.chord));
            }
        }
        let tops = symbols.iter().map(|&(x, width, _)| self.sky.top(x - 0.3, x + width + 0.3) - CLEAR);
        let y = tops.fold(-1.6, f64::min);
        for (x, width, chord) in symbols {
            symbol::put_symbol(&mut self.drawing, (x, y), chord);
            self.sky.take((x, x + width), (y - symbol::HEIGHT, y + 0.3));
        }
    }

    /// Sections in boxes, other places of the form as words beside them, the style and the tempo where they begin.
    fn marks(&mut self, bars: &[BarLayout], places: &Places) {
        for (i, (bar, (line, _))) in bars.iter().zip(&places.bars).enumerate() {
            let measure = bar.measure;
            let x = if i == 0 { 0.0 } else { *line };
            let section = measure.section.iter().filter(|label| !label.is_empty()).map(|label| (label, true));
            let words = section.chain(measure.marks.iter().map(|words| (words, false)));
            let mut mark = Drawing::default();
            let mut end = 0.0;
            for (words, is_section) in words {
                end += if is_section { boxed(&mut mark, end, words) } else { plain(&mut mark, end, words) }
                    + 1.0;
            }
            if end > 0.0 {
                let y = self.sky.top(x, x + end) - CLEAR - INSIDE;
                self.drawing.put(mark, point(x, y), 1.0);
                self.sky.take((x, x + end), (y - MARK * words::CAPITAL - INSIDE, y + INSIDE));
            }
            if let Some(tempo) = measure.tempo {
                self.tempo(x, tempo, i == 0 && measure.bar.is_none_or(|bar| bar == 0));
            }
        }
    }

    /// The style, how its eighths are played, and how many quarters there are in a minute.
    fn tempo(&mut self, x: f64, tempo: Tempo, first: bool) {
        let style = self.staff.sheet.style();
        let mut mark = Drawing::default();
        let mut end = 0.0;
        if first && !style.is_empty() {
            let mut letters = style.chars();
            let capital = letters.next().map(|c| c.to_uppercase().collect::<String>());
            let words = format!("{}{}", capital.unwrap_or_default(), letters.as_str());
            words::put(&mut mark, (end, 0.0), MARK, Face::Bold, &words);
            end += words::width(&words, MARK, Face::Bold) + 1.2;
            if swings(style) {
                end += swing(&mut mark, end) + 1.6;
            }
        }
        little_note(&mut mark, end, false);
        let words = format!("= {}", tempo.to_bpm());
        words::put(&mut mark, (end + 1.3, 0.0), MARK, Face::Regular, &words);
        end += 1.3 + words::width(&words, MARK, Face::Regular);
        let y = self.sky.top(x, x + end) - CLEAR - 0.5;
        self.drawing.put(mark, point(x, y), 1.0);
        self.sky.take((x, x + end), (y - 2.6, y + 0.3));
    }
}

/// Words in a box, and how wide it is.
fn boxed(drawing: &mut Drawing, x: f64, label: &str) -> f64 {
    let width = words::width(label, MARK, Face::Bold) + 2.0 * INSIDE;
    words::put(drawing, (x + INSIDE, 0.0), MARK, Face::Bold, label);
    let (top, bottom) = (-MARK * words::CAPITAL - INSIDE, INSIDE);
    let corners = [point(x, top), point(x + width, top), point(x + width, bottom), point(x, bottom)];
    for (i, &corner) in corners.iter().enumerate() {
        drawing.line(corner, corners[(i + 1) % 4], BAR_LINE);
    }
    width
}

/// Words, and how wide they are.
fn plain(drawing: &mut Drawing, x: f64, label: &str) -> f64 {
    words::put(drawing, (x, 0.0), MARK, Face::Bold, label);
    words::width(label, MARK, Face::Bold)
}

/// The size of notes among words.
const LITTLE: f64 = 0.62;

/// A quarter, or an eighth with its flag, standing on the base line.
fn little_note(drawing: &mut Drawing, x: f64, flag: bool) {
    let stem = x + (glyph::head_width(NoteType::Quarter) - 0.06) * LITTLE;
    drawing.path(glyph::head(NoteType::Quarter).placed(point(x, -0.3), LITTLE));
    drawing.line(point(stem, -0.35), point(stem, -2.3), 0.1);
    if flag {
        drawing.path(glyph::flags(1, true).placed(point(stem, -2.3), LITTLE));
    }
}

/// Two eighths = quarter and eighth of a triplet; how wide that is.
fn swing(drawing: &mut Drawing, x: f64) -> f64 {
    let stem = (glyph::head_width(NoteType::Quarter) - 0.06) * LITTLE;
    little_note(drawing, x, false);
    little_note(drawing, x + 1.4, false);
    drawing.line(point(x + stem - 0.05, -2.2), point(x + 1.4 + stem + 0.05, -2.2), 0.32);
    words::put(drawing, (x + 2.7, 0.0), MARK * 0.9, Face::Regular, "=");
    little_note(drawing, x + 4.5, false);
    little_note(drawing, x + 6.1, true);
    words::put(drawing, (x + 5.5, -2.75), 1.3, Face::Italic, "3");
    let bracket = [(4.5, 5.3), (6.4, 7.2)];
    for (from, to) in bracket {
        drawing.line(point(x + from, -3.15), point(x + to, -3.15), 0.1);
    }
    for edge in [4.5, 7.2] {
        drawing.line(point(x + edge, -3.2), point(x + edge, -2.75), 0.1);
    }
    7.2
}

/// The accidentals that say a key after another one: its own in their order, or where it has none, naturals for those
/// of the other.
fn change(from: Option<Key>, to: Option<Key>) -> Vec<(Accidental, NoteName)> {
    let names = |key: Option<Key>| {
        let fifths = key.map_or(0, Key::fifths);
        let place = move |i| if fifths > 0 { 6 + i } else { -2 - i };
        (0..fifths.abs()).filter_map(move |i| NoteName::at_fifths(place(i)))
    };
    let own = |name: NoteName| (if name.alter() > 0 { Accidental::Sharp } else { Accidental::Flat }, name);
    if to.is_some_and(|key| key.fifths() != 0) {
        names(to).map(own).collect()
    } else {
        names(from).map(|name| (Accidental::Natural, name)).collect()
    }
}

/// Where an accidental of a key stands.
fn signature_height(name: NoteName, clef: Clef) -> f64 {
    let lowest = if name.alter() > 0 { 33 } else { 31 } - if clef == Clef::Bass { 14 } else { 0 };
    let letter = name.letter() as i32 - Letter::C as i32;
    let place = (lowest..lowest + 7).find(|place| place % 7 == letter).unwrap_or(lowest);
    notes::height(clef, place)
}
