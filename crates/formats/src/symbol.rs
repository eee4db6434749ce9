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
