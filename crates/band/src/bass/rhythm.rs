//! The rhythm of a bass line: notes whose pitches are still to be found.

use sideman_music::{Chord, Duration, NoteName, PitchClassSet, Time};

use crate::chance::Chance;
use crate::form::{self, BarPlan, Form, Passage};
use crate::style::{BassTone, Style};

/// A note whose pitch is to be found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) at: Time,
    pub(super) length: Duration,
    pub(super) tone: BassTone,
    pub(super) chord: Chord,
    pub(super) tones: PitchClassSet,
    pub(super) scale: PitchClassSet,
    /// Whether the sheet names a chord where it stands.
    pub(super) change: bool,
    /// Whether that is another chord than the one before.
    pub(super) new: bool,
    /// Whether it is the first of its bar.
    pub(super) downbeat: bool,
    pub(super) intensity: f64,
}

/// The rhythm: a pattern of the style for each bar, and a note wherever the chord changes.
pub(super) fn slots(form: &Form, style: &Style, chance: &mut Chance) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    let (mut sounding, mut pedal) = (None, None);
    for (nth, (start, meter, plan)) in form.bars().enumerate() {
        if plan.passage == Passage::Drums {
            continue;
        }
        pedal = pedal.filter(|pedal: &Pedal| nth < pedal.until);
        pedal = pedal.or_else(|| Pedal::from(form, nth, &plan, chance).filter(|_| !style.pedal.0.is_empty()));
        let calm = plan.passage == Passage::Head && !style.head.0.is_empty();
        let rhythms = match pedal {
            Some(_) => &style.pedal,
            None if calm => &style.head,
            None => &style.bass,
        };
        let pattern = chance.pick(&rhythms.for_meter(meter));
        let steps = match (plan.passage, pattern) {
            (Passage::Ending, _) | (_, None) => Vec::new(),
            (_, Some(pattern)) => pattern.over(meter, nth),
        };
        let mut notes: Vec<(Time, Time, BassTone)> =
            steps.iter().map(|s| (start + s.at, start + s.at + s.length, s.sign)).collect();
        let end = start + meter.bar();
        let changes = if pedal.is_some() { &[] } else { changes(form, start, end) };
        for &(at, _) in changes {
            insert(&mut notes, at, end);
        }
        if let Some(length) = form.last_note(start) {
            notes = vec![(start, start + length, BassTone::Root)];
        }
        for (at, end, tone) in notes {
            let chord = pedal.map_or(form.chord_at(at), |pedal| Some(pedal.chord));
            let change = changes.iter().any(|change| change.0 == at);
            let new = chord != sounding;
            sounding = chord;
            let Some(chord) = chord else { continue };
            let (length, downbeat, intensity) = (end - at, at == start, plan.intensity);
            let (tones, scale) = (chord.tones(), chord.scale_tones());
            slots.push(Slot { at, length, tone, chord, tones, scale, change, new, downbeat, intensity });
        }
    }
    slots
}

/// The changes from a time to before another.
fn changes(form: &Form, from: Time, to: Time) -> &[(Time, Option<Chord>)] {
    let changes = form.sheet.chords();
    let before = |time: Time| changes.partition_point(|change| change.0 < time);
    &changes[before(from)..before(to)]
}

/// A tone that stays while the chords go on.
#[derive(Clone, Copy)]
struct Pedal {
    /// The chord on whose root it is.
    chord: Chord,
    /// The first bar without it.
    until: usize,
}

/// How often a bass stays where a chord lasts so many bars.
const STAYS: f64 = 0.4;
const LASTS: usize = 4;

impl Pedal {
    /// The one that begins with a bar: on the fifth of the key through an intro, now and then on the root of a chord that
    /// lasts.
    fn from(form: &Form, nth: usize, plan: &BarPlan, chance: &mut Chance) -> Option<Self> {
        match plan.passage {
            Passage::Intro => {
                let home = form::home(&form.sheet)?;
                let root = NoteName::flat(home.root.class().transposed(7));
                let intro = form.bars.iter().take_while(|plan| plan.passage == Passage::Intro);
                Some(Self { chord: Chord { root, bass: None, ..home }, until: intro.count() })
            }
            Passage::Solo if plan.in_phrase == 0 => {
                let chord = form.chord_at(form.sheet.bar_start(nth))?;
                let until = nth + LASTS;
                let through = form.bars.get(nth..until)?.iter().all(|bar| bar.passage == plan.passage);
                let over = changes(form, form.sheet.bar_start(nth), form.sheet.bar_start(until));
                let lasts = through && over.iter().all(|change| change.1 == Some(chord));
                (lasts && chance.happens(STAYS)).then_some(Self { chord, until })
            }
            _ => None,
        }
    }
}

/// Puts a root where the chord changes, unless a note starts there; a note held over it stops.
fn insert(notes: &mut Vec<(Time, Time, BassTone)>, at: Time, bar_end: Time) {
    let index = notes.partition_point(|note| note.0 < at);
    if let Some(before) = index.checked_sub(1) {
        notes[before].1 = notes[before].1.min(at);
    }
    match notes.get_mut(index) {
        Some(note) if note.0 == at => {
            if !matches!(note.2, BassTone::Walk | BassTone::Root) {
                note.2 = BassTone::Root;
            }
        }
        next => {
            let end = next.map_or(bar_end, |note| note.0);
            notes.insert(index, (at, end, BassTone::Root));
        }
    }
}
