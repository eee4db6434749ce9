//! Where a tune may get new chords.

use sideman_music::{Bars, Sheet, Time};

use super::progression::{HarmonySpan, Progression};
use super::taste;

/// Bars of a phrase, at whose beginning the harmony arrives, and of the longest site: a chord that stays for longer is
/// several.
const PHRASE: usize = 4;
const LONGEST: usize = 2;

/// A chord that may be rewritten or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site {
    pub(super) span: HarmonySpan,
    pub(super) kept: bool,
    /// Whether a phrase or a resolution begins with it.
    pub(super) arrives: bool,
    /// How often it was rewritten.
    pub(super) depth: u8,
}

/// The chords of a sheet, cut at sections and where they are long; those of the first and last bar of each section are
/// kept, and those outside of the bars that may change.
pub(super) fn sites(sheet: &Sheet, bars: Option<Bars>) -> Vec<Site> {
    let open = bars.map_or(Time::ZERO..sheet.end(), |bars| {
        sheet.bar_start(bars.indices().start)..sheet.bar_start(bars.indices().end)
    });
    let progression = Progression::new(sheet);
    let mut sites: Vec<Site> = Vec::new();
    for (_, section) in sheet.sections() {
        let (start, end) = (sheet.bar_start(section.start), sheet.bar_start(section.end));
        let spans: Vec<HarmonySpan> =
            progression.spans().iter().filter_map(|s| clipped(s, start, end)).collect();
        let (first, last) = (spans.first().map(|s| s.start), spans.last().map(HarmonySpan::end));
        let phrases: Vec<Time> = section.clone().step_by(PHRASE).map(|bar| sheet.bar_start(bar)).collect();
        let edges: Vec<Time> = [section.start + 1, section.end - 1]
            .into_iter()
            .chain(section.step_by(LONGEST))
            .map(|bar| sheet.bar_start(bar))
            .chain([open.start, open.end])
            .collect();
        for span in spans.iter().flat_map(|span| cut(*span, &edges)) {
            let border = Some(span.start) == first || Some(span.end()) == last;
            let kept = border || span.start < open.start || span.end() > open.end || span.chord.is_none();
            let resolves = sites.last().is_some_and(|before| taste::arrives(&before.span, &span));
            sites.push(Site { span, kept, arrives: resolves || phrases.contains(&span.start), depth: 0 });
        }
    }
    sites
}

fn clipped(span: &HarmonySpan, start: Time, end: Time) -> Option<HarmonySpan> {
    let (from, to) = (span.start.max(start), span.end().min(end));
    (from < to).then(|| HarmonySpan { start: from, length: to - from, chord: span.chord })
}

/// A span in pieces that end at some times.
fn cut(span: HarmonySpan, edges: &[Time]) -> Vec<HarmonySpan> {
    let mut times: Vec<Time> =
        edges.iter().copied().filter(|&edge| span.start < edge && edge < span.end()).collect();
    times.extend([span.start, span.end()]);
    times.sort();
    times.dedup();
    times.windows(2).map(|w| HarmonySpan { start: w[0], length: w[1] - w[0], chord: span.chord }).collect()
}
