//! Chord symbols as charts write them, and the bars they share.

use sideman_music::{Bar, Change, Chord, Meter};

use crate::{Error, Location, Warned, Warning, WarningKind};

/// What stands in a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// A chord.
    Chord(Chord),
    /// Silence of the accompaniment: N.C.
    Silence,
    /// The chord before goes on.
    Slash,
}

/// Reads a symbol. One that is not known is read as [`Chord::nearest`] reads it, with a warning.
///
/// # Errors
/// When it has no root.
pub(crate) fn read(text: &str, place: &Location, warnings: &mut Vec<Warning>) -> Result<Symbol, Error> {
    match text {
        "NC" | "N.C." | "N.C" | "n" | "nc" => return Ok(Symbol::Silence),
        "/" => return Ok(Symbol::Slash),
        _ => {}
    }
    let error = match text.parse() {
        Ok(chord) => return Ok(Symbol::Chord(chord)),
        Err(error) => error,
    };
    let chord = Chord::nearest(text).ok_or_else(|| Error::malformed(place.clone(), error))?;
    warnings.push(read_as(text, chord, place.clone()));
    Ok(Symbol::Chord(chord))
}

fn read_as(text: &str, chord: Chord, place: Location) -> Warning {
    Warning::new(place, format!("chord {text:?} is read as {chord}")).of(WarningKind::Chords)
}

/// A chart in the text grammar with the nearest known chord in the place of each that is not known; `None` where there
/// is no such chord, or more of them than of known ones: then the text is no chart.
pub(crate) fn with_known_chords(text: &str) -> Option<Warned<String>> {
    let (mut value, mut warnings, mut known) = (String::with_capacity(text.len()), Vec::new(), 0);
    for (line, words) in text.split_inclusive('\n').enumerate() {
        let (mut rest, mut next) = (words, 1);
        while let Some(first) = rest.chars().next() {
            let (word, after) = rest.split_at(word_length(first, rest));
            let (symbol, beat) = word.split_at(word.find('@').unwrap_or(word.len()));
            let column = next;
            (rest, next) = (after, next + word.chars().count());
            let is_known = !first.is_ascii_uppercase() || symbol.parse::<Chord>().is_ok();
            match Chord::nearest(symbol).filter(|_| !is_known) {
                Some(chord) => {
                    warnings.push(read_as(symbol, chord, Location::Character { line: line + 1, column }));
                    value.push_str(&format!("{chord}{beat}"));
                }
                None => {
                    known += usize::from(is_known && first.is_ascii_uppercase());
                    value.push_str(word);
                }
            }
        }
    }
    (1..=known).contains(&warnings.len()).then_some(Warned { value, warnings })
}

/// How long the next word of a chart is: a header line, words in brackets, space and bar lines, or a symbol.
fn word_length(first: char, text: &str) -> usize {
    let behind = |end: char| text.find(end).map_or(text.len(), |at| at + end.len_utf8());
    let apart = |c: char| c.is_whitespace() || matches!(c, '|' | ':');
    match first {
        '[' => behind(']'),
        '<' => behind('>'),
        'a'..='z' => behind('\n'),
        _ if apart(first) => first.len_utf8(),
        _ => text.find(apart).unwrap_or(text.len()),
    }
}

/// A bar whose symbols share its beats, earlier ones getting the beat that is over; more than there are beats
/// share it evenly.
pub(crate) fn bar(meter: Meter, symbols: &[Symbol]) -> Bar {
    let (count, beats) = (symbols.len(), usize::from(meter.beats()));
    let start = |i: usize| match count <= beats {
        true => meter.beat() * (i * beats).div_ceil(count) as i64,
        false => meter.bar() * i as i64 / count as i64,
    };
    let change = |(i, symbol): (usize, &Symbol)| match *symbol {
        Symbol::Chord(chord) => Some(Change { at: start(i), chord: Some(chord) }),
        Symbol::Silence => Some(Change { at: start(i), chord: None }),
        Symbol::Slash => None,
    };
    Bar::new(meter, symbols.iter().enumerate().filter_map(change).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::Duration;

    #[test]
    fn a_symbol_is_read_as_far_as_it_is_known() {
        let mut warnings = Vec::new();
        let mut said = |text| read(text, &Location::bar(3), &mut warnings);
        assert_eq!(said("N.C."), Ok(Symbol::Silence));
        assert_eq!(said("/"), Ok(Symbol::Slash));
        assert_eq!(said("Cm7petrushka"), Ok(Symbol::Chord("Cm7".parse().unwrap())));
        assert!(said("petrushka").unwrap_err().to_string().starts_with("bar 3: chord \"petrushka\""));
        assert_eq!(warnings, ["bar 3: chord \"Cm7petrushka\" is read as Cm7"]);
    }

    #[test]
    fn a_chart_with_a_few_symbols_that_are_not_known_is_read() {
        let read = |text| with_known_chords(text).map(|read| (read.value, read.warnings));
        let (text, warnings) =
            read("title: Fancy | Words\n[Coda] C7omit3@1 Fxyz@7/2 | <D.C. al Fine> Dm7\\G | C6 :|\nF/A G7")
                .unwrap();
        assert_eq!(text, "title: Fancy | Words\n[Coda] C7@1 F@7/2 | <D.C. al Fine> Dm7/G | C6 :|\nF/A G7");
        let expected = [
            "line 2, column 8: chord \"C7omit3\" is read as C7",
            "line 2, column 18: chord \"Fxyz\" is read as F",
            "line 2, column 44: chord \"Dm7\\\\G\" is read as Dm7/G",
        ];
        assert_eq!(warnings, expected);
        assert_eq!(read("Dm7 | G7 | C6"), None);
        assert_eq!(read("Apples | Bananas | Cherries | Dm"), None);
        assert_eq!(read("é | Bé"), None);
    }

    #[test]
    fn symbols_share_the_beats_and_earlier_ones_get_what_is_over() {
        let starts = |symbols: &str| -> Vec<Duration> {
            let symbols: Vec<Symbol> =
                symbols.split(' ').map(|s| read(s, &Location::File, &mut Vec::new()).unwrap()).collect();
            bar(Meter::COMMON, &symbols).changes().iter().map(|change| change.at).collect()
        };
        assert_eq!(starts("C D E"), [0, 2, 3].map(|beat| Duration::QUARTER * beat));
        assert_eq!(starts("C / D"), [0, 3].map(|beat| Duration::QUARTER * beat));
        assert_eq!(starts("C D E F G"), [0, 1, 2, 3, 4].map(|fifth| Duration::quarters(4 * fifth, 5)));
    }
}
