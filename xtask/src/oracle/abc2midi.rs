//! ABC as `abc2midi` plays it.

use std::path::Path;
use std::process::Command;

use sideman_formats::midi;
use sideman_music::{Performance, Pitch};

use super::material::Material;
use super::reading::{HeardNote, HeardTune, TheirReadings, quarters};
use super::table::Answers;

/// What `abc2midi` makes of the tunes of each file, their chords left out.
///
/// # Errors
/// When it is absent.
pub(super) fn read(program: &str, files: &[Material], work: &Path) -> Result<Answers, String> {
    let failed =
        |e: &dyn std::fmt::Display| format!("{program}: {e}; it must be abc2midi, of the package abcmidi");
    let version = Command::new(program).arg("-ver").output().map_err(|e| failed(&e))?;
    let version = String::from_utf8_lossy(&version.stdout).trim().to_owned();
    let files = files.iter().map(|file| (file.clone(), tunes(program, file, work)));
    Ok(Answers { program: format!("abc2midi {version}"), files: files.collect() })
}

/// The tunes of a file, in the order of their numbers in it.
fn tunes(program: &str, file: &Material, work: &Path) -> TheirReadings {
    let bytes = std::fs::read(&file.path).map_err(|e| e.to_string())?;
    let text = plain(&String::from_utf8_lossy(&bytes));
    let path = work.join("plain.abc");
    std::fs::write(&path, &text).map_err(|e| e.to_string())?;
    let numbers = text.lines().filter_map(|line| line.strip_prefix("X:"));
    let numbers: Vec<&str> = numbers.filter_map(|rest| rest.split_whitespace().next()).collect();
    Ok(numbers.into_iter().map(|number| tune(program, &path, number, work)).collect())
}

/// The text without what says how it is to be performed: `%%MIDI` and the rhythms that swing.
fn plain(text: &str) -> String {
    let performed = |line: &&str| line.starts_with("%%MIDI") || line.starts_with("R:");
    text.lines().filter(|line| !performed(line)).flat_map(|line| [line, "\n"]).collect()
}

fn tune(program: &str, path: &Path, number: &str, work: &Path) -> Result<HeardTune, String> {
    let out = work.join("played.mid");
    let _ = std::fs::remove_file(&out);
    let options = ["-quiet", "-silent", "-NGUI", "-NGRA", "-o"];
    let played = Command::new(program).arg(path).arg(number).args(options).arg(&out).output();
    played.map_err(|e| e.to_string())?;
    let bytes = std::fs::read(&out).map_err(|_| format!("tune {number} is not played"))?;
    let song = midi::read(&bytes).map_err(|error| error.to_string())?.value;
    Ok(HeardTune { notes: line(&song), ..HeardTune::default() })
}

/// The notes of a chord are struck one after another, each within so much of the one before, in quarter notes.
const SPREAD: f64 = 1.0 / 40.0;

/// The notes of the first track that has some.
fn line(song: &Performance) -> Vec<HeardNote> {
    let Some(track) = song.tracks.iter().find(|track| track.notes().next().is_some()) else {
        return Vec::new();
    };
    let mut notes: Vec<HeardNote> = Vec::new();
    for (at, length, pitch, _) in track.notes() {
        let (onset, length, number) = (quarters(at.since_start()), quarters(length), Pitch::number(pitch));
        match notes.last_mut() {
            Some(last) if onset - last.onset < SPREAD * last.pitches.len() as f64 => {
                last.pitches.push(number);
                last.length = last.length.max(length);
            }
            _ => notes.push(HeardNote { onset, length, pitches: vec![number] }),
        }
    }
    notes.iter_mut().for_each(|note| note.pitches.sort_unstable());
    notes
}
