//! A take to practise with: a chart again and again, faster, in other keys, with a part left to the player.

use sideman_band::practice::{self, Keys, Pass, Practice, Ramp};
use sideman_band::{self as band, BandOptions, Style};
use sideman_music::{Bars, Instrument, Player, Score, Sheet, Solo, Tempo};

use crate::{Error, Lead, Page, Request, Soloist, Take};

/// Choruses of a take where nothing says how many.
const CHORUSES: usize = 4;

/// What is practised, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct PracticeRequest {
    /// How it goes on from chorus to chorus.
    pub course: Course,
    /// Whether every chorus is the same one, moved from key to key; without it where there are both a solo and keys.
    pub same: Option<bool>,
    /// Who plays the solo; without it as the solo has it, or a tenor.
    pub instrument: Option<Instrument>,
    /// The parts that are left to the player: silent, and on the page.
    pub muted: Vec<MutedPart>,
    /// The band.
    pub band: BandOptions,
}

impl Default for PracticeRequest {
    /// As the chart has it, with two bars counted before.
    fn default() -> Self {
        let band = BandOptions { count_in: true, ..BandOptions::default() };
        Self { course: Course::default(), same: None, instrument: None, muted: Vec::new(), band }
    }
}

/// How a take goes on from chorus to chorus.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Course {
    /// How many; without it as many as keys or tempi ask for.
    pub choruses: Option<usize>,
    /// Only these bars.
    pub bars: Option<Bars>,
    /// The tempo of the first; without it that of the chart, else of its style.
    pub start: Option<Tempo>,
    /// The tempo of the last.
    pub end: Option<Tempo>,
    /// Quarter notes a minute by which each is faster than the one before, slower where negative.
    pub faster: Option<i16>,
    /// The keys.
    pub keys: Option<Keys>,
    /// After how many bars soloist and player take turns.
    pub trade: Option<usize>,
}

/// A part that is left to the player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MutedPart {
    /// The bass.
    Bass,
    /// The drums; the count-in is still heard.
    Drums,
    /// Whoever plays the chords.
    Chords,
    /// The soloist.
    Solo,
}

/// Where the solo comes from.
#[derive(Debug)]
pub enum PracticeSolo<'a> {
    /// A lead over the chart, one or several choruses.
    Given(&'a Lead),
    /// It is improvised.
    Improvised(&'a Soloist),
}

/// Makes a take to practise with: the same arguments give the same bytes.
///
/// # Errors
/// When the chart has no such bars or the take gets too long, or when nothing can be improvised over it.
pub fn practise(
    chart: &Sheet,
    solo: &PracticeSolo<'_>,
    request: &PracticeRequest,
    seed: u64,
) -> Result<Take, Error> {
    let chart = chart.clone().with_key(Some(practice::key(chart)));
    let course = &request.course;
    let bars = course.bars.unwrap_or(chart.all_bars());
    let chorus = practice::excerpt(&chart, bars)?;
    let mut take = Practice::new(&chorus, course.passes(&chorus, request.band.style.as_ref()))?;
    let solo = match solo {
        PracticeSolo::Given(lead) => given(lead, &chart, bars, request, &take)?,
        PracticeSolo::Improvised(soloist) => improvised(soloist, &chorus, request, &take, seed)?,
    };
    let solo = solo.ok_or_else(|| Error::Asked("there is no solo to play".into()))?;
    if let Some(bars) = course.trade {
        take = take.trading(bars);
    }
    let score = take.arrange(&solo, &request.band, seed);
    let performance = band::perform(&request.silenced(&score), &request.band, seed);
    let page = Page { score: request.to_read(score), remarks: Vec::new() };
    let remarks = vec![("seed".to_owned(), seed.to_string())];
    let (sheet, caption) = (take.sheet().clone(), chart.title().to_owned());
    Ok(Take { sheet, solo, certificate: None, page, performance, caption, remarks })
}

/// A lead over the chart, cut to the bars of each chorus.
fn given(
    lead: &Lead,
    chart: &Sheet,
    bars: Bars,
    request: &PracticeRequest,
    take: &Practice,
) -> Result<Option<Solo>, Error> {
    let solo = lead.over(chart)?;
    let solo = match request.instrument {
        Some(instrument) => solo.on(instrument),
        None => solo,
    };
    let lines = practice::choruses(chart, bars, &solo);
    let same = request.same.unwrap_or(request.course.keys.is_some());
    Ok(take.solo(if same { &lines[..1] } else { &lines }))
}

/// A solo over the whole take, or one over one chorus again and again.
fn improvised(
    soloist: &Soloist,
    chorus: &Sheet,
    request: &PracticeRequest,
    take: &Practice,
    seed: u64,
) -> Result<Option<Solo>, Error> {
    let asked = Request::chorus(request.instrument.unwrap_or(Request::default().instrument));
    let improvise = |sheet| Ok::<_, Error>(soloist.improvise(sheet, &asked, seed)?.solo);
    match request.same {
        Some(true) => Ok(take.solo(&[improvise(chorus)?])),
        _ => Ok(Some(improvise(take.sheet())?)),
    }
}

impl Course {
    /// The key and the tempo of each chorus.
    fn passes(&self, chorus: &Sheet, style: Option<&Style>) -> Vec<Pass> {
        let usual = || style.map_or_else(|| Style::for_sheet(chorus, None).tempo(), Style::tempo);
        let start = self.start.or(chorus.tempo()).unwrap_or_else(usual);
        let ramp = self.ramp();
        let asked = [self.keys.as_ref().map(Keys::count), ramp.choruses(start)].into_iter().flatten().max();
        let choruses = self.choruses.or(asked).unwrap_or(CHORUSES);
        let home = practice::key(chorus);
        let key = |chorus| self.keys.as_ref().map_or(home, |keys| keys.key(home, chorus));
        (0..choruses).map(|i| Pass { key: key(i), tempo: ramp.tempo(start, i, choruses) }).collect()
    }

    fn ramp(&self) -> Ramp {
        match (self.end, self.faster) {
            (Some(end), Some(step)) => Ramp::ByTo(u32::from(step.unsigned_abs()), end),
            (Some(end), None) => Ramp::To(end),
            (None, Some(step)) => Ramp::By(i32::from(step)),
            (None, None) => Ramp::Level,
        }
    }
}

impl PracticeRequest {
    fn mutes(&self, nth: usize, player: Player) -> bool {
        self.muted.contains(&match player {
            _ if nth == 0 => MutedPart::Solo,
            Player::Drums => MutedPart::Drums,
            Player::Instrument(Instrument::Bass) => MutedPart::Bass,
            Player::Instrument(_) => MutedPart::Chords,
        })
    }

    /// The score with muted parts silent.
    fn silenced(&self, score: &Score) -> Score {
        let mut score = score.clone();
        for (i, part) in score.parts.iter_mut().enumerate() {
            if self.mutes(i, part.player) {
                part.notes.clear();
            }
        }
        score
    }

    /// The score for the page: the solo, and what the player plays in place of the band.
    fn to_read(&self, score: Score) -> Score {
        let parts = score.parts.into_iter().enumerate();
        let read = parts.filter(|(i, part)| *i == 0 || self.mutes(*i, part.player));
        Score { parts: read.map(|(_, part)| part).collect(), ..score }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> Sheet {
        "key: C\ntempo: 120\nDm7 | G7 | Cmaj7 | A7".parse().unwrap()
    }

    fn passes(course: Course) -> Vec<(String, u32)> {
        let pass = |pass: Pass| (pass.key.tonic().to_string(), pass.tempo.to_bpm());
        course.passes(&chart(), None).into_iter().map(pass).collect()
    }

    fn named(passes: &[(&str, u32)]) -> Vec<(String, u32)> {
        passes.iter().map(|&(key, bpm)| (key.to_owned(), bpm)).collect()
    }

    #[test]
    fn keys_and_tempi_say_how_many_choruses_there_are() {
        let (start, end) = (Some(Tempo::bpm(100)), Some(Tempo::bpm(110)));
        assert_eq!(passes(Course::default()), named(&[("C", 120); CHORUSES]));
        let keys = Some("C F".parse().unwrap());
        let ramp = Course { start, end, keys: keys.clone(), ..Course::default() };
        assert_eq!(passes(ramp), named(&[("C", 100), ("F", 110)]));
        let steps = Course { start, end, faster: Some(5), ..Course::default() };
        assert_eq!(passes(steps), named(&[("C", 100), ("C", 105), ("C", 110)]));
        let asked = Course { keys, choruses: Some(3), faster: Some(-5), ..Course::default() };
        assert_eq!(passes(asked), named(&[("C", 120), ("F", 115), ("C", 110)]));
    }

    #[test]
    fn what_is_muted_is_silent_and_on_the_page() {
        let (soloist, muted) = (Soloist::rules("swing"), vec![MutedPart::Chords, MutedPart::Solo]);
        let request = PracticeRequest { muted, ..PracticeRequest::default() };
        let take = practise(&chart(), &PracticeSolo::Improvised(&soloist), &request, 1).unwrap();
        let sounds: Vec<bool> =
            take.performance().tracks.iter().map(|track| track.notes().next().is_some()).collect();
        assert_eq!(sounds, [false, false, true, true]);
        let players: Vec<&str> = take.page().score.parts.iter().map(|part| part.player.name()).collect();
        assert_eq!(players, ["tenor sax", "piano"]);
        assert!(take.page().score.parts.iter().all(|part| !part.notes.is_empty()));
    }

    #[test]
    fn a_take_is_no_longer_than_a_sheet() {
        let course = Course { choruses: Some(6000), ..Course::default() };
        let request = PracticeRequest { course, ..PracticeRequest::default() };
        let soloist = Soloist::rules("swing");
        let complaint = practise(&chart(), &PracticeSolo::Improvised(&soloist), &request, 1).unwrap_err();
        assert!(complaint.to_string().contains("at most"), "{complaint}");
    }
}
