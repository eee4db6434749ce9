//! Measures of the line alone: pitch classes, rhythm, pitches.

use std::collections::{BTreeMap, BTreeSet};

use sideman_music::{Duration, Pitch, Sheet, Solo};

use crate::statistics::mean;

/// Places in a bar on which onsets are compared.
const PLACES: i64 = 64;

/// Mean entropy of the pitch classes in windows of so many bars, one bar apart, empty ones left out. A solo
/// shorter than a window is one window.
pub(super) fn entropy(sheet: &Sheet, solo: &Solo, window: i64) -> Option<f64> {
    let mut bars: BTreeMap<i64, [u32; 12]> = BTreeMap::new();
    for note in solo.notes() {
        bars.entry(sheet.place(note.onset).0).or_default()[note.pitch().class().index()] += 1;
    }
    let (first, last) = (*bars.first_key_value()?.0, *bars.last_key_value()?.0);
    let last_start = (last - window + 1).max(first);
    let starts: BTreeSet<i64> =
        bars.keys().flat_map(|&bar| (bar - window + 1).max(first)..=bar.min(last_start)).collect();
    mean(starts.into_iter().map(|start| {
        let mut histogram = [0; 12];
        for counts in bars.range(start..start + window).map(|(_, counts)| counts) {
            histogram.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
        }
        bits(&histogram)
    }))
}

/// Entropy of a histogram, in bits.
fn bits(histogram: &[u32]) -> f64 {
    let total = f64::from(histogram.iter().sum::<u32>());
    let p = histogram.iter().filter(|&&n| n > 0).map(|&n| f64::from(n) / total);
    p.map(|p| -p * p.log2()).sum()
}

/// Mean likeness of the onsets of two bars, empty bars in between included; 1 for a single bar.
pub(super) fn grooving_similarity(sheet: &Sheet, solo: &Solo) -> Option<f64> {
    let mut bars: BTreeMap<i64, u64> = BTreeMap::new();
    for note in solo.notes() {
        let (bar, offset) = sheet.place(note.onset);
        let place = (offset * PLACES).in_units_of(sheet.meter_at(note.onset).bar());
        *bars.entry(bar).or_default() |= 1 << place.clamp(0, PLACES - 1);
    }
    let span = bars.last_key_value()?.0 - bars.first_key_value()?.0 + 1;
    let empty = (span - bars.len() as i64) as f64;
    let onsets: Vec<u64> = bars.into_values().collect();
    let likeness = |a: u64, b: u64| 1.0 - f64::from((a ^ b).count_ones()) / PLACES as f64;
    let mut sum = empty * (empty - 1.0) / 2.0;
    for (i, &a) in onsets.iter().enumerate() {
        sum += empty * likeness(a, 0);
        sum += onsets[i + 1..].iter().map(|&b| likeness(a, b)).sum::<f64>();
    }
    let pairs = span as f64 * (span - 1) as f64 / 2.0;
    Some(if pairs > 0.0 { sum / pairs } else { 1.0 })
}

pub(super) fn pitch_count(solo: &Solo) -> Option<f64> {
    let pitches: BTreeSet<Pitch> = solo.notes().iter().map(|n| n.pitch()).collect();
    (!pitches.is_empty()).then_some(pitches.len() as f64)
}

pub(super) fn note_count(solo: &Solo) -> Option<f64> {
    (!solo.notes().is_empty()).then_some(solo.notes().len() as f64)
}

pub(super) fn notes_per_bar(sheet: &Sheet, solo: &Solo) -> Option<f64> {
    let bar = |note: &sideman_music::Note| sheet.place(note.onset).0;
    let bars = bar(solo.notes().last()?) - bar(solo.notes().first()?) + 1;
    Some(solo.notes().len() as f64 / bars as f64)
}

pub(super) fn pitch_range(solo: &Solo) -> Option<f64> {
    let pitches = || solo.notes().iter().map(|n| n.pitch().number());
    Some(f64::from(pitches().max()? - pitches().min()?))
}

pub(super) fn mean_interval(solo: &Solo) -> Option<f64> {
    mean(solo.notes().windows(2).map(|w| f64::from(w[0].pitch().to(w[1].pitch()).semitones().abs())))
}

pub(super) fn mean_ioi(solo: &Solo) -> Option<f64> {
    mean(solo.notes().windows(2).map(|w| quarters(w[1].onset - w[0].onset)))
}

/// A length in quarter notes, as a number to average.
pub(crate) fn quarters(duration: Duration) -> f64 {
    let (n, d) = duration.as_quarters();
    n as f64 / d as f64
}
