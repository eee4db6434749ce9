//! Which values may follow: the rules a line keeps, whatever the network would like.

use sideman_music::{Duration, Sheet, Time};

use super::ground::{next_bar_line, within_bar};
use super::{Category, GRID, Value};

/// Units of the grid in a quarter note.
const QUARTER: i64 = 12;
const SIXTEENTH: Duration = Duration::quarters(1, 4);

/// Where the next value falls.
#[derive(Debug, Clone, Copy)]
pub(super) struct ValuePlace<'a> {
    pub(super) sheet: &'a Sheet,
    /// Where it starts.
    pub(super) now: Time,
    /// Where the line ends.
    pub(super) end: Time,
    /// Whether a rest stands before it.
    pub(super) rested: bool,
    /// Whether an approach waits for it.
    pub(super) awaited: bool,
    /// Whether something can follow that an approach may lead to.
    pub(super) followed: bool,
}

impl ValuePlace<'_> {
    /// How long a value lasts here. A note may be tied over bar lines and is cut where the line ends; a rest
    /// ends with its bar, as those in the vocabulary do.
    pub(super) fn duration(&self, value: &Value) -> Duration {
        let end = (self.now + value.duration()).min(self.end);
        let end = if value.sound.is_some() { end } else { end.min(next_bar_line(self.sheet, self.now)) };
        end - self.now
    }

    /// Whether a value keeps the rules of harmony: an approach needs something to follow it, and is followed
    /// by a chord or scale tone.
    pub(super) fn resolves(&self, value: &Value) -> bool {
        match value.category() {
            Some(Category::Approach) => {
                !self.awaited && self.followed && self.now + value.duration() < self.end
            }
            Some(Category::Chord | Category::Scale) => true,
            Some(Category::Other) | None => !self.awaited,
        }
    }

    /// Whether a value keeps good form besides: what follows an approach is a semitone from it; two rests in
    /// one bar are written as one; and once a beat is divided in two, three or four, it is filled in that
    /// division, unless a rest leads out of it.
    pub(super) fn is_idiomatic(&self, value: &Value) -> bool {
        let leap = value.sound.as_ref().and_then(|sound| sound.leap);
        let begins_bar = within_bar(self.sheet, self.now) == Duration::ZERO;
        (!self.awaited || leap.is_some_and(|leap| leap.abs() == 1))
            && (!self.rested || begins_bar || value.sound.is_some())
            && self.keeps_division(value)
    }

    fn keeps_division(&self, value: &Value) -> bool {
        let duration = self.duration(value);
        let end = self.now + duration;
        let units = |time| within_bar(self.sheet, time).in_units_of(GRID) % QUARTER;
        let (from, to) = (units(self.now), units(end));
        let new_beat = value.sound.is_none() && duration.in_units_of(GRID) + from >= QUARTER;
        let fits = new_beat || to % division(from) == 0;
        end == self.end || to == 0 || (fits && (is_common(to) || duration < SIXTEENTH))
    }
}

/// The units of the grid that divide the beat in the way of a place in it: 3 are sixteenths, 4 triplets, 2
/// sextuplets; on the beat itself nothing is decided yet.
fn division(place: i64) -> i64 {
    match place {
        3 | 6 | 9 => 3,
        4 | 8 => 4,
        2 | 10 => 2,
        _ => 1,
    }
}

/// Whether a place in the beat is one of its sixteenths or triplets; only what is shorter leads elsewhere.
fn is_common(place: i64) -> bool {
    place % 3 == 0 || place % 4 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        text.parse().unwrap()
    }

    #[test]
    fn a_triplet_is_finished_before_the_line_goes_on() {
        let sheet: Sheet = "C | F".parse().unwrap();
        let place = |units| ValuePlace {
            sheet: &sheet,
            now: Time::ZERO + GRID * units,
            end: sheet.end(),
            rested: false,
            awaited: false,
            followed: true,
        };
        assert!(place(4).is_idiomatic(&value("C,1/3,<+3,-3>")));
        assert!(place(4).is_idiomatic(&value("C,2/3,<+3,-3>")));
        assert!(!place(4).is_idiomatic(&value("C,1/2,<+3,-3>")));
        assert!(!place(6).is_idiomatic(&value("C,1/3,<+3,-3>")));
        assert!(place(0).is_idiomatic(&value("C,1/3,<+3,-3>")));
        assert!(!place(4).is_idiomatic(&value("R,1/2")));
        assert!(place(4).is_idiomatic(&value("R,7/6")), "a rest leads into the next beat");
        assert!(!place(0).is_idiomatic(&value("R,5/6")));
        assert!(place(92).is_idiomatic(&value("C,1,<+3,-3>")), "cut where the line ends");
    }

    #[test]
    fn two_rests_in_a_bar_are_one() {
        let sheet: Sheet = "C | F".parse().unwrap();
        let place = |units| ValuePlace {
            sheet: &sheet,
            now: Time::ZERO + GRID * units,
            end: sheet.end(),
            rested: true,
            awaited: false,
            followed: true,
        };
        assert!(!place(12).is_idiomatic(&value("R,1")));
        assert!(place(48).is_idiomatic(&value("R,1")));
        assert!(place(12).is_idiomatic(&value("C,1")));
    }

    #[test]
    fn an_approach_needs_a_target() {
        let sheet: Sheet = "C".parse().unwrap();
        let place = ValuePlace {
            sheet: &sheet,
            now: Time::ZERO + GRID * 36,
            end: sheet.end(),
            rested: false,
            awaited: false,
            followed: true,
        };
        assert!(place.resolves(&value("A,1/2,<+4,-2>")));
        assert!(!place.resolves(&value("A,1,<+4,-2>")), "it would be the last note");
        assert!(!ValuePlace { followed: false, ..place }.resolves(&value("A,1/2,<+4,-2>")));
        let awaited = ValuePlace { awaited: true, ..place };
        let allowed =
            ["R,1/2", "A,1/2,<+4,-2>", "X,1/2,<+4,-2>", "C,1/2,<+4,-2>"].map(|v| awaited.resolves(&value(v)));
        assert_eq!(allowed, [false, false, false, true]);
    }

    #[test]
    fn rests_end_with_their_bar_and_notes_may_be_tied() {
        let sheet: Sheet = "C | F".parse().unwrap();
        let place = ValuePlace {
            sheet: &sheet,
            now: Time::ZERO + GRID * 42,
            end: sheet.end(),
            rested: false,
            awaited: false,
            followed: true,
        };
        assert_eq!(place.duration(&value("R,1")), GRID * 6);
        assert_eq!(place.duration(&value("C,1")), GRID * 12);
        assert_eq!(place.duration(&value("C,16")), GRID * 54);
    }
}
