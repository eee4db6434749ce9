//! How the beat is divided, and how far the soloist lies back.

use sideman_music::{Duration, Sheet, Tempo, TempoMap, Time};

use crate::options::Swing;
use crate::style::{BeatFeel, Pulse, pulses};

/// The swing ratio of the ride at a tempo: falling linearly from 3.5 to 1 at 120 quarter notes a minute to 1 to 1 at
/// 300 (after A. Friberg and A. Sundström, "Swing ratios and ensemble timing in jazz performance", Music Perception
/// 19(3), 2002, who found the short note near 100 ms throughout); where it is slow towards the soloist, whom the ride
/// meets off the beat there too: 2 to 1 up to 95, rising to that line.
fn ride_ratio(tempo: Tempo) -> f64 {
    let friberg = 3.5 - 2.5 * (bpm(tempo) - 120.0) / 180.0;
    let slow = 2.0 + (bpm(tempo) - 95.0).max(0.0) / 60.0;
    friberg.min(slow).max(1.0)
}

/// How late a soloist is on the beat, as a part of it: 0.085 up to 120 quarter notes a minute, falling linearly
/// to 0.055 at 320.
///
/// At 150 that is 32 ms, as C. Nelias et al. ("Downbeat delays are a key component of swing in jazz",
/// Communications Physics 5, 2022) have it. The first of two eighths comes 50 ms late in the solos of the Weimar
/// Jazz Database at 120 to 160, then 33, 22, 16 and 12 ms (0.115 falling to 0.061 of the beat) in every 40 more:
/// `figures.sql`.
fn soloist_delay(tempo: Tempo) -> f64 {
    (0.085 - 0.03 * (bpm(tempo) - 120.0) / 200.0).clamp(0.05, 0.085)
}

/// Where a soloist places the second of two eighths, as a part of the beat: with the ride, but not so late where
/// it is slow that nothing is left of the second, nor so early where it is fast that it is longer than the first.
///
/// The Weimar Jazz Database has 0.65 at 80 to 120, 0.68 at 120 to 200, 0.60 from 280 on: `figures.sql`.
fn soloist_off_beat(tempo: Tempo, ride: f64, delay: f64) -> f64 {
    let latest = (0.65 + 0.105 * (bpm(tempo) - 80.0) / 60.0).max(0.65);
    ride.min(latest).max(0.5 + delay)
}

fn bpm(tempo: Tempo) -> f64 {
    60e6 / f64::from(tempo.micros())
}

/// How the beats of a piece are timed: after each change of tempo anew.
pub(super) struct Timings {
    tempos: TempoMap,
    swing: Swing,
    feel: BeatFeel,
}

impl Timings {
    pub(super) fn new(swing: Swing, feel: BeatFeel, tempos: TempoMap) -> Self {
        Self { tempos, swing, feel }
    }

    /// How they are timed at a time.
    pub(super) fn at(&self, time: Time) -> Timing {
        Timing::new(self.swing, self.feel, self.tempos.at(time.max(Time::ZERO)))
    }

    /// Whether timing that the notes bring with them counts: it swings, so not where another swing is asked for or
    /// the style is straight.
    pub(super) fn heeds_notes(&self) -> bool {
        self.swing == Swing::Style && self.feel != BeatFeel::Straight
    }
}

/// How beats are timed at one tempo.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timing {
    tempo: Tempo,
    /// The first half of a beat, in thousandths of it.
    first_half: i64,
    /// How late the soloist is on the beat, and where off it, in thousandths of it.
    delay: i64,
    off_beat: i64,
}

impl Timing {
    fn new(swing: Swing, feel: BeatFeel, tempo: Tempo) -> Self {
        let ratio = match (swing, feel) {
            (Swing::Straight, _) | (Swing::Style, BeatFeel::Straight) => 1.0,
            (Swing::Ratio(ratio), _) => ratio.clamp(1.0, 9.0),
            (Swing::Style, BeatFeel::Triplet) => 2.0,
            (Swing::Style, BeatFeel::Swing) => ride_ratio(tempo),
        };
        let delay = if ratio > 1.0 || feel == BeatFeel::Swing && swing == Swing::Style {
            soloist_delay(tempo)
        } else {
            0.0
        };
        let thousandths = |part: f64| (1000.0 * part).round() as i64;
        let half = ratio / (1.0 + ratio);
        let off_beat = thousandths(soloist_off_beat(tempo, half, delay));
        let (first_half, delay) = (thousandths(half), thousandths(delay));
        Self { tempo, first_half, delay, off_beat }
    }

    /// How late the soloist is on a beat of this length.
    pub(super) fn delay(&self, beat: Duration) -> Duration {
        beat * self.delay / 1000
    }

    /// Where in a beat of this length the soloist plays its second half.
    pub(super) fn off_beat(&self, beat: Duration) -> Duration {
        beat * self.off_beat / 1000
    }

    /// Where a place in a beat is played: its halves are stretched and squeezed.
    pub(super) fn swung(&self, within: Duration, beat: Duration) -> Duration {
        let half = beat / 2;
        if within <= half {
            within * self.first_half / 500
        } else {
            beat * self.first_half / 1000 + (within - half) * (1000 - self.first_half) / 500
        }
    }

    /// So many milliseconds as musical time.
    pub(super) fn milliseconds(&self, milliseconds: f64) -> Duration {
        let length =
            self.tempo.musical(std::time::Duration::from_secs_f64(milliseconds.abs().min(1e4) / 1000.0));
        if milliseconds < 0.0 { -length } else { length }
    }

    /// The seconds that a length lasts.
    pub(super) fn seconds(&self, length: Duration) -> f64 {
        self.tempo.clock(length).as_secs_f64()
    }
}

/// The beat a time falls in: its start and its shape.
pub(super) fn beat_at(sheet: &Sheet, time: Time) -> (Time, Pulse) {
    let (_, within) = sheet.place(time);
    let pulses = pulses(sheet.meter_at(time));
    let index = pulses.partition_point(|pulse| pulse.at <= within).saturating_sub(1);
    (time - within + pulses[index].at, pulses[index])
}
