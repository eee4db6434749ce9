//! Chord charts as plain text with a header, as the Jazz Chord Progressions Corpus has them.
//!
//! ```text
//! Title = Example
//! ComposedBy = Somebody
//! DBKeySig = F
//! TimeSig = 4 4
//! Bars = 2
//!  FM7 D7 | Gm7 C7 |
//! ```
//!
//! The symbols of a bar share its beats; `/` lets the chord before go on.

use sideman_music::{Bar, Key, Meter, Sheet};

use crate::{Error, Location, Tune, Warning, WarningKind, symbol};

/// The chart.
///
/// # Errors
/// When there is no such header, or a bar holds what is no chord.
pub fn read(bytes: &[u8]) -> Result<Vec<Tune>, Error> {
    let text = String::from_utf8_lossy(bytes);
    let mut warnings = Vec::new();
    let header = ChartHeader::read(&text, &mut warnings)
        .ok_or(Error::NotThisFormat("a chart with Title =, TimeSig = and Bars ="))?;
    let bars = read_bars(&text, header.meter, &mut warnings)?;
    if header.bars.is_some_and(|said| said != bars.len()) {
        let said = header.bars.unwrap_or_default();
        let words = format!("the source says {said} bars and has {}", bars.len());
        warnings.push(Warning::new(Location::File, words).of(WarningKind::Bars));
    }
    let sheet = Sheet::new(bars).map_err(Error::in_part("bars"))?;
    let sheet = sheet.with_title(header.title).with_composer(header.composer).with_key(header.key);
    Ok(vec![Tune::chart(sheet, warnings)])
}

#[derive(Default)]
struct ChartHeader<'a> {
    title: &'a str,
    composer: &'a str,
    key: Option<Key>,
    meter: Meter,
    bars: Option<usize>,
}

impl<'a> ChartHeader<'a> {
    /// `None` when a line that every such chart has is missing.
    fn read(text: &'a str, warnings: &mut Vec<Warning>) -> Option<Self> {
        let mut header = Self::default();
        let (mut metered, mut counted) = (false, false);
        for (name, value) in text.lines().filter_map(header_line) {
            match name {
                "Title" => header.title = value,
                "ComposedBy" => header.composer = value,
                "DBKeySig" | "DB Key" => header.key = value.parse().ok(),
                "TimeSig" => {
                    metered = true;
                    match value.split_whitespace().collect::<Vec<_>>().join("/").parse() {
                        Ok(meter) => header.meter = meter,
                        Err(error) => {
                            let words = format!("{error}; read as {}", header.meter);
                            warnings.push(Warning::new(Location::File, words).of(WarningKind::Bars));
                        }
                    }
                }
                "Bars" => {
                    counted = true;
                    header.bars = value.parse().ok();
                }
                _ => {}
            }
        }
        (metered && counted).then_some(header)
    }
}

fn header_line(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    Some((name.trim(), value.trim()))
}

fn read_bars(text: &str, meter: Meter, warnings: &mut Vec<Warning>) -> Result<Vec<Bar>, Error> {
    let mut bars = Vec::new();
    let written = text.lines().filter(|line| header_line(line).is_none()).flat_map(|line| line.split('|'));
    for words in written.map(str::trim).filter(|words| !words.is_empty()) {
        let place = Location::bar(bars.len() + 1);
        let symbols = words.split_whitespace().map(|word| symbol::read(word, &place, warnings));
        bars.push(symbol::bar(meter, &symbols.collect::<Result<Vec<_>, _>>()?));
        if bars.len() > Sheet::MOST_BARS {
            break;
        }
    }
    Ok(bars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TINY: &str = "Title = Tiny\nComposedBy = Nobody\nDBKeySig = Bb\nTimeSig = 3 4\nBars = 4\n Bb6 G7#5 | Cm7 / F7 |\n NC | / |\n";

    #[test]
    fn a_chart_is_read() {
        let tune = read(TINY.as_bytes()).unwrap().remove(0);
        assert!(tune.warnings.is_empty());
        let expected = "title: Tiny\ncomposer: Nobody\nkey: Bb\nmeter: 3/4\nBb6 G7#5 | Cm7 / F7 | N.C. | / |";
        assert_eq!(tune.sheet, expected.parse().unwrap());
    }

    #[test]
    fn what_is_odd_is_told() {
        let tune =
            read(TINY.replace("= 4\n", "= 5\n").replace("Cm7", "Cm7petrushka").as_bytes()).unwrap().remove(0);
        let told = ["bar 2: chord \"Cm7petrushka\" is read as Cm7", "the source says 5 bars and has 4"];
        assert_eq!(tune.warnings, told);
        let error = read(TINY.replace("Cm7", "petrushka").as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with("bar 2: chord \"petrushka\" is not known"), "{error}");
        assert!(matches!(read(b"Dm7 | G7"), Err(Error::NotThisFormat(_))));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(body in "[A-G0-9/| mb#\n=é]{0,60}", from in 0usize..80) {
            let _ = read(format!("{}{body}", &TINY[from.min(TINY.len())..]).as_bytes());
            let _ = read(format!("{TINY}{body}").as_bytes());
        }
    }
}
