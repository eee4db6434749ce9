//! The grid of a solo: its bars, and when its beats were played.

use sideman_music::{Bar, Change, Chord, Duration, Meter, Sheet, Tempo, Time};

use super::database::{BeatRow, NoteRow};
use crate::{Error, Location, Warning, WarningKind};

/// The bars of a solo, those of its sheet and those before.
pub(super) struct SoloGrid {
    /// The number of the first bar there is.
    lowest: i64,
    /// Meter and start of every bar from the lowest on.
    grid: Vec<(Meter, Time)>,
    /// The bars of the sheet.
    pub(super) bars: Vec<Bar>,
    /// The bars of the sheet at which a chorus begins.
    pub(super) choruses: Vec<u32>,
    pub(super) clock: BeatClock,
    pub(super) warnings: Vec<Warning>,
}

impl SoloGrid {
    pub(super) fn new(
        beats: &[BeatRow],
        tones: &[NoteRow],
        tempo: Option<Tempo>,
        place: &Location,
    ) -> Result<Self, Error> {
        let numbers = || beats.iter().map(|b| b.bar).chain(tones.iter().map(|t| t.bar));
        let (lowest, highest) = (numbers().min().unwrap_or(1), numbers().max().unwrap_or(1));
        if highest.abs_diff(lowest) >= Sheet::MOST_BARS as u64 {
            let what = format!("bars from {lowest} to {highest}; a solo has at most {}", Sheet::MOST_BARS);
            return Err(Error::malformed(place.clone(), what));
        }
        let mut warnings = Vec::new();
        let meters = meters(beats, lowest, highest, &mut warnings);
        let chords = chords(beats, &mut warnings);
        let first = first_bar(&meters, &chords, lowest, highest);
        let grid = grid(&meters, (first - lowest) as usize);
        let bars = sheet_bars(&meters, &chords, beats, (lowest, first, highest));
        let choruses = choruses(beats, first);
        let mut bars = Self { lowest, grid, bars, choruses, clock: BeatClock::new(tempo), warnings };
        let played = beats.iter().filter_map(|b| Some((b.onset, bars.time(b.bar, b.beat, 1, 1)?)));
        bars.clock.beats = BeatClock::rising(played);
        Ok(bars)
    }

    /// The time of a place: bar and beat as numbered, tatum `tatum` (from 1) of `division` in that beat.
    pub(super) fn time(&self, bar: i64, beat: i64, tatum: i64, division: i64) -> Option<Time> {
        let &(meter, start) = self.grid.get(usize::try_from(bar.checked_sub(self.lowest)?).ok()?)?;
        let sound =
            (1..=64).contains(&beat) && (1..=1000).contains(&division) && (1..=division).contains(&tatum);
        sound.then(|| start + meter.beat() * (beat - 1) + meter.beat() * (tatum - 1) / division)
    }
}

/// The meter of each bar, from the lowest to the highest: the last signature at or before its end.
fn meters(beats: &[BeatRow], lowest: i64, highest: i64, warnings: &mut Vec<Warning>) -> Vec<Meter> {
    let mut signs: Vec<(i64, Meter)> = Vec::new();
    for beat in beats.iter().filter(|b| !b.signature.is_empty()) {
        match beat.signature.parse() {
            Ok(meter) => signs.push((beat.bar, meter)),
            Err(error) => warnings.push(Warning::new(Location::bar(beat.bar), error).of(WarningKind::Bars)),
        }
    }
    let opening = signs.first().map_or(Meter::COMMON, |s| s.1);
    let at = |bar| signs[..signs.partition_point(|s| s.0 <= bar)].last().map_or(opening, |s| s.1);
    (lowest..=highest).map(at).collect()
}

/// The changes of chord, each with its bar and beat.
fn chords(beats: &[BeatRow], warnings: &mut Vec<Warning>) -> Vec<(i64, i64, Option<Chord>)> {
    let mut chords = Vec::new();
    for beat in beats.iter().filter(|b| !b.chord.is_empty()) {
        match beat.chord.as_str() {
            "NC" => chords.push((beat.bar, beat.beat, None)),
            symbol => match symbol.parse() {
                Ok(chord) => chords.push((beat.bar, beat.beat, Some(chord))),
                Err(error) => warnings
                    .push(Warning::new(Location::beat(beat.bar, beat.beat), error).of(WarningKind::Chords)),
            },
        }
    }
    chords
}

/// The number of the bar with which the sheet begins.
fn first_bar(meters: &[Meter], chords: &[(i64, i64, Option<Chord>)], lowest: i64, highest: i64) -> i64 {
    let usual = 1.clamp(lowest, highest);
    let opening = chords[..chords.partition_point(|c| (c.0, c.1) <= (usual, 1))].last().and_then(|c| c.2);
    let said = chords.iter().find(|c| c.0 < usual && c.2.is_some() && c.2 != opening).map_or(usual, |c| c.0);
    let meter = meters[(usual - lowest) as usize];
    let same = meters[..(usual - lowest) as usize].iter().rev().take_while(|&&m| m == meter).count() as i64;
    if same < usual - lowest { lowest } else { said }
}

/// Meter and start of each bar, that of index `zero` at [`Time::ZERO`].
fn grid(meters: &[Meter], zero: usize) -> Vec<(Meter, Time)> {
    let before: Duration = meters[..zero].iter().map(|m| m.bar()).sum();
    let mut start = Time::ZERO - before;
    let mut bar = |&meter: &Meter| {
        let here = (meter, start);
        start += meter.bar();
        here
    };
    meters.iter().map(&mut bar).collect()
}

/// The bars of the sheet; the first begins with the chord that sounds there.
fn sheet_bars(
    meters: &[Meter],
    chords: &[(i64, i64, Option<Chord>)],
    beats: &[BeatRow],
    (lowest, first, highest): (i64, i64, i64),
) -> Vec<Bar> {
    let (before, mut rest) = chords.split_at(chords.partition_point(|c| c.0 < first));
    let mut labels = beats.iter().filter(|b| b.bar >= first && !b.form.is_empty()).peekable();
    let mut bars = Vec::with_capacity((highest - first + 1) as usize);
    for number in first..=highest {
        let meter = meters[(number - lowest) as usize];
        let (here, after) = rest.split_at(rest.partition_point(|c| c.0 <= number));
        rest = after;
        let opening =
            before.last().filter(|_| number == first).map(|c| Change { at: Duration::ZERO, chord: c.2 });
        let changes = here.iter().map(|&(_, beat, chord)| Change { at: meter.beat() * (beat - 1), chord });
        let bar = Bar::new(meter, opening.into_iter().chain(changes).collect());
        let mut label = None;
        while let Some(beat) = labels.next_if(|b| b.bar <= number) {
            label = Some(beat.form.as_str());
        }
        bars.push(label.map_or(bar.clone(), |label| bar.with_section(label)));
    }
    bars
}

/// The bars at which a chorus begins that is numbered higher than all before; 0 and less count the introduction.
fn choruses(beats: &[BeatRow], first: i64) -> Vec<u32> {
    let (mut latest, mut starts) = (0, Vec::new());
    for beat in beats.iter().filter(|b| b.bar >= first) {
        if beat.chorus > latest {
            latest = beat.chorus;
            starts.extend(u32::try_from(beat.bar - first));
        }
    }
    starts.dedup();
    starts
}

/// Which musical time a second of the recording is: the beats that were played, and straight lines between.
pub(super) struct BeatClock {
    /// Seconds, and quarter notes after [`Time::ZERO`], both rising.
    beats: Vec<(f64, f64)>,
    /// Quarter notes a second where there are no beats to tell.
    usual: f64,
}

impl BeatClock {
    fn new(tempo: Option<Tempo>) -> Self {
        Self { beats: Vec::new(), usual: 1e6 / f64::from(tempo.unwrap_or_default().micros()) }
    }

    fn rising(beats: impl Iterator<Item = (f64, Time)>) -> Vec<(f64, f64)> {
        let mut rising: Vec<(f64, f64)> = Vec::new();
        for (seconds, time) in beats.filter(|(seconds, _)| seconds.is_finite()) {
            let (n, d) = time.since_start().as_quarters();
            let beat = (seconds, n as f64 / d as f64);
            if rising.last().is_none_or(|last| last.0 < beat.0 && last.1 < beat.1) {
                rising.push(beat);
            }
        }
        rising
    }

    /// Whether the beats were told.
    pub(super) fn is_known(&self) -> bool {
        self.beats.len() > 1
    }

    /// Quarter notes after [`Time::ZERO`].
    pub(super) fn quarters(&self, seconds: f64) -> f64 {
        if !self.is_known() {
            return seconds * self.usual;
        }
        let after = self.beats.partition_point(|b| b.0 <= seconds).clamp(1, self.beats.len() - 1);
        let ((s0, q0), (s1, q1)) = (self.beats[after - 1], self.beats[after]);
        q0 + (seconds - s0) * (q1 - q0) / (s1 - s0)
    }
}
