//! From measures on the page to bars and notes as they are played.

use std::ops::Range;

use sideman_music::{
    Bar, Change, Chord, Duration, FormSigns, Meter, Note, NoteName, OrderOfPlay, Pitch, Pitches, PlayStep,
    Sheet, Spelling, Time,
};

use crate::{Error, Location, PlayedForm, Warning, WarningKind, order};

/// More pieces than this are not put together to a bar.
const MOST_PIECES: usize = 4;

/// A measure and the signs on it; places count from its beginning.
#[derive(Clone)]
pub(crate) struct SourceMeasure {
    /// As it is printed, such as `12` or `X1`.
    pub(crate) number: String,
    /// Said not to count as a measure.
    pub(crate) implicit: bool,
    pub(crate) meter: Meter,
    /// How much time its notes and rests take.
    pub(crate) length: Duration,
    pub(crate) chords: Vec<(Duration, Option<Chord>)>,
    pub(crate) tones: Vec<SourceTone>,
    pub(crate) section: Option<String>,
    pub(crate) signs: FormSigns,
}

impl SourceMeasure {
    /// A measure with nothing in it.
    pub(crate) fn new(number: String, meter: Meter) -> Self {
        let (chords, tones, signs) = Default::default();
        Self { number, implicit: false, meter, length: Duration::ZERO, chords, tones, section: None, signs }
    }
}

/// A sounding note, or a part of one.
#[derive(Clone)]
pub(crate) struct SourceTone {
    pub(crate) at: Duration,
    pub(crate) duration: Duration,
    pub(crate) pitch: Pitch,
    /// As it is written, where that has a name.
    pub(crate) name: Option<NoteName>,
    pub(crate) voice: String,
    /// It goes on in the next.
    pub(crate) ties: bool,
    /// It goes on from the one before.
    pub(crate) tied: bool,
}

/// Bars and notes as they are played; those of a pickup stand before the first bar.
pub(crate) struct Unfolded {
    bars: Vec<Bar>,
    pickup: Vec<Change>,
    pub(crate) notes: Vec<Note>,
    pub(crate) spelling: Spelling,
    pub(crate) form: PlayedForm,
    /// What stands apart from the order of play, by its name.
    apart: Vec<(String, Vec<Bar>)>,
}

impl Unfolded {
    /// The sheet, with a header put to it; and what stands apart.
    ///
    /// # Errors
    /// When there is no bar, or too many.
    pub(crate) fn sheet(&mut self, header: impl Fn(Sheet) -> Sheet) -> Result<Sheet, sideman_music::Error> {
        let bars = std::mem::take(&mut self.bars);
        let sheet = header(Sheet::new(bars)?).with_pickup(std::mem::take(&mut self.pickup));
        for (name, bars) in std::mem::take(&mut self.apart).into_iter().filter(|(_, bars)| !bars.is_empty()) {
            let own = sheet.with_bars(bars)?;
            self.form.apart.push(own.with_title(&format!("{}: {name}", sheet.title())));
        }
        Ok(sheet)
    }
}

/// Measures in the order of the form, or of the parts if there is one. A first measure that is short, or said not to
/// count, is a pickup; a short one completes the bar that is open when it does not count or fills it.
///
/// # Errors
/// When the order has more measures than a sheet may have bars.
pub(crate) fn unfold(
    mut measures: Vec<SourceMeasure>,
    parts: Option<&[Range<usize>]>,
    warnings: &mut Vec<Warning>,
) -> Result<Unfolded, Error> {
    if measures.len() > Sheet::MOST_BARS {
        let words = format!("what follows measure {} is left out", measures.len());
        warnings.push(Warning::new(Location::File, words).of(WarningKind::LeftOut));
    }
    measures.iter_mut().for_each(|measure| cut_sliver(measure, warnings));
    let signs: Vec<_> = measures.iter().map(signs).collect();
    let order = parts.map_or_else(|| OrderOfPlay::of(&signs), |parts| OrderOfPlay::of_parts(&signs, parts));
    order::bounded(&order.steps, "measures")?;
    warnings.extend(order::warnings(&order, |measure| Location::bar(&measures[measure].number)));
    let mut line = Unfolding::over(&measures, &order.steps, warnings);
    let mut apart = Vec::new();
    for own in order.apart.iter().filter(|own| own.steps.len() <= Sheet::MOST_BARS) {
        let name = order::apart_name(own.kind, &measures[own.measures.start].number);
        apart.push((name, Unfolding::over(&measures, &own.steps, &mut Vec::new()).bars));
    }
    let numbers = measures.iter().map(|measure| measure.number.clone()).collect();
    let steps = order.steps.into_iter().zip(std::mem::take(&mut line.places)).collect();
    let form = PlayedForm { numbers, steps, apart: Vec::new() };
    let spelling = spelling(&line.tones);
    Ok(Unfolded { bars: line.bars, pickup: line.pickup, notes: joined(line.tones), spelling, form, apart })
}

fn signs(measure: &SourceMeasure) -> FormSigns {
    FormSigns { section: measure.section.is_some(), ..measure.signs.clone() }
}

/// A measure that is full but for less than half a beat, or fuller than full by so little, is a full one.
fn cut_sliver(measure: &mut SourceMeasure, warnings: &mut Vec<Warning>) {
    let (bar, half) = (measure.meter.bar(), measure.meter.beat() / 2);
    let over = measure.length - bar;
    if over <= Duration::ZERO - half || over >= half || over == Duration::ZERO || measure.implicit {
        return;
    }
    if over > Duration::ZERO {
        let words = format!("it is too full by {over} of a quarter note: that is cut");
        warnings.push(Warning::new(Location::bar(&measure.number), words).of(WarningKind::Bars));
    }
    measure.length = bar;
    measure.tones.retain(|tone| tone.at < bar);
    measure.tones.iter_mut().for_each(|tone| tone.duration = tone.duration.min(bar - tone.at));
}

fn is_pickup(measure: &SourceMeasure) -> bool {
    let short = measure.length > Duration::ZERO && measure.length < measure.meter.bar();
    short || (measure.implicit && measure.number == "0")
}

/// The music as far as it is played.
#[derive(Default)]
struct Unfolding {
    bars: Vec<Bar>,
    pickup: Vec<Change>,
    tones: Vec<(Time, SourceTone)>,
    /// For each measure that is played the bar in which it begins, from 1; 0 is the pickup.
    places: Vec<usize>,
    /// Where the bar begins that is open.
    start: Time,
    open: Option<Open>,
    /// The label of a section whose pickup completes the bar before.
    label: Option<String>,
}

/// A bar that is not over yet.
struct Open {
    meter: Meter,
    filled: Duration,
    changes: Vec<Change>,
    section: Option<String>,
}

impl Unfolding {
    fn over(measures: &[SourceMeasure], steps: &[PlayStep], warnings: &mut Vec<Warning>) -> Self {
        let mut line = Self::default();
        for (i, step) in steps.iter().enumerate() {
            let measure = &measures[step.measure];
            let pickup = step.measure == 0 && measures.len() > 1 && is_pickup(measure);
            let ahead = steps[i..].iter().map(|step| &measures[step.measure]);
            if pickup && i == 0 {
                line.begin(measure);
            } else if pickup && line.open.is_none() {
                line.pick_up_again(measure, warnings);
            } else {
                let fills = line.open.as_ref().is_some_and(|open| fills(open, ahead));
                line.play(measure, fills || pickup || measure.implicit);
            }
        }
        line.close();
        line
    }

    /// The pickup before the first bar.
    fn begin(&mut self, measure: &SourceMeasure) {
        self.places.push(0);
        let start = Time::ZERO - measure.length;
        let early = changes(measure).into_iter();
        self.pickup = early.map(|change| Change { at: change.at - measure.length, ..change }).collect();
        self.tones.extend(measure.tones.iter().map(|tone| (start + tone.at, tone.clone())));
    }

    /// The pickup once more, behind a full bar: over the end of that, unless notes begin there.
    fn pick_up_again(&mut self, measure: &SourceMeasure, warnings: &mut Vec<Warning>) {
        self.places.push(self.bars.len());
        let start = self.start - measure.length;
        let held: Vec<Pitch> =
            self.tones.iter().rev().take_while(|(at, _)| *at >= start).map(|(_, tone)| tone.pitch).collect();
        if held.is_empty() {
            self.tones.extend(measure.tones.iter().map(|tone| (start + tone.at, tone.clone())));
        } else if !held.iter().rev().eq(measure.tones.iter().map(|tone| &tone.pitch)) {
            let words = "the pickup is not played again: other notes lead back";
            let warning = Warning::new(Location::bar(&measure.number), words).of(WarningKind::Order);
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }

    fn play(&mut self, measure: &SourceMeasure, completes: bool) {
        let room = |open: &Open| open.filled + measure.length <= open.meter.bar();
        if !completes || !self.open.as_ref().is_some_and(room) {
            self.close();
        }
        self.places.push(self.bars.len() + 1);
        let meter = if measure.length > measure.meter.bar() { longer(measure) } else { measure.meter };
        let section = measure.section.clone();
        let open = match &mut self.open {
            Some(open) => {
                self.label = section.or(self.label.take());
                open
            }
            closed => {
                let section = section.or(self.label.take());
                closed.insert(Open { meter, filled: Duration::ZERO, changes: Vec::new(), section })
            }
        };
        let offset = open.filled;
        open.changes
            .extend(changes(measure).into_iter().map(|change| Change { at: offset + change.at, ..change }));
        let start = self.start + offset;
        self.tones.extend(measure.tones.iter().map(|tone| (start + tone.at, tone.clone())));
        open.filled += if measure.length == Duration::ZERO { meter.bar() } else { measure.length };
        if open.filled >= open.meter.bar() {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let bar = Bar::new(open.meter, open.changes);
        self.bars.push(open.section.map_or(bar.clone(), |label| bar.with_section(&label)));
        self.start += open.meter.bar();
    }
}

/// Whether the next measures, all of them short, fill just the bar that is open.
fn fills<'a>(open: &Open, ahead: impl Iterator<Item = &'a SourceMeasure>) -> bool {
    let (bar, mut filled) = (open.meter.bar(), open.filled);
    for measure in ahead.take(MOST_PIECES) {
        let short = measure.length > Duration::ZERO && measure.length < measure.meter.bar();
        if !short || measure.meter != open.meter {
            return false;
        }
        filled += measure.length;
        if filled >= bar {
            return filled == bar;
        }
    }
    false
}

/// The meter of a measure that holds more than its own.
fn longer(measure: &SourceMeasure) -> Meter {
    let beat = measure.meter.beat();
    let over = measure.length % beat;
    let beats = (measure.length - over).in_units_of(beat) + i64::from(over > Duration::ZERO);
    u8::try_from(beats)
        .ok()
        .and_then(|beats| Meter::new(beats, measure.meter.unit()))
        .unwrap_or(measure.meter)
}

/// The chords of a measure; several at one place share the time up to the next.
fn changes(measure: &SourceMeasure) -> Vec<Change> {
    let mut chords = measure.chords.clone();
    chords.sort_by_key(|(at, _)| *at);
    let mut changes = Vec::new();
    let mut rest = &chords[..];
    while let Some(&(at, _)) = rest.first() {
        let (here, after) = rest.split_at(rest.partition_point(|c| c.0 == at));
        let end = after.first().map_or(measure.meter.bar().max(at), |next| next.0);
        let shares = here.len() as i64;
        let beats = (end - at).in_units_of(measure.meter.beat());
        let place = |i: i64| match measure.meter.beat() * beats == end - at && beats >= shares {
            true => at + measure.meter.beat() * ((i * beats + shares - 1) / shares),
            false => at + (end - at) * i / shares,
        };
        let share =
            |(i, &(_, chord)): (usize, &(Duration, Option<Chord>))| Change { at: place(i as i64), chord };
        changes.extend(here.iter().enumerate().map(share));
        rest = after;
    }
    changes
}

fn spelling(tones: &[(Time, SourceTone)]) -> Spelling {
    tones.iter().filter_map(|(onset, tone)| Some(((*onset, tone.pitch), tone.name?))).collect()
}

/// Notes of tones: those at one place together, tied ones joined, none reaching into the next.
fn joined(mut tones: Vec<(Time, SourceTone)>) -> Vec<Note> {
    tones.sort_by_key(|(at, _)| *at);
    let mut notes: Vec<Note> = Vec::new();
    for together in tones.chunk_by(|a, b| a.0 == b.0) {
        let (onset, first) = &together[0];
        let Some(pitches) = Pitches::new(together.iter().map(|(_, tone)| tone.pitch)) else { continue };
        let duration = together.iter().map(|(_, tone)| tone.duration).max().unwrap_or(first.duration);
        let tied = together.iter().all(|(_, tone)| tone.tied);
        match notes.last_mut() {
            Some(last) if tied && last.end() == *onset && last.pitches == pitches => {
                last.duration += duration
            }
            last => {
                if let Some(last) = last {
                    last.duration = last.duration.min(*onset - last.onset);
                }
                notes.push(Note { pitches, ..Note::new(*onset, duration, Pitch::MIN) });
            }
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarters(n: i64) -> Duration {
        Duration::QUARTER * n
    }

    /// A measure of 4/4 with tones: place and length in quarter notes, pitch, and whether it is tied to the one before.
    fn measure(number: &str, tones: &[(i64, i64, u8, bool)]) -> SourceMeasure {
        let tone = |&(at, length, pitch, tied): &(i64, i64, u8, bool)| SourceTone {
            at: quarters(at),
            duration: quarters(length),
            pitch: Pitch::midi(pitch),
            name: None,
            voice: String::new(),
            ties: false,
            tied,
        };
        let length = tones.iter().map(|tone| tone.0 + tone.1).max().unwrap_or(0);
        SourceMeasure {
            length: quarters(length),
            tones: tones.iter().map(tone).collect(),
            ..SourceMeasure::new(number.into(), Meter::COMMON)
        }
    }

    /// How many bars there are, and the notes: place, length, pitch.
    fn played(measures: &[SourceMeasure]) -> (usize, Vec<(i64, i64, u8)>) {
        let unfolded = unfold(measures.to_vec(), None, &mut Vec::new()).unwrap();
        let count = |length: Duration| length.in_units_of(Duration::QUARTER);
        let note = |n: &Note| (count(n.onset.since_start()), count(n.duration), n.pitch().number());
        (unfolded.bars.len(), unfolded.notes.iter().map(note).collect())
    }

    #[test]
    fn a_short_first_measure_is_a_pickup() {
        let measures = [measure("0", &[(0, 1, 60, false)]), measure("1", &[(0, 4, 62, false)])];
        assert_eq!(played(&measures), (1, vec![(-1, 1, 60), (0, 4, 62)]));
    }

    #[test]
    fn a_measure_that_does_not_count_completes_the_one_before() {
        let rest = SourceMeasure { implicit: true, ..measure("X1", &[(0, 1, 64, false)]) };
        let measures = [measure("1", &[(0, 4, 60, false)]), measure("2", &[(0, 3, 62, false)]), rest];
        assert_eq!(played(&measures), (2, vec![(0, 4, 60), (4, 3, 62), (7, 1, 64)]));
    }

    #[test]
    fn ties_join_over_the_bar_line_and_no_note_reaches_into_the_next() {
        let measures = [
            measure("1", &[(0, 4, 60, false), (2, 2, 62, false)]),
            measure("2", &[(0, 2, 62, true), (2, 2, 62, false)]),
        ];
        assert_eq!(played(&measures), (2, vec![(0, 2, 60), (2, 4, 62), (6, 2, 62)]));
    }

    #[test]
    fn chords_at_one_place_share_the_time_up_to_the_next() {
        let chords = [(0, "C"), (0, "D"), (2, "E")];
        let chords = chords.map(|(at, chord)| (quarters(at), Some(chord.parse().unwrap())));
        let measure = SourceMeasure { chords: chords.to_vec(), ..measure("1", &[]) };
        let places: Vec<Duration> = changes(&measure).iter().map(|change| change.at).collect();
        assert_eq!(places, [0, 1, 2].map(quarters));
    }
}
