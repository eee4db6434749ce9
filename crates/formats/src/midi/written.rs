//! The line as it is written, in words beside the notes as they are performed: swung and late notes cannot be told
//! apart from written ones afterwards.

use sideman_music::{Duration, Note, Performance, Pitch, Solo, TextKind, Time};

/// What the words begin with.
const HEAD: &str = "written line, onset+length=key in 480ths of a quarter note: ";
const UNIT: Duration = Duration::quarters(1, 480);
/// No number in the words is larger, so that times cannot overflow.
const MOST: i64 = 1 << 32;

/// A remark that says how a line is written; of several notes at once the highest.
pub fn words(solo: &Solo) -> String {
    let note = |n: &Note| {
        let onset = n.onset.since_start().in_units_of(UNIT);
        format!(" {onset}+{}={}", n.duration.in_units_of(UNIT), n.pitch().number())
    };
    format!("{HEAD}{}{}", solo.instrument(), solo.notes().iter().map(note).collect::<String>())
}

/// The line that a remark of a performance says, where there is one.
pub fn line(performance: &Performance) -> Option<Solo> {
    let remarks = performance.texts.iter().filter(|(_, text)| text.kind == TextKind::Remark);
    let words = remarks.filter_map(|(_, text)| text.words.strip_prefix(HEAD)).next()?;
    let first = words.find(|c: char| c.is_ascii_digit() || c == '-').unwrap_or(words.len());
    let (instrument, notes) = words.split_at(first);
    let notes: Option<Vec<Note>> = notes.split_whitespace().map(note).collect();
    Solo::new(instrument.trim().parse().ok()?, notes?).ok()
}

fn note(word: &str) -> Option<Note> {
    let (onset, rest) = word.split_once('+')?;
    let (length, key) = rest.split_once('=')?;
    let number = |text: &str| text.parse::<i64>().ok().filter(|n| n.abs() <= MOST);
    let pitch = Pitch::new(key.parse().ok()?)?;
    Some(Note::new(Time::after_start(UNIT * number(onset)?), UNIT * number(length)?, pitch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_music::{Instrument, Text};

    fn said(words: &str) -> Option<Solo> {
        let text = Text { kind: TextKind::Remark, words: words.to_owned() };
        line(&Performance { texts: vec![(Time::ZERO, text)], ..Performance::default() })
    }

    #[test]
    fn what_is_written_comes_back() {
        let at = |n: i64| Time::after_start(Duration::quarters(n, 24));
        let notes = vec![
            Note::new(at(-6), Duration::quarters(5, 24), Pitch::midi(60)),
            Note::new(at(8), Duration::quarters(8, 24), Pitch::midi(72)),
        ];
        let solo = Solo::new(Instrument::BassClarinet, notes).unwrap();
        assert_eq!(said(&words(&solo)), Some(solo));
    }

    #[test]
    fn other_words_say_nothing() {
        for bad in ["seed: 3", HEAD, &format!("{HEAD}tuba 1+2=3"), &format!("{HEAD}piano 0+9999999999999=60")]
        {
            assert_eq!(said(bad), None, "{bad}");
        }
        assert_eq!(said(&format!("{HEAD}piano 0+2=200")), None);
        assert_eq!(said(&format!("{HEAD}piano 5+9=60 0+2=60")), None);
    }
}
