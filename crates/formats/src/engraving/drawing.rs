//! What is drawn: lines, filled paths and text on a page; y grows downwards.

/// The height of a page, in points: that of A4.
pub(super) const HEIGHT: f64 = 842.0;

/// A place or a distance on the page.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Coordinates {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A point from its coordinates.
pub(super) const fn point(x: f64, y: f64) -> Coordinates {
    Coordinates { x, y }
}

/// A part of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Segment {
    Move(Coordinates),
    Line(Coordinates),
    /// Two handles, and where it ends.
    Curve(Coordinates, Coordinates, Coordinates),
    Close,
}

/// Outlines that are filled; holes go the other way round.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Outline(pub(super) Vec<Segment>);

impl Outline {
    /// A straight outline through these points.
    pub(super) fn polygon(points: impl IntoIterator<Item = Coordinates>) -> Self {
        let mut segments: Vec<Segment> = points.into_iter().map(Segment::Line).collect();
        if let Some(first) = segments.first_mut()
            && let Segment::Line(start) = *first
        {
            *first = Segment::Move(start);
        }
        segments.push(Segment::Close);
        Self(segments)
    }

    /// The path larger, and elsewhere.
    pub(super) fn placed(&self, at: Coordinates, scale: f64) -> Self {
        let place = |p: Coordinates| point(at.x + scale * p.x, at.y + scale * p.y);
        let segment = |segment: &Segment| match *segment {
            Segment::Move(p) => Segment::Move(place(p)),
            Segment::Line(p) => Segment::Line(place(p)),
            Segment::Curve(a, b, p) => Segment::Curve(place(a), place(b), place(p)),
            Segment::Close => Segment::Close,
        };
        Self(self.0.iter().map(segment).collect())
    }

    /// Both paths as one.
    pub(super) fn with(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

/// A face of the sans serif that every reader of PDF brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
    Italic,
}

/// Something on the page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DrawnItem {
    Line {
        from: Coordinates,
        to: Coordinates,
        width: f64,
    },
    Outline(Outline),
    /// Words that begin at a place on their base line.
    Text {
        at: Coordinates,
        size: f64,
        face: Face,
        words: String,
    },
    /// A note, so that it can be found on a page that is not paper; the first drawing of it, or one tied to that.
    Note {
        number: usize,
        first: bool,
        drawing: Drawing,
    },
    /// The area of a bar between two corners, for the same; nothing is drawn.
    Bar {
        number: usize,
        from: Coordinates,
        to: Coordinates,
    },
}

/// A page, or a part of one.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Drawing(pub(super) Vec<DrawnItem>);

impl Drawing {
    pub(super) fn line(&mut self, from: Coordinates, to: Coordinates, width: f64) {
        self.0.push(DrawnItem::Line { from, to, width });
    }

    pub(super) fn path(&mut self, path: Outline) {
        self.0.push(DrawnItem::Outline(path));
    }

    /// The same without the numbers of its notes.
    pub(super) fn nameless(self) -> Self {
        let items = self.0.into_iter().flat_map(|item| match item {
            DrawnItem::Note { drawing, .. } => drawing.0,
            other => vec![other],
        });
        Self(items.collect())
    }

    /// Puts a drawing on this one, larger, and elsewhere.
    pub(super) fn put(&mut self, other: Self, at: Coordinates, scale: f64) {
        let place = |p: Coordinates| point(at.x + scale * p.x, at.y + scale * p.y);
        self.0.extend(other.0.into_iter().map(|item| match item {
            DrawnItem::Note { number, first, drawing } => {
                let mut placed = Self::default();
                placed.put(drawing, at, scale);
                DrawnItem::Note { number, first, drawing: placed }
            }
            DrawnItem::Bar { number, from, to } => {
                DrawnItem::Bar { number, from: place(from), to: place(to) }
            }
            DrawnItem::Line { from, to, width } => {
                DrawnItem::Line { from: place(from), to: place(to), width: width * scale }
            }
            DrawnItem::Outline(path) => DrawnItem::Outline(path.placed(at, scale)),
            DrawnItem::Text { at, size, face, words } => {
                DrawnItem::Text { at: place(at), size: size * scale, face, words }
            }
        }));
    }
}
