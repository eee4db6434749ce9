//! Chord charts as JSON: a song, or a list of them, with sections and endings.
//!
//! ```json
//! {"Title": "Example", "Composer": "Somebody", "Key": "F", "Rhythm": "Medium Swing", "TimeSignature": "4/4",
//!  "Sections": [{"Label": "A", "Repeats": 1, "MainSegment": {"Chords": "Fmaj7|Gm7,C7"},
//!                "Endings": [{"Chords": "Fmaj7"}, {"Chords": "F6"}]}]}
//! ```
//!
//! Bars stand between `|`, the beats they share between `,`; where nothing stands, the chord before goes on. A
//! section is played once more for each of `Repeats`, or as often as it has endings. An alternative chord in
//! parentheses is left out.

use serde_json::Value;
use sideman_music::{Bar, Meter, Sheet};

use crate::symbol::{self, Symbol};
use crate::{Error, Location, Tune, Warning, WarningKind};

const NAME: &str = "JSON with the Sections of a song";

/// Every song. One that cannot be read is left out, with a warning on the song before it or the first.
///
/// # Errors
/// When the bytes are no such JSON, or no song can be read.
pub fn read(bytes: &[u8]) -> Result<Vec<Tune>, Error> {
    let start = bytes.trim_ascii_start();
    if !start.strip_prefix(b"[").map_or(start, <[u8]>::trim_ascii_start).starts_with(b"{") {
        return Err(Error::NotThisFormat(NAME));
    }
    let json: Value = serde_json::from_slice(bytes).map_err(|error| {
        Error::malformed(Location::Character { line: error.line(), column: error.column() }, error)
    })?;
    let songs = json.as_array().map_or(std::slice::from_ref(&json), Vec::as_slice);
    let songs = songs.iter().filter(|song| song["Sections"].is_array());
    Tune::readable(bytes.len(), songs.map(|song| (text(&song["Title"]), read_song(song))))
        .unwrap_or(Err(Error::NotThisFormat(NAME)))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn read_song(song: &Value) -> Result<Tune, Error> {
    let mut warnings = Vec::new();
    let malformed = Error::in_part("song");
    let meter = match text(&song["TimeSignature"]) {
        "" => Meter::COMMON,
        meter => meter.parse().map_err(malformed)?,
    };
    let mut bars = Vec::new();
    for section in song["Sections"].as_array().into_iter().flatten() {
        read_section(section, meter, &mut bars, &mut warnings)?;
        if bars.len() > Sheet::MOST_BARS {
            break;
        }
    }
    let sheet = Sheet::new(bars).map_err(malformed)?.with_title(text(&song["Title"]));
    let sheet = sheet.with_composer(text(&song["Composer"])).with_style(text(&song["Rhythm"]));
    let sheet = sheet.with_key(text(&song["Key"]).parse().ok());
    Ok(Tune::chart(sheet, warnings))
}

/// Appends the bars of a section as they are played.
fn read_section(
    section: &Value,
    meter: Meter,
    bars: &mut Vec<Bar>,
    warnings: &mut Vec<Warning>,
) -> Result<(), Error> {
    let label = text(&section["Label"]);
    let endings = section["Endings"].as_array().map_or(&[][..], Vec::as_slice);
    let again = section["Repeats"].as_u64().map_or(0, |n| n.min(64) as usize);
    for pass in 0..endings.len().max(again + 1) {
        let start = bars.len();
        let segments = [Some(&section["MainSegment"]), endings.get(pass)].into_iter().flatten();
        for chords in segments.filter_map(|segment| segment["Chords"].as_str()) {
            for words in chords.split('|').take(Sheet::MOST_BARS + 1) {
                let place = Location::bar(bars.len() + 1);
                let symbols: Vec<Symbol> = words
                    .split(',')
                    .map(|word| read_symbol(word, &place, warnings))
                    .collect::<Result<_, _>>()?;
                let others: Vec<Symbol> =
                    words.split(',').map(|word| read_alternative(word, &place, warnings)).collect();
                let alternatives = symbol::bar(meter, &others).changes().to_vec();
                bars.push(symbol::bar(meter, &symbols).with_alternatives(alternatives));
            }
        }
        if let Some(first) = bars.get_mut(start).filter(|_| !label.is_empty()) {
            *first = std::mem::take(first).with_section(label);
        }
        if bars.len() > Sheet::MOST_BARS {
            break;
        }
    }
    Ok(())
}

/// What stands in brackets behind a symbol; a slash where nothing does.
fn read_alternative(word: &str, place: &Location, warnings: &mut Vec<Warning>) -> Symbol {
    let Some((_, rest)) = word.split_once('(') else { return Symbol::Slash };
    let words = rest.split(')').next().unwrap_or_default();
    read_symbol(words, place, warnings).unwrap_or_else(|_| {
        let told = format!("the alternative ({words}) is left out");
        warnings.push(Warning::new(place.clone(), told).of(WarningKind::Alternatives));
        Symbol::Slash
    })
}

/// A symbol in this dialect: `07` is diminished, `m/maj7` minor with a major seventh, `maug` minor with a
/// sharp fifth.
fn read_symbol(word: &str, place: &Location, warnings: &mut Vec<Warning>) -> Result<Symbol, Error> {
    let chord = word.split('(').next().unwrap_or_default();
    let chord = chord.trim().replace("m/maj", "mmaj").replace("maug", "m#5");
    if chord.is_empty() {
        return Ok(Symbol::Slash);
    }
    let root = chord.find(|c: char| !matches!(c, 'A'..='G' | 'b' | '#')).unwrap_or(chord.len());
    match chord[root..].strip_prefix('0') {
        Some(rest) => symbol::read(&format!("{}o{rest}", &chord[..root]), place, warnings),
        None => symbol::read(&chord, place, warnings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TINY: &str = r#"{"Title": "Tiny", "Composer": "Nobody", "Key": "Cmin", "Rhythm": "Ballad", "TimeSignature": "3/4",
        "Sections": [{"Label": "A", "MainSegment": {"Chords": "Cm/maj7,,B07|"}, "Endings": [{"Chords": "Ab7(D7)"}, {"Chords": "G7"}]},
                     {"Label": "B", "Repeats": 1, "MainSegment": {"Chords": "Fm6"}}]}"#;

    #[test]
    fn a_song_is_read() {
        let tune = read(TINY.as_bytes()).unwrap().remove(0);
        let expected = "title: Tiny\ncomposer: Nobody\nstyle: Ballad\nkey: Cm\nmeter: 3/4\n\
            [A] Cmmaj7 / Bdim7 | / | Ab7 (D7)\n[A] Cmmaj7 / Bdim7 | / | G7\n[B] Fm6\n[B] Fm6";
        assert_eq!(tune.sheet, expected.parse().unwrap());
        assert!(tune.warnings.is_empty(), "{:?}", tune.warnings);
    }

    #[test]
    fn a_bad_song_does_not_take_the_others_along() {
        let list = format!("[{TINY}, {}]", TINY.replace("Fm6", "petrushka").replace("Tiny", "Bad"));
        let tunes = read(list.as_bytes()).unwrap();
        assert_eq!(tunes.len(), 1);
        assert!(
            tunes[0].warnings[0].words.starts_with("song 2 (Bad) is left out: bar 7: chord"),
            "{:?}",
            tunes[0].warnings
        );
        assert!(
            read(TINY.replace("Fm6", "petrushka").as_bytes()).unwrap_err().to_string().starts_with("bar 7")
        );
    }

    #[test]
    fn damage_says_where() {
        let error = read(&TINY.as_bytes()[..200]).unwrap_err().to_string();
        assert!(error.starts_with("line 2, column"), "{error}");
        assert!(matches!(read(b"[{}, 2]"), Err(Error::NotThisFormat(_))));
        assert!(matches!(read(b"C | F"), Err(Error::NotThisFormat(_))));
        assert!(read(format!("[{{\"Sections\": {}", "[".repeat(100_000)).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn any_damage_is_read_or_refused(at in 0usize..400, text in "[\\[\\]{}\",:|A-G0-9(]{0,4}") {
            let at = at.min(TINY.len());
            let _ = read(format!("{}{text}{}", &TINY[..at], &TINY[(at + text.len()).min(TINY.len())..]).as_bytes());
        }
    }
}
