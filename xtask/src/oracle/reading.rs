//! What a program takes a tune to be.

use serde_json::Value;
use sideman_formats::Tune;
use sideman_music::{Chord, Duration, PitchClassSet, Sheet, Time};

/// Bars, notes and chords as they are played; places and lengths in quarter notes from the first downbeat on.
#[derive(Clone, Default)]
pub(super) struct HeardTune {
    /// How long all bars are, without the pickup; `None` where it is not told.
    pub(super) length: Option<f64>,
    /// In order of time.
    pub(super) notes: Vec<HeardNote>,
    /// In order of time; empty where chords are not told.
    pub(super) chords: Vec<(f64, Option<HeardChord>)>,
}

/// What another program takes the tunes of a file to be; or why it does not read the file, or the tune.
pub(super) type TheirReadings = Result<Vec<Result<HeardTune, String>>, String>;

/// What sounds together from a place on.
#[derive(Clone, PartialEq)]
pub(super) struct HeardNote {
    pub(super) onset: f64,
    pub(super) length: f64,
    /// MIDI numbers from the bottom up.
    pub(super) pitches: Vec<u8>,
}

/// A chord by its pitch classes, C being bit 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct HeardChord {
    pub(super) root: u8,
    /// What belongs to it without doubt.
    pub(super) tones: u16,
    /// These, the tensions and the bass.
    pub(super) all: u16,
}

impl HeardChord {
    /// Whether both may be the same chord: one root, and the tones of each in the other.
    pub(super) fn agrees(self, other: Self) -> bool {
        let within = |a: Self, b: Self| a.tones & !b.all == 0;
        self.root == other.root && within(self, other) && within(other, self)
    }

    fn of(chord: Chord) -> Self {
        let bits = |set: PitchClassSet| set.iter().fold(0, |mask, class| mask | 1 << class.index());
        let tones = bits(chord.tones());
        let all = tones | bits(chord.colours()) | 1 << chord.bass_class().index();
        Self { root: chord.root.class().index() as u8, tones, all }
    }
}

impl HeardTune {
    pub(super) fn of(tune: &Tune) -> Self {
        let notes = tune.solo.as_ref().map_or(&[][..], |solo| solo.notes()).iter().map(|note| HeardNote {
            onset: quarters(note.onset.since_start()),
            length: quarters(note.duration),
            pitches: note.pitches.as_slice().iter().rev().map(|pitch| pitch.number()).collect(),
        });
        Self { notes: notes.collect(), ..Self::of_chart(&tune.sheet) }
    }

    /// Bars and chords alone.
    pub(super) fn of_chart(sheet: &Sheet) -> Self {
        let chord =
            |&(at, chord): &(Time, Option<Chord>)| (quarters(at.since_start()), chord.map(HeardChord::of));
        let length = Some(quarters(sheet.end().since_start()));
        Self { length, notes: Vec::new(), chords: sheet.chords().iter().map(chord).collect() }
    }

    /// `{"length": L, "notes": [[ONSET, LENGTH, [PITCH, …]], …], "chords": [[ONSET, ROOT, [CLASS, …]] or [ONSET], …]}`.
    pub(super) fn from_json(value: &Value) -> Option<Self> {
        let list = |name: &str| value.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let small = |value: &Value| value.as_u64().and_then(|number| u8::try_from(number).ok());
        let note = |value: &Value| {
            let pitches = value.get(2)?.as_array()?.iter().map(small).collect::<Option<_>>()?;
            Some(HeardNote { onset: value.get(0)?.as_f64()?, length: value.get(1)?.as_f64()?, pitches })
        };
        let chord = |value: &Value| {
            let classes = value.get(2).and_then(Value::as_array);
            let all = classes.map(|all| {
                all.iter().filter_map(Value::as_u64).fold(0, |set, class| set | 1 << (class % 12))
            });
            let chord =
                value.get(1).and_then(small).zip(all).map(|(root, all)| HeardChord { root, tones: 0, all });
            Some((value.get(0)?.as_f64()?, chord))
        };
        Some(Self {
            length: value.get("length").and_then(Value::as_f64),
            notes: list("notes").iter().map(note).collect::<Option<_>>()?,
            chords: list("chords").iter().map(chord).collect::<Option<_>>()?,
        })
    }

    /// The chord at a place; before the first one that one.
    pub(super) fn chord_at(&self, place: f64) -> Option<HeardChord> {
        let after = self.chords.partition_point(|(at, _)| *at <= place + 1e-6);
        self.chords.get(after.saturating_sub(1)).and_then(|(_, chord)| *chord)
    }
}

pub(super) fn quarters(length: Duration) -> f64 {
    let (numerator, denominator) = length.as_quarters();
    numerator as f64 / denominator as f64
}
