//! What is low, usual and high among the solos of a corpus, in the words of a musician's knobs.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sideman_music::{Sheet, Solo};

use crate::measure::{Measure, mean, quarters};
use crate::role::{Role, roles, shares};
use crate::{Percentiles, Piece};

/// The percentiles over the solos of a corpus of what can be asked of a player: 50 is the middle of the corpus.
///
/// Each solo counts once. A phrase ends where nothing sounds for a quarter note or more, as everywhere in
/// [`crate::measure`]. Percentiles are zeros where no solo has what is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Notes a bar.
    pub density: Percentiles,
    /// Share of notes whose role is [`Role::Outside`].
    pub outside: Percentiles,
    /// Share of the time that is rest between phrases.
    pub space: Percentiles,
    /// Mean notes of a phrase.
    pub phrase_notes: Percentiles,
    /// Mean length of a phrase, in bars of the solo's meter.
    pub phrase_bars: Percentiles,
    /// Mean of how much later than written the notes were played, in quarter notes, where that is known.
    pub laid_back: Percentiles,
    /// By name of instrument the mean pitch, as MIDI numbers it.
    pub register: BTreeMap<String, Percentiles>,
}

impl Calibration {
    /// That of the solos among some pieces.
    pub fn new<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Self {
        let solos = pieces.into_iter().filter_map(|piece| Some((&piece.sheet, piece.solo.as_ref()?)));
        let solos: Vec<(&Sheet, &Solo)> = solos.collect();
        let over = |of: fn(&Sheet, &Solo) -> Option<f64>| {
            Percentiles::new(solos.iter().filter_map(|(sheet, solo)| of(sheet, solo)))
        };
        let mut pitches: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for (_, solo) in &solos {
            pitches.entry(solo.instrument().to_string()).or_default().extend(mean_pitch(solo));
        }
        Self {
            density: over(|sheet, solo| Measure::NotesPerBar.of(sheet, solo)),
            outside: over(|sheet, solo| Some(shares(&roles(sheet, solo))?[Role::Outside as usize])),
            space: over(|sheet, solo| Measure::RestShare.of(sheet, solo)),
            phrase_notes: over(|sheet, solo| Measure::PhraseNotes.of(sheet, solo)),
            phrase_bars: over(phrase_bars),
            laid_back: over(|_, solo| mean(solo.notes().iter().filter_map(|n| n.delay).map(quarters))),
            register: pitches.into_iter().map(|(name, values)| (name, Percentiles::new(values))).collect(),
        }
    }
}

fn mean_pitch(solo: &Solo) -> Option<f64> {
    mean(solo.notes().iter().map(|note| f64::from(note.pitch().number())))
}

fn phrase_bars(sheet: &Sheet, solo: &Solo) -> Option<f64> {
    let bar = sheet.meter_at(solo.notes().first()?.onset).bar();
    Some(Measure::PhraseLength.of(sheet, solo)? / quarters(bar))
}

impl fmt::Display for Calibration {
    /// A table for people: the 5th, 50th and 95th percentile of each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            ("density, notes a bar", &self.density),
            ("outside, share of notes", &self.outside),
            ("space, share of rest", &self.space),
            ("phrase, notes", &self.phrase_notes),
            ("phrase, bars", &self.phrase_bars),
            ("laid back, quarter notes late", &self.laid_back),
        ];
        writeln!(f, "{:32} {:>8} {:>8} {:>8}", "percentile of solos", "5", "50", "95")?;
        let mut row = |name: &str, p: &Percentiles| {
            writeln!(f, "{name:32} {:8.3} {:8.3} {:8.3}", p.at(5.0), p.at(50.0), p.at(95.0))
        };
        rows.into_iter().try_for_each(|(name, p)| row(name, p))?;
        self.register.iter().try_for_each(|(name, p)| row(&format!("register, {name}"), p))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Credits;
    use sideman_music::{Duration, Instrument, Note, Pitch, Time};

    /// Quarters from the first downbeat on, each so late.
    fn piece(instrument: Instrument, pitches: &[u8], delay: Option<Duration>) -> Piece {
        let note = |(i, &pitch): (i64, &u8)| Note {
            delay,
            ..Note::new(Time::ZERO + Duration::QUARTER * i, Duration::QUARTER, Pitch::midi(pitch))
        };
        let solo = Solo::new(instrument, (0..).zip(pitches).map(note).collect()).unwrap();
        let sheet = "C | C | C".parse().unwrap();
        Piece { id: String::new(), sheet, solo: Some(solo), credits: Credits::default() }
    }

    #[test]
    fn the_middle_of_the_corpus_is_fifty() {
        let late = Some(Duration::quarters(1, 10));
        let pieces = [
            piece(Instrument::TenorSax, &[60, 64, 67, 60], late),
            piece(Instrument::TenorSax, &[60, 66, 64, 61, 67, 60, 61, 72], None),
            piece(Instrument::Trumpet, &[72, 72], late),
        ];
        let calibration = Calibration::new(&pieces);
        assert_eq!(calibration.density.at(50.0), 4.0);
        assert_eq!(calibration.laid_back.at(50.0), f64::from(0.1_f32));
        assert_eq!(calibration.register["tenor sax"].at(0.0), 62.75);
        assert_eq!(calibration.register["trumpet"].at(50.0), 72.0);
        assert_eq!(calibration.phrase_notes.at(100.0), 8.0);
        assert_eq!(calibration.outside.at(50.0), 0.0);
        assert!(calibration.outside.at(100.0) > 0.0);
        let json = serde_json::to_string(&calibration).unwrap();
        assert_eq!(serde_json::from_str::<Calibration>(&json).unwrap(), calibration);
        assert_eq!(calibration.to_string().lines().count(), 1 + 6 + 2);
    }
}
