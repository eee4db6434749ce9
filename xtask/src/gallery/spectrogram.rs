//! The voices as pictures: what sounds when, a sampled bank's beside ours.

use std::f64::consts::TAU;
use std::fmt::{Display, Write as _};
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use sideman_band::synth::{SoundFont, Synth};
use sideman_music::{Duration, Event, Performance, Pitch, Tempo, TempoMap, Time, Track};

/// A voice: its name, General MIDI program, the key that is struck, and whether that is a drum's.
type Voice = (&'static str, u8, u8, bool);

const VOICES: [Voice; 21] = [
    ("tenor sax", 66, 58, false),
    ("alto sax", 65, 65, false),
    ("trumpet", 56, 67, false),
    ("trombone", 57, 55, false),
    ("clarinet", 71, 65, false),
    ("flute", 73, 74, false),
    ("vibraphone", 11, 69, false),
    ("guitar", 26, 60, false),
    ("piano", 0, 60, false),
    ("electric piano", 4, 60, false),
    ("bass", 32, 38, false),
    ("ride", 0, 51, true),
    ("bell", 0, 53, true),
    ("closed hi-hat", 0, 42, true),
    ("pedal hi-hat", 0, 44, true),
    ("crash", 0, 49, true),
    ("kick", 0, 36, true),
    ("snare", 0, 38, true),
    ("side stick", 0, 37, true),
    ("brush tap", 40, 38, true),
    ("brush swirl", 40, 40, true),
];

const RATE: u32 = 44_100;
/// Frames of a spectrum and from one to the next.
const WINDOW: usize = 2048;
const HOP: usize = 256;
/// Seconds that are drawn, and decibels from the loudest down to black.
const SECONDS: f64 = 2.5;
const DEPTH: f64 = 80.0;
/// Rows of a picture, from the lowest frequency to the highest in equal intervals.
const ROWS: usize = 256;
const HERTZ: (f64, f64) = (40.0, 16_000.0);

/// Draws every voice into a folder, each bank's picture beside the other's; the section of a page that shows them.
pub(super) fn voices(out: &Path, sampled: Option<&Path>) -> Result<String, String> {
    let mut banks = vec![("built-in", SoundFont::built_in())];
    if let Some(path) = sampled {
        let bytes = fs::read(path).map_err(|error| said(path, &error))?;
        banks.push(("sampled", SoundFont::read(&bytes).map_err(|error| said(path, &error))?));
    }
    let folder = out.join("voices");
    fs::create_dir_all(&folder).map_err(|error| said(&folder, &error))?;
    let mut page = format!("<h2>Voices</h2>\n<p>{} Hz to {} Hz, {SECONDS} seconds</p>\n", HERTZ.0, HERTZ.1);
    for voice in VOICES {
        let _ = writeln!(page, "<h3>{}</h3>\n<div class=\"beside\">", voice.0);
        for (bank, font) in &banks {
            let file = folder.join(format!("{}-{bank}.png", voice.0.replace(' ', "-")));
            let picture = spectrogram(&sound(font, voice)?);
            fs::write(&file, png(&picture)).map_err(|error| said(&file, &error))?;
            let shown = file.strip_prefix(out).unwrap_or(&file).display();
            let _ = writeln!(page, "<img src=\"{shown}\" alt=\"{}, {bank}\">", voice.0);
        }
        page.push_str("</div>\n");
    }
    Ok(page)
}

fn said(path: &Path, error: &dyn Display) -> String {
    format!("{}: {error}", path.display())
}

/// A note of a voice, dry, both sides together.
fn sound(font: &SoundFont, (name, program, key, drum): Voice) -> Result<Vec<f32>, String> {
    let note = Event::Note { pitch: Pitch::midi(key), velocity: 90, duration: Duration::quarters(3, 2) };
    let events = vec![(Time::ZERO, Event::Program(program)), (Time::ZERO, note)];
    let channel = if drum { Track::DRUMS } else { 0 };
    let performance = Performance {
        tempos: TempoMap::new(vec![(Time::ZERO, Tempo::bpm(60))]),
        tracks: vec![Track { channel, events, ..Track::default() }],
        ..Performance::default()
    };
    let mut synth = Synth::new(font, &performance, RATE).map_err(|error| format!("{name}: {error}"))?;
    let mut frames = vec![[0.0; 2]; (SECONDS * f64::from(RATE)) as usize];
    synth.fill(&mut frames);
    Ok(frames.iter().map(|[left, right]| left + right).collect())
}

/// A picture in shades of grey: rows from the top down.
struct Picture {
    width: usize,
    shades: Vec<u8>,
}

fn spectrogram(sound: &[f32]) -> Picture {
    let columns: Vec<Vec<f64>> = sound.windows(WINDOW).step_by(HOP).map(spectrum).collect();
    let loudest = columns.iter().flatten().fold(1e-12f64, |most, &power| most.max(power));
    let mut shades = Vec::with_capacity(columns.len() * ROWS);
    for row in (0..ROWS).rev() {
        let edge = |row: usize| {
            let hertz = HERTZ.0 * (HERTZ.1 / HERTZ.0).powf(row as f64 / ROWS as f64);
            (hertz * WINDOW as f64 / f64::from(RATE)).round() as usize
        };
        let bins = edge(row)..edge(row + 1).max(edge(row) + 1);
        shades.extend(columns.iter().map(|column| {
            let power = column[bins.clone()].iter().fold(0.0f64, |most, &power| most.max(power));
            let decibels = 10.0 * (power / loudest).max(1e-12).log10();
            (255.0 * (1.0 + decibels / DEPTH).clamp(0.0, 1.0)) as u8
        }));
    }
    Picture { width: columns.len(), shades }
}

/// Powers of the frequencies of a stretch under a Hann window.
fn spectrum(sound: &[f32]) -> Vec<f64> {
    let hann = |i: usize| 0.5 - 0.5 * (TAU * i as f64 / sound.len() as f64).cos();
    let mut values: Vec<(f64, f64)> =
        sound.iter().enumerate().map(|(i, &x)| (f64::from(x) * hann(i), 0.0)).collect();
    transform(&mut values);
    values[..sound.len() / 2].iter().map(|(re, im)| re * re + im * im).collect()
}

/// The discrete Fourier transform of a power of two of complex values (J. W. Cooley and J. W. Tukey 1965).
fn transform(values: &mut [(f64, f64)]) {
    let half = values.len() / 2;
    if half == 0 {
        return;
    }
    let part = |odd: usize| values.iter().skip(odd).step_by(2).copied().collect::<Vec<_>>();
    let (mut even, mut odd) = (part(0), part(1));
    transform(&mut even);
    transform(&mut odd);
    for i in 0..half {
        let (sin, cos) = (-TAU * i as f64 / values.len() as f64).sin_cos();
        let turned = (odd[i].0 * cos - odd[i].1 * sin, odd[i].0 * sin + odd[i].1 * cos);
        values[i] = (even[i].0 + turned.0, even[i].1 + turned.1);
        values[i + half] = (even[i].0 - turned.0, even[i].1 - turned.1);
    }
}

/// A picture as PNG: eight bits of grey, no filter.
fn png(picture: &Picture) -> Vec<u8> {
    let rows = picture.shades.chunks(picture.width.max(1));
    let size = [picture.width, rows.len()].map(|size| (size as u32).to_be_bytes());
    let raw: Vec<u8> = rows.flat_map(|row| std::iter::once(0).chain(row.iter().copied())).collect();
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = packed.write_all(&raw).and_then(|()| packed.finish()).unwrap_or_default();
    let head = [size.as_flattened(), &[8, 0, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in [(b"IHDR", &head), (b"IDAT", &packed), (b"IEND", &Vec::new())] {
        let named = [kind.as_slice(), body].concat();
        png.extend((body.len() as u32).to_be_bytes());
        png.extend_from_slice(&named);
        png.extend(crc32fast::hash(&named).to_be_bytes());
    }
    png
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_a_line_at_its_frequency() {
        let tone: Vec<f32> =
            (0..8_000).map(|i| (TAU * 1_000.0 * f64::from(i) / 44_100.0).sin() as f32).collect();
        let spectrum = spectrum(&tone[..WINDOW]);
        let strongest = (0..spectrum.len()).max_by(|&a, &b| spectrum[a].total_cmp(&spectrum[b]));
        assert_eq!(strongest, Some((1_000 * WINDOW + 22_050) / 44_100));
        let picture = spectrogram(&tone);
        let brightest = (0..ROWS).max_by_key(|row| picture.shades[row * picture.width]).unwrap();
        let place = (25f64).ln() / 400f64.ln();
        assert!((brightest as f64 / ROWS as f64 - (1.0 - place)).abs() < 0.02, "row {brightest}");
    }

    #[test]
    fn a_picture_is_a_png_of_its_size() {
        let png = png(&Picture { width: 3, shades: vec![0; 6] });
        assert!(png.starts_with(b"\x89PNG") && png[16..24] == [0, 0, 0, 3, 0, 0, 0, 2]);
        assert!(png.ends_with(&[b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82]));
    }
}
