//! The surprise of chords as a picture: a column for each, and its part given the rules.

use std::fmt::Write;

use sideman_improv::harmony::ChordSurprise;
use sideman_music::Sheet;

use crate::plot::escaped;

const WIDTH: f64 = 1000.0;
const LEFT: f64 = 40.0;
const LINE: f64 = 150.0;
const HEIGHT: f64 = 90.0;
const BARS_A_LINE: usize = 4;
/// The least that the height stands for, in bits.
const LEAST_TOP: f64 = 12.0;
const PLAIN: &str = "#a9c3d6";
const GIVEN: &str = "#51657a";

/// The chords of a sheet, four bars a line.
pub(super) fn draw(sheet: &Sheet, chords: &[ChordSurprise]) -> String {
    let bars = sheet.bars().len();
    let lines = bars.div_ceil(BARS_A_LINE);
    let top = chords.iter().map(|chord| chord.bits.max(chord.bits_given_rules)).fold(LEAST_TOP, f64::max);
    let height = 40.0 + LINE * lines as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{}: bits per chord, by the tree (light) and given the rules (dark)</text>\n",
        escaped(sheet.title())
    );
    for line in 0..lines {
        let first = line * BARS_A_LINE;
        let floor = 40.0 + LINE * line as f64 + HEIGHT + 30.0;
        rules(&mut svg, sheet, first, floor);
        let within = |chord: &&ChordSurprise| {
            let (start, end) = (sheet.bar_start(first), sheet.bar_start(first + BARS_A_LINE));
            start <= chord.span.start && chord.span.start < end
        };
        chords.iter().filter(within).for_each(|chord| column(&mut svg, sheet, chord, (first, floor, top)));
    }
    svg.push_str("</svg>\n");
    svg
}

/// Bar lines, and what they stand on.
fn rules(svg: &mut String, sheet: &Sheet, first: usize, floor: f64) {
    let last = (first + BARS_A_LINE).min(sheet.bars().len());
    let right = LEFT + width() * (last - first) as f64;
    let _ =
        writeln!(svg, "<line x1=\"{LEFT}\" y1=\"{floor}\" x2=\"{right}\" y2=\"{floor}\" stroke=\"#888\"/>");
    for bar in first..=last {
        let x = LEFT + width() * (bar - first) as f64;
        let roof = floor - HEIGHT;
        let _ = writeln!(svg, "<line x1=\"{x}\" y1=\"{roof}\" x2=\"{x}\" y2=\"{floor}\" stroke=\"#ddd\"/>");
    }
}

fn width() -> f64 {
    (WIDTH - LEFT - 20.0) / BARS_A_LINE as f64
}

fn column(svg: &mut String, sheet: &Sheet, chord: &ChordSurprise, (first, floor, top): (usize, f64, f64)) {
    let (bar, offset) = sheet.place(chord.span.start);
    let length = sheet.meter_at(chord.span.start).bar();
    let share = offset.in_units_of(length / 96) as f64 / 96.0;
    let x = LEFT + width() * (bar as f64 - first as f64 + share) + 4.0;
    for (bits, colour, wide) in [(chord.bits, PLAIN, 30.0), (chord.bits_given_rules, GIVEN, 12.0)] {
        let high = (bits.clamp(0.0, top) / top * HEIGHT).max(1.0);
        let y = floor - high;
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide}\" height=\"{high:.1}\" fill=\"{colour}\"/>"
        );
    }
    let symbol = chord.span.chord.map_or("N.C.".into(), |chord| chord.to_string());
    let below = floor + 14.0;
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{below:.1}\" font-size=\"12\">{}</text>", escaped(&symbol));
    if let Some(rule) = chord.rule.as_ref().filter(|_| chord.begins) {
        let below = floor + 26.0;
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{below:.1}\" font-size=\"8\" fill=\"#666\">{}</text>",
            escaped(&rule.name)
        );
    }
}
