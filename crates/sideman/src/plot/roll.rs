//! The piano roll: a solo with its chords, four bars a line, each note in the colour of its role.

use std::fmt::Write;
use std::ops::Range;

use sideman_music::{Chord, Duration, Note, Pitch, Sheet, Solo, Time};

const BARS_A_LINE: usize = 4;
const WIDTH: f64 = 1200.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 64.0;
const ROW: f64 = 7.0;
const CHORDS: f64 = 26.0;
const GAP: f64 = 20.0;

/// What a note is to its chord.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    ChordTone,
    Colour,
    Approach,
    Outside,
}

impl Role {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::ChordTone, "chord tone", "#1f5fa8"),
        (Self::Colour, "colour or scale tone", "#3aa17e"),
        (Self::Approach, "approach, a semitone from what follows", "#e08a1e"),
        (Self::Outside, "outside", "#c0392b"),
    ];

    fn colour(self) -> &'static str {
        Self::ALL.iter().find(|row| row.0 == self).map_or("", |row| row.2)
    }

    fn of(note: &Note, next: Option<&Note>, chord: Option<Chord>) -> Self {
        let Some(chord) = chord else { return Self::Colour };
        let class = note.pitch().class();
        let resolves = next.is_some_and(|n| note.pitch().to(n.pitch()).semitones().abs() == 1);
        if chord.tones().contains(class) {
            Self::ChordTone
        } else if chord.colours().union(chord.scale_tones()).contains(class) {
            Self::Colour
        } else if resolves {
            Self::Approach
        } else {
            Self::Outside
        }
    }
}

/// A solo over its sheet as an SVG document.
pub(crate) fn piano_roll(sheet: &Sheet, solo: &Solo, caption: &str) -> String {
    let roll = Roll::new(sheet, solo);
    let mut svg = String::new();
    let lines = sheet.bars().len().div_ceil(BARS_A_LINE);
    let height = TOP + lines as f64 * roll.line_height() + 8.0;
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" height=\"{height:.0}\" \
         font-family=\"Helvetica, Arial, sans-serif\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"{LEFT}\" y=\"26\" font-size=\"18\" fill=\"#222\">{}</text>\n",
        escaped(caption)
    );
    legend(&mut svg);
    for line in 0..lines {
        let first = line * BARS_A_LINE;
        roll.line(
            &mut svg,
            first..(first + BARS_A_LINE).min(sheet.bars().len()),
            TOP + line as f64 * roll.line_height(),
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn legend(svg: &mut String) {
    let mut x = LEFT;
    for (_, words, colour) in Role::ALL {
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.0}\" y=\"38\" width=\"12\" height=\"8\" rx=\"2\" fill=\"{colour}\"/>\
             <text x=\"{:.0}\" y=\"46\" font-size=\"11\" fill=\"#555\">{words}</text>",
            x + 17.0
        );
        x += 36.0 + 6.2 * words.len() as f64;
    }
}

struct Roll<'a> {
    sheet: &'a Sheet,
    solo: &'a Solo,
    low: Pitch,
    high: Pitch,
}

impl<'a> Roll<'a> {
    fn new(sheet: &'a Sheet, solo: &'a Solo) -> Self {
        let pitches = || solo.notes().iter().flat_map(|n| n.pitches.as_slice());
        let low = pitches().min().map_or(58, |p| p.number());
        let high = pitches().max().map_or(74, |p| p.number());
        let pitch = |n: u8| Pitch::new(n).unwrap_or(Pitch::MAX);
        Self { sheet, solo, low: pitch(low.saturating_sub(2)), high: pitch(high.saturating_add(2)) }
    }

    fn rows(&self) -> f64 {
        f64::from(self.high.number() - self.low.number()) + 1.0
    }

    fn line_height(&self) -> f64 {
        CHORDS + self.rows() * ROW + GAP
    }

    fn line(&self, svg: &mut String, bars: Range<usize>, top: f64) {
        let lane = Lane {
            start: self.sheet.bar_start(bars.start),
            end: self.sheet.bar_start(bars.end),
            bars: bars.len(),
            roof: top + CHORDS,
            floor: top + CHORDS + self.rows() * ROW,
        };
        self.keys(svg, &lane);
        self.bar_lines(svg, bars, &lane);
        self.notes(svg, &lane);
    }

    fn y(&self, pitch: Pitch, lane: &Lane) -> f64 {
        lane.roof + f64::from(self.high.number().saturating_sub(pitch.number())) * ROW
    }

    /// Shades the black keys and names each C.
    fn keys(&self, svg: &mut String, lane: &Lane) {
        let (width, height) = (lane.x(lane.end) - LEFT, lane.floor - lane.roof);
        let _ = writeln!(
            svg,
            "<rect x=\"{LEFT}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"#fafafa\"/>",
            lane.roof
        );
        for pitch in (self.low.number()..=self.high.number()).filter_map(Pitch::new) {
            let y = self.y(pitch, lane);
            if matches!(pitch.class().index(), 1 | 3 | 6 | 8 | 10) {
                let _ = writeln!(
                    svg,
                    "<rect x=\"{LEFT}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{ROW}\" fill=\"#f0f0f2\"/>"
                );
            }
            if pitch.class().index() == 0 {
                let _ = writeln!(
                    svg,
                    "<text x=\"{:.0}\" y=\"{:.1}\" font-size=\"10\" fill=\"#888\" text-anchor=\"end\">{pitch}</text>",
                    LEFT - 6.0,
                    y + ROW
                );
            }
        }
    }

    fn bar_lines(&self, svg: &mut String, bars: Range<usize>, lane: &Lane) {
        for bar in bars {
            let (start, meter) = (self.sheet.bar_start(bar), self.sheet.bars()[bar].meter());
            for beat in 0..i64::from(meter.beats()) {
                let colour = if beat == 0 { "#777" } else { "#ddd" };
                lane.rule(svg, start + meter.beat() * beat, colour);
            }
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"9\" fill=\"#aaa\">{}</text>",
                lane.x(start) + 2.0,
                lane.floor + 10.0,
                bar + 1
            );
            for change in self.sheet.bars()[bar].changes() {
                let symbol = change.chord.map_or("N.C.".to_owned(), |c| c.to_string());
                let _ = writeln!(
                    svg,
                    "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"15\" font-weight=\"bold\" fill=\"#222\">{}</text>",
                    lane.x(start + change.at) + 3.0,
                    lane.roof - 6.0,
                    escaped(&symbol)
                );
            }
        }
        lane.rule(svg, lane.end, "#777");
    }

    fn notes(&self, svg: &mut String, lane: &Lane) {
        let notes = self.solo.notes();
        for (i, note) in notes.iter().enumerate().filter(|(_, n)| n.onset < lane.end && n.end() > lane.start)
        {
            let role = Role::of(note, notes.get(i + 1), self.sheet.chord_at(note.onset));
            let (from, to) = (lane.x(note.onset.max(lane.start)), lane.x(note.end().min(lane.end)));
            for &pitch in note.pitches.as_slice() {
                let _ = writeln!(
                    svg,
                    "<rect x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"2.5\" fill=\"{}\"/>",
                    self.y(pitch, lane) + 0.5,
                    (to - from - 1.0).max(1.5),
                    ROW - 1.0,
                    role.colour()
                );
            }
        }
    }
}

/// One line of the roll on the page.
struct Lane {
    start: Time,
    end: Time,
    bars: usize,
    roof: f64,
    floor: f64,
}

impl Lane {
    /// A short last line keeps the scale of a full one.
    fn x(&self, time: Time) -> f64 {
        let units = |d: Duration| d.in_units_of(Duration::quarters(1, 96)) as f64;
        let full = units(self.end - self.start) * BARS_A_LINE as f64 / self.bars as f64;
        LEFT + (WIDTH - LEFT - RIGHT) * units(time - self.start) / full
    }

    fn rule(&self, svg: &mut String, time: Time, colour: &str) {
        let x = self.x(time);
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>",
            self.roof, self.floor
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::Instrument;

    #[test]
    fn every_note_is_drawn_in_the_colour_of_its_role() {
        let sheet: Sheet = "Cmaj7 | G7 | Cmaj7 | % | Am7".parse().unwrap();
        let note = |beat, pitch| {
            Note::new(Time::after_start(Duration::QUARTER * beat), Duration::QUARTER, Pitch::midi(pitch))
        };
        let notes = vec![note(0, 64), note(1, 63), note(2, 62), note(3, 68), note(17, 60)];
        let svg = piano_roll(&sheet, &Solo::new(Instrument::TenorSax, notes).unwrap(), "A & B");
        let drawn = |role: Role| svg.matches(&format!("rx=\"2.5\" fill=\"{}\"", role.colour())).count();
        let counts = [Role::ChordTone, Role::Approach, Role::Colour, Role::Outside].map(drawn);
        assert_eq!(counts, [2, 1, 1, 1]);
        assert!(svg.contains("A &amp; B") && svg.contains(">Am7<") && svg.contains(">5<"));
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    }
}
