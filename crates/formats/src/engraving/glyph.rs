//! The signs of music, drawn for this program with strokes and ellipses. One unit is the distance of two staff
//! lines; every sign begins at x = 0.

use super::drawing::{Outline, point};
use super::stroke::{bar, ellipse, stroke};
use crate::notation::{Accidental, Clef, NoteType};

/// The treble clef; 0 is the line of G.
fn treble() -> Outline {
    stroke(&[
        (1.42, 0.52, 0.06),
        (1.02, 0.36, 0.16),
        (0.92, -0.12, 0.20),
        (1.42, -0.62, 0.22),
        (2.10, -0.36, 0.26),
        (2.34, 0.26, 0.26),
        (1.96, 0.90, 0.20),
        (1.30, 1.06, 0.18),
        (0.54, 0.72, 0.28),
        (0.20, -0.10, 0.36),
        (0.52, -1.16, 0.30),
        (1.22, -2.08, 0.24),
        (1.74, -2.94, 0.28),
        (1.78, -3.74, 0.26),
        (1.50, -4.30, 0.12),
        (1.16, -3.92, 0.18),
        (1.04, -3.10, 0.20),
        (1.26, -1.50, 0.15),
        (1.60, 0.60, 0.14),
        (1.80, 1.90, 0.16),
        (1.58, 2.60, 0.18),
        (1.06, 2.72, 0.14),
        (0.72, 2.42, 0.10),
    ])
    .with(ellipse(point(0.94, 2.22), (0.32, 0.32), 0.0, false))
}

/// The bass clef; 0 is the line of F.
fn bass() -> Outline {
    let arc = stroke(&[
        (0.14, 0.02, 0.14),
        (0.18, -0.52, 0.16),
        (0.72, -0.94, 0.20),
        (1.42, -0.80, 0.36),
        (1.84, -0.08, 0.46),
        (1.66, 0.86, 0.38),
        (1.02, 1.72, 0.22),
        (0.06, 2.40, 0.06),
    ]);
    let dot = |y| ellipse(point(2.60, y), (0.20, 0.20), 0.0, false);
    arc.with(ellipse(point(0.46, 0.04), (0.38, 0.38), 0.0, false)).with(dot(-0.5)).with(dot(0.5))
}

/// The clef, its line at 0.
pub(super) fn clef(clef: Clef) -> Outline {
    match clef {
        Clef::Treble => treble(),
        Clef::Bass => bass(),
        Clef::Percussion => {
            bar(point(0.7, -1.0), point(0.7, 1.0), 0.5).with(bar(point(1.6, -1.0), point(1.6, 1.0), 0.5))
        }
    }
}

/// How wide every clef is.
pub(super) const CLEF_WIDTH: f64 = 2.8;

fn flat() -> Outline {
    let bowl = stroke(&[
        (0.08, -0.16, 0.14),
        (0.44, -0.46, 0.18),
        (0.76, -0.24, 0.30),
        (0.60, 0.20, 0.20),
        (0.08, 0.64, 0.10),
    ]);
    bar(point(0.08, -1.75), point(0.08, 0.70), 0.13).with(bowl)
}

fn sharp() -> Outline {
    let across = |y| {
        Outline::polygon([point(0.0, y), point(0.0, y + 0.28), point(1.0, y + 0.02), point(1.0, y - 0.26)])
    };
    bar(point(0.30, -1.28), point(0.30, 1.40), 0.10)
        .with(bar(point(0.70, -1.40), point(0.70, 1.28), 0.10))
        .with(across(-0.50))
        .with(across(0.48))
}

fn natural() -> Outline {
    let across = |y| {
        Outline::polygon([point(0.0, y), point(0.0, y + 0.26), point(0.68, y + 0.06), point(0.68, y - 0.20)])
    };
    bar(point(0.06, -1.40), point(0.06, 0.70), 0.11)
        .with(bar(point(0.62, -0.70), point(0.62, 1.40), 0.11))
        .with(across(-0.54))
        .with(across(0.46))
}

fn double_sharp() -> Outline {
    let corner = |x: f64, y: f64| bar(point(x, y - 0.17), point(x, y + 0.17), 0.34);
    let corners = [(0.17, -0.38), (0.83, -0.38), (0.17, 0.38), (0.83, 0.38)];
    let cross = bar(point(0.15, -0.4), point(0.85, 0.4), 0.16);
    let cross = cross.with(bar(point(0.15, 0.4), point(0.85, -0.4), 0.16));
    corners.into_iter().fold(cross, |path, (x, y)| path.with(corner(x, y)))
}

/// An accidental, its note at 0.
pub(super) fn accidental(accidental: Accidental) -> Outline {
    match accidental {
        Accidental::DoubleFlat => flat().with(flat().placed(point(0.76, 0.0), 1.0)),
        Accidental::Flat => flat(),
        Accidental::Natural => natural(),
        Accidental::Sharp => sharp(),
        Accidental::DoubleSharp => double_sharp(),
    }
}

/// How wide an accidental is.
pub(super) const fn accidental_width(accidental: Accidental) -> f64 {
    match accidental {
        Accidental::DoubleFlat => 1.68,
        Accidental::Flat => 0.92,
        Accidental::Natural => 0.68,
        Accidental::Sharp | Accidental::DoubleSharp => 1.0,
    }
}

/// A note head, its middle at 0.
pub(super) fn head(kind: NoteType) -> Outline {
    let middle = point(head_width(kind) / 2.0, 0.0);
    match kind {
        NoteType::Whole => {
            ellipse(middle, (0.86, 0.50), 0.0, false).with(ellipse(middle, (0.45, 0.32), 125.0, true))
        }
        NoteType::Half => {
            ellipse(middle, (0.64, 0.46), 24.0, false).with(ellipse(middle, (0.56, 0.22), 34.0, true))
        }
        _ => ellipse(middle, (0.64, 0.45), 24.0, false),
    }
}

/// How wide a note head is.
pub(super) const fn head_width(kind: NoteType) -> f64 {
    match kind {
        NoteType::Whole => 1.72,
        _ => 1.22,
    }
}

/// A slash that stands for a beat.
pub(super) fn slash() -> Outline {
    Outline::polygon([point(0.0, 1.0), point(0.55, 1.0), point(1.6, -1.0), point(1.05, -1.0)])
}

/// A rest, 0 the middle line.
pub(super) fn rest(kind: NoteType) -> Outline {
    let block = |y: f64| bar(point(0.6, y), point(0.6, y + 0.52), 1.2);
    match kind {
        NoteType::Whole => block(-1.0),
        NoteType::Half => block(-0.52),
        NoteType::Quarter => stroke(&[(0.26, -1.50, 0.12), (0.62, -0.94, 0.36), (0.72, -0.66, 0.40)])
            .with(stroke(&[(0.72, -0.74, 0.40), (0.46, -0.34, 0.44), (0.42, -0.10, 0.34)]))
            .with(stroke(&[(0.40, -0.24, 0.20), (0.66, 0.20, 0.22), (0.96, 0.56, 0.14)]))
            .with(stroke(&[(0.96, 0.56, 0.10), (0.46, 0.48, 0.34), (0.30, 0.86, 0.30), (0.66, 1.42, 0.06)])),
        _ => hooked_rest(kind.flags()),
    }
}

/// A rest with so many hooks.
fn hooked_rest(hooks: usize) -> Outline {
    let top = -0.56 - (hooks / 2) as f64;
    let lean = 0.30;
    let bottom = top + hooks as f64 + 0.66;
    let right = 0.98 + lean * (hooks as f64 - 1.0);
    let slope = (right - 0.42) / (bottom - top);
    let stem = bar(point(right, top - 0.04), point(0.42, bottom), 0.13);
    (0..hooks).fold(stem, |path, i| {
        let (y, end) = (top + i as f64, right - slope * i as f64);
        let dot = ellipse(point(end - 0.70, y + 0.02), (0.27, 0.27), 0.0, false);
        let hook = stroke(&[
            (end - 0.74, y + 0.24, 0.06),
            (end - 0.36, y + 0.24, 0.14),
            (end - 0.02, y - 0.02, 0.08),
        ]);
        path.with(dot).with(hook)
    })
}

/// How wide a rest is.
pub(super) fn rest_width(kind: NoteType) -> f64 {
    match kind {
        NoteType::Whole | NoteType::Half => 1.2,
        NoteType::Quarter => 1.06,
        _ => 1.06 + 0.30 * (kind.flags() as f64 - 1.0),
    }
}

/// So many flags on a stem that ends at 0, hanging down, or turned over to stand up.
pub(super) fn flags(count: usize, hanging: bool) -> Outline {
    let flip = if hanging { 1.0 } else { -1.0 };
    (0..count).fold(Outline::default(), |path, i| {
        let shape = [
            (0.02, -0.04, 0.10),
            (0.12, 0.50, 0.36),
            (0.52, 1.12, 0.28),
            (0.86, 1.78, 0.18),
            (0.78, 2.46, 0.12),
            (0.54, 3.00, 0.04),
        ];
        let short = if count > 1 { 0.82 } else { 1.0 };
        let offset = 0.78 * i as f64;
        let places: Vec<_> =
            shape.iter().map(|&(x, y, breadth)| (x, flip * (y * short + offset), breadth)).collect();
        path.with(stroke(&places))
    })
}

/// How wide flags are.
pub(super) const FLAG_WIDTH: f64 = 1.0;

/// A dot behind a note.
pub(super) fn dot() -> Outline {
    ellipse(point(0.22, 0.0), (0.22, 0.22), 0.0, false)
}

/// A digit of a meter, two units high, its middle at 0.
pub(super) fn digit(digit: u32) -> Outline {
    match digit {
        0 => ellipse(point(0.72, 0.0), (0.70, 1.0), 0.0, false).with(ellipse(
            point(0.72, 0.0),
            (0.30, 0.86),
            0.0,
            true,
        )),
        1 => bar(point(0.66, -1.0), point(0.66, 0.96), 0.42)
            .with(stroke(&[(0.52, -0.96, 0.10), (0.30, -0.62, 0.12), (0.08, -0.42, 0.06)]))
            .with(bar(point(0.20, 0.93), point(1.12, 0.93), 0.14)),
        2 => stroke(&[
            (0.20, -0.36, 0.30),
            (0.30, -0.80, 0.18),
            (0.66, -0.93, 0.16),
            (1.04, -0.50, 0.42),
            (0.70, 0.06, 0.26),
            (0.26, 0.50, 0.16),
            (0.12, 0.92, 0.14),
        ])
        .with(ellipse(point(0.28, -0.44), (0.24, 0.24), 0.0, false))
        .with(stroke(&[
            (0.12, 0.78, 0.20),
            (0.50, 0.70, 0.34),
            (0.94, 0.86, 0.28),
            (1.26, 0.42, 0.06),
        ])),
        3 => stroke(&[
            (0.18, -0.56, 0.20),
            (0.40, -0.91, 0.14),
            (0.76, -0.88, 0.22),
            (0.96, -0.50, 0.40),
            (0.72, -0.10, 0.18),
            (0.40, -0.04, 0.10),
        ])
        .with(stroke(&[
            (0.40, -0.04, 0.10),
            (0.78, 0.06, 0.20),
            (1.06, 0.48, 0.42),
            (0.78, 0.90, 0.20),
            (0.40, 0.93, 0.14),
            (0.16, 0.58, 0.20),
        ]))
        .with(ellipse(point(0.28, -0.52), (0.22, 0.22), 0.0, false))
        .with(ellipse(point(0.28, 0.54), (0.22, 0.22), 0.0, false)),
        4 => bar(point(0.92, -0.40), point(0.92, 0.94), 0.38)
            .with(stroke(&[(0.72, -1.0, 0.34), (0.42, -0.30, 0.20), (0.06, 0.42, 0.12)]))
            .with(bar(point(0.0, 0.40), point(1.34, 0.40), 0.16))
            .with(bar(point(0.54, 0.93), point(1.30, 0.93), 0.14)),
        5 => bar(point(0.24, -0.84), point(1.12, -0.84), 0.28)
            .with(bar(point(0.24, -0.96), point(0.20, 0.02), 0.12))
            .with(stroke(&[
                (0.20, 0.02, 0.10),
                (0.64, -0.24, 0.16),
                (1.08, 0.26, 0.42),
                (0.80, 0.86, 0.22),
                (0.40, 0.93, 0.14),
                (0.16, 0.58, 0.20),
            ]))
            .with(ellipse(point(0.28, 0.54), (0.22, 0.22), 0.0, false)),
        6 => six(),
        7 => stroke(&[(0.08, -0.44, 0.08), (0.18, -0.84, 0.20), (0.56, -0.84, 0.32), (1.22, -0.92, 0.14)])
            .with(stroke(&[
                (1.20, -0.92, 0.10),
                (0.84, -0.30, 0.30),
                (0.60, 0.30, 0.42),
                (0.58, 0.98, 0.46),
            ])),
        8 => {
            let ring = |y, outer, inner| {
                ellipse(point(0.68, y), outer, 0.0, false).with(ellipse(point(0.68, y), inner, 0.0, true))
            };
            ring(-0.50, (0.54, 0.50), (0.24, 0.34)).with(ring(0.46, (0.66, 0.54), (0.32, 0.36)))
        }
        _ => turned(six()),
    }
}

fn six() -> Outline {
    let ring = ellipse(point(0.72, 0.42), (0.60, 0.56), 0.0, false).with(ellipse(
        point(0.74, 0.42),
        (0.24, 0.40),
        0.0,
        true,
    ));
    ring.with(stroke(&[
        (0.34, 0.60, 0.34),
        (0.28, 0.10, 0.40),
        (0.36, -0.50, 0.34),
        (0.70, -0.92, 0.16),
        (1.04, -0.76, 0.18),
    ]))
    .with(ellipse(point(1.06, -0.60), (0.22, 0.22), 0.0, false))
}

/// A digit standing on its head.
fn turned(path: Outline) -> Outline {
    path.placed(point(-DIGIT_WIDTH, 0.0), 1.0).placed(point(0.0, 0.0), -1.0)
}

/// How wide a digit is.
pub(super) const DIGIT_WIDTH: f64 = 1.36;
