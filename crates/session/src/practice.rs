//! A take to practise with: a chart again and again, faster, in other keys, with a part left to the player.

use sideman_band::practice::{self, Course, Practice, Ramp};
use sideman_band::{self as band, BandOptions};
use sideman_music::{Bars, Instrument, Player, Score, Sheet, Solo};

use crate::{Error, Lead, Pages, Request, Soloist, Take};

/// What is practised, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct PracticeRequest {
    /// How it goes on from chorus to chorus.
    pub course: Course,
    /// Only these bars, over and over.
    pub bars: Option<Bars>,
    /// After how many bars soloist and player take turns.
    pub trade: Option<usize>,
    /// Whether every chorus is the same one, moved from key to key; without it where there are both a solo and keys.
    pub same: Option<bool>,
    /// Who plays the solo; without it as the solo has it, or a tenor.
    pub instrument: Option<Instrument>,
    /// The parts that are left to the player: silent, and on the page.
    pub muted: Vec<MutedPart>,
    /// The band; its tempo is that of the first chorus.
    pub band: BandOptions,
}

impl Default for PracticeRequest {
    /// As the chart has it, with two bars counted before.
    fn default() -> Self {
        let band = BandOptions { count_in: true, ..BandOptions::default() };
        let course = Course { choruses: None, keys: None, ramp: Ramp::Level };
        Self { course, bars: None, trade: None, same: None, instrument: None, muted: Vec::new(), band }
    }
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
    let bars = request.bars.unwrap_or(chart.all_bars());
    let chorus = practice::excerpt(&chart, bars)?;
    let mut take = Practice::new(&chorus, request.course.passes(&chorus, &request.band))?;
    let solo = match solo {
        PracticeSolo::Given(lead) => given(lead, &chart, bars, request, &take)?,
        PracticeSolo::Improvised(soloist) => improvised(soloist, &chorus, request, &take, seed)?,
    };
    let solo = solo.ok_or_else(|| Error::Asked("there is no solo to play".into()))?;
    if let Some(bars) = request.trade {
        take = take.trading(bars);
    }
    let score = take.arrange(&solo, &request.band, seed);
    let pages = Pages { score: request.to_read(score.clone()), remarks: Vec::new() };
    let (score, band) = (request.silenced(&score), request.band.clone());
    let performance = band::perform(&score, &band, seed);
    let remarks = vec![("seed".to_owned(), seed.to_string())];
    let (sheet, caption) = (take.sheet().clone(), chart.title().to_owned());
    Ok(Take { sheet, solo, certificate: None, pages, score, band, seed, performance, caption, remarks })
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

    #[test]
    fn what_is_muted_is_silent_and_on_the_page() {
        let (soloist, muted) = (Soloist::rules("swing"), vec![MutedPart::Chords, MutedPart::Solo]);
        let request = PracticeRequest { muted, ..PracticeRequest::default() };
        let take = practise(&chart(), &PracticeSolo::Improvised(&soloist), &request, 1).unwrap();
        let sounds: Vec<bool> =
            take.performance().tracks.iter().map(|track| track.notes().next().is_some()).collect();
        assert_eq!(sounds, [false, false, true, true]);
        let players: Vec<&str> = take.pages().score.parts.iter().map(|part| part.player.name()).collect();
        assert_eq!(players, ["tenor sax", "piano"]);
        assert!(take.pages().score.parts.iter().all(|part| !part.notes.is_empty()));
    }

    #[test]
    fn a_take_is_no_longer_than_a_sheet() {
        let mut request = PracticeRequest::default();
        request.course.choruses = Some(6000);
        let soloist = Soloist::rules("swing");
        let complaint = practise(&chart(), &PracticeSolo::Improvised(&soloist), &request, 1).unwrap_err();
        assert!(complaint.to_string().contains("at most"), "{complaint}");
    }
}
