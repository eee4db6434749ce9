//! The yardstick of likelihood, and the floors that a network has to beat on it.
//!
//! Whatever a model's own grid, it is measured on this one: onsets are rounded to twelfths of a quarter note;
//! the time from onset to onset is one of 96 classes; then comes the pitch, given the true time; then in which of
//! eight classes of length the note is held, given both. A model that is told how the last note is held knows much
//! of the gap after it, so that only the full joint of all three is a fair figure of it. The floors are interpolated
//! n-grams over the same symbols, told as much or as little.

use std::fmt;

use sideman_corpus::Piece;
use sideman_music::{Duration, Note, Solo, Time};

use crate::ngram::{Backoff, InContext};

/// Classes of the time from onset to onset: 1 to 95 twelfths of a quarter note, and 96 or more.
pub(crate) const IOI_CLASSES: usize = 96;
/// Classes of how long a note is held.
pub(crate) const HOLD_CLASSES: usize = 8;
/// The longest of each class but the last, in twenty-fourths of a quarter note.
pub(crate) const HOLD_ENDS: [i64; HOLD_CLASSES - 1] = [3, 5, 7, 10, 15, 30, 60];
/// Pitches, and so intervals from a given pitch.
const PITCHES: usize = 128;
/// Contexts of 0, 1, 2 and 3 symbols.
const ORDERS: usize = 4;
/// What stands before the first symbol of a solo.
const START: i32 = i32::MIN;

/// The twelfth of a quarter note nearest to a time.
pub(crate) fn onset_tick(time: Time) -> i64 {
    time.since_start().in_units_of(Duration::quarters(1, 12))
}

/// The class of the time between two onsets, from 1 to [`IOI_CLASSES`]; the same tick counts as the next.
pub(crate) fn ioi_class(from: Time, to: Time) -> usize {
    (onset_tick(to) - onset_tick(from)).clamp(1, IOI_CLASSES as i64) as usize
}

/// The class of how long a note is held, from 0.
pub(crate) fn hold_class(length: Duration) -> usize {
    let units = length.in_units_of(Duration::quarters(1, 24));
    HOLD_ENDS.iter().filter(|&&end| units > end).count()
}

/// A gap as it speaks for the length of the note at its end: exact up to a quarter note, then up to two, four and more.
fn coarse(ioi: i32) -> i32 {
    match ioi {
        ..=12 => ioi,
        13..=24 => 13,
        25..=48 => 14,
        _ => 15,
    }
}

/// Nats per note of n-grams with contexts of 0, 1, 2 and 3 symbols, over all notes but the first of each solo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Floors {
    /// Notes that were scored.
    pub notes: usize,
    /// Time from onset to onset, given those before.
    pub ioi: [f64; ORDERS],
    /// The same, given besides the place of the last onset in the beat (its tick modulo 12).
    pub ioi_in_place: [f64; ORDERS],
    /// The same, given besides the class of how long the last note is held.
    pub ioi_told: [f64; ORDERS],
    /// Pitch as the interval from the one before, given the intervals before that.
    pub interval: [f64; ORDERS],
    /// The class of how long the note is held, given those before, the time to its onset and its place in the beat.
    pub hold: [f64; ORDERS],
}

impl Floors {
    /// The floors on `validation` of n-grams that learned from `train`; `None` when there is nothing to learn
    /// from or to score.
    pub fn new<'a>(
        train: impl IntoIterator<Item = &'a Piece>,
        validation: impl IntoIterator<Item = &'a Piece>,
    ) -> Option<Self> {
        let (train, validation) = (lines(train), lines(validation));
        let notes = validation.iter().map(|line| line.intervals.len()).sum();
        let known: usize = train.iter().map(|line| line.intervals.len()).sum();
        let floor = |classes, of: fn(&SymbolLine, usize) -> Vec<InContext<i32>>| {
            std::array::from_fn(|order| {
                let model = Backoff::new(classes, train.iter().flat_map(|line| of(line, order)));
                let losses =
                    validation.iter().flat_map(|line| of(line, order)).map(|s| -model.probability(&s).ln());
                losses.sum::<f64>() / notes as f64
            })
        };
        (notes > 0 && known > 0).then(|| Self {
            notes,
            ioi: floor(IOI_CLASSES, |line, order| scored(&line.iois, order)),
            ioi_in_place: floor(IOI_CLASSES, SymbolLine::iois_in_place),
            ioi_told: floor(IOI_CLASSES, SymbolLine::iois_told),
            interval: floor(PITCHES, |line, order| scored(&line.intervals, order)),
            hold: floor(HOLD_CLASSES, SymbolLine::holds_in_place),
        })
    }

    /// The best n-gram for the time that is not told how notes are held: nats per note.
    pub(crate) fn best_rhythm(&self) -> f64 {
        least(&self.ioi).min(least(&self.ioi_in_place))
    }

    /// The best n-gram for the time that is told how the last note is held: nats per note.
    pub(crate) fn best_rhythm_told(&self) -> f64 {
        least(&self.ioi_told)
    }

    /// The best n-gram for the pitch: nats per note.
    pub(crate) fn best_pitch(&self) -> f64 {
        least(&self.interval)
    }

    /// The best n-gram for how long the note is held: nats per note.
    pub(crate) fn best_hold(&self) -> f64 {
        least(&self.hold)
    }

    /// The best n-gram for the time and the best for the pitch, neither told how notes are held: nats per note.
    pub fn best(&self) -> f64 {
        self.best_rhythm() + self.best_pitch()
    }

    /// The same where they are told.
    pub(crate) fn best_told(&self) -> f64 {
        self.best_rhythm_told() + self.best_pitch()
    }

    /// The best n-grams for the time, the pitch and how long the note is held, each told all that came before it: nats
    /// per note.
    pub fn best_of_all(&self) -> f64 {
        self.best_told() + self.best_hold()
    }
}

fn least(floors: &[f64]) -> f64 {
    floors.iter().copied().fold(f64::INFINITY, f64::min)
}

impl fmt::Display for Floors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:28} contexts of 0, 1, 2, 3: nats per note over {} notes",
            "n-gram floors", self.notes
        )?;
        let rows = [
            ("ioi", self.ioi),
            ("ioi in place", self.ioi_in_place),
            ("ioi in place, hold told", self.ioi_told),
            ("interval", self.interval),
            ("hold", self.hold),
        ];
        for (what, floors) in rows {
            let floors = floors.map(|nats| format!("{nats:.3}")).join("  ");
            writeln!(f, "{what:28} {floors}")?;
        }
        writeln!(f, "{:28} {:.3}", "best, holds not told", self.best())?;
        writeln!(f, "{:28} {:.3}", "best of all", self.best_of_all())
    }
}

/// A solo in the symbols of the yardstick, one for each note but the first.
struct SymbolLine {
    iois: Vec<i32>,
    /// The tick of the onset before, modulo 12.
    places: Vec<i32>,
    intervals: Vec<i32>,
    /// Of the note before.
    last_holds: Vec<i32>,
    holds: Vec<i32>,
    /// The tick of the onset, modulo 12.
    own_places: Vec<i32>,
}

fn lines<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Vec<SymbolLine> {
    pieces.into_iter().filter_map(|piece| piece.solo.as_ref()).map(SymbolLine::new).collect()
}

impl SymbolLine {
    fn new(solo: &Solo) -> Self {
        let pairs = || solo.notes().windows(2);
        let place = |note: &Note| onset_tick(note.onset).rem_euclid(12) as i32;
        let hold = |note: &Note| hold_class(note.duration) as i32;
        Self {
            iois: pairs().map(|w| ioi_class(w[0].onset, w[1].onset) as i32).collect(),
            places: pairs().map(|w| place(&w[0])).collect(),
            intervals: pairs().map(|w| w[0].pitch().to(w[1].pitch()).semitones()).collect(),
            last_holds: pairs().map(|w| hold(&w[0])).collect(),
            holds: pairs().map(|w| hold(&w[1])).collect(),
            own_places: pairs().map(|w| place(&w[1])).collect(),
        }
    }

    /// The place in the beat stands nearest: it is the last that is given up.
    fn iois_in_place(&self, order: usize) -> Vec<InContext<i32>> {
        self.beside(&self.iois, order, |line, i| vec![line.places[i]])
    }

    /// How the last note is held stands nearest, then the place in the beat.
    fn iois_told(&self, order: usize) -> Vec<InContext<i32>> {
        self.beside(&self.iois, order, |line, i| vec![line.places[i], line.last_holds[i]])
    }

    /// The place in the beat stands nearest, then the time to the onset, then how the notes before are held.
    fn holds_in_place(&self, order: usize) -> Vec<InContext<i32>> {
        let known = |line: &Self, i: usize| vec![coarse(line.iois[i]), line.own_places[i]];
        self.beside(&self.holds, order, known)
    }

    /// Each symbol of a sequence after the `order` symbols before it and what else is known there.
    fn beside(
        &self,
        sequence: &[i32],
        order: usize,
        known: impl Fn(&Self, usize) -> Vec<i32>,
    ) -> Vec<InContext<i32>> {
        let with = |(i, scored): (usize, InContext<i32>)| InContext {
            context: [scored.context, known(self, i)].concat(),
            ..scored
        };
        scored(sequence, order).into_iter().enumerate().map(with).collect()
    }
}

/// Each symbol of a sequence after the `order` symbols before it.
fn scored(sequence: &[i32], order: usize) -> Vec<InContext<i32>> {
    let before = |i: usize| move |back: usize| i.checked_sub(back).map_or(START, |at| sequence[at]);
    let context = |i: usize| (1..=order).rev().map(before(i)).collect();
    sequence.iter().enumerate().map(|(i, &symbol)| InContext { context: context(i), symbol }).collect()
}

#[cfg(test)]
mod tests {
    use sideman_music::{Instrument, Pitch, Sheet};

    use super::*;

    fn piece(onsets: &[(i64, i64)], pitches: &[u8]) -> Piece {
        let note = |(&(n, d), &pitch): (&(i64, i64), &u8)| {
            Note::new(Time::ZERO + Duration::quarters(n, d), Duration::quarters(1, 48), Pitch::midi(pitch))
        };
        let notes = onsets.iter().zip(pitches).map(note).collect();
        let sheet: Sheet = "C | C".parse().unwrap();
        let solo = Some(Solo::new(Instrument::TenorSax, notes).unwrap());
        Piece { id: "a".into(), sheet, solo, credits: Default::default() }
    }

    #[test]
    fn times_fall_into_classes() {
        let at = |n, d| Time::ZERO + Duration::quarters(n, d);
        assert_eq!(ioi_class(at(0, 1), at(1, 2)), 6);
        assert_eq!(ioi_class(at(0, 1), at(1, 48)), 1, "the same tick counts as the next");
        assert_eq!(ioi_class(at(-1, 3), at(0, 1)), 4);
        assert_eq!(ioi_class(at(0, 1), at(9, 1)), 96);
    }

    #[test]
    fn lengths_fall_into_classes() {
        let class = |n, d| hold_class(Duration::quarters(n, d));
        assert_eq!([class(0, 1), class(1, 8), class(1, 4), class(1, 1), class(9, 1)], [0, 0, 2, 5, 7]);
    }

    #[test]
    fn a_floor_is_what_the_formula_says() {
        // Learned: times 6 6 12, intervals 2 2 1. InContext: times 6 6, intervals 2 2.
        let train = [piece(&[(0, 1), (1, 2), (1, 1), (2, 1)], &[60, 62, 64, 65])];
        let validation = [piece(&[(0, 1), (1, 2), (1, 1)], &[60, 62, 64])];
        let floors = Floors::new(&train, &validation).unwrap();
        let six = (2.0 + 2.0 / 96.0) / (3.0 + 2.0);
        let two = (2.0 + 2.0 / 128.0) / (3.0 + 2.0);
        assert_eq!(floors.notes, 2);
        assert!((floors.ioi[0] + f64::ln(six)).abs() < 1e-12);
        assert!((floors.interval[0] + f64::ln(two)).abs() < 1e-12);
        // At the start only 6 was heard; after 6 once 6 and once 12.
        let (start, after) = ((1.0 + six) / 2.0, (1.0 + 2.0 * six) / (2.0 + 2.0));
        assert!((floors.ioi[1] + (f64::ln(start) + f64::ln(after)) / 2.0).abs() < 1e-12);
        // On the beat 6 and 12 followed; off it 6.
        let (on, off) = ((1.0 + 2.0 * six) / (2.0 + 2.0), (1.0 + six) / (1.0 + 1.0));
        assert!((floors.ioi_in_place[0] + (f64::ln(on) + f64::ln(off)) / 2.0).abs() < 1e-12);
        // Every note is held in the shortest class: 3 were learned, after three places and gaps that differ.
        let shortest = (3.0 + 1.0 / 8.0) / (3.0 + 1.0);
        let (off, on) = ((1.0 + shortest) / 2.0, (2.0 + shortest) / 3.0);
        let after_a_half = |below: f64| (1.0 + below) / 2.0;
        let nats = -(after_a_half(off).ln() + after_a_half(on).ln()) / 2.0;
        assert!((floors.hold[0] - nats).abs() < 1e-12, "{} {nats}", floors.hold[0]);
        assert!((floors.best_of_all() - floors.best_told() - floors.best_hold()).abs() < 1e-12);
        assert!(floors.to_string().contains(&format!("{:.3}", floors.best())));
        assert_eq!(Floors::new(&train, []), None);
    }
}
