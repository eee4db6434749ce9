//! How likely a window is: as often as it was seen, else note by note.

use std::collections::BTreeMap;

use super::super::melody::NoteCategory;
use super::window::{AbstractWindow, TICKS, WindowNote, WindowPitch};

/// What a note is that is no rest: a category and a direction, and none where it steps from nowhere.
const KINDS: f64 = 4.0 * 4.0;

/// A note as realising keeps it: category and direction of its step, or a rest; and its ticks.
type Letter = (Option<(NoteCategory, Option<i32>)>, i64);

/// The windows that were seen, and which note follows which within them. A window is as likely as often it was seen, and
/// escapes to whether it is tied and to its notes one after the other, these to the notes by themselves, and these to any kind and length, each by
/// the estimate of Witten and Bell (1991, method C).
#[derive(Debug, Clone, Default)]
pub(super) struct WindowDensity {
    windows: Tally<(bool, Vec<Letter>)>,
    ties: Tally<bool>,
    notes: Tally<Letter>,
    followers: BTreeMap<Option<Letter>, Tally<Letter>>,
    /// Lengths that a note may have.
    lengths: f64,
}

/// How often each was seen.
#[derive(Debug, Clone)]
struct Tally<T> {
    seen: BTreeMap<T, u32>,
    total: u32,
}

impl<T> Default for Tally<T> {
    fn default() -> Self {
        Self { seen: BTreeMap::new(), total: 0 }
    }
}

impl<T: Ord> Tally<T> {
    fn add(&mut self, item: T) {
        *self.seen.entry(item).or_default() += 1;
        self.total += 1;
    }

    fn probability(&self, item: &T, below: f64) -> f64 {
        let (types, total) = (self.seen.len() as f64, f64::from(self.total));
        let seen = f64::from(self.seen.get(item).copied().unwrap_or(0));
        if total > 0.0 { (seen + types * below) / (total + types) } else { below }
    }
}

impl WindowDensity {
    /// Of windows of so many quarter notes.
    pub(super) fn new(windows: &[&AbstractWindow], quarters: i64) -> Self {
        let mut density = Self { lengths: (quarters.max(1) * TICKS) as f64, ..Self::default() };
        for window in windows {
            let letters = letters(window);
            let mut last = None;
            for &letter in &letters {
                density.notes.add(letter);
                density.followers.entry(last).or_default().add(letter);
                last = Some(letter);
            }
            density.ties.add(window.tied);
            density.windows.add((window.tied, letters));
        }
        density
    }

    /// The log probability of a window in nats.
    pub(super) fn log_probability(&self, window: &AbstractWindow) -> f64 {
        let letters = letters(window);
        let uniform = 1.0 / (KINDS + 1.0) / self.lengths;
        let (mut last, mut spelled) = (None, self.ties.probability(&window.tied, 0.5));
        for &letter in &letters {
            let alone = self.notes.probability(&letter, uniform);
            spelled *= self.followers.get(&last).map_or(alone, |tally| tally.probability(&letter, alone));
            last = Some(letter);
        }
        self.windows.probability(&(window.tied, letters), spelled).ln()
    }
}

/// The same window with all that sounds alike: its rhythm.
pub(super) fn rhythm(window: &AbstractWindow) -> AbstractWindow {
    let pitch = WindowPitch { category: NoteCategory::Arbitrary, step: None };
    let note = |note: &WindowNote| WindowNote { pitch: note.pitch.map(|_| pitch), ..*note };
    AbstractWindow { tied: window.tied, notes: window.notes.iter().map(note).collect() }
}

fn letters(window: &AbstractWindow) -> Vec<Letter> {
    let kind = |pitch: WindowPitch| (pitch.category, pitch.step.map(i32::signum));
    window.notes.iter().map(|note| (note.pitch.map(kind), note.ticks)).collect()
}
