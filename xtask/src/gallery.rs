//! One take of each style with its pictures, on a page for people to hear and see, and each voice drawn.

mod spectrogram;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A take: style, who improvises, quarter notes a minute, chart.
type GalleryTake = (&'static str, &'static str, u16, &'static str);

const BLUES: &str = "F7 | Bb7 | F7 | Cm7 F7 | Bb7 | Bdim7 | F7 | D7b9 | Gm7 | C7 | F7 D7 | Gm7 C7";
const TAKES: [GalleryTake; 9] = [
    ("swing", "tenor sax", 150, BLUES),
    ("slow swing", "trombone", 88, "Fm7 | Bb7 | Ebmaj7 | C7b9 | Fm7 | Bb7b9 | Eb6 C7 | Fm7 Bb7"),
    (
        "up swing",
        "alto sax",
        240,
        "Dm7 | G7 | Cmaj7 | % | Cm7 | F7 | Bbmaj7 | % | Bbm7 | Eb7 | Abmaj7 | % | Am7b5 | D7b9 | Gm7 | A7b9",
    ),
    ("waltz", "flute", 165, "meter: 3/4\nFmaj7 | Em7b5 | A7b9 | Dm7 | Gm7 | C7 | Fmaj7 | %"),
    ("two-feel", "clarinet", 132, "Bb6 | G7 | Cm7 | F7 | Dm7 G7 | Cm7 F7 | Bb6 G7 | Cm7 F7"),
    ("ballad", "trumpet", 66, "Dbmaj7 | Bb7b9 | Ebm7 | Ab7 | Fm7 Bb7 | Ebm7 Ab7 | Db6 | Ebm7 Ab7"),
    ("bossa", "guitar", 136, "Am7 | D7 | Gmaj7 | % | F#m7b5 | B7b9 | Em7 | E7"),
    (
        "even eighths",
        "vibraphone",
        144,
        "Ebmaj7 | Dbmaj7 | Bmaj7 | Bb7sus4 | Ebmaj7 | Gbmaj7 | Abm7 | Bb7sus4",
    ),
    ("shuffle", "tenor sax", 124, BLUES),
];

/// Makes a folder with `index.html` in it.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (mut out, mut program, mut wishes) = (PathBuf::from("output/gallery"), None, Vec::new());
    let mut sampled: Option<PathBuf> = None;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--out" => out = value()?.into(),
            "--soundfont" => sampled = Some(value()?.into()),
            "--sideman" => program = Some(value()?.clone()),
            "--" => wishes.extend(rest.by_ref().cloned()),
            _ => return Err(format!("{argument} is not known; see cargo xtask")),
        }
    }
    let mut page = String::from(HEAD);
    for take in &TAKES {
        println!("{} …", take.0);
        section(&mut page, take, &play(take, &out, program.as_deref(), &wishes)?, &out)?;
    }
    let sampled = sampled.or_else(of_the_system);
    page += &spectrogram::voices(&out, sampled.as_deref())?;
    let index = out.join("index.html");
    fs::write(&index, page).map_err(|error| format!("{}: {error}", index.display()))?;
    println!("{}", index.display());
    Ok(())
}

/// Where systems keep sampled banks.
const BANKS: [&str; 5] = [
    "/usr/share/sounds/sf3",
    "/usr/share/sounds/sf2",
    "/usr/share/soundfonts",
    "/opt/homebrew/share/soundfonts",
    "/Library/Audio/Sounds/Banks",
];

/// The largest bank of the first of these folders that has any.
fn of_the_system() -> Option<PathBuf> {
    BANKS.iter().find_map(|folder| {
        let files = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let banks = files.filter(|file| file.extension().is_some_and(|end| end == "sf2" || end == "sf3"));
        banks.max_by_key(|file| (file.metadata().map_or(0, |data| data.len()), file.clone()))
    })
}

/// The folder of a take, with its files.
fn play(
    &(style, instrument, tempo, chart): &GalleryTake,
    out: &Path,
    program: Option<&str>,
    wishes: &[String],
) -> Result<PathBuf, String> {
    let folder = out.join(style.replace(' ', "-"));
    let mut command = Command::new(program.unwrap_or("cargo"));
    if program.is_none() {
        command.args(["run", "--quiet", "--release", "--package", "sideman", "--"]);
    }
    command.args(["improvise", chart, "--quiet", "--choruses", "2", "--count-in", "--sound", "wav,mp3"]);
    command.args(["--style", style, "--instrument", instrument, "--tempo", &tempo.to_string()]);
    command.arg("--out").arg(&folder).args(wishes);
    let output = command.output().map_err(|error| format!("sideman could not be run: {error}"))?;
    if output.status.success() {
        return Ok(folder);
    }
    Err(format!("{style}: {}", String::from_utf8_lossy(&output.stderr)))
}

const HEAD: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>sideman: one take of each style</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
pre { white-space: pre-wrap; }
.beside { display: flex; gap: 1rem; }
audio, img, svg { display: block; width: 100%; margin: .5rem 0; }
</style>
<h1>One take of each style</h1>
";

/// Adds a take to the page; its WAV file is drawn and goes.
fn section(page: &mut String, take: &GalleryTake, folder: &Path, out: &Path) -> Result<(), String> {
    let (style, instrument, tempo, chart) = take;
    let wav = folder.join("solo.wav");
    let bytes = fs::read(&wav).map_err(|error| format!("{}: {error}", wav.display()))?;
    fs::remove_file(&wav).map_err(|error| format!("{}: {error}", wav.display()))?;
    let files = folder.strip_prefix(out).unwrap_or(folder).display();
    let wave = waveform(&bytes);
    let written = writeln!(
        page,
        "<h2>{style}</h2>\n<p>{instrument}, {tempo} quarter notes a minute, <a href=\"{files}/solo.mid\">MIDI</a></p>\n\
         <pre>{chart}</pre>\n<audio controls preload=\"none\" src=\"{files}/solo.mp3\"></audio>\n{wave}\n\
         <img src=\"{files}/solo.svg\" alt=\"The solo as a piano roll\">",
    );
    written.map_err(|error| error.to_string())
}

/// Points of a picture of sound.
const POINTS: usize = 1000;
/// Bytes before the samples of a WAV file of 16 bits, and of a stereo frame.
const WAV_HEAD: usize = 44;
const FRAME: usize = 4;

/// The loudest sample of each stretch of a stereo WAV file of 16 bits, mirrored, as SVG.
fn waveform(wav: &[u8]) -> String {
    let sound = wav.get(WAV_HEAD..).unwrap_or_default();
    let stretch = (sound.len() / FRAME / POINTS).max(1) * FRAME;
    let level = |bytes: &[u8]| {
        let samples = bytes.chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]]).unsigned_abs());
        f64::from(samples.max().unwrap_or(0)) / 32768.0
    };
    let mut path = String::new();
    for (x, bytes) in sound.chunks(stretch).enumerate() {
        let height = 50.0 * level(bytes);
        let _ = write!(path, "M{x} {:.1}V{:.1}", 50.0 - height, 50.0 + height);
    }
    format!(
        "<svg viewBox=\"0 0 {POINTS} 100\" preserveAspectRatio=\"none\" height=\"80\">\
         <path d=\"{path}\" stroke=\"#468\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loud_stretch_is_drawn_high() {
        let frames = [0i16, 0, 16_384, 0, 0, -32_768].map(i16::to_le_bytes).concat();
        let drawn = waveform(&[vec![0; WAV_HEAD], frames].concat());
        assert!(drawn.contains("d=\"M0 50.0V50.0M1 25.0V75.0M2 0.0V100.0\""), "{drawn}");
        assert!(waveform(b"").contains("d=\"\""));
    }
}
