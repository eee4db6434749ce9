//! How the beat is divided, and how far the soloist lies back.

use sideman_music::{Duration, Tempo};

use crate::arrange::Swing;
use crate::style::Feel;

/// The swing ratio of the ride at a tempo: 3.5 to 1 up to 120 quarter notes a minute, falling linearly to 1 to
/// 1 at 300 (after A. Friberg and A. Sundström, "Swing ratios and ensemble timing in jazz performance", Music
/// Perception 19(3), 2002, who found the short note near 100 ms throughout).
pub fn ride_ratio(tempo: Tempo) -> f64 {
    let bpm = 60e6 / f64::from(tempo.micros());
    (3.5 - 2.5 * (bpm - 120.0) / 180.0).clamp(1.0, 3.5)
}

/// How the beats of a piece are timed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    /// What part of a beat its first half takes, in thousandths.
    first_half: i64,
    delay: Duration,
}

impl Timing {
    pub(super) fn new(swing: Swing, feel: Feel, tempo: Tempo) -> Self {
        let ratio = match (swing, feel) {
            (Swing::Straight, _) | (Swing::Style, Feel::Straight) => 1.0,
            (Swing::Ratio(ratio), _) => ratio.clamp(1.0, 9.0),
            (Swing::Style, Feel::Triplet) => 2.0,
            (Swing::Style, Feel::Swing) => ride_ratio(tempo),
        };
        let first_half = (1000.0 * ratio / (1.0 + ratio)) as i64;
        let delay = match (swing, feel) {
            (Swing::Straight, _) | (_, Feel::Straight) => Duration::ZERO,
            _ => Duration::quarters(75, 1000),
        };
        Self { first_half, delay }
    }

    /// How late the soloist is on a beat.
    pub(super) const fn delay(&self) -> Duration {
        self.delay
    }

    /// Where a place in a beat is played: halves are stretched and squeezed.
    pub(super) fn swung(&self, within: Duration, beat: Duration) -> Duration {
        let half = beat / 2;
        let long = beat * self.first_half / 1000;
        if within <= half {
            within * self.first_half / 500
        } else {
            long + (within - half) * (1000 - self.first_half) / 500
        }
    }
}
