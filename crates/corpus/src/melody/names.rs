//! What the names of tracks and programs tell.

use sideman_music::Instrument;

/// Names of the General MIDI programs, counted from 0.
const PROGRAMS: [&str; 128] = [
    "Acoustic Grand Piano",
    "Bright Acoustic Piano",
    "Electric Grand Piano",
    "Honky-tonk Piano",
    "Electric Piano 1",
    "Electric Piano 2",
    "Harpsichord",
    "Clavi",
    "Celesta",
    "Glockenspiel",
    "Music Box",
    "Vibraphone",
    "Marimba",
    "Xylophone",
    "Tubular Bells",
    "Dulcimer",
    "Drawbar Organ",
    "Percussive Organ",
    "Rock Organ",
    "Church Organ",
    "Reed Organ",
    "Accordion",
    "Harmonica",
    "Tango Accordion",
    "Acoustic Guitar (nylon)",
    "Acoustic Guitar (steel)",
    "Electric Guitar (jazz)",
    "Electric Guitar (clean)",
    "Electric Guitar (muted)",
    "Overdriven Guitar",
    "Distortion Guitar",
    "Guitar Harmonics",
    "Acoustic Bass",
    "Electric Bass (finger)",
    "Electric Bass (pick)",
    "Fretless Bass",
    "Slap Bass 1",
    "Slap Bass 2",
    "Synth Bass 1",
    "Synth Bass 2",
    "Violin",
    "Viola",
    "Cello",
    "Contrabass",
    "Tremolo Strings",
    "Pizzicato Strings",
    "Orchestral Harp",
    "Timpani",
    "String Ensemble 1",
    "String Ensemble 2",
    "Synth Strings 1",
    "Synth Strings 2",
    "Choir Aahs",
    "Voice Oohs",
    "Synth Voice",
    "Orchestra Hit",
    "Trumpet",
    "Trombone",
    "Tuba",
    "Muted Trumpet",
    "French Horn",
    "Brass Section",
    "Synth Brass 1",
    "Synth Brass 2",
    "Soprano Sax",
    "Alto Sax",
    "Tenor Sax",
    "Baritone Sax",
    "Oboe",
    "English Horn",
    "Bassoon",
    "Clarinet",
    "Piccolo",
    "Flute",
    "Recorder",
    "Pan Flute",
    "Blown Bottle",
    "Shakuhachi",
    "Whistle",
    "Ocarina",
    "Lead 1 (square)",
    "Lead 2 (sawtooth)",
    "Lead 3 (calliope)",
    "Lead 4 (chiff)",
    "Lead 5 (charang)",
    "Lead 6 (voice)",
    "Lead 7 (fifths)",
    "Lead 8 (bass + lead)",
    "Pad 1 (new age)",
    "Pad 2 (warm)",
    "Pad 3 (polysynth)",
    "Pad 4 (choir)",
    "Pad 5 (bowed)",
    "Pad 6 (metallic)",
    "Pad 7 (halo)",
    "Pad 8 (sweep)",
    "FX 1 (rain)",
    "FX 2 (soundtrack)",
    "FX 3 (crystal)",
    "FX 4 (atmosphere)",
    "FX 5 (brightness)",
    "FX 6 (goblins)",
    "FX 7 (echoes)",
    "FX 8 (sci-fi)",
    "Sitar",
    "Banjo",
    "Shamisen",
    "Koto",
    "Kalimba",
    "Bag pipe",
    "Fiddle",
    "Shanai",
    "Tinkle Bell",
    "Agogo",
    "Steel Drums",
    "Woodblock",
    "Taiko Drum",
    "Melodic Tom",
    "Synth Drum",
    "Reverse Cymbal",
    "Guitar Fret Noise",
    "Breath Noise",
    "Seashore",
    "Bird Tweet",
    "Telephone Ring",
    "Helicopter",
    "Applause",
    "Gunshot",
];

/// The name of a General MIDI program, counted from 0.
pub(crate) fn program_name(program: u8) -> &'static str {
    PROGRAMS[usize::from(program & 127)]
}

/// The instrument of the band that comes nearest to a General MIDI program.
pub(crate) fn instrument(program: u8) -> Instrument {
    Instrument::from_program(program).unwrap_or(match program {
        4 | 5 => Instrument::ElectricPiano,
        8..=15 | 108 | 112 | 114 => Instrument::Vibraphone,
        21 | 22 | 68 | 69 | 109 | 111 => Instrument::SopranoSax,
        24..=31 | 104..=107 => Instrument::Guitar,
        32..=39 | 43 => Instrument::Bass,
        40..=42 | 110 => Instrument::Violin,
        52..=54 | 85 | 91 => Instrument::Voice,
        59..=63 => Instrument::Trumpet,
        58 => Instrument::Trombone,
        70 => Instrument::BassClarinet,
        72..=79 => Instrument::Flute,
        _ => Instrument::Piano,
    })
}

/// Beginnings of words in the names of tracks, with the points they give; of several the one that says most.
const WORDS: &[(&str, f64)] = &[
    ("melod", 3.5),
    ("lead", 2.5),
    ("vocal", 2.5),
    ("voice", 2.0),
    ("vox", 2.5),
    ("voc", 2.0),
    ("singer", 2.5),
    ("sing", 2.0),
    ("solo", 2.0),
    ("theme", 2.5),
    ("tune", 2.0),
    ("head", 1.5),
    ("right", 1.5),
    ("rh", 1.5),
    ("soprano", 1.0),
    ("hi", 0.5),
    ("treble", 1.0),
    ("sax", 1.0),
    ("trumpet", 1.0),
    ("trompete", 1.0),
    ("flute", 1.0),
    ("clarinet", 1.0),
    ("violin", 0.5),
    ("oboe", 0.5),
    ("left", -2.0),
    ("lh", -2.0),
    ("lo", -1.0),
    ("bass", -3.5),
    ("chord", -3.0),
    ("accomp", -3.0),
    ("comp", -2.5),
    ("backing", -3.0),
    ("back", -1.5),
    ("pad", -2.5),
    ("rhythm", -2.5),
    ("harmon", -2.0),
    ("arp", -2.5),
    ("string", -0.7),
    ("drum", -4.0),
    ("perc", -4.0),
    ("echo", -1.5),
    ("choir", -0.7),
    ("organ", -0.3),
    ("fx", -2.5),
    ("effect", -2.5),
    ("riff", -1.5),
    ("counter", -1.5),
    ("obligat", -1.0),
    ("click", -4.0),
    ("second", -0.7),
    ("2nd", -0.7),
    ("alto", 0.0),
    ("mell", 0.5),
];

/// Points that the name of a track gives for its being the melody.
pub(super) fn name_points(name: &str) -> f64 {
    let name = name.to_lowercase();
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let said = words.flat_map(|word| WORDS.iter().filter(move |(start, _)| matches(word, start)));
    said.map(|&(_, points)| points).max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(0.0)
}

/// Whether a word begins with another; words of two letters must be the whole.
fn matches(word: &str, start: &str) -> bool {
    if start.len() <= 2 { word == start } else { word.starts_with(start) }
}

/// Points that a General MIDI program gives, by its family.
pub(super) fn program_points(program: u8) -> f64 {
    match program {
        0..=7 => 0.0,
        8..=15 => 0.3,
        16..=20 => -0.3,
        21..=23 => 0.6,
        24..=31 => 0.2,
        32..=39 | 43 => -3.0,
        40..=42 => 0.8,
        44..=47 => -0.8,
        48..=51 => -0.7,
        52..=54 => 0.2,
        55 => -2.0,
        58 => -1.0,
        61..=63 => -0.3,
        56 | 57 | 59 | 60 | 64..=79 => 1.2,
        80..=87 => 1.0,
        88..=95 => -1.0,
        96..=103 | 112..=127 => -1.5,
        _ => 0.3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_seem_to() {
        let better = |a: &str, b: &str| assert!(name_points(a) > name_points(b), "{a} {b}");
        better("Melody", "Tenor Sax");
        better("LEAD VOCAL", "Backing vocals");
        better("Piano (right hand)", "Piano (left hand)");
        better("Track 3", "Bass Guitar");
        better("", "Rhythm guitar");
        assert_eq!(name_points("Highland"), 0.0);
    }

    #[test]
    fn every_program_has_a_name_and_an_instrument() {
        assert_eq!(
            (program_name(0), program_name(66), program_name(127)),
            ("Acoustic Grand Piano", "Tenor Sax", "Gunshot")
        );
        assert_eq!(
            (instrument(66), instrument(33), instrument(81)),
            (Instrument::TenorSax, Instrument::Bass, Instrument::Piano)
        );
    }
}
