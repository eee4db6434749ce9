//! Rhythm as it is drawn: lengths cut where the eye looks for the beat, tied together, with dots and tuplets.
//!
//! Places weigh by [`Beats::level`]. A note may hide a place if one of its ends weighs as much; beyond that, as a
//! syncopation, the middle of itself if both its ends are one level weaker (eighth, quarter, eighth; quarter, half,
//! quarter), but for the beats of compound meters and uneven groups. A rest may hide places that are weaker than
//! both its ends (after E. Gould, *Behind Bars*, 2011, "Rhythm": the middle of the bar and the beats are shown).

use sideman_music::Duration;

use super::beam;
use super::beats::{Beats, NOWHERE};
use super::span::{BeatSpan, spans};
use super::staff::{Edge, Element, MeasureSpan, NoteHead, NoteShape, NoteType, Sonority, Tie, Tuplet};

/// What is drawn of a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DrawnLength {
    at: Duration,
    length: Duration,
    shape: Option<NoteShape>,
}

/// The elements of a measure: its events, some tied from the measure before or into the next, and the rests between.
pub(super) fn elements(frame: &MeasureSpan, events: &[(&Sonority, Vec<NoteHead>)]) -> Vec<Element> {
    let missing = frame.missing();
    let length = frame.end - frame.start;
    if events.is_empty() {
        let rest = DrawnLength { at: Duration::ZERO, length, shape: None };
        return vec![element(rest, None, Vec::new(), Tie::default())];
    }
    let beats = Beats::of(frame.meter);
    let place = |time| time - frame.start + missing;
    let inside = events.iter().map(|(event, _)| place(event.start)).filter(|&at| at >= missing);
    let spans = spans(&beats, &inside.collect::<Vec<_>>());
    let mut elements = Vec::new();
    let rest = |elements: &mut Vec<Element>, from, to| {
        let pieces = pieces(from, to, &beats, &spans, NoteOrRest::Rest);
        elements.extend(pieces.into_iter().map(|piece| element(piece, None, Vec::new(), Tie::default())));
    };
    let mut at = missing;
    for (event, heads) in events {
        let (from, to) = (place(event.start.max(frame.start)), place(event.end.min(frame.end)));
        rest(&mut elements, at, from);
        let pieces = pieces(from, to, &beats, &spans, NoteOrRest::Note);
        let last = pieces.len().saturating_sub(1);
        elements.extend(pieces.into_iter().enumerate().map(|(i, piece)| {
            let tied =
                Tie { back: i > 0 || event.start < frame.start, on: i < last || event.end > frame.end };
            element(piece, Some(event.note), heads.clone(), tied)
        }));
        at = to;
    }
    rest(&mut elements, at, missing + length);
    beam::join(&mut elements, &beats, &spans);
    bracket(&mut elements, &spans);
    elements.iter_mut().for_each(|element| element.at -= missing);
    elements
}

fn element(piece: DrawnLength, note: Option<usize>, heads: Vec<NoteHead>, tied: Tie) -> Element {
    let DrawnLength { at, length, shape } = piece;
    Element { at, length, shape, heads, note, tied, beams: Vec::new(), tuplet: None }
}

/// Marks where tuplets begin and end.
fn bracket(elements: &mut [Element], spans: &[BeatSpan]) {
    for span in spans.iter().filter(|span| span.is_tuplet()) {
        let from = elements.partition_point(|element| element.at < span.start);
        let to = elements.partition_point(|element| element.at < span.end());
        let inside = &mut elements[from..to];
        let in_tuplet = |element: &Element| element.shape.is_some_and(|shape| shape.tuplet.is_some());
        if inside.len() < 2 || !inside.iter().all(in_tuplet) {
            continue;
        }
        let joined = beam::is_one_beam(inside);
        if let [first, .., last] = inside {
            first.tuplet = Some(Edge::First { bracket: !joined });
            last.tuplet = Some(Edge::Last);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoteOrRest {
    Note,
    Rest,
}

/// The pieces of a stretch of the bar, cut at the ends of tuplets.
fn pieces(
    from: Duration,
    to: Duration,
    beats: &Beats,
    spans: &[BeatSpan],
    kind: NoteOrRest,
) -> Vec<DrawnLength> {
    let edges = spans.iter().filter(|span| span.is_tuplet()).flat_map(|span| [span.start, span.end()]);
    let mut cuts: Vec<Duration> = edges.filter(|&edge| edge > from && edge < to).chain([from]).collect();
    cuts.sort();
    cuts.dedup();
    let ends = cuts.iter().copied().skip(1).chain([to]);
    let mut pieces = Vec::new();
    for (&from, to) in cuts.iter().zip(ends).filter(|(from, to)| *from < to) {
        let covers = |span: &&BeatSpan| span.start <= from && to <= span.end() && to - from < span.length;
        match spans.iter().filter(|span| span.is_tuplet()).find(covers) {
            Some(span) => in_tuplet(span, (from, to), kind, &mut pieces),
            None => cut(&Plain { beats, kind }, from, to, &mut |at, length, shape| {
                pieces.push(DrawnLength { at, length, shape });
            }),
        }
    }
    pieces
}

/// The pieces of a stretch inside of a tuplet: cut in the time of its notes as they are drawn.
fn in_tuplet(
    span: &BeatSpan,
    (from, to): (Duration, Duration),
    kind: NoteOrRest,
    pieces: &mut Vec<DrawnLength>,
) {
    let normal = 1 << span.parts.ilog2();
    let unit = NoteType::ALL.into_iter().find(|kind| kind.length() * normal <= span.length);
    let unit = unit.unwrap_or(NoteType::SixtyFourth);
    let tuplet = Tuplet { actual: span.parts, normal, unit };
    let rule = Uneven { parts: span.parts, length: span.length, unit: unit.length() * normal, normal, kind };
    let stretched = |place: Duration| (place - span.start) * span.parts;
    cut(&rule, stretched(from), stretched(to), &mut |at, length, shape| {
        let shape = shape.map(|shape| NoteShape { tuplet: Some(tuplet), ..shape });
        pieces.push(DrawnLength { at: span.start + at / span.parts, length: length / span.parts, shape });
    });
}

/// What places weigh, and what notes may hide.
trait CuttingRule {
    fn level(&self, place: Duration) -> u32;
    fn strongest(&self, from: Duration, to: Duration) -> Option<(Duration, Duration)>;
    fn may_hide(&self, place: Duration, from: Duration, to: Duration) -> bool;
    fn drawn(&self, length: Duration) -> Option<NoteShape>;
}

/// The bar outside of tuplets.
struct Plain<'a> {
    beats: &'a Beats,
    kind: NoteOrRest,
}

impl CuttingRule for Plain<'_> {
    fn level(&self, place: Duration) -> u32 {
        self.beats.level(place)
    }

    fn strongest(&self, from: Duration, to: Duration) -> Option<(Duration, Duration)> {
        self.beats.strongest(from, to)
    }

    fn may_hide(&self, place: Duration, from: Duration, to: Duration) -> bool {
        let [hidden, start, end] = [place, from, to].map(|place| self.level(place));
        let compound = self.beats.is_compound(from);
        if self.kind == NoteOrRest::Rest {
            let dotted = (to - from).as_quarters().0 % 3 == 0;
            return hidden > start.max(end) && (compound || !dotted);
        }
        let even = match hidden {
            1 => self.beats.is_even(),
            2 => !compound,
            _ => true,
        };
        let syncopated = even && start == hidden + 1 && end == start && place - from == to - place;
        hidden >= start.min(end) || syncopated
    }

    fn drawn(&self, length: Duration) -> Option<NoteShape> {
        drawn(length, 1)
    }
}

/// The time of a tuplet, stretched by the number of its parts so that every place is exact.
struct Uneven {
    parts: i64,
    length: Duration,
    unit: Duration,
    normal: i64,
    kind: NoteOrRest,
}

impl CuttingRule for Uneven {
    fn level(&self, place: Duration) -> u32 {
        if place <= Duration::ZERO || place >= self.length * self.parts {
            return 2;
        }
        let at = |level: &u32| place % (self.unit / (1 << (level - 3))) == Duration::ZERO;
        (3..NOWHERE).find(at).unwrap_or(NOWHERE)
    }

    fn strongest(&self, from: Duration, to: Duration) -> Option<(Duration, Duration)> {
        (3..NOWHERE).find_map(|level| {
            let step = self.unit / (1 << (level - 3));
            let first = from + step - from % step;
            let over = to % step;
            let last = if over > Duration::ZERO { to - over } else { to - step };
            (first < to).then_some((first, last))
        })
    }

    fn may_hide(&self, place: Duration, from: Duration, to: Duration) -> bool {
        let [hidden, start, end] = [place, from, to].map(|place| self.level(place));
        self.kind == NoteOrRest::Note && hidden >= start.min(end)
            || hidden > start.max(end)
            || (hidden == 3 && start.max(end) == 3)
    }

    fn drawn(&self, length: Duration) -> Option<NoteShape> {
        drawn(length, self.normal)
    }
}

/// Cuts a stretch at its strongest places until every piece can be drawn.
fn cut(
    rule: &dyn CuttingRule,
    from: Duration,
    to: Duration,
    put: &mut dyn FnMut(Duration, Duration, Option<NoteShape>),
) {
    let strongest = rule.strongest(from, to);
    let shape = rule.drawn(to - from);
    let hides =
        |(first, last): (Duration, Duration)| rule.may_hide(first, from, to) && rule.may_hide(last, from, to);
    match (shape, strongest) {
        (Some(_), None) | (None, None) => put(from, to - from, shape),
        (Some(_), Some(places)) if hides(places) => put(from, to - from, shape),
        (_, Some((first, last))) => {
            let at = if rule.level(from) >= rule.level(to) && rule.level(from) > 0 { first } else { last };
            cut(rule, from, at, put);
            cut(rule, at, to, put);
        }
    }
}

/// The note whose length is so many times shorter, if there is one.
fn drawn(length: Duration, times: i64) -> Option<NoteShape> {
    let shape = |kind, dotted| NoteShape { kind, dotted, tuplet: None };
    NoteType::ALL.into_iter().find_map(|kind| match kind.length() * times {
        plain if plain == length => Some(shape(kind, false)),
        plain if plain * 3 / 2 == length => Some(shape(kind, true)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// How a stretch of a bar with these onsets is drawn; all in twelfths of a quarter note.
    fn pieces_of(meter: &str, onsets: &[i64], (from, to): (i64, i64), kind: NoteOrRest) -> Vec<DrawnLength> {
        let time = |n: i64| Duration::quarters(n, 12);
        let beats = Beats::of(meter.parse().unwrap());
        let onsets: Vec<Duration> = onsets.iter().copied().chain([from]).map(time).collect();
        pieces(time(from), time(to), &beats, &spans(&beats, &onsets), kind)
    }

    fn named(pieces: &[DrawnLength]) -> String {
        let name = |piece: &DrawnLength| {
            let Some(shape) = piece.shape else { return "?".to_owned() };
            let tuplet = shape.tuplet.map_or(String::new(), |t| format!("({}:{})", t.actual, t.normal));
            format!("{}{}{tuplet}", shape.kind.name(), if shape.dotted { "." } else { "" })
        };
        pieces.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    /// A note counted in eighths.
    fn note(meter: &str, from: i64, to: i64) -> String {
        named(&pieces_of(meter, &[], (6 * from, 6 * to), NoteOrRest::Note))
    }

    fn rest(meter: &str, from: i64, to: i64) -> String {
        named(&pieces_of(meter, &[], (6 * from, 6 * to), NoteOrRest::Rest))
    }

    #[test]
    fn the_middle_of_the_bar_is_shown() {
        assert_eq!(note("4/4", 0, 8), "whole");
        assert_eq!(note("4/4", 0, 5), "half eighth");
        assert_eq!(note("4/4", 1, 3), "quarter");
        assert_eq!(note("4/4", 1, 4), "quarter.");
        assert_eq!(note("4/4", 3, 5), "eighth eighth");
        assert_eq!(note("4/4", 3, 6), "eighth quarter");
        assert_eq!(note("4/4", 2, 5), "quarter eighth");
        assert_eq!(note("4/4", 2, 6), "half");
        assert_eq!(note("4/4", 2, 8), "half.");
        assert_eq!(note("4/4", 1, 8), "quarter. half");
        assert_eq!(note("4/4", 0, 7), "half quarter.");
        assert_eq!(note("3/4", 1, 6), "eighth half");
        assert_eq!(note("3/4", 1, 5), "eighth quarter.");
        assert_eq!(note("5/4", 0, 10), "half. half");
        assert_eq!(note("5/4", 4, 8), "quarter quarter");
        assert_eq!(note("12/8", 0, 12), "whole.");
        assert_eq!(note("6/8", 2, 4), "eighth eighth");
        assert_eq!(note("6/8", 1, 6), "quarter quarter.");
    }

    #[test]
    fn rests_lie_on_the_beat() {
        assert_eq!(rest("4/4", 0, 4), "half");
        assert_eq!(rest("4/4", 2, 6), "quarter quarter");
        assert_eq!(rest("4/4", 1, 8), "eighth quarter half");
        assert_eq!(rest("4/4", 0, 6), "half quarter");
        assert_eq!(rest("3/4", 2, 6), "quarter quarter");
        assert_eq!(rest("6/8", 0, 3), "quarter.");
        assert_eq!(rest("12/8", 3, 12), "quarter. half.");
        assert_eq!(named(&pieces_of("4/4", &[], (0, 9), NoteOrRest::Rest)), "eighth 16th");
    }

    #[test]
    fn tuplets_are_closed() {
        let triplet = |from, to| named(&pieces_of("4/4", &[0, 4, 8], (from, to), NoteOrRest::Note));
        assert_eq!(triplet(4, 8), "eighth(3:2)");
        assert_eq!(triplet(0, 8), "quarter(3:2)");
        assert_eq!(triplet(8, 24), "eighth(3:2) quarter");
        assert_eq!(named(&pieces_of("4/4", &[0, 8, 16], (8, 16), NoteOrRest::Note)), "quarter(3:2)");
        assert_eq!(named(&pieces_of("4/4", &[0, 2, 4, 6], (2, 4), NoteOrRest::Note)), "16th(3:2)");
        assert_eq!(named(&pieces_of("4/4", &[0, 8, 16, 18], (16, 18), NoteOrRest::Note)), "16th(3:2)");
        assert_eq!(named(&pieces_of("4/4", &[3, 4], (3, 4), NoteOrRest::Note)), "32nd(3:2)");
        assert_eq!(named(&pieces_of("4/4", &[0, 4, 8], (4, 12), NoteOrRest::Rest)), "quarter(3:2)");
    }

    proptest! {
        #[test]
        fn pieces_add_up(from in 0i64..400, length in 1i64..400, parts in 1i64..30, rest: bool) {
            let from = from % (4 * parts);
            let beats = Beats::of(sideman_music::Meter::COMMON);
            let (from, to) = (Duration::quarters(from, parts), Duration::quarters(from + length, parts));
            let to = to.min(Duration::WHOLE);
            let kind = if rest { NoteOrRest::Rest } else { NoteOrRest::Note };
            let pieces = pieces(from, to, &beats, &spans(&beats, &[from]), kind);
            let sum: Duration = pieces.iter().map(|piece| piece.length).sum();
            prop_assert_eq!(sum, to - from);
            let mut at = from;
            for piece in pieces {
                prop_assert_eq!(piece.at, at);
                at += piece.length;
            }
        }
    }
}
