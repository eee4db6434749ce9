//! Chord qualities as a kind and degrees.

use std::sync::LazyLock;

use sideman_music::{Quality, Seventh, Tension, Tensions, Triad};

/// The kinds of the format that are chords in jazz, each as a symbol; the ones to write stand first.
const KINDS: [(&str, &str); 26] = [
    ("major", ""),
    ("minor", "m"),
    ("augmented", "aug"),
    ("diminished", "dim"),
    ("dominant", "7"),
    ("major-seventh", "maj7"),
    ("minor-seventh", "m7"),
    ("diminished-seventh", "dim7"),
    ("augmented-seventh", "7#5"),
    ("half-diminished", "m7b5"),
    ("major-minor", "mmaj7"),
    ("major-sixth", "6"),
    ("minor-sixth", "m6"),
    ("dominant-ninth", "9"),
    ("major-ninth", "maj9"),
    ("minor-ninth", "m9"),
    ("dominant-11th", "11"),
    ("major-11th", "maj11"),
    ("minor-11th", "m11"),
    ("dominant-13th", "13"),
    ("major-13th", "maj13"),
    ("minor-13th", "m13"),
    ("suspended-second", "sus2"),
    ("suspended-fourth", "sus4"),
    ("power", "5"),
    ("pedal", "5"),
];

/// The kinds with the qualities they say.
static QUALITIES: LazyLock<Vec<(&str, Quality)>> =
    LazyLock::new(|| KINDS.iter().filter_map(|&(kind, symbol)| Some((kind, symbol.parse().ok()?))).collect());

/// A change to the chord that its kind says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Degree {
    pub(super) change: DegreeChange,
    /// 1 to 13.
    pub(super) value: u32,
    /// Semitones, against the major scale with a minor seventh.
    pub(super) alter: i32,
}

/// What a degree does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DegreeChange {
    Add,
    Alter,
    Subtract,
}

/// The quality of a kind with degrees; `None` for an unknown kind or degrees that no symbol says.
pub(super) fn quality(kind: &str, degrees: &[Degree]) -> Option<Quality> {
    let base = QUALITIES.iter().find(|k| k.0 == kind)?.1;
    let mut parts = Parts::of(base);
    parts.subtract(degrees);
    degrees
        .iter()
        .filter(|degree| degree.change != DegreeChange::Subtract)
        .try_for_each(|degree| parts.take(degree))?;
    Quality::new(parts.triad, parts.seventh, parts.tensions)
}

/// The kind that needs the fewest degrees, and those.
pub(super) fn spelled(quality: Quality) -> (&'static str, Vec<Degree>) {
    let spelled = QUALITIES.iter().filter_map(|&(kind, base)| Some((kind, degrees(base, quality)?)));
    let exact = spelled.filter(|(kind, degrees)| self::quality(kind, degrees) == Some(quality));
    exact.min_by_key(|(_, degrees)| degrees.len()).unwrap_or(("other", Vec::new()))
}

/// What makes `wanted` of `base`, where degrees can say it.
fn degrees(base: Quality, wanted: Quality) -> Option<Vec<Degree>> {
    let degree = |change, value, alter| Degree { change, value, alter };
    let mut degrees = match (base.triad(), wanted.triad()) {
        (from, to) if from == to => Vec::new(),
        (Triad::Major, Triad::FlatFive) | (Triad::Minor, Triad::Diminished) => {
            vec![degree(DegreeChange::Alter, 5, -1)]
        }
        (Triad::Major, Triad::Augmented) => vec![degree(DegreeChange::Alter, 5, 1)],
        (Triad::Major, Triad::Sus2) => {
            vec![degree(DegreeChange::Subtract, 3, 0), degree(DegreeChange::Add, 2, 0)]
        }
        (Triad::Major, Triad::Sus4) => {
            vec![degree(DegreeChange::Subtract, 3, 0), degree(DegreeChange::Add, 4, 0)]
        }
        _ => return None,
    };
    match (base.seventh(), wanted.seventh()) {
        (from, to) if from == to => {}
        (None, Some(Seventh::Sixth)) => degrees.push(degree(DegreeChange::Add, 6, 0)),
        (None, Some(Seventh::Minor)) => degrees.push(degree(DegreeChange::Add, 7, 0)),
        (None, Some(Seventh::Major)) => degrees.push(degree(DegreeChange::Add, 7, 1)),
        _ => return None,
    }
    if base.tensions().iter().any(|t| !wanted.tensions().contains(t)) {
        return None;
    }
    for tension in wanted.tensions().iter().filter(|&t| !base.tensions().contains(t)) {
        let (value, alter) = match tension {
            Tension::FlatNine => (9, -1),
            Tension::SharpNine => (9, 1),
            Tension::SharpEleven => (11, 1),
            Tension::FlatThirteen => (13, -1),
            Tension::Nine => (9, 0),
            Tension::Eleven => (11, 0),
            Tension::Thirteen => (13, 0),
        };
        degrees.push(degree(DegreeChange::Add, value, alter));
    }
    Some(degrees)
}

/// A quality while degrees change it.
struct Parts {
    triad: Triad,
    seventh: Option<Seventh>,
    tensions: Tensions,
    /// The third is gone, and an added second or fourth stands for it.
    suspended: bool,
}

impl Parts {
    fn of(quality: Quality) -> Self {
        let (triad, seventh, tensions) = (quality.triad(), quality.seventh(), quality.tensions());
        Self { triad, seventh, tensions, suspended: false }
    }

    fn subtract(&mut self, degrees: &[Degree]) {
        for degree in degrees.iter().filter(|degree| degree.change == DegreeChange::Subtract) {
            match degree.value {
                3 => self.suspended = true,
                7 => self.seventh = None,
                9 => self.without(Tension::Nine),
                11 => self.without(Tension::Eleven),
                13 => self.without(Tension::Thirteen),
                _ => {}
            }
        }
        let stands_in =
            degrees.iter().any(|d| d.change != DegreeChange::Subtract && matches!(d.value, 2 | 4));
        if self.suspended && !stands_in && self.seventh.is_none() && self.tensions.is_empty() {
            self.triad = Triad::Power;
        }
    }

    fn without(&mut self, tension: Tension) {
        self.tensions = self.tensions.iter().filter(|&t| t != tension).collect();
    }

    /// Adds or alters one degree.
    fn take(&mut self, degree: &Degree) -> Option<()> {
        let altered = degree.change == DegreeChange::Alter && degree.alter != 0;
        let (tension, natural) = match (degree.value, degree.alter) {
            (2, 0) if self.suspended => return self.suspend(Triad::Sus2),
            (4, 0) if self.suspended => return self.suspend(Triad::Sus4),
            (1 | 3 | 8, 0) => return Some(()),
            (5, alter) => return self.fifth(alter),
            (6, 0) if self.seventh.is_none() => return self.seventh(Seventh::Sixth),
            (7, alter) => return self.seventh(self.seventh_of(alter)?),
            (2 | 9, -1) => (Tension::FlatNine, Tension::Nine),
            (2 | 9, 0) => (Tension::Nine, Tension::Nine),
            (2 | 9, 1) => (Tension::SharpNine, Tension::Nine),
            (4 | 11, 0) => (Tension::Eleven, Tension::Eleven),
            (4 | 11, 1) => (Tension::SharpEleven, Tension::Eleven),
            (6 | 13, -1) => (Tension::FlatThirteen, Tension::Thirteen),
            (6 | 13, 0) => (Tension::Thirteen, Tension::Thirteen),
            _ => return None,
        };
        if altered {
            self.without(natural);
        }
        self.tensions = self.tensions.with(tension);
        Some(())
    }

    fn suspend(&mut self, triad: Triad) -> Option<()> {
        self.triad = triad;
        Some(())
    }

    fn seventh(&mut self, seventh: Seventh) -> Option<()> {
        self.seventh = Some(seventh);
        Some(())
    }

    /// Some programs write −1 for the minor seventh.
    fn seventh_of(&self, alter: i32) -> Option<Seventh> {
        match (alter, self.triad) {
            (-1, Triad::Diminished) => Some(Seventh::Diminished),
            (0 | -1, _) => Some(Seventh::Minor),
            (1, _) => Some(Seventh::Major),
            _ => None,
        }
    }

    /// A fifth moved; where the triad has no room for it, the tension that sounds the same.
    fn fifth(&mut self, alter: i32) -> Option<()> {
        match (alter, self.triad) {
            (0, _) | (-1, Triad::Diminished | Triad::FlatFive) | (1, Triad::Augmented) => {}
            (-1, Triad::Major) => self.triad = Triad::FlatFive,
            (-1, Triad::Minor) => self.triad = Triad::Diminished,
            (1, Triad::Major) => self.triad = Triad::Augmented,
            (-1, _) => self.tensions = self.tensions.with(Tension::SharpEleven),
            (1, _) => self.tensions = self.tensions.with(Tension::FlatThirteen),
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quality_is_read_back() {
        for wanted in Quality::all() {
            let (kind, degrees) = spelled(wanted);
            assert_eq!(quality(kind, &degrees), Some(wanted), "{wanted} as {kind} {degrees:?}");
        }
        assert_eq!(spelled("13b9".parse().unwrap()).0, "dominant-13th");
        assert_eq!(spelled("maj9".parse().unwrap()), ("major-ninth", Vec::new()));
    }

    #[test]
    fn what_programs_write_is_understood() {
        let degree = |change, value, alter| Degree { change, value, alter };
        let read = |kind, degrees: &[Degree]| quality(kind, degrees).unwrap().to_string();
        assert_eq!(read("suspended-fourth", &[degree(DegreeChange::Add, 7, -1)]), "7sus4");
        assert_eq!(
            read("dominant", &[degree(DegreeChange::Add, 4, 0), degree(DegreeChange::Subtract, 3, 0)]),
            "7sus4"
        );
        assert_eq!(read("dominant-ninth", &[degree(DegreeChange::Alter, 9, -1)]), "7b9");
        assert_eq!(
            read("dominant", &[degree(DegreeChange::Add, 5, 1), degree(DegreeChange::Add, 9, 1)]),
            "7#5#9"
        );
        assert_eq!(read("major", &[degree(DegreeChange::Subtract, 3, 0)]), "5");
        assert_eq!(quality("Tristan", &[]), None);
    }
}
