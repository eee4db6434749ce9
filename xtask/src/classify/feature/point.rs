//! One feature of an excerpt, and how they are gathered.

/// What a feature is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::classify) enum Group {
    /// Which intervals follow each other, and the contour they make.
    #[default]
    Line,
    /// When notes begin.
    Rhythm,
    /// How long they sound.
    Articulation,
    /// What they are to the chords.
    Harmony,
    /// How they form phrases.
    Phrase,
    /// What comes back, and how the excerpt moves.
    Form,
}

impl Group {
    pub(in crate::classify) const ALL: [Self; 6] =
        [Self::Line, Self::Rhythm, Self::Articulation, Self::Harmony, Self::Phrase, Self::Form];

    pub(in crate::classify) const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Rhythm => "rhythm",
            Self::Articulation => "articulation",
            Self::Harmony => "harmony",
            Self::Phrase => "phrases",
            Self::Form => "form",
        }
    }
}

/// One feature of an excerpt.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::classify) struct Point {
    pub(in crate::classify) group: Group,
    pub(in crate::classify) name: String,
    pub(in crate::classify) value: Option<f64>,
}

/// Features as they are gathered, under the group of the moment.
#[derive(Default)]
pub(super) struct Points {
    points: Vec<Point>,
    pub(super) group: Group,
}

impl Points {
    pub(super) fn into_inner(self) -> Vec<Point> {
        self.points
    }

    pub(super) fn push(&mut self, name: impl Into<String>, value: Option<f64>) {
        self.points.push(Point { group: self.group, name: name.into(), value });
    }

    /// The mean of some values.
    pub(super) fn mean(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        let values: Vec<f64> = values.into_iter().collect();
        self.push(name, mean(&values));
    }

    /// Their spread.
    pub(super) fn spread(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        let values: Vec<f64> = values.into_iter().collect();
        let value = mean(&values)
            .map(|m| (values.iter().map(|v| (v - m).powi(2)).sum::<f64>() / values.len() as f64).sqrt());
        self.push(name, value);
    }

    /// The share of those that hold.
    pub(super) fn share(&mut self, name: &str, flags: impl IntoIterator<Item = bool>) {
        self.mean(name, flags.into_iter().map(|flag| f64::from(u8::from(flag))));
    }
}

pub(super) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
