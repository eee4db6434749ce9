//! Lengths as notes are drawn: types with dots and tuplets, tied together where one does not do.

use sideman_music::Duration;

/// A length, and how a note of it is drawn; `None` for one that no note has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) length: Duration,
    pub(super) shape: Option<Shape>,
}

/// A note type, with or without a dot, in a tuplet of `actual` in the time of `normal` or in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) name: &'static str,
    pub(super) dotted: bool,
    pub(super) tuplet: Option<(i64, i64)>,
}

/// Note types, and how many there are in sixteen quarter notes.
const TYPES: [(&str, i64); 7] =
    [("whole", 4), ("half", 8), ("quarter", 16), ("eighth", 32), ("16th", 64), ("32nd", 128), ("64th", 256)];

/// The pieces of a note from `start` to `end`, counted from the beginning of its bar: cut at the quarter notes
/// next to places inside of tuplets, each stretch then into as few types as do.
pub(super) fn pieces(start: Duration, end: Duration) -> Vec<Piece> {
    let quarter = Duration::QUARTER;
    let mut cuts = vec![start];
    if odd(start) > 1 {
        cuts.push(start - start % quarter + quarter);
    }
    if odd(end) > 1 {
        cuts.push(end - end % quarter);
    }
    cuts.retain(|&cut| cut >= start && cut < end);
    cuts.sort();
    cuts.dedup();
    let ends = cuts.iter().copied().skip(1).chain([end]);
    cuts.iter().zip(ends).flat_map(|(&from, to)| stretch(from, to)).collect()
}

/// The odd part of the denominator of a place, in quarter notes: above 1 inside of a tuplet.
fn odd(place: Duration) -> i64 {
    let denominator = place.as_quarters().1;
    denominator >> denominator.trailing_zeros()
}

fn stretch(from: Duration, to: Duration) -> Vec<Piece> {
    let (a, b) = (odd(from), odd(to));
    let actual = if b % a == 0 {
        b
    } else if a % b == 0 {
        a
    } else {
        a * b
    };
    let normal = 1i64 << actual.ilog2();
    let tuplet = (actual > 1).then_some((actual, normal));
    let mut left = to - from;
    let mut pieces = Vec::new();
    while left > Duration::ZERO {
        let lengths =
            || TYPES.iter().map(|&(name, parts)| (name, Duration::quarters(16 * normal, parts * actual)));
        let dotted = lengths().find(|&(_, length)| length * 3 / 2 == left);
        let plain = || lengths().find(|&(_, length)| length <= left);
        let (name, length) = match dotted.or_else(plain) {
            Some((name, length)) => (Some(name), if dotted.is_some() { left } else { length }),
            None => (None, left),
        };
        let shape = name.map(|name| Shape { name, dotted: dotted.is_some(), tuplet });
        pieces.push(Piece { length, shape });
        left -= length;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(start: (i64, i64), end: (i64, i64)) -> String {
        let pieces = pieces(Duration::quarters(start.0, start.1), Duration::quarters(end.0, end.1));
        let name = |piece: &Piece| {
            let Some(shape) = piece.shape else { return "?".to_owned() };
            let tuplet = shape.tuplet.map_or(String::new(), |(a, n)| format!("({a}:{n})"));
            format!("{}{}{tuplet}", shape.name, if shape.dotted { "." } else { "" })
        };
        pieces.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn lengths_are_drawn_as_musicians_do() {
        assert_eq!(drawn((0, 1), (4, 1)), "whole");
        assert_eq!(drawn((0, 1), (6, 1)), "whole.");
        assert_eq!(drawn((0, 1), (5, 2)), "half eighth");
        assert_eq!(drawn((1, 2), (2, 1)), "quarter.");
        assert_eq!(drawn((1, 3), (2, 3)), "eighth(3:2)");
        assert_eq!(drawn((0, 1), (2, 3)), "quarter(3:2)");
        assert_eq!(drawn((2, 3), (2, 1)), "eighth(3:2) quarter");
        assert_eq!(drawn((2, 3), (4, 3)), "eighth(3:2) eighth(3:2)");
        assert_eq!(drawn((1, 5), (2, 5)), "16th(5:4)");
        assert_eq!(drawn((0, 1), (1, 100)), "?");
    }

    proptest! {
        #[test]
        fn pieces_add_up(start in 0i64..4000, length in 1i64..4000, parts in 1i64..60) {
            let (start, end) = (Duration::quarters(start, parts), Duration::quarters(start + length, parts));
            let sum: Duration = pieces(start, end).iter().map(|piece| piece.length).sum();
            prop_assert_eq!(sum, end - start);
        }
    }
}
