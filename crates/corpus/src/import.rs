//! A melody and its chords out of any performance, such as a MIDI file.
//!
//! ```
//! use sideman_corpus::import;
//! let song = sideman_music::Performance::default();
//! let complaint = import::performance(&song, "silence.mid", &import::Options::default()).unwrap_err();
//! assert!(complaint.to_string().starts_with("silence.mid: there is no melody: it has no notes"));
//! ```

mod bars;
mod feel;
mod grid;
mod report;

use std::ops::{Range, RangeInclusive};

use sideman_formats::{Credits, midi};
use sideman_music::{
    Bar, Change, Chord, Duration, Instrument, Key, Note, Performance, Pitches, Sheet, Solo, Time,
};

use self::bars::Bars;
pub use self::feel::Feel;
pub use self::report::{HarmonyReport, MelodyReport, PartReport, Report, Role, Source};
use crate::Piece;
use crate::harmony::{self, Sound};
use crate::melody::{self, Line, Part, Played, Verdict};

/// What to take; by default that is found out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// The part with the melody: its number in the report, or a word of its name.
    pub melody: Option<String>,
    /// The part to infer chords from; otherwise chord text, or all parts.
    pub chords: Option<String>,
    /// The bars to take, the first counted as 1.
    pub bars: Option<RangeInclusive<usize>>,
    /// Take the top note alone where the melody has chords.
    pub monophonic: bool,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The melody over its chords.
    pub pieces: Vec<Piece>,
    /// What was taken, and why.
    pub report: Report,
}

/// Why no melody came of a file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The bytes are no music.
    #[error("{name}: {error}")]
    File {
        /// The name of the file.
        name: String,
        /// What is wrong with it.
        error: sideman_formats::Error,
    },
    /// Nothing in it is a melody.
    #[error("{}: there is no melody: {why}", .report.name)]
    NoMelody {
        /// What there is instead, and what to do.
        why: &'static str,
        /// The parts there are.
        report: Box<Report>,
    },
    /// An option names a part that is not there.
    #[error("{name}: there is no part {asked:?}; its parts are {parts}")]
    NoSuchPart {
        /// The name of the file.
        name: String,
        /// What the option says.
        asked: String,
        /// The parts there are, with their numbers.
        parts: String,
    },
    /// The bars asked for hold no melody.
    #[error("{name}: bars {first} to {last} hold no melody; it plays in bars {from} to {to}")]
    NoSuchBars {
        /// The name of the file.
        name: String,
        /// The first bar asked for.
        first: usize,
        /// The last bar asked for.
        last: usize,
        /// The first bar with melody.
        from: usize,
        /// The last bar with melody.
        to: usize,
    },
}

/// Takes the melody and the chords out of a MIDI file; `name` is what reports and ids call it.
///
/// # Errors
/// When the file cannot be read, when nothing in it is a melody, or when the options ask for what it has not.
pub fn midi(bytes: &[u8], name: &str, options: &Options) -> Result<Import, Error> {
    let song = midi::read(bytes).map_err(|error| Error::File { name: name.to_owned(), error })?;
    let mut import = performance(&song.value, name, options)?;
    import.report.notes.extend(song.warnings);
    Ok(import)
}

/// Takes the melody and the chords out of a performance.
///
/// The piece has the bars from the first to the last in which the melody plays. Its notes stand on a grid of
/// twelfths of a quarter note, with their delays against it.
///
/// # Errors
/// As for [`midi`].
pub fn performance(song: &Performance, name: &str, options: &Options) -> Result<Import, Error> {
    let parts = Part::all(song);
    let mut report = Report { name: name.to_owned(), title: song.title.clone(), ..Report::default() };
    let verdicts = melody::rank(&parts);
    report.parts = parts.iter().map(|part| part_report(part, &verdicts)).collect();
    let chosen = match &options.melody {
        Some(asked) => find(&parts, asked, name)?,
        None => match melody::best(&verdicts) {
            Some(best) => &parts[best.part - 1],
            None => return Err(Error::NoMelody { why: why_not(&parts), report: Box::new(report) }),
        },
    };
    let chords = options.chords.as_ref().map(|asked| find(&parts, asked, name)).transpose()?;
    let line = Line::of(chosen);
    if line.events.is_empty() {
        return Err(Error::NoMelody { why: why_not(&parts), report: Box::new(report) });
    }
    let bars = Bars::of(song, song.end());
    let taken = taken(&line, &bars, options, name)?;
    let job = Job {
        song,
        parts: &parts,
        chosen,
        chords,
        doubles: doubles(chosen, &verdicts),
        line: &line,
        bars: &bars,
        taken,
        options,
    };
    let piece = job.piece(name, &mut report);
    job.fill(&mut report, &piece, &verdicts);
    Ok(Import { pieces: vec![piece], report })
}

fn part_report(part: &Part, verdicts: &[Verdict]) -> PartReport {
    let role = match part {
        _ if part.is_drums() => Role::Drums,
        _ if part.notes.is_empty() => Role::Silent,
        _ => Role::Unused,
    };
    let mut line = PartReport::new(part, role);
    if let Some(verdict) = verdicts.iter().find(|verdict| verdict.part == part.number) {
        line.confidence = Some(per_cent(verdict.confidence));
        line.why = verdict.why();
    }
    line
}

/// The numbers of the parts that double the chosen one, or that it doubles.
fn doubles(chosen: &Part, verdicts: &[Verdict]) -> Vec<usize> {
    let lead = |verdict: &&Verdict| verdict.doubles.unwrap_or(verdict.part);
    let own = verdicts.iter().find(|verdict| verdict.part == chosen.number).map(|verdict| lead(&verdict));
    let same = verdicts.iter().filter(|verdict| Some(lead(verdict)) == own && verdict.part != chosen.number);
    same.map(|verdict| verdict.part).collect()
}

fn per_cent(share: f64) -> u32 {
    (100.0 * share).round() as u32
}

/// The part that an option means: by number, or by a word of its name.
fn find<'a>(parts: &'a [Part], asked: &str, name: &str) -> Result<&'a Part, Error> {
    let wanted = asked.trim().to_lowercase();
    let by_number =
        wanted.parse().ok().and_then(|number: usize| parts.iter().find(|part| part.number == number));
    let named = |part: &&Part| !wanted.is_empty() && part.name.to_lowercase().contains(&wanted);
    by_number.or_else(|| parts.iter().find(named)).ok_or_else(|| {
        let parts =
            parts.iter().take(32).map(|part| format!("{} {}", part.number, part.name).trim_end().to_owned());
        let (name, asked) = (name.to_owned(), asked.to_owned());
        Error::NoSuchPart { name, asked, parts: parts.collect::<Vec<_>>().join(", ") }
    })
}

fn why_not(parts: &[Part]) -> &'static str {
    if parts.iter().all(|part| part.notes.is_empty()) {
        "it has no notes"
    } else if !parts.iter().any(Part::is_pitched) {
        "it has only drums"
    } else {
        "no part sounds like one; name one with --melody"
    }
}

/// The bars to take, counted from 0: those asked for, without what is empty of melody at either end.
fn taken(line: &Line, bars: &Bars, options: &Options, name: &str) -> Result<Range<usize>, Error> {
    let asked = options.bars.clone().unwrap_or(1..=usize::MAX);
    let onsets = || line.events.iter().map(|event| bars.at(event.onset));
    let inside = |bar: &usize| asked.contains(&(bar + 1));
    match (onsets().find(inside), onsets().rfind(inside)) {
        (Some(first), Some(last)) => Ok(first..last + 1),
        _ => {
            let (from, to) = (onsets().next().unwrap_or(0) + 1, onsets().next_back().unwrap_or(0) + 1);
            Err(Error::NoSuchBars {
                name: name.to_owned(),
                first: *asked.start(),
                last: *asked.end(),
                from,
                to,
            })
        }
    }
}

/// Everything that a piece is made of.
struct Job<'a> {
    song: &'a Performance,
    parts: &'a [Part],
    chosen: &'a Part,
    chords: Option<&'a Part>,
    /// The numbers of the parts that double the melody.
    doubles: Vec<usize>,
    line: &'a Line,
    bars: &'a Bars,
    /// Bars counted from 0.
    taken: Range<usize>,
    options: &'a Options,
}

/// How much a note of the melody counts in the harmony beside one of the accompaniment.
const MELODY_WEIGHT: f64 = 0.4;
/// A note counts no longer than this in the harmony.
const LONGEST: Duration = Duration::quarters(16, 1);

impl Job<'_> {
    fn piece(&self, name: &str, report: &mut Report) -> Piece {
        let notes = self.notes();
        let onsets: Vec<Time> = self.line.events.iter().map(|event| event.onset).collect();
        let feel = feel::feel(&onsets);
        if feel::looseness(&onsets) > LOOSE {
            report.notes.push("the melody hardly follows the beat of the file: its rhythm is a guess".into());
        }
        let sounds = self.sounds();
        let declared = self.song.keys.iter().rfind(|&&(time, _)| time <= self.start()).map(|&(_, key)| key);
        let found = harmony::key(&sounds, declared);
        report.key = Some((found.key, found.fit, declared == Some(found.key)));
        report.feel = feel;
        let changes = self.changes(&sounds, found.key, report);
        let sheet = self.sheet(&changes, found.key, feel, name);
        let instrument = melody::instrument(self.chosen.program);
        let instrument = if fits(&notes, instrument) { instrument } else { Instrument::Piano };
        let feel = feel.map_or("", |feel| feel.name()).to_owned();
        let credits = Credits { instrument: Some(instrument), feel, ..Credits::default() };
        let solo = Solo::new(instrument, notes).ok();
        Piece { id: name.to_owned(), sheet, solo, credits }
    }

    /// Where the first bar starts.
    fn start(&self) -> Time {
        self.bars.start(self.taken.start)
    }

    fn end(&self) -> Time {
        self.bars.start(self.taken.end)
    }

    /// The melody on the grid, counted from the first bar taken.
    fn notes(&self) -> Vec<Note> {
        let shift = self.start() - Time::ZERO;
        let notes = grid::quantised(&self.line.events, self.bars);
        let inside = notes.into_iter().filter(|note| note.onset >= self.start() && note.onset < self.end());
        inside
            .map(|note| {
                let pitches =
                    if self.options.monophonic { Pitches::from(note.pitch()) } else { note.pitches };
                let duration = note.duration.min(self.end() - note.onset);
                Note { onset: note.onset - shift, pitches, duration, ..note }
            })
            .collect()
    }

    /// Whether a part takes part in the harmony.
    fn accompanies(&self, part: &Part) -> bool {
        let beside = part.number != self.chosen.number && !self.doubles.contains(&part.number);
        part.is_pitched() && self.chords.map_or(beside, |chords| chords.number == part.number)
    }

    /// All that sounds, by onset.
    fn sounds(&self) -> Vec<Sound> {
        let accompaniment =
            self.parts.iter().filter(|part| self.accompanies(part)).flat_map(|part| &part.notes);
        let is_own = self.chords.is_none_or(|chords| chords.number == self.chosen.number);
        let own = if is_own { &self.line.rest[..] } else { &[] };
        let sound = |note: &Played| Sound {
            onset: note.onset,
            end: note.silent.min(note.onset + LONGEST),
            pitch: note.pitch,
            weight: 1.0,
        };
        let mut sounds: Vec<Sound> = accompaniment.chain(own).map(sound).collect();
        for event in &self.line.events {
            let (onset, end) = (event.onset, event.end.min(event.onset + LONGEST));
            let weight = |pitch| if pitch == event.pitches.top() { MELODY_WEIGHT } else { 1.0 };
            let pitches = event.pitches.as_slice().iter();
            sounds.extend(pitches.map(|&pitch| Sound { onset, end, pitch, weight: weight(pitch) }));
        }
        sounds.sort_by_key(|sound| sound.onset);
        sounds
    }

    /// The changes of chord, at their times in the file.
    fn changes(&self, sounds: &[Sound], key: Key, report: &mut Report) -> Vec<(Time, Option<Chord>)> {
        let cuts = self.bars.halves(self.taken.clone());
        let written = self.song.chords.iter().filter(|&&(time, _)| time < self.end()).count();
        let text = self.chords.is_none() && written >= 2 && written * 16 >= self.taken.len();
        let changes = if text {
            self.song.chords.clone()
        } else {
            let heard = harmony::infer(sounds, &cuts, key);
            let mut changes: Vec<(Time, Option<Chord>)> =
                cuts.iter().zip(&heard).map(|(&(time, _), heard)| (time, heard.chord)).collect();
            changes.dedup_by_key(|change| change.1);
            changes
        };
        let source = match () {
            () if text => Source::Text,
            () if sounds.iter().any(|sound| sound.weight > MELODY_WEIGHT) => Source::Inferred,
            () => Source::MelodyAlone,
        };
        let fit = fit(sounds, &changes, self.start(), self.end());
        report.harmony =
            Some(report::HarmonyReport { source, bars: 0, changes: changes.len(), fit: per_cent(fit) });
        changes
    }

    fn sheet(&self, changes: &[(Time, Option<Chord>)], key: Key, feel: Option<Feel>, name: &str) -> Sheet {
        let mut bars = Vec::with_capacity(self.taken.len());
        for bar in self.taken.clone() {
            let (start, meter) = self.bars.get(bar);
            let end = start + meter.bar();
            let first = changes.partition_point(|&(time, _)| time < start);
            let mut inside: Vec<Change> = changes[first..]
                .iter()
                .take_while(|&&(time, _)| time < end)
                .map(|&(time, chord)| Change { at: time - start, chord })
                .collect();
            let opens = inside.first().is_some_and(|change| change.at == Duration::ZERO);
            if let Some(&(_, chord)) =
                first.checked_sub(1).and_then(|i| changes.get(i)).filter(|_| bars.is_empty() && !opens)
            {
                inside.insert(0, Change { at: Duration::ZERO, chord });
            }
            bars.push(Bar::new(meter, inside));
        }
        let title = if self.song.title.is_empty() { name } else { &self.song.title };
        let tempo = self.song.tempos.at(self.start());
        let sheet =
            Sheet::new(bars).unwrap_or_else(|_| unreachable!("a melody has a bar, and bars are limited"));
        let style = feel.map_or("", |feel| feel.name());
        sheet.with_title(title).with_style(style).with_key(Some(key)).with_tempo(Some(tempo))
    }

    /// Completes the report with what the piece became.
    fn fill(&self, report: &mut Report, piece: &Piece, verdicts: &[Verdict]) {
        let sheet = &piece.sheet;
        let notes = piece.solo.as_ref().map_or(&[][..], |solo| solo.notes());
        report.bpm = sheet.tempo().map_or(120, |tempo| tempo.to_bpm());
        report.bars = Some((self.taken.start + 1, self.taken.end, self.bars.len()));
        for bar in sheet.bars() {
            let meter = bar.meter().to_string();
            if !report.meters.contains(&meter) {
                report.meters.push(meter);
            }
        }
        let confidence =
            verdicts.iter().find(|verdict| verdict.part == self.chosen.number).map(|v| v.confidence);
        report.melody = Some(MelodyReport {
            part: self.chosen.number,
            confidence: if self.options.melody.is_some() { 100 } else { per_cent(confidence.unwrap_or(0.0)) },
            split: self.line.split,
            notes: notes.len(),
            chords: notes.iter().filter(|note| note.pitches.as_slice().len() > 1).count(),
            bars: notes.chunk_by(|a, b| sheet.place(a.onset).0 == sheet.place(b.onset).0).count(),
        });
        if let Some(harmony) = &mut report.harmony {
            let sounds = |bar: &usize| {
                let start = sheet.bar_start(*bar);
                let inside = sheet.bars()[*bar].changes().iter().any(|change| change.chord.is_some());
                inside || sheet.chord_at(start).is_some()
            };
            harmony.bars = (0..sheet.bars().len()).filter(sounds).count();
            harmony.changes = sheet.chords().len();
        }
        self.roles(report);
    }

    fn roles(&self, report: &mut Report) {
        let inferred = report.harmony.as_ref().is_some_and(|harmony| harmony.source != Source::Text);
        for (line, part) in report.parts.iter_mut().zip(self.parts) {
            line.role = match part {
                _ if part.number == self.chosen.number && !self.line.rest.is_empty() && inferred => {
                    Role::MelodyAndChords
                }
                _ if part.number == self.chosen.number => Role::Melody,
                _ if !part.is_pitched() => line.role,
                _ if self.doubles.contains(&part.number) => Role::Double,
                _ if inferred && self.accompanies(part) => Role::Chords,
                _ => Role::Unused,
            };
        }
    }
}

/// The looseness from which on a melody is said not to follow the beat.
const LOOSE: f64 = 0.042;

/// Whether an instrument can play nearly all of these notes.
fn fits(notes: &[Note], instrument: Instrument) -> bool {
    let outside = notes.iter().filter(|note| !instrument.range().contains(&note.pitch())).count();
    outside * 20 <= notes.len()
}

/// The share of what sounds between two times that belongs to the chords.
fn fit(sounds: &[Sound], changes: &[(Time, Option<Chord>)], start: Time, end: Time) -> f64 {
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
