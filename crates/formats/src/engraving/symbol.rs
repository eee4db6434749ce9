//! Chord symbols as they are drawn: the root large, its quality raised, with proper accidentals.

use sideman_music::Chord;

use super::drawing::{Drawing, Face};
use super::words::{put, width};

/// The size of a root, in distances of staff lines.
const SIZE: f64 = 2.7;
/// The size of what is raised, and how far.
const RAISED: (f64, f64) = (1.9, 0.75);
/// How high a symbol is above its base line.
pub(super) const HEIGHT: f64 = 2.4;

/// Words with their size and how far they are raised.
type SymbolRun = (String, f64, f64);

fn runs(chord: Option<Chord>) -> Vec<SymbolRun> {
    let Some(chord) = chord else { return vec![("N.C.".into(), SIZE * 0.85, 0.0)] };
    let quality = signs(&chord.quality.to_string());
    let minor = quality.starts_with('m') && !quality.starts_with("maj");
    let (beside, above) = quality.split_at(usize::from(minor));
    let bass = chord.bass.map_or(String::new(), |bass| format!("/{}", signs(&bass.to_string())));
    let runs = [
        (signs(&chord.root.to_string()), SIZE, 0.0),
        (beside.to_owned(), SIZE * 0.85, 0.0),
        (above.to_owned(), RAISED.0, RAISED.1),
        (bass, SIZE * 0.85, 0.0),
    ];
    runs.into_iter().filter(|run| !run.0.is_empty()).collect()
}

/// Flats and sharps in ASCII as signs; no symbol has another `b` in it.
fn signs(text: &str) -> String {
    text.replace('b', "♭").replace('#', "♯")
}

/// How wide a symbol is.
pub(super) fn symbol_width(chord: Option<Chord>) -> f64 {
    runs(chord).iter().map(|(words, size, _)| width(words, *size, Face::Bold)).sum()
}

/// Puts a symbol on a drawing, from a place on its base line on.
pub(super) fn put_symbol(drawing: &mut Drawing, (x, y): (f64, f64), chord: Option<Chord>) {
    let mut x = x;
    for (words, size, raised) in runs(chord) {
        put(drawing, (x, y - raised), size, Face::Bold, &words);
        x += width(&words, size, Face::Bold);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accidentals_are_signs_and_alterations_are_raised() {
        let words = |text: &str| {
            let runs = runs(Some(text.parse().unwrap()));
            runs.into_iter()
                .map(|(words, _, raised)| if raised > 0.0 { format!("^{words}") } else { words })
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(words("Bbm7b5"), "B♭ m ^7♭5");
        assert_eq!(words("Ebmaj7/G"), "E♭ ^maj7 /G");
        assert_eq!(words("F#7#9"), "F♯ ^7♯9");
        assert_eq!(words("C/Bb"), "C /B♭");
    }
}
