//! Chord symbols among the words in quotes.

use sideman_music::Chord;

/// The symbol that quoted words are, in the dialect of charts; `None` where they are words: what is no chord from
/// beginning to end, but for one with a figure such as `Am7foo`, which says more than its root.
///
/// Collections of folk tunes write `D/f+` for D/F♯ and `Gd` for G diminished; behind a semicolon or in parentheses
/// another chord may stand in the place of the first.
pub(super) fn symbol(words: &str) -> Option<String> {
    let first = words.split(';').next().unwrap_or_default();
    let first = first.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')).unwrap_or(first).trim();
    let without_other = first.split_once('(').filter(|(_, other)| is_chord(other.trim_end_matches(')')));
    let name = without_other.map_or(first, |(name, _)| name.trim());
    let name = with_plain_bass(name);
    let name =
        name.strip_suffix('d').filter(|root| is_root(root)).map_or(name.clone(), |root| format!("{root}dim"));
    let silence = matches!(name.as_str(), "NC" | "N.C." | "N.C" | "n" | "nc" | "/");
    (silence || is_chord(&name) || has_figure(&name)).then_some(name)
}

/// `/f+` as `/F#`, and `/b-` as `/Bb`.
fn with_plain_bass(name: &str) -> String {
    let sharp = name.strip_suffix('+').map(|name| (name, '#'));
    let signed = sharp.or(name.strip_suffix('-').map(|name| (name, 'b')));
    let bass = signed.and_then(|(name, sign)| Some((name.rsplit_once('/')?, sign)));
    match bass {
        Some(((chord, bass), sign)) if bass.len() == 1 => format!("{chord}/{bass}{sign}"),
        _ => name.to_owned(),
    }
}

fn is_chord(text: &str) -> bool {
    text.parse::<Chord>().is_ok()
}

fn is_root(text: &str) -> bool {
    text.len() <= 2 && text.starts_with(|c: char| c.is_ascii_uppercase()) && is_chord(text)
}

/// Whether a word that is no chord begins as one with a figure.
fn has_figure(name: &str) -> bool {
    let figure = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let known = Chord::nearest(name).is_some_and(|chord| figure(&chord.quality.to_string()));
    known && figure(name) && !name.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::symbol;

    #[test]
    fn chords_are_told_from_words() {
        for (words, chord) in [
            ("Am7", "Am7"),
            ("(G7)", "G7"),
            ("G(Em)", "G"),
            ("G;Em", "G"),
            ("D7(b9)", "D7(b9)"),
            ("D/f+", "D/f#"),
            ("E7/g+", "E7/g#"),
            ("Eb/b-", "Eb/bb"),
            ("F+", "F+"),
            ("A-", "A-"),
            ("Gd", "Gdim"),
            ("Bbd", "Bbdim"),
            ("N.C.", "N.C."),
            ("Am7foo", "Am7foo"),
        ] {
            assert_eq!(symbol(words).as_deref(), Some(chord), "{words}");
        }
        for words in [
            "Fine",
            "FINE",
            "D.C.",
            "D.C. al Fine",
            "D.S.",
            "DC",
            "Coda",
            "Chorus",
            "End",
            "Break",
            "Bridge",
            "A tempo",
            "Add drums",
            "Ending 2",
            "Coda2",
            "Gently",
            "Both",
            "each",
            "1st time",
            "Dal Segno",
            "Bass",
            "Fade",
        ] {
            assert_eq!(symbol(words), None, "{words}");
        }
    }
}
