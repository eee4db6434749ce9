//! The piano roll: a solo with its chords, four bars a line, each note in the colour of its role, and under it how
//! surprising each note was, where that is known.

use std::fmt::Write;

use sideman_corpus::role::Role;
use sideman_improv::line::Surprise;
use sideman_music::{Note, Pitch, Sheet, Solo, Time};

use super::lane::{LEFT, Lane, WIDTH, bar_start, escaped, lines};
use super::surprise::{self, Strip};

const TOP: f64 = 64.0;
const ROW: f64 = 7.0;
const CHORDS: f64 = 26.0;
/// Between the roll and what is under it: the numbers of the bars.
const NUMBERS: f64 = 14.0;
const GAP: f64 = 12.0;
/// Largest size of a chord symbol, and the width of its letters for each unit of size.
const SYMBOL: f64 = 15.0;
const LETTER: f64 = 0.62;
const NO_CHORD: &str = "#8d99a6";

const fn colour(role: Role) -> &'static str {
    match role {
        Role::ChordTone => "#1f5fa8",
        Role::Tension => "#3aa17e",
        Role::Approach => "#e08a1e",
        Role::Enclosure => "#9b4fb3",
        Role::Passing => "#c7ab00",
        Role::Outside => "#c0392b",
    }
}

/// A solo over its sheet as an SVG document; `roles` and `surprises` are those of its notes, in their order.
pub fn piano_roll(
    sheet: &Sheet,
    solo: &Solo,
    roles: &[Option<Role>],
    surprises: Option<&[Surprise]>,
    caption: &str,
) -> String {
    let roll = Roll::new(sheet, solo, roles, surprises);
    let end = |notes: &[Note]| notes.last().map(|n| n.onset);
    let lines = lines(sheet, solo.notes().first().map(|n| n.onset), end(solo.notes()));
    let height = TOP + lines.len() as f64 * roll.line_height() + 8.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" height=\"{height:.0}\" \
         font-family=\"Helvetica, Arial, sans-serif\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"{LEFT}\" y=\"26\" font-size=\"18\" fill=\"#222\">{}</text>\n",
        escaped(caption)
    );
    roll.legend(&mut svg);
    for (i, bars) in lines.into_iter().enumerate() {
        let roof = TOP + i as f64 * roll.line_height() + CHORDS;
        let (start, end) = (bar_start(sheet, bars.start), bar_start(sheet, bars.end));
        roll.line(&mut svg, &Lane { bars, start, end, roof, floor: roof + roll.rows() * ROW });
    }
    svg.push_str("</svg>\n");
    svg
}

struct Roll<'a> {
    sheet: &'a Sheet,
    solo: &'a Solo,
    roles: &'a [Option<Role>],
    strip: Option<Strip<'a>>,
    low: Pitch,
    high: Pitch,
}

impl<'a> Roll<'a> {
    fn new(
        sheet: &'a Sheet,
        solo: &'a Solo,
        roles: &'a [Option<Role>],
        surprises: Option<&'a [Surprise]>,
    ) -> Self {
        let pitches = || solo.notes().iter().flat_map(|n| n.pitches.as_slice());
        let low = pitches().min().map_or(58, |p| p.number());
        let high = pitches().max().map_or(74, |p| p.number());
        let pitch = |n: u8| Pitch::new(n).unwrap_or(Pitch::MAX);
        let (low, high) = (pitch(low.saturating_sub(2)), pitch(high.saturating_add(2)));
        Self { sheet, solo, roles, strip: surprises.map(Strip::new), low, high }
    }

    fn rows(&self) -> f64 {
        f64::from(self.high.number() - self.low.number()) + 1.0
    }

    fn line_height(&self) -> f64 {
        let strip = self.strip.as_ref().map_or(0.0, |_| surprise::HEIGHT + GAP);
        CHORDS + self.rows() * ROW + NUMBERS + strip + GAP
    }

    fn legend(&self, svg: &mut String) {
        let no_chord = self.roles.contains(&None).then_some(("no chord", NO_CHORD));
        let roles = Role::ALL.map(|role| (role.name(), colour(role)));
        let strip =
            [("surprise of the rhythm", surprise::RHYTHM), ("surprise of the pitch, nats", surprise::PITCH)];
        let strip = self.strip.iter().flat_map(|_| strip);
        let mut x = LEFT;
        for (words, colour) in roles.into_iter().chain(no_chord).chain(strip) {
            let _ = writeln!(
                svg,
                "<rect x=\"{x:.0}\" y=\"38\" width=\"12\" height=\"8\" rx=\"2\" fill=\"{colour}\"/>\
                 <text x=\"{:.0}\" y=\"46\" font-size=\"11\" fill=\"#555\">{words}</text>",
                x + 17.0
            );
            x += 38.0 + 6.0 * words.len() as f64;
        }
    }

    fn line(&self, svg: &mut String, lane: &Lane) {
        self.keys(svg, lane);
        self.bar_lines(svg, lane);
        self.chords(svg, lane);
        self.notes(svg, lane);
        if let Some(strip) = &self.strip {
            let roof = lane.floor + NUMBERS + GAP;
            let under = Lane { bars: lane.bars.clone(), roof, floor: roof + surprise::HEIGHT, ..*lane };
            strip.draw(svg, &under, self.within(lane));
        }
    }

    /// The notes that sound in a lane, with their places in the solo.
    fn within(&self, lane: &Lane) -> impl Iterator<Item = (usize, &'a Note)> {
        let (start, end) = (lane.start, lane.end);
        self.solo.notes().iter().enumerate().filter(move |(_, n)| n.onset < end && n.end() > start)
    }

    fn y(&self, pitch: Pitch, lane: &Lane) -> f64 {
        lane.roof + f64::from(self.high.number().saturating_sub(pitch.number())) * ROW
    }

    /// Shades the black keys and names each C.
    fn keys(&self, svg: &mut String, lane: &Lane) {
        let (width, height) = (lane.right() - LEFT, lane.floor - lane.roof);
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

    /// Beats, bars, their numbers from 1, and the labels of sections.
    fn bar_lines(&self, svg: &mut String, lane: &Lane) {
        for bar in lane.bars.clone() {
            let start = bar_start(self.sheet, bar);
            let meter = self.sheet.meter_at(start);
            for beat in 0..i64::from(meter.beats()) {
                lane.rule(svg, start + meter.beat() * beat, if beat == 0 { "#777" } else { "#ddd" });
            }
            let section = usize::try_from(bar).ok().and_then(|i| self.sheet.bars().get(i)?.section());
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"10\" fill=\"#999\">{}\
                 <tspan font-weight=\"bold\" fill=\"#444\" dx=\"5\">{}</tspan></text>",
                lane.x(start) + 2.0,
                lane.floor + 11.0,
                bar + 1,
                escaped(section.unwrap_or(""))
            );
        }
        lane.rule(svg, lane.end, "#777");
    }

    /// Each symbol where it changes, smaller where there is little room; at the head of a line in grey the one
    /// that goes on.
    fn chords(&self, svg: &mut String, lane: &Lane) {
        let all = self.sheet.chords();
        let from = all.partition_point(|&(at, _)| at < lane.start);
        let to = all.partition_point(|&(at, _)| at < lane.end);
        let changes = &all[from..to];
        let goes_on = changes.first().is_none_or(|&(at, _)| at > lane.start);
        let before = goes_on.then_some((lane.start, self.sheet.chord_at(lane.start), "#aaa"));
        let symbols: Vec<_> =
            before.into_iter().chain(changes.iter().map(|&(at, chord)| (at, chord, "#222"))).collect();
        for (i, &(at, chord, colour)) in symbols.iter().enumerate() {
            let until = symbols.get(i + 1).map_or(lane.end, |next| next.0);
            let symbol = chord.map_or("N.C.".to_owned(), |c| c.to_string());
            let size = size_within(lane.x(until) - lane.x(at) - 6.0, &symbol);
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{size:.1}\" font-weight=\"bold\" fill=\"{colour}\">{}</text>",
                lane.x(at) + 3.0,
                lane.roof - 6.0,
                escaped(&symbol)
            );
        }
    }

    fn notes(&self, svg: &mut String, lane: &Lane) {
        let held = |time: Time| time.clamp(lane.start, lane.end);
        for (i, note) in self.within(lane) {
            let colour = self.roles.get(i).copied().flatten().map_or(NO_CHORD, colour);
            let (from, to) = (lane.x(held(note.onset)), lane.x(held(note.end())));
            for &pitch in note.pitches.as_slice() {
                let _ = writeln!(
                    svg,
                    "<rect class=\"note\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"2.5\" fill=\"{colour}\"/>",
                    self.y(pitch, lane) + 0.5,
                    (to - from - 1.0).max(1.5),
                    ROW - 1.0
                );
            }
        }
    }
}

/// The size at which a symbol fits.
fn size_within(width: f64, symbol: &str) -> f64 {
    (width / (LETTER * symbol.chars().count() as f64)).clamp(6.0, SYMBOL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_corpus::role::roles;
    use sideman_music::{Duration, Instrument};

    fn solo(notes: &[(i64, u8)]) -> Solo {
        let note = |&(beat, pitch): &(i64, u8)| {
            Note::new(Time::after_start(Duration::QUARTER * beat), Duration::QUARTER, Pitch::midi(pitch))
        };
        Solo::new(Instrument::TenorSax, notes.iter().map(note).collect()).unwrap()
    }

    #[test]
    fn every_note_is_drawn_in_the_colour_of_its_role() {
        let sheet: Sheet = "Cmaj7 | G7 | Cmaj7 | % | Am7 | N.C.".parse().unwrap();
        let solo = solo(&[(-1, 71), (0, 64), (1, 63), (2, 64), (3, 68), (17, 60), (20, 60)]);
        let roles = roles(&sheet, &solo);
        let svg = piano_roll(&sheet, &solo, &roles, None, "A & B");
        let drawn = |fill: &str| svg.matches(&format!("rx=\"2.5\" fill=\"{fill}\"")).count();
        let counts = [Role::ChordTone, Role::Approach, Role::Outside].map(|role| drawn(colour(role)));
        assert_eq!((counts, drawn(NO_CHORD)), ([4, 1, 1], 1));
        assert!(svg.contains("A &amp; B") && svg.contains(">Am7<") && svg.contains(">N.C.<"));
        assert!(svg.contains(">0<tspan"), "the bar of the pickup");
        assert!(svg.contains("no chord") && !svg.contains("nats"));
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    }

    #[test]
    fn the_strip_stacks_rhythm_and_pitch() {
        let sheet: Sheet = "C".parse().unwrap();
        let solo = solo(&[(0, 60), (1, 62)]);
        let surprises =
            [Surprise { rhythm: 2.0, pitch: 4.0 }, Surprise { rhythm: 0.0, pitch: f64::INFINITY }];
        let svg = piano_roll(&sheet, &solo, &roles(&sheet, &solo), Some(&surprises), "");
        let heights: Vec<&str> = svg
            .lines()
            .filter(|l| l.contains("class=\"surprise\""))
            .filter_map(|l| l.split('"').nth(9))
            .collect();
        assert_eq!(heights, ["11.0", "22.0", "0.0", "44.0"]);
        assert!(svg.contains("surprise of the pitch, nats"));
    }

    #[test]
    fn symbols_shrink_where_changes_crowd() {
        assert_eq!(size_within(300.0, "Cmaj7"), SYMBOL);
        let size = size_within(65.0, "Bbmaj7#11");
        assert!(size < SYMBOL && size * LETTER * 9.0 <= 65.1);
    }
}
