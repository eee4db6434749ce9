//! The piece that is made of what was chosen.

use std::ops::Range;

use sideman_formats::Credits;
use sideman_music::{Bar, Change, Chord, Duration, Instrument, Key, Note, Performance, Sheet, Solo, Time};

use super::bars::SongBars;
use super::feel::{self, EighthFeel};
use super::grid;
use super::report::{
    BarsReport, ChordSource, HarmonyReport, ImportReport, KeyReport, MelodyReport, PartRole, per_cent,
};
use crate::Piece;
use crate::harmony::{self, WeightedNote};
use crate::melody::{self, PlayedNote, PlayedPart, TopLine};

/// What was chosen of a performance.
pub(super) struct Extraction<'a> {
    pub(super) song: &'a Performance,
    pub(super) parts: &'a [PlayedPart],
    /// The part with the melody.
    pub(super) chosen: &'a PlayedPart,
    /// The probability that it is the melody.
    pub(super) confidence: f64,
    /// The only part to infer chords from.
    pub(super) chords: Option<&'a PlayedPart>,
    /// The numbers of the parts that double the melody.
    pub(super) doubles: Vec<usize>,
    pub(super) line: &'a TopLine,
    pub(super) bars: &'a SongBars,
    /// The bars to take, counted from 0.
    pub(super) taken: Range<usize>,
    pub(super) monophonic: bool,
}

/// Chords, each from its time in the file on.
type Changes = Vec<(Time, Option<Chord>)>;

/// How much a note of the melody counts in the harmony beside one of the accompaniment.
const MELODY_WEIGHT: f64 = 0.4;
/// A note counts no longer than this in the harmony.
const LONGEST: Duration = Duration::quarters(16, 1);
/// The probability below which the choice of the melody is called a guess.
const DOUBTFUL: f64 = 0.5;
/// The looseness from which on a melody is said not to follow the beat.
const LOOSE: f64 = 0.042;

impl Extraction<'_> {
    /// The piece; what is found out on the way is reported.
    pub(super) fn piece(&self, name: &str, report: &mut ImportReport) -> Piece {
        let notes = self.notes();
        let onsets: Vec<Time> = self.line.events.iter().map(|event| event.onset).collect();
        let feel = feel::feel(&onsets);
        if feel::looseness(&onsets) > LOOSE {
            report.note("the melody hardly follows the beat of the file: its rhythm is a guess");
        }
        if self.confidence < DOUBTFUL {
            report.note("which part has the melody is a guess; name it with --melody");
        }
        let sounds = self.sounds();
        let declared = self.song.keys.iter().rfind(|&&(time, _)| time <= self.start()).map(|&(_, key)| key);
        let found = harmony::estimate_key(&sounds, declared);
        let (changes, source) = self.changes(&sounds, found.key);
        let sheet = self.sheet(&changes, found.key, feel, name);
        report.key =
            Some(KeyReport { key: found.key, fit: found.fit, declared: declared == Some(found.key) });
        report.feel = feel;
        report.melody = Some(self.melody_report(&notes, &sheet));
        report.harmony = Some(HarmonyReport {
            source,
            bars: (0..sheet.bars().len()).filter(|&bar| has_chord(&sheet, bar)).count(),
            changes: sheet.chords().len(),
            fit: per_cent(fit(&sounds, &changes, self.start(), self.end())),
        });
        self.report_bars(&sheet, report);
        self.report_roles(source, report);
        let instrument = melody::instrument(self.chosen.program);
        let instrument = if fits(&notes, instrument) { instrument } else { Instrument::Piano };
        let feel = feel.map_or("", |feel| feel.name()).to_owned();
        let credits = Credits { instrument: Some(instrument), feel, ..Credits::default() };
        Piece { id: name.to_owned(), sheet, solo: Solo::new(instrument, notes).ok(), credits }
    }

    /// Where the first bar starts.
    fn start(&self) -> Time {
        self.bars.start(self.taken.start)
    }

    /// Where the last bar ends.
    fn end(&self) -> Time {
        self.bars.start(self.taken.end)
    }

    /// The melody on the grid, counted from the first bar taken. What the grid would put on the bar line behind the last
    /// one stays before it.
    fn notes(&self) -> Vec<Note> {
        let (start, end) = (self.start(), self.end());
        let played = |note: &Note| note.onset + note.delay.unwrap_or(Duration::ZERO);
        let taken = |mut note: Note| {
            let onset = note.onset.min(end - grid::STEP);
            note.delay = note.delay.map(|delay| delay + (note.onset - onset));
            note.duration = note.duration.min(end - onset);
            if self.monophonic {
                note.pitches = note.pitch().into();
            }
            Note { onset: onset - (start - Time::ZERO), ..note }
        };
        let notes = grid::quantised(&self.line.events, self.bars);
        let inside = notes.into_iter().filter(|note| note.onset >= start && played(note) < end);
        let mut notes: Vec<Note> = inside.map(taken).collect();
        notes.dedup_by_key(|note| note.onset);
        notes
    }

    /// Whether a part takes part in the harmony beside the melody.
    fn accompanies(&self, part: &PlayedPart) -> bool {
        let beside = part.number != self.chosen.number && !self.doubles.contains(&part.number);
        part.is_pitched() && self.chords.map_or(beside, |chords| chords.number == part.number)
    }

    /// All that sounds, by onset.
    fn sounds(&self) -> Vec<WeightedNote> {
        let accompaniment =
            self.parts.iter().filter(|part| self.accompanies(part)).flat_map(|part| &part.notes);
        let is_own = self.chords.is_none_or(|chords| chords.number == self.chosen.number);
        let own = if is_own { &self.line.rest[..] } else { &[] };
        let until = |onset: Time, end: Time| end.min(onset + LONGEST);
        let sound = |note: &PlayedNote| WeightedNote {
            onset: note.onset,
            end: until(note.onset, note.silent),
            pitch: note.pitch,
            weight: 1.0,
        };
        let mut sounds: Vec<WeightedNote> = accompaniment.chain(own).map(sound).collect();
        for event in &self.line.events {
            let (onset, end) = (event.onset, until(event.onset, event.end));
            let weight = |pitch| if pitch == event.pitches.top() { MELODY_WEIGHT } else { 1.0 };
            let pitches = event.pitches.as_slice().iter();
            sounds.extend(pitches.map(|&pitch| WeightedNote { onset, end, pitch, weight: weight(pitch) }));
        }
        sounds.sort_by_key(|sound| sound.onset);
        sounds
    }

    /// The chords: as the file spells them where it has one in sixteen bars and no part was asked for, else
    /// as they are heard.
    fn changes(&self, sounds: &[WeightedNote], key: Key) -> (Changes, ChordSource) {
        let written = self.song.chords.iter().filter(|&&(time, _)| time < self.end()).count();
        if self.chords.is_none() && written >= 2 && written * 16 >= self.taken.len() {
            return (self.song.chords.clone(), ChordSource::Text);
        }
        let cuts = self.bars.halves(self.taken.clone());
        let heard = harmony::infer(sounds, &cuts, key);
        let mut changes: Changes =
            cuts.iter().zip(&heard).map(|(&(time, _), heard)| (time, heard.chord)).collect();
        changes.dedup_by_key(|change| change.1);
        let is_accompanied = sounds.iter().any(|sound| sound.weight > MELODY_WEIGHT);
        (changes, if is_accompanied { ChordSource::Inferred } else { ChordSource::MelodyAlone })
    }

    fn sheet(&self, changes: &Changes, key: Key, feel: Option<EighthFeel>, name: &str) -> Sheet {
        let bars = self.taken.clone().map(|bar| self.bar(bar, changes)).collect();
        let sheet = Sheet::new(bars).unwrap_or_else(|_| {
            unreachable!("at least one bar has melody, and bars are no more than a sheet holds")
        });
        let title = if self.song.title.is_empty() { name } else { &self.song.title };
        let style = feel.map_or("", |feel| feel.name());
        let tempo = self.song.tempos.at(self.start());
        sheet.with_title(title).with_style(style).with_key(Some(key)).with_tempo(Some(tempo))
    }

    /// A bar with the changes in it; the first bar also has the chord that sounds before it.
    fn bar(&self, bar: usize, changes: &Changes) -> Bar {
        let (start, meter) = self.bars.get(bar);
        let change = |&(time, chord): &(Time, Option<Chord>)| Change { at: time - start, chord };
        let first = changes.partition_point(|&(time, _)| time < start);
        let end = changes.partition_point(|&(time, _)| time < start + meter.bar());
        let before = first.checked_sub(1).filter(|_| bar == self.taken.start).map(|i| changes[i].1);
        let before = before.map(|chord| Change { at: Duration::ZERO, chord });
        Bar::new(meter, before.into_iter().chain(changes[first..end].iter().map(change)).collect())
    }

    fn melody_report(&self, notes: &[Note], sheet: &Sheet) -> MelodyReport {
        MelodyReport {
            part: self.chosen.number,
            confidence: per_cent(self.confidence),
            split: self.line.split,
            notes: notes.len(),
            chords: notes.iter().filter(|note| note.pitches.as_slice().len() > 1).count(),
            bars: notes.chunk_by(|a, b| sheet.place(a.onset).0 == sheet.place(b.onset).0).count(),
        }
    }

    fn report_bars(&self, sheet: &Sheet, report: &mut ImportReport) {
        report.bpm = sheet.tempo().map_or(120, |tempo| tempo.to_bpm());
        report.bars =
            Some(BarsReport { first: self.taken.start + 1, last: self.taken.end, all: self.bars.len() });
        for bar in sheet.bars() {
            let meter = bar.meter().to_string();
            if !report.meters.contains(&meter) {
                report.meters.push(meter);
            }
        }
    }

    fn report_roles(&self, source: ChordSource, report: &mut ImportReport) {
        let is_inferred = source != ChordSource::Text;
        for (line, part) in report.parts.iter_mut().zip(self.parts) {
            let is_chosen = part.number == self.chosen.number;
            line.role = match part {
                _ if is_chosen && !self.line.rest.is_empty() && is_inferred => PartRole::MelodyAndChords,
                _ if is_chosen => PartRole::Melody,
                _ if !part.is_pitched() => line.role,
                _ if self.doubles.contains(&part.number) => PartRole::Double,
                _ if is_inferred && self.accompanies(part) => PartRole::Chords,
                _ => PartRole::Unused,
            };
        }
    }
}

/// Whether a chord sounds in a bar.
fn has_chord(sheet: &Sheet, bar: usize) -> bool {
    let changes = sheet.bars()[bar].changes();
    changes.iter().any(|change| change.chord.is_some()) || sheet.chord_at(sheet.bar_start(bar)).is_some()
}

/// Whether an instrument can play nearly all of these notes.
fn fits(notes: &[Note], instrument: Instrument) -> bool {
    let outside = notes.iter().filter(|note| !instrument.range().contains(&note.pitch())).count();
    outside * 20 <= notes.len()
}

/// The share of what sounds between two times that belongs to the chords.
fn fit(sounds: &[WeightedNote], changes: &Changes, start: Time, end: Time) -> f64 {
    let mut inside = 0.0;
    let mut all = 0.0;
    for sound in sounds.iter().filter(|sound| sound.onset >= start && sound.onset < end) {
        let (n, d) = (sound.end - sound.onset).as_quarters();
        let weight = sound.weight * (n as f64 / d as f64);
        let after = changes.partition_point(|&(time, _)| time <= sound.onset);
        let chord = after.checked_sub(1).and_then(|i| changes[i].1);
        all += weight;
        if chord.is_some_and(|chord| chord.tones().contains(sound.pitch.class())) {
            inside += weight;
        }
    }
    if all > 0.0 { inside / all } else { 0.0 }
}
