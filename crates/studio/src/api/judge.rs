//! Judge: solos beside real ones, what they share, and the blind test.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use sideman_corpus::Piece;
use sideman_corpus::measure::MeasureReport;
use sideman_corpus::originality::{Certificate, Match};
use sideman_formats::Credits;
use sideman_formats::engraving::Paper;
use sideman_formats::notation::PartKey;
use sideman_music::{Bars, Note, Sheet, Solo, Time};
use sideman_session::{Pages, judge as yardstick};

use super::jobs::started;
use super::sound;
use super::takes::ready;
use crate::ask::{Ask, PathParts};
use crate::jobs::Job;
use crate::problem::{Answer, Problem};
use crate::reply::Reply;
use crate::studio::Studio;
use crate::trial::{Trial, TrialExcerpt};

/// What is judged: takes and imports.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct JudgeRequest {
    takes: Vec<String>,
    lessons: Vec<u64>,
    /// Imports to lay it beside; without any, the real solos of the studio.
    beside: Vec<u64>,
}

/// How it does.
#[derive(Serialize)]
struct JudgeView {
    report: MeasureReport,
    solos: Vec<JudgedSolo>,
    /// Beside what it was laid.
    beside: String,
}

/// A solo, and what it shares.
#[derive(Serialize)]
struct JudgedSolo {
    title: String,
    certificate: Certificate,
    /// The longest match, engraved: here, and where it stands else.
    here: Option<String>,
    there: Option<String>,
}

/// Solos that are judged at once.
const MOST_JUDGED: usize = 40;

/// `POST /api/judge`
pub(crate) fn judge(studio: &Arc<Studio>, ask: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    Reply::json(&judged(studio, &ask.json()?)?)
}

fn judged(studio: &Studio, request: &JudgeRequest) -> Answer<JudgeView> {
    let mut pieces = studio.lesson_pieces(&request.lessons)?;
    for id in &request.takes {
        let take = ready(studio, id)?;
        pieces.push(piece(take.file.title(), take.take.sheet().clone(), take.take.solo().clone()));
    }
    pieces.retain(|piece| piece.solo.is_some());
    pieces.truncate(MOST_JUDGED);
    let own = studio.lesson_pieces(&request.beside)?;
    let reference = if own.is_empty() { studio.reference() } else { &own };
    let report = yardstick::measure(&pieces, reference)?;
    let found = yardstick::originality(&pieces, reference)?;
    let solos =
        pieces.iter().zip(found).map(|(piece, found)| JudgedSolo::of(piece, found.certificate, reference));
    let count = reference.iter().filter(|piece| piece.solo.is_some()).count();
    let whose = match (own.is_empty(), studio.has_own_solos()) {
        (false, _) => "that you gave",
        (_, true) => "of your corpus",
        _ => "of the corpus that comes with the program",
    };
    Ok(JudgeView { report, solos: solos.collect(), beside: format!("{count} solos {whose}") })
}

fn piece(id: &str, sheet: Sheet, solo: Solo) -> Piece {
    Piece { id: id.to_owned(), sheet, solo: Some(solo), credits: Credits::default() }
}

impl JudgedSolo {
    fn of(piece: &Piece, certificate: Certificate, reference: &[Piece]) -> Self {
        let longest = certificate.longest.clone();
        let here = longest.as_ref().and_then(|m| engraved(piece, m.bar));
        let source = |m: &Match| reference.iter().find(|piece| piece.id == m.source);
        let there = longest.as_ref().and_then(|m| engraved(source(m)?, m.source_bar));
        Self { title: piece.id.clone(), certificate, here, there }
    }
}

/// Bars that are shown of a match.
const SHOWN: usize = 4;

/// Some bars of a solo from one of them on, engraved on narrow paper.
fn engraved(piece: &Piece, bar: i64) -> Option<String> {
    let (sheet, solo) = excerpt(piece, usize::try_from(bar).unwrap_or(0), SHOWN)?;
    Some(Pages::of(sheet.with_title(""), Some(solo)).svg(PartKey::C, Paper::Narrow).ok()?.value)
}

/// So many bars of a piece from one of them on.
fn excerpt(piece: &Piece, first: usize, bars: usize) -> Option<(Sheet, Solo)> {
    let (sheet, solo) = (&piece.sheet, piece.solo.as_ref()?);
    let last = (first + bars).min(sheet.bars().len());
    let cut = sheet.excerpt(Bars::new(first + 1, last)?)?;
    let (from, until) = (sheet.bar_start(first), sheet.bar_start(last));
    let notes = solo.notes().iter().filter(|note| (from..until).contains(&note.onset));
    let moved = notes.map(|note| Note {
        onset: note.onset - (from - Time::ZERO),
        duration: note.duration.min(until - note.onset),
        ..*note
    });
    Some((cut, Solo::new(solo.instrument(), moved.collect()).ok()?))
}

/// Excerpts of a trial, of which half are real; their bars.
const EXCERPTS: usize = 8;
const BARS: usize = 8;

/// A trial that has begun.
#[derive(Serialize)]
struct TrialView {
    id: u64,
    /// The parts and the seconds of each excerpt.
    excerpts: Vec<ExcerptView>,
    score: TrialScore,
}

#[derive(Serialize)]
struct ExcerptView {
    parts: Vec<String>,
    seconds: f64,
}

/// Where chance begins.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialRequest {
    seed: u64,
}

/// How many excerpts are made.
#[derive(Serialize)]
struct TrialProgress {
    made: usize,
    of: usize,
}

/// `POST /api/trials`: eight excerpts, real and generated mixed; the events of the job are `progress` and `done`.
pub(crate) fn trial(studio: &Arc<Studio>, ask: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    let TrialRequest { seed } = ask.json()?;
    let (at_work, mut mixing) = (Arc::clone(studio), Mixing::new(seed));
    started(studio.jobs.start(move |job| {
        mixing.step(&at_work, job)?;
        Ok((mixing.made == EXCERPTS).then(|| begun(&at_work, mixing.mixed())))
    }))
}

fn begun(studio: &Studio, trial: Trial) -> TrialView {
    let excerpts = trial.excerpts.iter().map(|excerpt| ExcerptView {
        parts: excerpt.take.performance().tracks.iter().map(|track| track.name.clone()).collect(),
        seconds: excerpt.take.time_map().seconds,
    });
    let (excerpts, score) = (excerpts.collect(), TrialScore::of(&kept_guesses(studio)));
    TrialView { id: studio.trials.keep(trial), excerpts, score }
}

/// Excerpts of real solos, and as many over charts of others: on the same instruments, by the same band.
struct Mixing {
    chance: ChaCha8Rng,
    seed: u64,
    made: usize,
    excerpts: Vec<TrialExcerpt>,
}

impl Mixing {
    fn new(seed: u64) -> Self {
        Self { chance: ChaCha8Rng::seed_from_u64(seed), seed, made: 0, excerpts: Vec::new() }
    }

    fn below(&mut self, count: usize) -> usize {
        (self.chance.next_u64() % count.max(1) as u64) as usize
    }

    /// One more excerpt.
    fn step(&mut self, studio: &Studio, job: &Job) -> Answer<()> {
        let long = |piece: &&Piece| piece.sheet.bars().len() >= BARS && piece.solo.is_some();
        let pool: Vec<&Piece> = studio.reference().iter().filter(long).collect();
        if pool.is_empty() {
            return Err(Problem::asked("there is no real solo of eight bars here"));
        }
        if job.is_cancelled() {
            return Err(Problem::asked("there is no test"));
        }
        job.tell("progress", &TrialProgress { made: self.made, of: EXCERPTS });
        let piece = pool[self.below(pool.len())];
        let first = self.below(piece.sheet.bars().len() / BARS) * BARS;
        if let Some(real) = excerpt(piece, first, BARS) {
            let (is_real, seed) = (self.made < EXCERPTS / 2, self.seed.wrapping_add(self.made as u64));
            self.excerpts.push(TrialExcerpt::new(&*studio.soloist()?, piece, real, is_real, seed)?);
        }
        self.made += 1;
        Ok(())
    }

    /// All of them, in an order that tells nothing.
    fn mixed(&mut self) -> Trial {
        let mut excerpts = std::mem::take(&mut self.excerpts);
        for last in (1..excerpts.len()).rev() {
            excerpts.swap(last, self.below(last + 1));
        }
        Trial { excerpts }
    }
}

/// `GET /api/trials/{trial}/{excerpt}/stems/{part}`
pub(crate) fn stem(studio: &Arc<Studio>, _: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let trial = trial_of(studio, places.number(0)?)?;
    let excerpt =
        trial.excerpts.get(places.number::<usize>(1)?).ok_or_else(|| Problem::missing("excerpt"))?;
    sound::part(studio, &excerpt.take, places.number(2)?)
}

fn trial_of(studio: &Studio, number: u64) -> Answer<Arc<Trial>> {
    studio.trials.get(number).ok_or_else(|| Problem::missing("trial"))
}

/// Which excerpts someone thinks are real.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrialGuess {
    real: Vec<bool>,
}

/// How it was.
#[derive(Serialize)]
struct TrialAnswer {
    real: Vec<bool>,
    whose: Vec<String>,
    right: usize,
    score: TrialScore,
}

/// All guesses on this machine so far.
#[derive(Serialize, Clone, Copy)]
struct TrialScore {
    right: usize,
    of: usize,
    /// Wilson's 95 % interval of the share (Wilson 1927).
    low: f64,
    high: f64,
}

impl TrialScore {
    fn of(guesses: &BTreeMap<String, (usize, usize)>) -> Self {
        let (right, of) = guesses.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let (low, high) = wilson(right, of);
        Self { right, of, low, high }
    }
}

/// The 95 % interval of a share of so many.
fn wilson(right: usize, of: usize) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (n, z) = (of as f64, 1.959_964);
    let share = right as f64 / n;
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let reach = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - reach).max(0.0), (middle + reach).min(1.0))
}

/// Under which guesses are kept: right ones and all, by trial.
const KEPT: &str = "blind-test";

fn kept_guesses(studio: &Studio) -> BTreeMap<String, (usize, usize)> {
    let bytes = studio.shelf.read(KEPT).ok();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// `POST /api/trials/{trial}`: what someone thinks; the first answer to a trial counts.
pub(crate) fn guess(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let TrialGuess { real } = ask.json()?;
    let number = places.number(0)?;
    let trial = trial_of(studio, number)?;
    let truth: Vec<bool> = trial.excerpts.iter().map(|excerpt| excerpt.real).collect();
    if truth.len() != real.len() {
        let words = format!("say of each of the {} excerpts whether it is real", truth.len());
        return Err(Problem::asked(words));
    }
    let right = truth.iter().zip(&real).filter(|(a, b)| a == b).count();
    let score = kept(studio, number, right, truth.len())?;
    let whose = trial.excerpts.iter().map(|excerpt| excerpt.whose.clone()).collect();
    Reply::json(&TrialAnswer { real: truth, whose, right, score })
}

fn kept(studio: &Studio, trial: u64, right: usize, of: usize) -> Answer<TrialScore> {
    let mut guesses = kept_guesses(studio);
    // Its beginning tells the runs of the studio apart, which all count their trials from one.
    let name = format!("{}-{trial}", studio.began.as_millis());
    guesses.entry(name).or_insert((right, of));
    let bytes = serde_json::to_vec(&guesses).map_err(Problem::ours)?;
    studio.shelf.write(KEPT, &bytes).map_err(Problem::ours)?;
    Ok(TrialScore::of(&guesses))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        let (low, high) = wilson(5, 10);
        assert!((low - 0.2366).abs() < 1e-3 && (high - 0.7634).abs() < 1e-3, "{low} {high}");
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }
}
