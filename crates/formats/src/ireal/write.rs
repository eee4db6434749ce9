//! A chart as a link.

use std::fmt::Write;
use std::sync::LazyLock;

use sideman_music::{Bar, Chord, Duration, Meter, Quality, Sheet};

use super::link::{SCRAMBLED, swapped};
use super::names;
use crate::{Location, Warned, Warning};

/// The qualities that the program offers, as it writes them.
pub(super) const QUALITIES: [&str; 59] = [
    "", "5", "2", "add9", "+", "o", "h", "sus", "^", "-", "^7", "-7", "7", "7sus", "h7", "o7", "^9", "^13",
    "6", "69", "^7#11", "^9#11", "^7#5", "-6", "-69", "-^7", "-^9", "-9", "-11", "-7b5", "h9", "-b6", "-#5",
    "9", "7b9", "7#9", "7#11", "7b5", "7#5", "9#11", "9b5", "9#5", "7b13", "7#9#5", "7#9b5", "7#9#11",
    "7b9#11", "7b9b5", "7b9#5", "7b9#9", "7b9b13", "7alt", "13", "13#11", "13b9", "13#9", "7b9sus", "13sus",
    "9sus",
];

/// Those, as they are read.
static KNOWN: LazyLock<Vec<(&str, Quality)>> =
    LazyLock::new(|| QUALITIES.iter().filter_map(|&name| Some((name, name.parse().ok()?))).collect());

/// The sheet as an `irealb://` link, its form written out, and what the format cannot carry: changes off the
/// beat (moved to one), meters and sections it does not know, tempi between whole beats a minute.
pub fn write(sheet: &Sheet) -> Warned<String> {
    let mut warnings: Vec<Warning> = Warning::of_pickup(sheet).into_iter().collect();
    let mut music = String::new();
    let mut meter = None;
    for (i, bar) in sheet.bars().iter().enumerate() {
        let place = Location::bar(i + 1);
        music.push(if i == 0 || bar.section().is_some() { '[' } else { '|' });
        if let Some(label) = bar.section() {
            write_section(&mut music, label, &place, &mut warnings);
        }
        if meter != Some(bar.meter()) {
            meter = Some(bar.meter());
            write_meter(&mut music, bar.meter(), &place, &mut warnings);
        }
        write_bar(&mut music, bar, &place, &mut warnings);
        if sheet.bars().get(i + 1).is_some_and(|next| next.section().is_some()) {
            music.push(']');
        }
    }
    music.push('Z');
    let tempo = sheet.tempo().map_or(0, |tempo| tempo.to_bpm());
    if sheet.tempo().is_some_and(|t| u16::try_from(tempo).map(sideman_music::Tempo::bpm) != Ok(t)) {
        let words = format!("rounded to {tempo} beats a minute");
        warnings.push(Warning::new(Location::part("tempo"), words));
    }
    let key = sheet.key().map_or(String::new(), |key| {
        let minor = if key.mode() == sideman_music::Mode::Minor { "-" } else { "" };
        format!("{}{minor}", key.tonic())
    });
    let [title, composer, style] = [
        ("title", names::for_sorting(sheet.title())),
        ("composer", names::turned(sheet.composer())),
        ("style", sheet.style().to_owned()),
    ]
    .map(|(name, words)| field(name, &words, &mut warnings));
    let music = swapped(&music);
    let link = format!("{title}={composer}=={style}={key}=={SCRAMBLED}{music}=={tempo}=0");
    Warned { value: format!("irealb://{}", encoded(&link)), warnings }
}

/// A field; never empty, so that no three signs of equality follow each other.
fn field(name: &str, words: &str, warnings: &mut Vec<Warning>) -> String {
    if words.contains('=') {
        warnings.push(Warning::new(Location::part(name), "= is written as -"));
    }
    match (words, name) {
        ("", "title") => "Untitled".into(),
        ("", "composer") => names::NO_COMPOSER.into(),
        ("", _) => "Medium Swing".into(),
        _ => words.replace('=', "-"),
    }
}

fn write_section(music: &mut String, label: &str, place: &Location, warnings: &mut Vec<Warning>) {
    let known = ["A", "B", "C", "D", "V"].into_iter().find(|known| *known == label);
    match known.or((label == "Intro").then_some("i")) {
        Some(name) => {
            music.push('*');
            music.push_str(name);
        }
        None => warnings.push(Warning::new(place.clone(), format!("section {label:?}"))),
    }
}

fn write_meter(music: &mut String, meter: Meter, place: &Location, warnings: &mut Vec<Warning>) {
    match (meter.beats(), meter.unit()) {
        (12, 8) => music.push_str("T12"),
        (beats @ 2..=7, 4) | (beats @ 2..=3, 2) | (beats @ 3..=9, 8) => {
            let _ = write!(music, "T{beats}{}", meter.unit());
        }
        _ => warnings.push(Warning::new(place.clone(), format!("meter {meter}"))),
    }
}

/// A cell for each beat; a change off the beat goes to the beat before, or to the next that is free.
fn write_bar(music: &mut String, bar: &Bar, place: &Location, warnings: &mut Vec<Warning>) {
    let beats = usize::from(bar.meter().beats());
    let mut cells = vec![" ".to_owned(); beats];
    let (mut free, mut taken) = (0, vec![(Duration::ZERO, 0)]);
    for change in bar.changes() {
        let beat = (change.at - change.at % bar.meter().beat()).in_units_of(bar.meter().beat());
        let cell = usize::try_from(beat).unwrap_or(0).max(free);
        let name = change.chord.map_or("n".into(), |chord| symbol(chord, place, warnings));
        match cells.get_mut(cell) {
            Some(cell) => *cell = name,
            None => warnings.push(Warning::new(place.clone(), format!("{name} finds no beat"))),
        }
        if bar.meter().beat() * cell as i64 != change.at {
            let words = format!("a change off the beat is moved to beat {}", cell + 1);
            warnings.push(Warning::new(place.clone(), words));
        }
        free = cell + 1;
        taken.push((change.at, cell));
    }
    if cells[0] == " " {
        cells[0] = "p".into();
    }
    for other in bar.alternatives() {
        let name = other.chord.map_or("n".into(), |chord| symbol(chord, place, warnings));
        let before = taken.iter().rfind(|(at, _)| *at <= other.at).and_then(|(_, cell)| cells.get_mut(*cell));
        before.into_iter().for_each(|cell| cell.push_str(&format!("({name})")));
    }
    music.push_str(&cells.join(","));
}

/// A chord in the program's spelling; a quality it does not offer is written as free text between asterisks.
fn symbol(chord: Chord, place: &Location, warnings: &mut Vec<Warning>) -> String {
    let wanted = chord.quality;
    let known = KNOWN.iter().find(|(_, quality)| *quality == wanted);
    let bass = chord.bass.map_or(String::new(), |bass| format!("/{bass}"));
    match known {
        Some((quality, _)) => format!("{}{quality}{bass}", chord.root),
        None => {
            warnings.push(Warning::new(place.clone(), format!("{chord} is written as free text")));
            format!("{}*{wanted}*{bass}", chord.root)
        }
    }
}

/// Everything but letters, digits and a few signs as percent signs and hexadecimal figures.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'=' | b'*' => {
                out.push(char::from(byte))
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
