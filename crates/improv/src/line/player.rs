//! The player: a new solo over a chart.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use sideman_corpus::Piece;
use sideman_corpus::originality::{Certificate, Match, Policy};
use sideman_lstm::{Generator, Precision};
use sideman_music::{Instrument, Sheet, Solo, Time};

use super::chart::GridChart;
use super::conditioning::Conditioning;
use super::constraints::{Constraints, Infill};
use super::control::{Controls, setting};
use super::encode::decode;
use super::judge::{Expectation, Surprise};
use super::model::LineModel;
use super::plan::Plan;
use super::sampling::{NoteChoices, Sampler, Sequence};
use crate::{Choice, Error, Improvisation};

/// What is asked of a solo.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerOptions {
    /// Times through the sheet.
    pub choruses: usize,
    /// Who plays.
    pub instrument: Instrument,
    /// How gaps and lengths are chosen.
    pub rhythm: Choice,
    /// How pitches are chosen.
    pub pitch: Choice,
    /// Of how many solos the one is taken that is least far-fetched to the player itself, note by note, and leads best
    /// to what is given and asked for.
    pub candidates: usize,
    /// Play like this performer.
    pub like: Option<String>,
    /// For each control a percentile of the corpus, from 0 to 100; 50 is its middle.
    pub controls: Controls<Option<u8>>,
    /// What must hold.
    pub constraints: Constraints,
    /// The longest run, in intervals, that may be shared with the corpus; at most what humans share.
    pub longest_copy: Option<usize>,
}

impl Default for PlayerOptions {
    fn default() -> Self {
        Self {
            choruses: 2,
            instrument: Instrument::TenorSax,
            rhythm: Choice::Sample { temperature: 1.0, top_p: 0.995 },
            pitch: Choice::Sample { temperature: 1.0, top_p: 0.99 },
            candidates: 8,
            like: None,
            controls: Controls::default(),
            constraints: Constraints::default(),
            longest_copy: None,
        }
    }
}

/// How often a solo is begun anew from the bar in which it copies, and each how manieth time from its first bar.
const ATTEMPTS: u64 = 48;
const FROM_THE_FIRST_BAR: u64 = 8;

/// Plays solos with a model.
#[derive(Debug, Clone)]
pub struct LinePlayer {
    model: LineModel,
    generator: Generator,
}

impl LinePlayer {
    /// A player with this model.
    pub fn new(model: LineModel) -> Self {
        let generator = Generator::new(&model.network, Precision::Half);
        Self { model, generator }
    }

    /// The model.
    pub fn model(&self) -> &LineModel {
        &self.model
    }

    /// A solo over a sheet of one chorus: the same model, sheet, options and seed give the same notes.
    ///
    /// # Errors
    /// When the options exclude each other or name a performer that the model does not know, or when no solo was
    /// found that copies little enough.
    pub fn improvise(
        &self,
        sheet: &Sheet,
        options: &PlayerOptions,
        seed: u64,
    ) -> Result<Improvisation, Error> {
        let conditioning = self.conditioning(sheet, options)?;
        let choruses: Vec<u32> = (0..options.choruses).map(|c| (c * sheet.bars().len()) as u32).collect();
        let sheet = sheet.repeated(options.choruses)?;
        let chart = GridChart::new(&sheet, &choruses);
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let mut constraints = options.constraints.clone();
        let mut copied = None;
        for attempt in 1..=ATTEMPTS {
            let plan = Plan::new(&constraints, &sheet, options.instrument)?;
            let choices = NoteChoices { rhythm: options.rhythm, pitch: options.pitch };
            let generator = &self.generator;
            let sampler = Sampler {
                generator,
                chart: &chart,
                conditioning,
                plan: &plan,
                choices,
                tilt: &self.model.tilt,
            };
            let seeds: Vec<u64> = (0..options.candidates.max(1)).map(|_| chance.next_u64()).collect();
            let solo = self.best(sampler.play(&seeds), &sheet, options)?;
            let certificate = self.certify(&sheet, &solo, options);
            if certificate.passes {
                return Ok(Improvisation { sheet, solo, certificate: Some(certificate) });
            }
            let copy = certificate.longest.as_ref().filter(|_| attempt % FROM_THE_FIRST_BAR != 0);
            constraints = from_the_copy(options, &sheet, &solo, copy);
            copied = certificate.longest;
        }
        let copied =
            copied.map_or_else(|| "much".into(), |m| format!("{} notes of {}", m.intervals + 1, m.source));
        Err(Error::Copied(copied))
    }

    fn conditioning(&self, sheet: &Sheet, options: &PlayerOptions) -> Result<Conditioning, Error> {
        options.rhythm.check()?;
        options.pitch.check()?;
        if let Some(percentile) = options.controls.iter().flatten().find(|&&p| p > 100) {
            return Err(Error::option("a control", percentile, "a percentile from 0 to 100"));
        }
        let background = &self.model.background;
        let known = || format!("a performer it knows: {}", background.performers.join(", "));
        let number =
            |name: &String| background.performer(name).ok_or_else(|| Error::option("like", name, known()));
        Ok(Conditioning {
            style: background.style(sheet.style()),
            performer: options.like.as_ref().map(number).transpose()?,
            instrument: Some(options.instrument),
            tempo: sheet.tempo().map(|t| t.to_bpm()),
            controls: options.controls.map(|percentile| percentile.map(|p| setting(usize::from(p)))),
        })
    }

    /// The best of some lines, as a solo.
    fn best(&self, lines: Vec<Sequence>, sheet: &Sheet, options: &PlayerOptions) -> Result<Solo, Error> {
        let mut best: Option<(f64, Solo)> = None;
        for line in lines {
            let solo = decode(&line.notes, options.instrument)?;
            let notes = line.notes.len().max(1) as f64;
            let penalty = self.model.background.missed(sheet, &solo, &options.controls)
                + (line.excess_nats + line.given_nats) / notes;
            if best.as_ref().is_none_or(|(least, _)| penalty < *least) {
                best = Some((penalty, solo));
            }
        }
        best.map(|(_, solo)| solo).ok_or(Error::TooLittle("no candidates"))
    }

    fn certify(&self, sheet: &Sheet, solo: &Solo, options: &PlayerOptions) -> Certificate {
        let own = match &options.constraints.infill {
            None => solo.clone(),
            Some(infill) => own_notes(solo, infill),
        };
        let policy = Policy::new(&self.model.humans).at_most(options.longest_copy.unwrap_or(Policy::LONGEST));
        self.model.index.certify(sheet, &own, &policy)
    }

    /// How surprising each note of a piece is to the model, as in every judgement of it.
    pub fn surprises(&self, piece: &Piece) -> Vec<Surprise> {
        self.model.surprises(piece)
    }

    /// What the model expected of each note of a piece, with so many of the likeliest pitches.
    pub fn expectations(&self, piece: &Piece, most: usize) -> Vec<Expectation> {
        self.model.expectations(piece, most)
    }
}

fn own_notes(solo: &Solo, infill: &Infill) -> Solo {
    let own = |onset: Time| infill.open.iter().any(|r| r.contains(&onset));
    let notes = solo.notes().iter().filter(|n| own(n.onset)).cloned().collect();
    Solo::new(solo.instrument(), notes).unwrap_or_else(|_| solo.clone())
}

/// The same constraints, with all that stands before the bar of the copy kept; from the beginning where something is
/// given, or nothing was found.
fn from_the_copy(options: &PlayerOptions, sheet: &Sheet, solo: &Solo, copy: Option<&Match>) -> Constraints {
    let constraints = options.constraints.clone();
    let Some(copy) =
        copy.filter(|m| m.bar > 0 && constraints.infill.is_none() && constraints.fixed.is_none())
    else {
        return constraints;
    };
    let from = sheet.bar_start(copy.bar as usize);
    let targets = constraints.targets.iter().filter(|t| t.0 >= from).copied().collect();
    let infill = Infill { melody: solo.clone(), open: vec![from..sheet.end()] };
    Constraints { infill: Some(infill), targets, ..constraints }
}
