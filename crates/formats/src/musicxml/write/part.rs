//! The measures of a part.

use sideman_music::{Change, Chord, Duration, Mode, NoteName, Pitch, Player, Tempo};

use crate::musicxml::kind;
use crate::musicxml::xml::Xml;
use crate::notation::{Beam, Clef, Edge, Element, NotatedMeasure, NoteHead, NoteShape, Staff, swings};

/// Writes one part.
pub(super) struct PartWriter<'a> {
    pub(super) xml: &'a mut Xml,
    pub(super) divisions: i64,
    /// It carries the chords, the sections and the tempo.
    pub(super) leads: bool,
    pub(super) staff: &'a Staff,
}

impl PartWriter<'_> {
    pub(super) fn write(&mut self) {
        let measures = &self.staff.measures;
        let mut meter = None;
        for (i, measure) in measures.iter().enumerate() {
            let number = measure.bar.map_or(0, |bar| bar + 1).to_string();
            match measure.bar {
                Some(_) => self.xml.open("measure", &[("number", &number)]),
                None => self.xml.open("measure", &[("number", &number), ("implicit", "yes")]),
            }
            self.attributes(i == 0, meter != Some(measure.meter), measure);
            meter = Some(measure.meter);
            if self.leads {
                self.directions(i == 0, measure);
            }
            self.elements(measure);
            match measures.get(i + 1) {
                None => self.bar_line("light-heavy"),
                Some(next) if next.opens() => self.bar_line("light-light"),
                Some(_) => {}
            }
            self.xml.close();
        }
    }

    fn bar_line(&mut self, style: &str) {
        self.xml.open("barline", &[("location", "right")]);
        self.xml.leaf("bar-style", style);
        self.xml.close();
    }

    fn attributes(&mut self, first: bool, new_meter: bool, measure: &NotatedMeasure) {
        if !first && !new_meter && measure.key.is_none() {
            return;
        }
        self.xml.open("attributes", &[]);
        if first {
            self.xml.leaf("divisions", &self.divisions.to_string());
        }
        if let Some(key) = measure.key {
            self.xml.open("key", &[]);
            self.xml.leaf("fifths", &key.fifths().to_string());
            self.xml.leaf("mode", if key.mode() == Mode::Minor { "minor" } else { "major" });
            self.xml.close();
        }
        if new_meter {
            self.xml.open("time", &[]);
            self.xml.leaf("beats", &measure.meter.beats().to_string());
            self.xml.leaf("beat-type", &measure.meter.unit().to_string());
            self.xml.close();
        }
        if first {
            self.clef();
            self.transpose();
        }
        self.xml.close();
    }

    fn clef(&mut self) {
        let (sign, line) = match self.staff.clef {
            Clef::Percussion => ("percussion", "2"),
            Clef::Bass => ("F", "4"),
            Clef::Treble => ("G", "2"),
        };
        self.xml.open("clef", &[]);
        self.xml.leaf("sign", sign);
        self.xml.leaf("line", line);
        self.xml.close();
    }

    /// From what is written to what sounds: steps of the staff and semitones within an octave, and octaves.
    fn transpose(&mut self) {
        const STEPS: [i32; 12] = [0, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 6];
        let down = self.staff.shift;
        if down == 0 {
            return;
        }
        let (octaves, chromatic) = (down.div_euclid(12), down.rem_euclid(12));
        self.xml.open("transpose", &[]);
        self.xml.leaf("diatonic", &(-STEPS[chromatic as usize]).to_string());
        self.xml.leaf("chromatic", &(-chromatic).to_string());
        if octaves != 0 {
            self.xml.leaf("octave-change", &(-octaves).to_string());
        }
        self.xml.close();
    }

    fn directions(&mut self, first: bool, measure: &NotatedMeasure) {
        let style = self.staff.sheet.style();
        if first && swings(style) {
            self.direction(|xml| xml.leaf_with("words", &[("font-weight", "bold")], "Swing"));
        }
        if let Some(tempo) = measure.tempo {
            self.tempo(tempo);
        }
        if let Some(label) = &measure.section {
            self.direction(|xml| xml.leaf("rehearsal", label));
        }
        for words in &measure.marks {
            self.direction(|xml| xml.leaf_with("words", &[("font-weight", "bold")], words));
        }
    }

    fn direction(&mut self, what: impl FnOnce(&mut Xml)) {
        self.xml.open("direction", &[("placement", "above")]);
        self.xml.open("direction-type", &[]);
        what(self.xml);
        self.xml.close();
        self.xml.close();
    }

    fn tempo(&mut self, tempo: Tempo) {
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

    /// The elements of a measure, each after the chords that begin while it lasts.
    fn elements(&mut self, measure: &NotatedMeasure) {
        let leads = self.leads;
        let mut chords = measure.chords.iter().filter(|_| leads).peekable();
        for element in &measure.elements {
            while let Some(change) = chords.next_if(|change| change.at < element.at + element.length) {
                self.harmony(change, element.at);
            }
            if element.heads.is_empty() {
                self.rest(element, measure);
            }
            for (i, head) in element.heads.iter().enumerate() {
                self.note(element, head, i);
            }
        }
    }

    fn harmony(&mut self, change: &Change, at: Duration) {
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
        if change.at != at {
            self.xml.leaf("offset", &self.divided(change.at - at));
        }
        self.xml.close();
    }

    fn chord(&mut self, chord: Chord) {
        let name = |xml: &mut Xml, name: NoteName, [outer, step, alter]: [&'static str; 3]| {
            xml.open(outer, &[]);
            xml.leaf(step, &name.letter().name().to_string());
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
                kind::DegreeChange::Add => "add",
                kind::DegreeChange::Alter => "alter",
                kind::DegreeChange::Subtract => "subtract",
            };
            self.xml.leaf("degree-type", change);
            self.xml.close();
        }
    }

    fn divided(&self, length: Duration) -> String {
        length.in_units_of(Duration::QUARTER / self.divisions).to_string()
    }

    fn rest(&mut self, element: &Element, measure: &NotatedMeasure) {
        let whole = element.length == measure.length;
        self.xml.open("note", &[]);
        self.xml.empty("rest", if whole { &[("measure", "yes")] } else { &[] });
        self.xml.leaf("duration", &self.divided(element.length));
        self.xml.leaf("voice", "1");
        if let Some(shape) = element.shape {
            self.shape(shape, None);
        }
        self.notations(&[], element.tuplet);
        self.xml.close();
    }

    fn note(&mut self, element: &Element, head: &NoteHead, index: usize) {
        self.xml.open("note", &[]);
        if index > 0 {
            self.xml.empty("chord", &[]);
        }
        self.pitch(head);
        self.xml.leaf("duration", &self.divided(element.length));
        let ties = [(element.tied.back, "stop"), (element.tied.on, "start")];
        let ties: Vec<&str> = ties.into_iter().filter_map(|(tied, end)| tied.then_some(end)).collect();
        for end in &ties {
            self.xml.empty("tie", &[("type", end)]);
        }
        self.xml.leaf("voice", "1");
        if let Some(shape) = element.shape {
            self.shape(shape, head.accidental.map(|accidental| accidental.name()));
        }
        if index == 0 {
            for (i, beam) in element.beams.iter().enumerate() {
                self.xml.leaf_with("beam", &[("number", &(i + 1).to_string())], beam_name(*beam));
            }
        }
        self.notations(&ties, element.tuplet.filter(|_| index == 0));
        self.xml.close();
    }

    fn pitch(&mut self, head: &NoteHead) {
        if self.staff.clef == Clef::Percussion && self.staff.player == Some(Player::Drums) {
            let (step, octave) = staff_place(head.pitch);
            self.xml.open("unpitched", &[]);
            self.xml.leaf("display-step", step);
            self.xml.leaf("display-octave", octave);
        } else {
            self.xml.open("pitch", &[]);
            self.xml.leaf("step", &head.name.letter().name().to_string());
            if head.name.alter() != 0 {
                self.xml.leaf("alter", &head.name.alter().to_string());
            }
            self.xml.leaf("octave", &head.octave.to_string());
        }
        self.xml.close();
    }

    fn shape(&mut self, shape: NoteShape, accidental: Option<&str>) {
        self.xml.leaf("type", shape.kind.name());
        if shape.dotted {
            self.xml.empty("dot", &[]);
        }
        if let Some(accidental) = accidental {
            self.xml.leaf("accidental", accidental);
        }
        if let Some(tuplet) = shape.tuplet {
            self.xml.open("time-modification", &[]);
            self.xml.leaf("actual-notes", &tuplet.actual.to_string());
            self.xml.leaf("normal-notes", &tuplet.normal.to_string());
            if tuplet.unit != shape.kind {
                self.xml.leaf("normal-type", tuplet.unit.name());
            }
            self.xml.close();
        }
    }

    fn notations(&mut self, ties: &[&str], tuplet: Option<Edge>) {
        if ties.is_empty() && tuplet.is_none() {
            return;
        }
        self.xml.open("notations", &[]);
        for end in ties {
            self.xml.empty("tied", &[("type", end)]);
        }
        match tuplet {
            Some(Edge::First { bracket }) => {
                let bracket = if bracket { "yes" } else { "no" };
                self.xml.empty("tuplet", &[("type", "start"), ("bracket", bracket)]);
            }
            Some(Edge::Last) => self.xml.empty("tuplet", &[("type", "stop")]),
            None => {}
        }
        self.xml.close();
    }
}

const fn beam_name(beam: Beam) -> &'static str {
    match beam {
        Beam::Begin => "begin",
        Beam::Continue => "continue",
        Beam::End => "end",
        Beam::ForwardHook => "forward hook",
        Beam::BackwardHook => "backward hook",
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
