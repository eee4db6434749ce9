//! The form as it is played: head, choruses, ending.

use sideman_music::{
    Bar, Bars, Change, Chord, Duration, Meter, Mode, Note, Quality, Seventh, Sheet, Time, Triad,
};

use crate::listening;

/// Every bar that is played, and what it is for.
#[derive(Clone)]
pub(crate) struct Form {
    pub(crate) sheet: Sheet,
    pub(crate) bars: Vec<BarPlan>,
    pub(crate) marks: Vec<(Time, String)>,
}

/// What a bar is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BarPlan {
    pub(crate) passage: Passage,
    /// How hard the band plays, 0 to 1.
    pub(crate) intensity: f64,
    /// How many bars of its phrase came before it.
    pub(crate) in_phrase: usize,
    /// What ends with it.
    pub(crate) close: Option<Close>,
}

impl BarPlan {
    /// The bar of a short chorus, as part of the phrase that the bar before it is in.
    fn after(self, before: Option<&Self>) -> Self {
        let in_phrase = before.filter(|plan| plan.close.is_none()).map_or(0, |plan| plan.in_phrase + 1);
        let close = self.close.filter(|_| in_phrase + 1 >= SHORTEST);
        Self { in_phrase, close, ..self }
    }
}

/// Once through a chart.
pub(crate) struct Chorus<'a> {
    pub(crate) sheet: &'a Sheet,
    pub(crate) passage: Passage,
    pub(crate) name: String,
}

/// What a bar belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// The band alone, on the way to the first chorus.
    Intro,
    Head,
    Solo,
    /// The drummer alone, in turn with the soloist.
    Drums,
    Ending,
}

/// What a bar ends, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Close {
    Phrase,
    Section,
    Chorus,
}

/// How far the band follows a soloist who plays twice as much as usual, or nothing.
const FOLLOWS: f64 = 0.3;
/// A phrase of a section longer than this ends after so many bars.
const PHRASE: usize = 8;
/// What stands over the ending.
pub(crate) const ENDING: &str = "Ending";
/// Bars of an intro.
const INTRO: usize = 4;
/// How hard the drummer plays alone at least.
const TURN: f64 = 0.6;
/// The shortest phrase; choruses that are shorter make one together.
const SHORTEST: usize = 4;

impl Form {
    /// The form of a solo of so many choruses, with the head before and after, and with so many bars of
    /// ending. Choruses that a sheet cannot hold are left out.
    pub(crate) fn new(chorus: &Sheet, solos: usize, head: bool, ending: usize) -> Self {
        let most = Sheet::MOST_BARS.saturating_sub(ending) / chorus.bars().len();
        let heads = if head && most >= 3 { 2 } else { 0 };
        let solos = solos.clamp(1, (most - heads).max(1));
        let passages: Vec<Passage> = match heads {
            0 => vec![Passage::Solo; solos],
            _ => [vec![Passage::Head], vec![Passage::Solo; solos], vec![Passage::Head]].concat(),
        };
        let ending = ending.min(Sheet::MOST_BARS - chorus.bars().len() * passages.len());
        let solo = |i: usize| i.saturating_sub(heads / 2) + 1;
        let name =
            |i, passage| if passage == Passage::Head { "Head".into() } else { format!("Chorus {}", solo(i)) };
        let passages = passages.iter().enumerate();
        let choruses =
            passages.map(|(i, &passage)| Chorus { sheet: chorus, passage, name: name(i, passage) });
        Self::of(&choruses.collect::<Vec<_>>(), ending)
    }

    /// The form of these choruses, at least one, with so many bars of ending; no more than a sheet holds.
    pub(crate) fn of(choruses: &[Chorus], ending: usize) -> Self {
        let mut bars: Vec<Bar> = Vec::new();
        let mut plans: Vec<BarPlan> = Vec::new();
        let mut marks = Vec::new();
        let solos = choruses.iter().filter(|chorus| chorus.passage == Passage::Solo).count();
        let mut solo = 0;
        for Chorus { sheet, passage, name } in choruses {
            marks.push((bars.len(), name.clone()));
            let labels = sheet.bars().iter().enumerate();
            let first = bars.len();
            marks.extend(labels.filter_map(|(b, bar)| Some((first + b, bar.section()?.to_string()))));
            bars.extend_from_slice(sheet.bars());
            for (b, (in_phrase, close)) in phrases(sheet).into_iter().enumerate() {
                let grown = (b as f64) / sheet.bars().len() as f64;
                let intensity = intensity(*passage, solo, solos, grown);
                let plan = BarPlan { passage: *passage, intensity, in_phrase, close };
                plans.push(if sheet.bars().len() < SHORTEST { plan.after(plans.last()) } else { plan });
            }
            solo += usize::from(*passage == Passage::Solo);
        }
        let (first, last) = (choruses[0].sheet, choruses[choruses.len() - 1].sheet);
        if ending > 0 {
            marks.push((bars.len(), ENDING.to_string()));
            bars.extend(last_bars(last, ending));
            plans.resize(
                bars.len(),
                BarPlan { passage: Passage::Ending, intensity: 0.7, in_phrase: 0, close: None },
            );
        }
        let whole =
            Sheet::new(bars).expect("a chorus has bars, and no more of them are put together than fit");
        let sheet = whole.with_title(first.title()).with_composer(first.composer()).with_key(first.key());
        let marks = marks.into_iter().map(|(bar, name)| (sheet.bar_start(bar), name)).collect();
        Self { sheet, bars: plans, marks }
    }

    /// The form after an intro: the last bars of the chorus, which lead to its beginning. Without, where a sheet cannot
    /// hold them.
    pub(crate) fn introduced(self, chorus: &Sheet) -> Self {
        let Some(bars) = intro(chorus).filter(|intro| intro.len() + self.bars.len() <= Sheet::MOST_BARS)
        else {
            return self;
        };
        let count = bars.len();
        let Ok(sheet) = self.sheet.with_bars([&bars, self.sheet.bars()].concat()) else { return self };
        let plan = |in_phrase| {
            let close = (in_phrase + 1 == count).then_some(Close::Section);
            BarPlan { passage: Passage::Intro, intensity: 0.35, in_phrase, close }
        };
        let later = sheet.bar_start(count) - Time::ZERO;
        let marks = self.marks.into_iter().map(|(at, name)| (at + later, name));
        let marks = std::iter::once((Time::ZERO, "Intro".to_string())).chain(marks).collect();
        Self { bars: (0..count).map(plan).chain(self.bars).collect(), sheet, marks }
    }

    /// How long the intro is.
    pub(crate) fn intro(&self) -> Duration {
        let bars = self.bars.iter().take_while(|plan| plan.passage == Passage::Intro).count();
        self.sheet.bar_start(bars) - Time::ZERO
    }

    /// The form with every other turn of so many bars of the solo left to the drummer.
    pub(crate) fn trading(mut self, turn: Option<usize>) -> Self {
        let Some(turn) = turn.map(|bars| bars.max(1)) else { return self };
        let solo = self.bars.iter_mut().filter(|plan| plan.passage == Passage::Solo);
        for (nth, plan) in solo.enumerate().filter(|(nth, _)| nth / turn % 2 == 1) {
            let in_phrase = nth % turn;
            let close = (in_phrase + 1 == turn).then_some(Close::Section);
            let intensity = plan.intensity.max(TURN);
            *plan = BarPlan { passage: Passage::Drums, intensity, in_phrase, close };
        }
        self
    }

    /// The form with the band playing harder where the soloist is busy, and softer where not.
    pub(crate) fn following(&self, solo: &[Note]) -> Self {
        let bars: Vec<_> = self.bars().map(|(start, meter, _)| (start, start + meter.bar())).collect();
        let mut form = self.clone();
        for (plan, activity) in form.bars.iter_mut().zip(listening::activity(solo, &bars)) {
            if plan.passage == Passage::Solo {
                plan.intensity = (plan.intensity + FOLLOWS * activity).clamp(0.05, 1.0);
            }
        }
        form
    }

    /// Each bar: its start, its meter, its plan.
    pub(crate) fn bars(&self) -> impl Iterator<Item = (Time, Meter, BarPlan)> {
        let bars = self.sheet.bars().iter().zip(&self.bars).enumerate();
        bars.map(|(i, (bar, &plan))| (self.sheet.bar_start(i), bar.meter(), plan))
    }

    /// How long the last note is, which everybody strikes in the first bar of the ending; `None` in other bars.
    pub(crate) fn last_note(&self, start: Time) -> Option<Duration> {
        let first = self.bars.iter().position(|plan| plan.passage == Passage::Ending)?;
        (start == self.sheet.bar_start(first)).then_some(self.sheet.end() - start)
    }

    /// The chord at a time, `None` also where the sheet has none before its first change.
    pub(crate) fn chord_at(&self, time: Time) -> Option<Chord> {
        self.sheet.chord_at(time)
    }
}

/// Choruses grow, each from its start to its end and from the first to the last; a head is calm.
fn intensity(passage: Passage, chorus: usize, choruses: usize, grown: f64) -> f64 {
    match passage {
        Passage::Head => 0.25,
        _ if choruses == 1 => 0.45 + 0.3 * grown,
        _ => 0.35 + 0.5 * (chorus as f64 + 0.4 * grown) / (choruses as f64 - 0.6),
    }
}

/// For each bar of a chorus, how many bars of its phrase came before it, and what ends with it.
fn phrases(chorus: &Sheet) -> Vec<(usize, Option<Close>)> {
    let mut all = Vec::new();
    for (_, bars) in chorus.sections() {
        let length = bars.len();
        let phrase = if length % PHRASE == 0 || length > 2 * PHRASE { PHRASE } else { PHRASE / 2 };
        all.extend((0..length).map(|b| {
            let close = match b + 1 {
                end if end == length => Some(Close::Section),
                end if end % phrase == 0 => Some(Close::Phrase),
                _ => None,
            };
            (b % phrase, close)
        }));
    }
    if let Some(last) = all.last_mut() {
        last.1 = Some(Close::Chorus);
    }
    all
}

/// The last four bars of a chart, repeated where it has fewer.
fn intro(chorus: &Sheet) -> Option<Vec<Bar>> {
    let long = chorus.repeated(INTRO.div_ceil(chorus.bars().len())).ok()?;
    let last = long.bars().len();
    let mut bars = long.excerpt(Bars::new(last + 1 - INTRO, last)?)?.bars().to_vec();
    bars[0] = bars[0].clone().with_section("Intro");
    Some(bars)
}

/// Bars on the chord that the tune comes home to.
fn last_bars(chorus: &Sheet, count: usize) -> Vec<Bar> {
    let meter = chorus.bars()[chorus.bars().len() - 1].meter();
    let change = Change { at: Duration::ZERO, chord: home(chorus) };
    let mut bars = vec![Bar::new(meter, vec![]); count];
    bars[0] = Bar::new(meter, vec![change]).with_section(ENDING);
    bars
}

/// The last chord, or the first where the last leads back to it; in the key, where the sheet names one that
/// neither stands on.
pub(crate) fn home(chorus: &Sheet) -> Option<Chord> {
    let mut chords = chorus.chords().iter().filter_map(|&(_, chord)| chord);
    let first = chords.next()?;
    let last = chords.next_back().unwrap_or(first);
    match chorus.key() {
        Some(key) => {
            let stands = |chord: &Chord| chord.root.class() == key.tonic().class();
            let triad = if key.mode() == Mode::Major { Triad::Major } else { Triad::Minor };
            let quality = Quality::new(triad, Some(Seventh::Sixth), Default::default());
            let tonic = quality.map(|quality| Chord { root: key.tonic(), quality, bass: None });
            [last, first].into_iter().find(stands).or(tonic)
        }
        None => Some(if last.quality.is_dominant() { first } else { last }),
    }
}
