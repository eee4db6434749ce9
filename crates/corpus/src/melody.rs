//! Finds the part of a performance that a person would call the melody.
//!
//! Each pitched part gets points for what tells a melody from an accompaniment: its name and program, how
//! far it is one voice, its register, whether it lies on top, how busy and how varied it is, whether it moves
//! by step. The features are those of Rizo et al., *A Pattern Recognition Approach for Melody Track Selection
//! in MIDI Files* (ISMIR 2006), and Madsen & Widmer, *A Complexity-based Approach to Melody Track
//! Identification* (IJCAI 2007); the weights are set by hand. A softmax over the points is the confidence.

mod hands;
mod line;
mod names;
mod part;
mod texture;

use std::collections::BTreeSet;

use sideman_music::{Duration, Time};

pub(crate) use hands::extent;
pub(crate) use line::{Struck, TopLine};
pub(crate) use names::{instrument, program_name};
pub(crate) use part::{PlayedNote, PlayedPart};

/// The points of one part.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MelodyCandidate {
    /// The number of the part.
    pub(crate) part: usize,
    /// Points for being the melody, the sum of the reasons; natural-log odds up to a constant.
    pub(crate) points: f64,
    /// What gave points and took them, by weight.
    pub(crate) reasons: Vec<(f64, &'static str)>,
    /// Probability that it is the melody, together with the parts that double it, 0 to 1.
    pub(crate) confidence: f64,
    /// The number of an earlier part that it doubles, in unison or octaves.
    pub(crate) doubles: Option<usize>,
}

impl MelodyCandidate {
    /// The reasons that weigh most, in words.
    pub(crate) fn why(&self) -> String {
        let weighty = self.reasons.iter().filter(|(points, _)| points.abs() >= 0.3).take(4);
        weighty.map(|&(points, what)| format!("{what} {points:+.1}")).collect::<Vec<_>>().join(", ")
    }
}

/// Points of there being no melody: a part with fewer is none.
const NONE_POINTS: f64 = 0.0;

/// As many parts as are compared.
const MOST_PARTS: usize = 64;

/// What each pitched part is worth as the melody, the best first; of more than 64 parts, those with the most
/// notes.
pub(crate) fn rank(parts: &[PlayedPart]) -> Vec<MelodyCandidate> {
    let mut pitched: Vec<&PlayedPart> = parts.iter().filter(|part| part.is_pitched()).collect();
    pitched.sort_by_key(|part| std::cmp::Reverse(part.notes.len()));
    pitched.truncate(MOST_PARTS);
    pitched.sort_by_key(|part| part.number);
    let context = Ensemble::new(&pitched);
    let mut verdicts: Vec<MelodyCandidate> = pitched.iter().map(|part| verdict(part, &context)).collect();
    for (i, part) in pitched.iter().enumerate() {
        verdicts[i].doubles =
            pitched[..i].iter().find(|earlier| doubles(part, earlier)).map(|earlier| earlier.number);
    }
    let evidence = |v: &MelodyCandidate| v.points.exp();
    let all: f64 = verdicts.iter().map(evidence).sum::<f64>() + NONE_POINTS.exp();
    let lead = |v: &MelodyCandidate| v.doubles.unwrap_or(v.part);
    let together: Vec<f64> =
        verdicts.iter().map(|v| verdicts.iter().filter(|w| lead(w) == lead(v)).map(evidence).sum()).collect();
    for (verdict, evidence) in verdicts.iter_mut().zip(together) {
        verdict.confidence = evidence / all;
    }
    verdicts.sort_by(|a, b| b.points.total_cmp(&a.points).then(a.part.cmp(&b.part)));
    verdicts
}

/// The part to take, of those that [`rank`] gives; `None` when none of them is a melody.
pub(crate) fn best(verdicts: &[MelodyCandidate]) -> Option<&MelodyCandidate> {
    verdicts.first().filter(|verdict| verdict.points >= NONE_POINTS)
}

/// What is judged beside the others.
struct Ensemble<'a> {
    parts: &'a [&'a PlayedPart],
    /// The bars of common time that the piece has.
    bars: usize,
    /// Mean loudness of the parts.
    loudness: f64,
}

const BAR: Duration = Duration::WHOLE;

impl<'a> Ensemble<'a> {
    fn new(parts: &'a [&'a PlayedPart]) -> Self {
        let starts = parts.iter().map(|part| extent(&part.notes).0).min().unwrap_or_default();
        let ends = parts.iter().map(|part| extent(&part.notes).1).max().unwrap_or_default();
        let bars = usize::try_from((ends - starts).in_units_of(BAR)).unwrap_or(0).max(1);
        let loudness = parts.iter().map(|part| loudness(part)).sum::<f64>() / parts.len().max(1) as f64;
        Self { parts, bars, loudness }
    }

    /// The share of a part's notes above which no other part sounds.
    fn on_top(&self, part: &PlayedPart, line: &[PlayedNote]) -> f64 {
        let others = self.parts.iter().filter(|other| other.number != part.number && !doubles(other, part));
        let mut top = vec![true; line.len()];
        for other in others {
            for (top, covered) in top.iter_mut().zip(covered(line, &other.notes)) {
                *top &= !covered;
            }
        }
        texture::share(top.iter().filter(|&&t| t).count(), top.len()).unwrap_or(0.0)
    }
}

/// For each note of a line, whether a higher note of another part sounds when it starts.
fn covered(line: &[PlayedNote], others: &[PlayedNote]) -> Vec<bool> {
    let mut ends: [Time; 128] = [Time::ZERO; 128];
    let mut next = 0;
    let mut is_covered = |note: &PlayedNote| {
        while let Some(other) = others.get(next).filter(|other| other.onset <= note.onset) {
            let end = &mut ends[usize::from(other.pitch.number())];
            *end = other.end.max(*end);
            next += 1;
        }
        ends[usize::from(note.pitch.number()) + 1..].iter().any(|&end| end > note.onset)
    };
    line.iter().map(&mut is_covered).collect()
}

/// Velocity times volume, mean over the notes.
fn loudness(part: &PlayedPart) -> f64 {
    let sum: f64 = part.notes.iter().map(|note| f64::from(note.velocity)).sum();
    sum / part.notes.len().max(1) as f64 * f64::from(part.volume) / 127.0
}

/// Whether a part plays what another plays, in unison or octaves.
fn doubles(part: &PlayedPart, other: &PlayedPart) -> bool {
    let (more, fewer) = (part.notes.len().max(other.notes.len()), part.notes.len().min(other.notes.len()));
    if fewer * 10 < more * 8 {
        return false;
    }
    let sixteenth = Duration::quarters(1, 4);
    let key = |note: &PlayedNote| (note.onset.quantised(sixteenth), note.pitch.number() % 12);
    let theirs: BTreeSet<_> = other.notes.iter().map(key).collect();
    let shared = part.notes.iter().filter(|note| theirs.contains(&key(note))).count();
    shared * 10 >= part.notes.len() * 8 && shared * 10 >= other.notes.len() * 8
}

fn verdict(part: &PlayedPart, context: &Ensemble<'_>) -> MelodyCandidate {
    let alone = texture::alone(&part.notes);
    let line = TopLine::of(part).events;
    let line: Vec<PlayedNote> = line.iter().map(top_note).collect();
    let on_top = context.on_top(part, &line);
    let bars = line.chunk_by(|a, b| bar(a) == bar(b)).count();
    let coverage = bars as f64 / context.bars as f64;
    let busy = line.len() as f64 / bars.max(1) as f64;
    let variety = texture::variety(&line, BAR);
    let steps = texture::stepwise(&line);
    let loud = loudness(part) / context.loudness.max(1.0) - 1.0;
    let mut reasons = vec![
        (names::name_points(&part.name), "name"),
        (names::program_points(part.program), "instrument"),
        (2.5 * (alone - 0.5), "one voice"),
        (register_points(texture::register(&line)), "register"),
        (2.0 * (on_top - 0.5), "on top"),
        (3.0 * (coverage.min(0.6) / 0.6) - 2.0, "presence"),
        (busyness_points(busy), "density"),
        (2.0 * (variety - 0.5), "variety"),
        (2.0 * (steps.unwrap_or(0.0).min(0.6) - 0.35), "steps"),
        (loud.clamp(-0.5, 0.5), "loudness"),
    ];
    reasons.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    let points = reasons.iter().map(|(points, _)| points).sum();
    MelodyCandidate { part: part.number, points, reasons, confidence: 0.0, doubles: None }
}

fn top_note(event: &Struck) -> PlayedNote {
    let Struck { onset, end, pitches, velocity } = *event;
    PlayedNote { onset, end, silent: end, pitch: pitches.top(), velocity }
}

fn bar(note: &PlayedNote) -> Duration {
    let since = note.onset.since_start();
    since - since % BAR
}

/// A melody lies around the staff: nothing is lost from F3 to C6, and a point for each fourth outside.
fn register_points(mean: f64) -> f64 {
    0.5 - ((55.0 - mean).max(0.0) + (mean - 84.0).max(0.0)) / 5.0
}

/// A melody has two to twelve notes in four quarters; a pad has fewer, an arpeggio or a riff more.
fn busyness_points(notes: f64) -> f64 {
    match notes {
        n if n < 2.0 => 0.5 - (2.0 - n) * 1.2,
        n if n > 12.0 => 0.5 - ((n - 12.0) / 3.0).min(1.5),
        _ => 0.5,
    }
}
