//! Infers chords from what sounds.
//!
//! Each span of time (half a bar) has a weight for each pitch class, and a bass. Chord templates are matched
//! with it, and the sequence of chords is smoothed by a Viterbi search that charges for each change, in the
//! manner of Sheh & Ellis (ISMIR 2003) and Rocher et al. (ISMIR 2009, chord and key from symbolic music).

mod key;

use sideman_music::{Chord, Key, NoteName, Pitch, PitchClass, Quality, Time};

pub(crate) use key::estimate_key;

/// A note that takes part in the harmony.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WeightedNote {
    /// Where it starts.
    pub(crate) onset: Time,
    /// Where it stops.
    pub(crate) end: Time,
    /// Its pitch.
    pub(crate) pitch: Pitch,
    /// How much it counts, 1 for a note of the accompaniment.
    pub(crate) weight: f64,
}

/// The chord of a span of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SpanChord {
    /// The chord; `None` where nothing has sounded yet.
    pub(crate) chord: Option<Chord>,
    /// The share of what sounds in the span that belongs to the chord, 0 to 1; 0 in silence.
    pub(crate) fit: f64,
}

/// The qualities that are told apart, with what each costs: rarer ones need more evidence.
const QUALITIES: [(&str, f64); 12] = [
    ("", 0.0),
    ("m", 0.0),
    ("7", 0.02),
    ("maj7", 0.02),
    ("m7", 0.02),
    ("6", 0.08),
    ("m6", 0.08),
    ("m7b5", 0.06),
    ("dim7", 0.06),
    ("sus4", 0.16),
    ("7sus4", 0.16),
    ("aug", 0.12),
];

/// What a change of chord costs at the start of a bar and within it; motion by a fifth costs less.
const CHANGE: f64 = 0.18;
const CHANGE_WITHIN: f64 = 0.30;
const BY_FIFTH: f64 = 0.04;

/// The chords of the spans between these cuts (`cuts[i].1` says whether a bar starts at the cut), named in a
/// key. The sounds stand in order of onset.
///
/// A silent span goes on with the chord before. Where only a melody sounds (no weight reaches 1), its lowest
/// note is no bass, and triads and sevenths of the key are preferred.
pub(crate) fn infer(sounds: &[WeightedNote], cuts: &[(Time, bool)], key: Key) -> Vec<SpanChord> {
    let is_alone = sounds.iter().all(|sound| sound.weight < 1.0);
    let templates = templates(key, is_alone);
    let spans = spans(sounds, cuts);
    let path = smoothest(&templates, &spans, cuts);
    let mut before = None;
    let named = path.iter().zip(&spans).map(|(&i, span)| {
        let fit = if span.is_silent() { 0.0 } else { templates[i].share(span) };
        if !span.is_silent() {
            before = Some(templates[i].chord(key, span));
        }
        SpanChord { chord: before, fit }
    });
    named.collect()
}

/// What sounds in a span: the weight of each pitch class (they sum to 1, or to 0 in silence), and that of
/// each as the bass.
#[derive(Clone, Copy, Default)]
struct Chroma {
    classes: [f64; 12],
    bass: Option<PitchClass>,
}

impl Chroma {
    fn is_silent(&self) -> bool {
        self.bass.is_none()
    }
}

/// The spans between the cuts.
fn spans(sounds: &[WeightedNote], cuts: &[(Time, bool)]) -> Vec<Chroma> {
    let mut held: Vec<WeightedNote> = Vec::new();
    let mut next = 0;
    let mut spans = Vec::with_capacity(cuts.len().saturating_sub(1));
    for pair in cuts.windows(2) {
        let (start, end) = (pair[0].0, pair[1].0);
        held.retain(|sound| sound.end > start);
        while let Some(sound) = sounds.get(next).filter(|sound| sound.onset < end) {
            held.push(*sound);
            next += 1;
        }
        spans.push(span(&held, start, end));
    }
    spans
}

fn span(sounds: &[WeightedNote], start: Time, end: Time) -> Chroma {
    let quarters = |from: Time, to: Time| {
        let (n, d) = (to - from).as_quarters();
        n as f64 / d as f64
    };
    let length = quarters(start, end).max(f64::MIN_POSITIVE);
    let mut classes = [0.0; 12];
    let mut lowest: Option<(f64, Pitch)> = None;
    for sound in sounds {
        let time = quarters(sound.onset.max(start), sound.end.min(end)) / length;
        if time <= 0.0 {
            continue;
        }
        // A struck note counts beyond its length, for it rings in the ear.
        classes[sound.pitch.class().index()] += sound.weight * (time + 0.1);
        let starts = if sound.onset - start < (end - start) / 8 { 5.0 } else { 0.0 };
        let depth = f64::from(127 - sound.pitch.number()) + starts + 6.0 * time.min(0.5);
        if lowest.is_none_or(|(deepest, _)| depth > deepest) {
            lowest = Some((depth, sound.pitch));
        }
    }
    let sum: f64 = classes.iter().sum();
    if sum <= 0.0 {
        return Chroma::default();
    }
    Chroma { classes: classes.map(|weight| weight / sum), bass: lowest.map(|(_, pitch)| pitch.class()) }
}

/// A chord to be matched.
struct Template {
    chord: Chord,
    root: PitchClass,
    /// What weight in each pitch class counts for.
    worth: [f64; 12],
    /// Semitones above the root of the tones that define it, with what each costs where it is missing.
    needed: Vec<(usize, f64)>,
    cost: f64,
    /// How much the bass counts.
    rooted: f64,
}

/// What a tone costs that is outside the key, and how much more it does where a melody is all there is.
const OUTSIDE: f64 = 0.03;
const GUESSING: f64 = 4.0;

fn templates(key: Key, is_alone: bool) -> Vec<Template> {
    let qualities =
        QUALITIES.iter().filter_map(|&(symbol, cost)| Some((symbol.parse::<Quality>().ok()?, cost)));
    let on_roots =
        qualities.flat_map(|(quality, cost)| PitchClass::all().map(move |root| (root, quality, cost)));
    let templates = on_roots.map(|(root, quality, cost)| {
        let mut template = Template::new(root, quality);
        let outside = template.chord.tones().without(key.classes()).len() as f64;
        template.cost = (cost + OUTSIDE * outside) * if is_alone { GUESSING } else { 1.0 };
        template.rooted = if is_alone { 0.0 } else { 1.0 };
        template
    });
    templates.collect()
}

impl Template {
    fn new(root: PitchClass, quality: Quality) -> Self {
        let chord = Chord { root: NoteName::flat(root), quality, bass: None };
        let worth = std::array::from_fn(|i| {
            let class = PitchClass::new(i as i32);
            if chord.tones().contains(class) {
                1.0
            } else if chord.colours().contains(class) {
                -0.3
            } else {
                -0.9
            }
        });
        let mut needed = vec![(root.index(), 0.10)];
        let guides = chord.guide_tones().iter().map(|class| (class.index(), 0.12));
        needed.extend(guides);
        Self { chord, root, worth, needed, cost: 0.0, rooted: 1.0 }
    }

    /// How well the chord fits a span; 0 in silence, for any chord.
    fn score(&self, span: &Chroma) -> f64 {
        let Some(bass) = span.bass else { return 0.0 };
        let fit: f64 = self.worth.iter().zip(&span.classes).map(|(worth, weight)| worth * weight).sum();
        let missing: f64 =
            self.needed.iter().filter(|&&(class, _)| span.classes[class] < 0.03).map(|(_, cost)| cost).sum();
        let bass = if bass == self.root {
            0.25
        } else if self.worth[bass.index()] > 0.0 {
            0.05
        } else {
            -0.10
        };
        fit + self.rooted * bass - missing - self.cost
    }

    /// The share of a span that belongs to the chord.
    fn share(&self, span: &Chroma) -> f64 {
        self.worth
            .iter()
            .zip(&span.classes)
            .filter(|&(&worth, _)| worth > 0.0)
            .map(|(_, weight)| weight)
            .sum()
    }

    /// The chord, its names those of the key; another chord tone in the bass is written.
    fn chord(&self, key: Key, span: &Chroma) -> Chord {
        let root = root_name(self.root, key);
        let chord = Chord { root, ..self.chord };
        let is_inverted =
            |bass: &PitchClass| self.rooted > 0.0 && *bass != self.root && self.worth[bass.index()] > 0.0;
        let bass = span.bass.filter(is_inverted);
        Chord { bass: bass.map(|bass| chord.spell(bass)), ..chord }
    }
}

/// The name of a root in a key: of those that sound alike the one from five fifths below its signature to six
/// above (in C: D♭, A♭, E♭, B♭, and F♯).
fn root_name(root: PitchClass, key: Key) -> NoteName {
    let names = (-5..=6).filter_map(|fifths| NoteName::at_fifths(key.fifths() + fifths));
    names
        .into_iter()
        .find(|name| name.class() == root && name.fifths().abs() <= 7)
        .unwrap_or(NoteName::flat(root))
}

/// The best sequence of templates (Viterbi).
fn smoothest(templates: &[Template], spans: &[Chroma], cuts: &[(Time, bool)]) -> Vec<usize> {
    let mut best = vec![0.0; templates.len()];
    let mut back: Vec<Vec<u8>> = Vec::with_capacity(spans.len());
    for (span, &(_, is_bar)) in spans.iter().zip(cuts) {
        let change = if is_bar { CHANGE } else { CHANGE_WITHIN };
        let any = argmax(best.iter().copied());
        let by_root: Vec<usize> = PitchClass::all().map(|root| best_on(templates, &best, root)).collect();
        let ways = templates.iter().enumerate().map(|(i, template)| {
            let fifth = by_root[template.root.transposed(7).index()];
            let ways = [(i, best[i]), (any, best[any] - change), (fifth, best[fifth] - change + BY_FIFTH)];
            ways[argmax(ways.iter().map(|way| way.1))]
        });
        let (from, scores): (Vec<usize>, Vec<f64>) = ways.unzip();
        best = scores.iter().zip(templates).map(|(score, template)| score + template.score(span)).collect();
        back.push(from.iter().map(|&i| i as u8).collect());
    }
    let mut here = argmax(best.iter().copied());
    let mut path: Vec<usize> = Vec::with_capacity(back.len());
    for from in back.iter().rev() {
        path.push(here);
        here = usize::from(from[here]);
    }
    path.reverse();
    path
}

fn best_on(templates: &[Template], best: &[f64], root: PitchClass) -> usize {
    let worth = |i: &usize| if templates[*i].root == root { best[*i] } else { f64::MIN };
    argmax((0..templates.len()).map(|i| worth(&i)))
}

/// The first place of the greatest value; 0 when there are none.
fn argmax(values: impl Iterator<Item = f64>) -> usize {
    let best = values.enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map_or(0, |(i, _)| i)
}

#[cfg(test)]
mod tests;
