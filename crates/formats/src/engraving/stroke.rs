//! Outlines of strokes with a broad pen.

use super::drawing::{Coordinates, Outline, point};

/// Straight pieces between two places of a stroke.
const STEPS: usize = 7;

/// The outline of a stroke through places (x, y, breadth), round in between: a Catmull-Rom spline (E. Catmull and
/// R. Rom, "A class of local interpolating splines", 1974) of the middle and of the breadth.
pub(super) fn stroke(places: &[(f64, f64, f64)]) -> Outline {
    let middle = spline(places);
    let side = |sign: f64| {
        let middle = &middle;
        (0..middle.len()).map(move |i| {
            let (before, after) = (middle[i.saturating_sub(1)], middle[(i + 1).min(middle.len() - 1)]);
            let (dx, dy) = (after.0 - before.0, after.1 - before.1);
            let length = dx.hypot(dy).max(1e-9);
            let (x, y, breadth) = middle[i];
            let half = sign * breadth / 2.0 / length;
            point(x - dy * half, y + dx * half)
        })
    };
    let back: Vec<Coordinates> = side(-1.0).collect();
    Outline::polygon(side(1.0).chain(back.into_iter().rev()))
}

fn spline(places: &[(f64, f64, f64)]) -> Vec<(f64, f64, f64)> {
    let at = |i: isize| places[i.clamp(0, places.len() as isize - 1) as usize];
    let mut curve = Vec::new();
    for i in 0..places.len() as isize - 1 {
        let around = [at(i - 1), at(i), at(i + 1), at(i + 2)];
        let part = |t: f64, of: fn((f64, f64, f64)) -> f64| {
            let [a, b, c, d] = around.map(of);
            let (linear, square, cube) = (c - a, 2.0 * a - 5.0 * b + 4.0 * c - d, 3.0 * (b - c) + d - a);
            b + 0.5 * t * (linear + t * (square + t * cube))
        };
        curve.extend((0..STEPS).map(|step| {
            let t = step as f64 / STEPS as f64;
            (part(t, |p| p.0), part(t, |p| p.1), part(t, |p| p.2).max(0.02))
        }));
    }
    curve.extend(places.last());
    curve
}

/// A straight stroke with square ends.
pub(super) fn bar(from: Coordinates, to: Coordinates, breadth: f64) -> Outline {
    stroke(&[(from.x, from.y, breadth), (to.x, to.y, breadth)])
}

/// An ellipse, turned by so many degrees to the left; as a hole it is drawn the other way round.
pub(super) fn ellipse(middle: Coordinates, (rx, ry): (f64, f64), degrees: f64, hole: bool) -> Outline {
    const CORNERS: usize = 28;
    let (sin, cos) = (-degrees).to_radians().sin_cos();
    let turn = if hole { 1.0 } else { -1.0 };
    Outline::polygon((0..CORNERS).map(|i| {
        let (b, a) = (turn * std::f64::consts::TAU * i as f64 / CORNERS as f64).sin_cos();
        let (x, y) = (rx * a, ry * b);
        point(middle.x + x * cos - y * sin, middle.y + x * sin + y * cos)
    }))
}
