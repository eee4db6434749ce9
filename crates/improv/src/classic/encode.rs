//! From a line of notes to values, and back.

use sideman_music::{Duration, Instrument, Pitch, Pitches, Sheet, Solo, Time};

use super::ground::{Grounds, next_bar_line};
use super::realise::{Compass, Voice};
use super::{Category, GRID, Sounding, Value};
use crate::Error;

/// A shorter gap between two notes is articulation; from here on it is a rest.
const SHORTEST_REST: Duration = Duration::quarters(1, 4);

/// A line of values in its place over a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ValueSequence {
    /// Where the first value starts: the downbeat of the bar in which the first note falls.
    pub start: Time,
    /// The first pitch, from which all intervals count.
    pub first: Option<Pitch>,
    /// The values, each starting where the one before ends.
    pub values: Vec<Value>,
}

/// A solo as values, from the first bar in which it plays to the end of the last one.
///
/// Times go to the nearest place of the grid; of two notes that fall on one place the later holds, and a gap
/// of less than a sixteenth is articulation, so that the note before lasts up to the next. A note may last
/// over bar lines; rests end with their bar. Every note but the first has a window, also at the start of a
/// bar, where a line is joined to the next harmony: so nothing of the line is lost, and [`decode`] gives
/// back what was on the grid. Notes more than a bar before the sheet or behind its end are left out.
pub fn encode(sheet: &Sheet, solo: &Solo) -> ValueSequence {
    let events = on_grid(sheet, solo);
    let Some(first) = events.first() else { return ValueSequence::default() };
    let grounds = Grounds::of(sheet);
    let start = (first.onset - sheet.place(first.onset).1).quantised(GRID);
    let mut line = ValueSequence { start, first: Some(first.pitches.top()), values: Vec::new() };
    let mut now = start;
    for (i, event) in events.iter().enumerate() {
        push_rests(&mut line.values, sheet, now, event.onset);
        let previous = i.checked_sub(1).map(|before| events[before].pitches.top());
        let next = events.get(i + 1).filter(|next| next.onset == event.end);
        let sound = sound(&grounds, event, previous, next);
        let units = units(event.end - event.onset);
        line.values.push(Value { units, sound: Some(sound) });
        now = event.onset + GRID * i64::from(units);
    }
    if sheet.place(now).1 > Duration::ZERO {
        push_rests(&mut line.values, sheet, now, next_bar_line(sheet, now).quantised(GRID));
    }
    line
}

/// The notes of a line: each gets the pitch of its category nearest to the middle of its window, an approach
/// the one a semitone from its target. For `encode(sheet, solo)` these are the notes of `solo` on the grid.
///
/// # Errors
/// None for lines that come from [`encode`].
pub fn decode(sheet: &Sheet, line: &ValueSequence, instrument: Instrument) -> Result<Solo, Error> {
    let grounds = Grounds::of(sheet);
    let mut voice = Voice::new(&grounds, Compass::unlimited(), line.first);
    let mut now = line.start;
    for value in &line.values {
        voice.play(value.sound.as_ref(), now, value.duration(), &mut |_| 0);
        now += value.duration();
    }
    Ok(Solo::new(instrument, voice.finish(&mut |_| 0))?)
}

/// A note on the grid.
struct QuantisedNote {
    onset: Time,
    end: Time,
    pitches: Pitches,
}

fn on_grid(sheet: &Sheet, solo: &Solo) -> Vec<QuantisedNote> {
    let earliest = Time::ZERO - sheet.bars()[0].meter().bar();
    let within = solo.notes().iter().filter(|n| n.onset >= earliest && n.onset.quantised(GRID) < sheet.end());
    let mut events: Vec<QuantisedNote> = within
        .map(|note| {
            let onset = note.onset.quantised(GRID);
            let end = note.end().min(sheet.end()).quantised(GRID).max(onset + GRID);
            QuantisedNote { onset, end, pitches: note.pitches }
        })
        .collect();
    events.reverse();
    events.dedup_by_key(|event| event.onset);
    events.reverse();
    for i in 1..events.len() {
        let next = events[i].onset;
        if next - events[i - 1].end < SHORTEST_REST {
            events[i - 1].end = next;
        }
    }
    events
}

fn sound(
    grounds: &Grounds,
    event: &QuantisedNote,
    previous: Option<Pitch>,
    next: Option<&QuantisedNote>,
) -> Sounding {
    let top = event.pitches.top();
    let resolves = next.is_some_and(|next| {
        let target = next.pitches.top();
        top.to(target).semitones().abs() == 1 && grounds.at(next.onset).is_target(target.class())
    });
    let category = match grounds.at(event.onset).category(top.class()) {
        Category::Other if resolves => Category::Approach,
        category => category,
    };
    let leap = previous.and_then(|p| i8::try_from(p.to(top).semitones()).ok());
    let below = event.pitches.as_slice()[1..].iter().map(|p| top.number() - p.number()).collect();
    Sounding { category, leap, below }
}

/// Rests from one time to another, each ending with its bar.
fn push_rests(values: &mut Vec<Value>, sheet: &Sheet, mut from: Time, to: Time) {
    while from < to {
        let bar_line = next_bar_line(sheet, from).quantised(GRID);
        let end = bar_line.max(from + GRID).min(to);
        values.push(Value { units: units(end - from), sound: None });
        from = end;
    }
}

fn units(duration: Duration) -> u16 {
    u16::try_from(duration.in_units_of(GRID)).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sideman_music::Note;

    fn solo(notes: &[(i64, i64, u8)]) -> Solo {
        let note = |&(onset, units, pitch): &(i64, i64, u8)| {
            Note::new(Time::ZERO + GRID * onset, GRID * units, Pitch::midi(pitch))
        };
        Solo::new(Instrument::TenorSax, notes.iter().map(note).collect()).unwrap()
    }

    fn written(sheet: &str, notes: &[(i64, i64, u8)]) -> String {
        let line = encode(&sheet.parse().unwrap(), &solo(notes));
        line.values.iter().map(Value::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn categories_follow_the_chord_and_the_next_note() {
        // Over C7: E chord, F scale, F# towards G approach, G chord, F# that stays unresolved other.
        let line = [(0, 6, 64), (6, 6, 65), (12, 6, 66), (18, 6, 67), (24, 12, 66), (36, 12, 62)];
        let expected = "C,1/2 S,1/2,<+4,-2> A,1/2,<+4,-2> C,1/2,<+4,-2> X,1,<+2,-4> S,1,<-1,-7>";
        assert_eq!(written("C7", &line), expected);
    }

    #[test]
    fn an_approach_may_lead_to_a_colour_tone_of_the_next_chord_but_not_over_a_rest() {
        // C# over C7 leads to D, the ninth of Cmaj7.
        assert_eq!(written("C7 | Cmaj7", &[(36, 12, 61), (48, 48, 62)]), "R,3 A,1 S,4,<+4,-2>");
        assert_eq!(written("C7 | Cmaj7", &[(36, 6, 61), (48, 48, 62)]), "R,3 X,1/2 R,1/2 S,4,<+4,-2>");
        // A neighbour that is no target does not make an approach: F is a scale tone of C7, no colour.
        assert_eq!(written("C7", &[(0, 24, 66), (24, 24, 65)]), "X,2 S,2,<+2,-4>");
    }

    #[test]
    fn rests_end_with_their_bar_and_short_gaps_are_articulation() {
        assert_eq!(
            written("C | C | C", &[(12, 10, 60), (24, 24, 64), (120, 12, 67)]),
            "R,1 C,1 C,2,<+7,+1> R,4 R,2 C,1,<+6,+0> R,1"
        );
    }

    #[test]
    fn chords_keep_what_is_below_their_top() {
        let sheet: Sheet = "Cmaj7".parse().unwrap();
        let pitches = Pitches::new([64, 67, 71].map(Pitch::midi)).unwrap();
        let note = Note { pitches, ..Note::new(Time::ZERO, GRID * 48, Pitch::midi(71)) };
        let solo = Solo::new(Instrument::Piano, vec![note]).unwrap();
        let line = encode(&sheet, &solo);
        assert_eq!(line.values[0].to_string(), "C,4,[4 7]");
        assert_eq!(decode(&sheet, &line, Instrument::Piano).unwrap(), solo);
    }

    #[test]
    fn no_notes_are_no_values() {
        assert_eq!(encode(&"C".parse().unwrap(), &solo(&[])), ValueSequence::default());
    }

    fn any_line() -> impl Strategy<Value = Vec<(i64, i64, u8)>> {
        let note = (prop_oneof![Just(0i64), Just(0), 3i64..30], 1i64..30, 30u8..100);
        proptest::collection::vec(note, 0..60).prop_map(|notes| {
            let mut now = -20;
            let place = |(gap, units, pitch)| {
                let onset = now + gap;
                now = onset + units;
                (onset, units, pitch)
            };
            notes.into_iter().map(place).take_while(|n| n.0 + n.1 <= 48 * 6 + 18).collect()
        })
    }

    proptest! {
        #[test]
        fn decoding_gives_back_what_was_encoded(notes in any_line()) {
            let sheet: Sheet = "Dm7 | G7 Db7 | Cmaj7 | N.C. | 3/8 F#m7b5 | 4/4 Bdim7 Bb7alt | Eb7#9 C13sus4".parse().unwrap();
            let line = encode(&sheet, &solo(&notes));
            let back = decode(&sheet, &line, Instrument::TenorSax).unwrap();
            prop_assert_eq!(&back, &solo(&notes));
            prop_assert_eq!(encode(&sheet, &back), line);
        }
    }
}
