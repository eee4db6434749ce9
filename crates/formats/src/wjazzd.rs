//! The Weimar Jazz Database: transcribed solos, beat by beat, as one SQLite file.
//!
//! Three tables are read: `solo_info` (who, what, how), `beats` (the grid, with chords, form and choruses) and
//! `melody` (the notes). Published by the Jazzomat Research Project.
//!
//! - **Place**: a note stands (beat − 1 + (tatum − 1) / division) beats after the downbeat of its bar, exactly.
//! - **Bars**: the sheet begins with bar 1, its downbeat at `Time::ZERO`; notes in bars numbered 0 or less
//!   stand before it. It begins earlier where an earlier bar has another meter, or a chord that bar 1 does not
//!   begin with; and with the first bar there is, where that is a later one.
//! - **Length**: seconds, made musical by the beats around them, to the nearest 1/48 of a quarter note (at least
//!   one), and never into the next note.
//! - **Delay**: where the onset falls between the beats as they were played, minus where it is written, to
//!   1/960 of a quarter note.
//! - **Velocity**: median loudness L in dB, relative to the median of the solo (which becomes 80), by the
//!   squared response that General MIDI recommends: 80 · 10^((L − median) / 40), within 1 to 127.

mod bars;
mod database;

use sideman_music::{Duration, Instrument, Key, Mode, Note, NoteName, Pitch, Sheet, Solo};

use crate::{Credits, Error, Location, Tune, Warning, WarningKind};
use bars::SoloGrid;
use database::{Database, NoteRow, SoloRow};

/// The grid of sounding lengths.
const LENGTHS: i64 = 48;
/// The grid of delays.
const DELAYS: i64 = 960;
/// The velocity of the median loudness of a solo.
const USUAL_VELOCITY: f64 = 80.0;

/// Every solo of the database, in the order of its `melid`, each with the id `wjazzd:MELID`.
///
/// # Errors
/// When the bytes are no SQLite file, or a table or row is not what it should be.
pub fn read(bytes: &[u8]) -> Result<Vec<Tune>, Error> {
    let database = Database::open(bytes)?;
    let (infos, mut beats, mut melody) = (database.infos()?, database.beats()?, database.melody()?);
    let tune = |info: &SoloRow| {
        let place = Location::part(format!("solo {}", info.melid));
        let tones = melody.remove(&info.melid).unwrap_or_default();
        let bars = SoloGrid::new(&beats.remove(&info.melid).unwrap_or_default(), &tones, info.tempo, &place)?;
        read_solo(info, &bars, &tones, &place)
    };
    infos.iter().map(tune).collect()
}

fn read_solo(info: &SoloRow, bars: &SoloGrid, tones: &[NoteRow], place: &Location) -> Result<Tune, Error> {
    let malformed = |error: sideman_music::Error| Error::malformed(place.clone(), error);
    let mut warnings = bars.warnings.clone();
    let instrument = info.instrument.parse::<Instrument>().ok();
    if instrument.is_none() && !info.instrument.is_empty() {
        let words = format!("instrument {:?} is not known", info.instrument);
        warnings.push(Warning::new(place.clone(), words));
    }
    let notes = notes(bars, tones, place, &mut warnings);
    let solo = Solo::new(instrument.unwrap_or(Instrument::TenorSax), notes).map_err(malformed)?;
    let sheet = Sheet::new(bars.bars.clone()).map_err(malformed)?.with_title(&info.title);
    let sheet = sheet.with_style(&info.style.to_lowercase()).with_key(key(&info.key)).with_tempo(info.tempo);
    if sheet.chords().iter().all(|(_, chord)| chord.is_none()) {
        warnings.push(Warning::new(place.clone(), "the source has no chords").of(WarningKind::Chords));
    }
    let credits = Credits {
        id: format!("wjazzd:{}", info.melid),
        performer: info.performer.clone(),
        instrument,
        feel: info.feel.to_lowercase(),
        choruses: bars.choruses.clone(),
    };
    let (spelling, form) = Default::default();
    Ok(Tune { sheet, solo: Some(solo), spelling, credits, form, warnings })
}

/// The notes in order of place; one that cannot be a note, or shares its place with one before, is left out.
fn notes(bars: &SoloGrid, tones: &[NoteRow], place: &Location, warnings: &mut Vec<Warning>) -> Vec<Note> {
    let usual = median(tones.iter().filter_map(|tone| tone.loudness).collect());
    let mut notes: Vec<Note> = Vec::with_capacity(tones.len());
    for tone in tones {
        match note(bars, tone, usual) {
            Some(note) => notes.push(note),
            None => {
                let place = Location::beat(tone.bar, tone.beat);
                warnings.push(
                    Warning::new(place, format!("pitch {} left out", tone.pitch)).of(WarningKind::Notes),
                );
            }
        }
    }
    notes.sort_by_key(|note| note.onset);
    let count = notes.len();
    notes.dedup_by_key(|note| note.onset);
    if notes.len() < count {
        let words = format!("{} notes left out that share their place with another", count - notes.len());
        warnings.push(Warning::new(place.clone(), words).of(WarningKind::Notes));
    }
    for i in 1..notes.len() {
        let room = notes[i].onset - notes[i - 1].onset;
        notes[i - 1].duration = notes[i - 1].duration.min(room);
    }
    notes
}

fn note(bars: &SoloGrid, tone: &NoteRow, usual: Option<f64>) -> Option<Note> {
    let pitch = (0.0..127.5).contains(&tone.pitch).then(|| Pitch::new(tone.pitch.round() as u8))??;
    let onset = bars.time(tone.bar, tone.beat, tone.tatum, tone.division)?;
    let (start, end) = (bars.clock.quarters(tone.onset), bars.clock.quarters(tone.onset + tone.seconds));
    let length = on_grid(end - start, LENGTHS).max(Duration::quarters(1, LENGTHS));
    let velocity = tone.loudness.zip(usual).map(|(l, usual)| USUAL_VELOCITY * 10f64.powf((l - usual) / 40.0));
    let (numerator, denominator) = onset.since_start().as_quarters();
    let written = numerator as f64 / denominator as f64;
    Some(Note {
        velocity: velocity.map(|v| v.round().clamp(1.0, 127.0) as u8),
        delay: bars.clock.is_known().then(|| on_grid(start - written, DELAYS)),
        ..Note::new(onset, length, pitch)
    })
}

/// Quarter notes, to the nearest of `parts` in one.
fn on_grid(quarters: f64, parts: i64) -> Duration {
    let most = 1e9;
    Duration::quarters((quarters.clamp(-most, most) * parts as f64).round() as i64, parts)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// `Bb-maj`, `D-dor`: modes by their third, and tonics that no signature has by their usual name.
fn key(text: &str) -> Option<Key> {
    let (tonic, mode) = text.split_once('-').unwrap_or((text, "maj"));
    let tonic: NoteName = tonic.parse().ok()?;
    let mode = match mode {
        "maj" | "mix" | "lyd" | "blues" | "chrom" => Mode::Major,
        "min" | "dor" | "phry" | "aeol" => Mode::Minor,
        _ => return None,
    };
    Some(Key::new(tonic, mode).unwrap_or_else(|| Key::on(tonic.class(), mode)))
}

#[cfg(test)]
mod tests;
