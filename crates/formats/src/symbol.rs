//! Chord symbols as charts write them, and the bars they share.

use sideman_music::{Bar, Change, Chord, Meter};

use crate::{Error, Location, Warning};

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

/// Reads a symbol. One whose end is not known is read as far as it is known, with a warning.
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
    let known = text.char_indices().rev().take(40).find_map(|(end, _)| text[..end].parse::<Chord>().ok());
    let chord = known.ok_or_else(|| Error::malformed(place.clone(), error))?;
    warnings.push(Warning::new(place.clone(), format!("chord {text:?} is read as {chord}")));
    Ok(Symbol::Chord(chord))
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
