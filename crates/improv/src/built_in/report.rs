//! What a corpus is made of, in figures.

use std::collections::BTreeMap;
use std::fmt;

use sideman_corpus::Piece;
use sideman_corpus::measure::Measure;
use sideman_music::{Duration, Note, Sheet, Solo, Time};

/// A rest of this length or more ends a phrase.
const BREATH: Duration = Duration::QUARTER;

/// The figures of a corpus of solos. Shares are from 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CorpusReport {
    /// Different titles.
    pub tunes: usize,
    /// Choruses played; a piece that does not say where its choruses begin counts as one.
    pub choruses: usize,
    /// Bars of all solos.
    pub bars: usize,
    /// Notes of all solos.
    pub notes: usize,
    /// Different rhythms of one bar (onsets and lengths; what sounds into a bar is not part of it), of bars in
    /// which a note begins.
    pub rhythms: usize,
    /// The share of bars that have the commonest of those rhythms.
    pub commonest_rhythm: f64,
    /// The share of all time that is silent.
    pub rests: f64,
    /// The share of notes that are in the chord.
    pub chord_tones: f64,
    /// The share of notes that are in the usual scale of the chord.
    pub scale_tones: f64,
    /// The entropy of the pitch classes of a bar in bits, a mean over solos ([`Measure::H1`]).
    pub h1: f64,
    /// Phrases; one ends where nothing sounds for a quarter note or more.
    pub phrases: usize,
    /// Least, middle and greatest length of a phrase among the middle nine tenths, in quarter notes.
    pub phrase_lengths: [f64; 3],
    /// The share of phrases whose last note is in its chord.
    pub phrases_ending_in_chord: f64,
}

impl CorpusReport {
    /// The figures of these pieces; those without a solo are left out.
    pub fn new(pieces: &[Piece]) -> Self {
        let played: Vec<(&Piece, &Solo)> =
            pieces.iter().filter_map(|p| Some((p, p.solo.as_ref()?))).collect();
        let lines = || played.iter().map(|&(piece, solo)| (&piece.sheet, solo));
        let notes: usize = lines().map(|(_, solo)| solo.notes().len()).sum();
        let mean = |measure: Measure, weight: fn(&Solo) -> f64| {
            let values = lines().filter_map(|(sheet, solo)| Some((measure.of(sheet, solo)?, weight(solo))));
            let (sum, weights) = values.fold((0.0, 0.0), |(sum, all), (value, w)| (sum + value * w, all + w));
            if weights > 0.0 { sum / weights } else { 0.0 }
        };
        let by_note = |solo: &Solo| solo.notes().len() as f64;
        let time = |of: fn(&Sheet, &Solo) -> Duration| {
            lines().map(|(sheet, solo)| quarters(of(sheet, solo))).sum::<f64>()
        };
        let titles: std::collections::BTreeSet<&str> = lines().map(|(sheet, _)| sheet.title()).collect();
        let (rhythms, commonest_rhythm) = rhythms(lines());
        let (phrases, phrase_lengths, phrases_ending_in_chord) = phrase_figures(lines());
        Self {
            tunes: titles.len(),
            choruses: played.iter().map(|(piece, _)| piece.credits.choruses.len().max(1)).sum(),
            bars: lines().map(|(sheet, _)| sheet.bars().len()).sum(),
            notes,
            rhythms,
            commonest_rhythm,
            rests: 1.0
                - time(|_, solo| solo.notes().iter().map(|n| n.duration).sum())
                    / time(|sheet, _| sheet.end() - Time::ZERO),
            chord_tones: mean(Measure::ChordTones, by_note),
            scale_tones: mean(Measure::ScaleTones, by_note),
            h1: mean(Measure::H1, |_| 1.0),
            phrases,
            phrase_lengths,
            phrases_ending_in_chord,
        }
    }
}

fn quarters(duration: Duration) -> f64 {
    let (numerator, denominator) = duration.as_quarters();
    numerator as f64 / denominator as f64
}

/// How many rhythms of one bar there are, and the share of the commonest.
fn rhythms<'a>(lines: impl Iterator<Item = (&'a Sheet, &'a Solo)>) -> (usize, f64) {
    let mut counts: BTreeMap<Vec<(Duration, Duration)>, usize> = BTreeMap::new();
    for (sheet, solo) in lines {
        let mut bars: BTreeMap<i64, Vec<(Duration, Duration)>> = BTreeMap::new();
        for note in solo.notes() {
            let (bar, offset) = sheet.place(note.onset);
            bars.entry(bar).or_default().push((offset, note.duration));
        }
        bars.into_values().for_each(|rhythm| *counts.entry(rhythm).or_default() += 1);
    }
    let bars: usize = counts.values().sum();
    (counts.len(), counts.values().max().map_or(0.0, |&most| most as f64 / bars as f64))
}

/// How many phrases there are, how long they are, and which share of them ends in the chord.
fn phrase_figures<'a>(lines: impl Iterator<Item = (&'a Sheet, &'a Solo)>) -> (usize, [f64; 3], f64) {
    let (mut lengths, mut in_chord) = (Vec::new(), 0);
    for (sheet, solo) in lines {
        for phrase in phrases(solo) {
            let (first, last) = (phrase[0], phrase[phrase.len() - 1]);
            lengths.push(quarters(last.end() - first.onset));
            let chord = sheet.chord_at(last.onset);
            in_chord += usize::from(chord.is_some_and(|c| c.tones().contains(last.pitch().class())));
        }
    }
    lengths.sort_by(f64::total_cmp);
    let at = |share: f64| lengths.get((share * lengths.len() as f64) as usize).copied().unwrap_or(0.0);
    (lengths.len(), [0.05, 0.5, 0.95].map(at), in_chord as f64 / lengths.len().max(1) as f64)
}

/// The phrases of a solo, none of them empty.
pub(super) fn phrases(solo: &Solo) -> impl Iterator<Item = &[Note]> {
    solo.notes().chunk_by(|a, b| b.onset - a.end() < BREATH)
}

impl fmt::Display for CorpusReport {
    /// One figure a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let [short, middle, long] = self.phrase_lengths;
        let rows = [
            ("tunes", self.tunes.to_string()),
            ("choruses", self.choruses.to_string()),
            ("bars", self.bars.to_string()),
            ("notes", self.notes.to_string()),
            ("rhythms of one bar", self.rhythms.to_string()),
            ("commonest of them", percent(self.commonest_rhythm)),
            ("rests, of the time", percent(self.rests)),
            ("chord tones", percent(self.chord_tones)),
            ("scale tones", percent(self.scale_tones)),
            ("H1, entropy of a bar", format!("{:.3} bits", self.h1)),
            ("phrases", self.phrases.to_string()),
            ("length of a phrase", format!("{short:.1} to {long:.1} quarters, half below {middle:.1}")),
            ("phrases ending in the chord", percent(self.phrases_ending_in_chord)),
        ];
        rows.iter().try_for_each(|(name, value)| writeln!(f, "{name:28} {value:>10}"))
    }
}
