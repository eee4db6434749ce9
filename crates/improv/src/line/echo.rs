//! What would come next if the line went on as it did the last time it came this way: solos repeat their motifs.

use sideman_music::{Interval, Pitch};

use super::chart::GridChart;
use super::encode::GridNote;
use super::grid::GridSpan;

/// Gaps or intervals that must agree for an echo.
const SHORTEST: usize = 2;
/// Longer agreements count as this one.
pub(super) const LONGEST_ECHO: usize = 12;

/// The continuation of the longest earlier passage that agrees with the last notes, the latest where several do; and
/// over how many gaps or intervals it agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Echo {
    /// Of the rhythm, which must agree in its place in the beat too: the next gap.
    pub(super) gap: Option<(GridSpan, u32)>,
    /// Of the intervals: the next pitch.
    pub(super) pitch: Option<(Pitch, u32)>,
}

impl Echo {
    /// The echo after some notes, in order.
    pub(super) fn after(chart: &GridChart, notes: &[GridNote]) -> Self {
        let phase = |e: &GridNote| chart.position(e.onset).phase();
        let gap = |i: usize| notes[i].onset - notes[i - 1].onset;
        let interval = |i: usize| notes[i - 1].pitch.to(notes[i].pitch).semitones();
        let same_beat = |i: usize| phase(&notes[i]) == notes.last().map_or(0, phase);
        let rhythm = longest(notes.len(), |i, j| gap(i) == gap(j), same_beat);
        let melody = longest(notes.len(), |i, j| interval(i) == interval(j), |_| true);
        let go_on = |i: usize| notes.last()?.pitch.checked_add(Interval::new(interval(i)));
        Self {
            gap: rhythm.map(|(next, reach)| (gap(next), reach)),
            pitch: melody.and_then(|(next, reach)| Some((go_on(next)?, reach))),
        }
    }

    /// The echo `semitones` higher.
    pub(super) fn transposed(self, semitones: i32) -> Self {
        let up = |(pitch, reach): (Pitch, u32)| Some((pitch.checked_add(Interval::new(semitones))?, reach));
        Self { pitch: self.pitch.and_then(up), ..self }
    }
}

/// The note after the longest earlier passage whose steps are the same as the last ones, and its class of length.
fn longest(
    count: usize,
    same: impl Fn(usize, usize) -> bool,
    may_end: impl Fn(usize) -> bool,
) -> Option<(usize, u32)> {
    let last = count.checked_sub(1)?;
    let mut best = (0, 0);
    for end in (1..last).rev() {
        let agree = (0..end.min(LONGEST_ECHO)).take_while(|&back| same(end - back, last - back)).count();
        if agree > best.1 && agree >= SHORTEST && may_end(end) {
            best = (end + 1, agree);
            if agree == LONGEST_ECHO {
                break;
            }
        }
    }
    (best.1 > 0).then(|| (best.0, best.1 as u32 - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::grid::GridTime;

    fn line(notes: &[(i64, u8)]) -> Vec<GridNote> {
        let event = |&(onset, pitch): &(i64, u8)| GridNote {
            length: GridSpan::new(6),
            ..GridNote::new(GridTime::new(onset), Pitch::midi(pitch))
        };
        notes.iter().map(event).collect()
    }

    #[test]
    fn a_motif_in_another_key_is_heard_again() {
        let chart = GridChart::new(&"C | C | C | C".parse().unwrap(), &[]);
        let motif = [(0, 60), (12, 62), (24, 64), (36, 67), (72, 65), (96, 70), (108, 72), (120, 74)];
        let echo = Echo::after(&chart, &line(&motif));
        assert_eq!(echo.pitch, Some((Pitch::midi(77), 1)));
        assert_eq!(echo.gap, Some((GridSpan::new(12), 1)));
        assert_eq!(echo.transposed(3).pitch, Some((Pitch::midi(80), 1)));
        assert_eq!(Echo::after(&chart, &line(&motif[..4])).pitch, None);
        assert_eq!(Echo::after(&chart, &[]), Echo::default());
    }
}
