//! Beams: what a player takes in at one glance.

use sideman_music::Duration;

use super::beats::Beats;
use super::span::BeatSpan;
use super::staff::{Beam, Element, NoteType};

/// Joins notes with flags that follow each other in a beat; in a group of two beats all, where they are nothing but
/// eighths.
pub(super) fn join(elements: &mut [Element], beats: &Beats, spans: &[BeatSpan]) {
    let group = |element: &Element| group(element.at, beats, spans, elements);
    let groups: Vec<Option<Duration>> =
        elements.iter().map(|element| flags(element).map(|_| group(element))).collect();
    let mut from = 0;
    while from < elements.len() {
        let to = from + groups[from..].iter().take_while(|&&other| other == groups[from]).count();
        if groups[from].is_some() && to - from > 1 {
            beams(&mut elements[from..to]);
        }
        from = to;
    }
}

/// How many flags a note would have on its own; `None` where it has none.
fn flags(element: &Element) -> Option<usize> {
    let flags = element.shape?.kind.flags();
    (flags > 0 && !element.heads.is_empty()).then_some(flags)
}

/// Where the notes begin that a note is joined to.
fn group(at: Duration, beats: &Beats, spans: &[BeatSpan], elements: &[Element]) -> Duration {
    let (start, of_two) = beats.group(at);
    let inside = |place: Duration| place >= start && place < start + Duration::QUARTER * 2;
    let plain = spans.iter().filter(|span| inside(span.start)).all(|span| !span.is_tuplet());
    let eighth = |element: &Element| element.shape.is_none_or(|shape| shape.kind <= NoteType::Eighth);
    let eighths = elements.iter().filter(|element| inside(element.at)).all(eighth);
    let span = spans.iter().rfind(|span| span.start <= at).filter(|span| span.is_tuplet());
    match span {
        Some(span) => span.start,
        None if of_two && plain && eighths => start,
        None => beats.beat(at).0,
    }
}

fn beams(elements: &mut [Element]) {
    let counts: Vec<usize> = elements.iter().map(|element| flags(element).unwrap_or(0)).collect();
    let has =
        |i: Option<usize>, level| i.and_then(|i| counts.get(i)).is_some_and(|&count: &usize| count >= level);
    for (i, element) in elements.iter_mut().enumerate() {
        let beam = |level| match (has(i.checked_sub(1), level), has(Some(i + 1), level)) {
            (true, true) => Beam::Continue,
            (true, false) => Beam::End,
            (false, true) => Beam::Begin,
            (false, false) if i == 0 => Beam::ForwardHook,
            (false, false) => Beam::BackwardHook,
        };
        element.beams = (1..=counts[i]).map(beam).collect();
    }
}

/// Whether one beam joins all of these.
pub(super) fn is_one_beam(elements: &[Element]) -> bool {
    let [first, inner @ .., last] = elements else { return false };
    let is = |element: &Element, beam| element.beams.first() == Some(&beam);
    is(first, Beam::Begin) && is(last, Beam::End) && inner.iter().all(|element| is(element, Beam::Continue))
}
