//! The measures of a part.

use sideman_music::{Chord, Duration, Instrument, Meter, Mode, NoteName, Pitch, Player, Score};

use super::pieces::{Piece, pieces};
use super::{Event, Frame, Voice};
use crate::musicxml::kind::{self, Change};
use crate::musicxml::xml::Xml;

/// Writes one part.
pub(super) struct Writer<'a> {
    pub(super) xml: &'a mut Xml,
    pub(super) score: &'a Score,
    pub(super) divisions: i64,
    /// It carries the chords, the sections and the tempo.
    pub(super) leads: bool,
    pub(super) voice: &'a Voice,
}

impl Writer<'_> {
    pub(super) fn write(&mut self, frames: &[Frame]) {
        let mut events = &self.voice.events[..];
        let mut meter = None;
        for (i, frame) in frames.iter().enumerate() {
            let number = frame.bar.map_or(0, |bar| bar + 1).to_string();
            match frame.bar {
                Some(_) => self.xml.open("measure", &[("number", &number)]),
                None => self.xml.open("measure", &[("number", &number), ("implicit", "yes")]),
            }
            let bars = self.score.sheet.bars();
            let here = bars[frame.bar.unwrap_or(0)].meter();
            self.attributes(i == 0, (meter != Some(here)).then_some(here));
            meter = Some(here);
            if self.leads {
                self.directions(i == 0, frame);
                self.harmonies(frame);
            }
            self.notes(frame, events);
            events = &events[events.partition_point(|event| event.end <= frame.end)..];
            if i + 1 == frames.len() {
                self.xml.open("barline", &[("location", "right")]);
                self.xml.leaf("bar-style", "light-heavy");
                self.xml.close();
            }
            self.xml.close();
        }
    }

    fn attributes(&mut self, first: bool, meter: Option<Meter>) {
        if !first && meter.is_none() {
            return;
        }
        self.xml.open("attributes", &[]);
        if first {
            self.xml.leaf("divisions", &self.divisions.to_string());
        }
        if let Some(key) = self.score.sheet.key().filter(|_| first) {
            self.xml.open("key", &[]);
            self.xml.leaf("fifths", &key.fifths().to_string());
            self.xml.leaf("mode", if key.mode() == Mode::Minor { "minor" } else { "major" });
            self.xml.close();
        }
        if let Some(meter) = meter {
            self.xml.open("time", &[]);
            self.xml.leaf("beats", &meter.beats().to_string());
            self.xml.leaf("beat-type", &meter.unit().to_string());
            self.xml.close();
        }
        if first {
            self.clef();
        }
        self.xml.close();
    }

    fn clef(&mut self) {
        let low = [Instrument::Bass, Instrument::Trombone, Instrument::BaritoneSax].map(Player::Instrument);
        let (sign, line) = match self.voice.player {
            Some(Player::Drums) => ("percussion", "2"),
            Some(player) if low.contains(&player) => ("F", "4"),
            _ => ("G", "2"),
        };
        self.xml.open("clef", &[]);
        self.xml.leaf("sign", sign);
        self.xml.leaf("line", line);
        self.xml.close();
    }

    fn directions(&mut self, first: bool, frame: &Frame) {
        if let Some(tempo) = self.score.sheet.tempo().filter(|_| first) {
            let bpm = (60e6 / f64::from(tempo.micros())).to_string();
            self.xml.open("direction", &[("placement", "above")]);
            self.xml.open("direction-type", &[]);
            self.xml.open("metronome", &[]);
            self.xml.leaf("beat-unit", "quarter");
            self.xml.leaf("per-minute", &tempo.to_bpm().to_string());
            self.xml.close();
            self.xml.close();
            self.xml.empty("sound", &[("tempo", &bpm)]);
            self.xml.close();
        }
        let section = frame.bar.and_then(|bar| self.score.sheet.bars()[bar].section());
        let marks = self.score.marks.iter().filter(|(at, _)| (frame.start..frame.end).contains(at));
        let marks = marks.map(|(_, words)| ("words", words.as_str()));
        for (name, words) in section.map(|label| ("rehearsal", label)).into_iter().chain(marks) {
            self.xml.open("direction", &[("placement", "above")]);
            self.xml.open("direction-type", &[]);
            self.xml.leaf(name, words);
            self.xml.close();
            self.xml.close();
        }
    }

    fn harmonies(&mut self, frame: &Frame) {
        let Some(bar) = frame.bar else { return };
        for change in self.score.sheet.bars()[bar].changes() {
            self.xml.open("harmony", &[]);
            match change.chord {
                Some(chord) => self.chord(chord),
                None => {
                    self.xml.open("root", &[]);
                    self.xml.leaf_with("root-step", &[("text", "")], "C");
                    self.xml.close();
                    self.xml.leaf_with("kind", &[("text", "N.C.")], "none");
                }
            }
            if change.at > Duration::ZERO {
                self.xml.leaf("offset", &self.divided(change.at));
            }
            self.xml.close();
        }
    }

    fn chord(&mut self, chord: Chord) {
        let name = |xml: &mut Xml, name: NoteName, [outer, step, alter]: [&'static str; 3]| {
            xml.open(outer, &[]);
            xml.leaf(step, &format!("{:?}", name.letter()));
            if name.alter() != 0 {
                xml.leaf(alter, &name.alter().to_string());
            }
            xml.close();
        };
        let (kind, degrees) = kind::spelled(chord.quality);
        name(self.xml, chord.root, ["root", "root-step", "root-alter"]);
        self.xml.leaf_with("kind", &[("text", &chord.quality.to_string())], kind);
        if let Some(bass) = chord.bass {
            name(self.xml, bass, ["bass", "bass-step", "bass-alter"]);
        }
        for degree in degrees {
            self.xml.open("degree", &[("print-object", "no")]);
            self.xml.leaf("degree-value", &degree.value.to_string());
            self.xml.leaf("degree-alter", &degree.alter.to_string());
            let change = match degree.change {
                Change::Add => "add",
                Change::Alter => "alter",
                Change::Subtract => "subtract",
            };
            self.xml.leaf("degree-type", change);
            self.xml.close();
        }
    }

    fn divided(&self, length: Duration) -> String {
        length.in_units_of(Duration::QUARTER / self.divisions).to_string()
    }

    /// The events of a measure and the rests between them.
    fn notes(&mut self, frame: &Frame, events: &[Event]) {
        let events = &events[..events.partition_point(|event| event.start < frame.end)];
        if events.is_empty() {
            self.xml.open("note", &[]);
            self.xml.empty("rest", &[("measure", "yes")]);
            self.xml.leaf("duration", &self.divided(frame.end - frame.start));
            self.xml.leaf("voice", "1");
            self.xml.close();
            return;
        }
        let mut at = frame.start;
        for event in events {
            let (start, end) = (event.start.max(frame.start), event.end.min(frame.end));
            self.rests(at - frame.start, start - frame.start);
            let stretch = pieces(start - frame.start, end - frame.start);
            for (i, piece) in stretch.iter().enumerate() {
                let from = i > 0 || event.start < frame.start;
                let to = i + 1 < stretch.len() || event.end > frame.end;
                let written = start + stretch[..i].iter().map(|piece| piece.length).sum();
                for (j, &pitch) in event.pitches.iter().enumerate() {
                    let name = self.spelled(pitch, written);
                    self.note(piece, (j > 0, from, to), pitch, name);
                }
            }
            at = end;
        }
        self.rests(at - frame.start, frame.end - frame.start);
    }

    fn rests(&mut self, start: Duration, end: Duration) {
        if start >= end {
            return;
        }
        for piece in pieces(start, end) {
            self.xml.open("note", &[]);
            self.xml.empty("rest", &[]);
            self.xml.leaf("duration", &self.divided(piece.length));
            self.xml.leaf("voice", "1");
            self.shape(&piece);
            self.xml.close();
        }
    }

    /// The name of a pitch after the chord that sounds, else after the key.
    fn spelled(&self, pitch: Pitch, at: sideman_music::Time) -> NoteName {
        let by_key = || self.score.sheet.key().map(|key| key.spell(pitch.class()));
        let chord = self.score.sheet.chord_at(at).map(|chord| chord.spell(pitch.class()));
        chord.or_else(by_key).unwrap_or(NoteName::flat(pitch.class()))
    }

    fn note(&mut self, piece: &Piece, (chord, from, to): (bool, bool, bool), pitch: Pitch, name: NoteName) {
        let (name, octave) = pitch.spelled(name).unwrap_or((NoteName::flat(pitch.class()), pitch.octave()));
        self.xml.open("note", &[]);
        if chord {
            self.xml.empty("chord", &[]);
        }
        if self.voice.player == Some(Player::Drums) {
            let (step, octave) = staff_place(pitch);
            self.xml.open("unpitched", &[]);
            self.xml.leaf("display-step", step);
            self.xml.leaf("display-octave", octave);
        } else {
            self.xml.open("pitch", &[]);
            self.xml.leaf("step", &format!("{:?}", name.letter()));
            if name.alter() != 0 {
                self.xml.leaf("alter", &name.alter().to_string());
            }
            self.xml.leaf("octave", &octave.to_string());
        }
        self.xml.close();
        self.xml.leaf("duration", &self.divided(piece.length));
        let ties = [(from, "stop"), (to, "start")];
        for (_, end) in ties.iter().filter(|tie| tie.0) {
            self.xml.empty("tie", &[("type", end)]);
        }
        self.xml.leaf("voice", "1");
        self.shape(piece);
        if from || to {
            self.xml.open("notations", &[]);
            for (_, end) in ties.iter().filter(|tie| tie.0) {
                self.xml.empty("tied", &[("type", end)]);
            }
            self.xml.close();
        }
        self.xml.close();
    }

    fn shape(&mut self, piece: &Piece) {
        let Some(shape) = piece.shape else { return };
        self.xml.leaf("type", shape.name);
        if shape.dotted {
            self.xml.empty("dot", &[]);
        }
        if let Some((actual, normal)) = shape.tuplet {
            self.xml.open("time-modification", &[]);
            self.xml.leaf("actual-notes", &actual.to_string());
            self.xml.leaf("normal-notes", &normal.to_string());
            self.xml.close();
        }
    }
}

/// Where a key of General MIDI's percussion map stands on the staff.
const fn staff_place(key: Pitch) -> (&'static str, &'static str) {
    match key.number() {
        35 | 36 => ("F", "4"),
        37..=40 => ("C", "5"),
        42 | 46 => ("G", "5"),
        44 => ("D", "4"),
        51 | 53 | 59 => ("F", "5"),
        49 | 57 => ("A", "5"),
        _ => ("E", "5"),
    }
}
