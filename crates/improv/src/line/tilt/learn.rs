//! Finds the weights: rounds of playing over charts of the corpus, each followed by a small change of every weight.

use std::ops::ControlFlow;

use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use sideman_corpus::Piece;
use sideman_lstm::{Generator, Precision};
use sideman_music::{Bars, Instrument, Sheet};

use super::super::chart::GridChart;
use super::super::conditioning::Conditioning;
use super::super::constraints::Constraints;
use super::super::control::Controls;
use super::super::echo::Echo;
use super::super::encode::{GridNote, encode};
use super::super::model::LineModel;
use super::super::plan::Plan;
use super::super::player::PlayerOptions;
use super::super::sampling::{NoteChoices, Sampler};
use super::gaps::GapTraits;
use super::pitches::PitchTraits;
use super::{Table, Tilt, cells, gaps, pitches};

/// Charts in a round, and lines over each, twice through a chorus of at most so many bars.
const CHARTS: usize = 16;
const LINES: usize = 8;
const BARS: usize = 48;
/// The first change of a weight, in nats for a difference of one standard deviation of the trait; it falls as one over
/// the rounds (Robbins and Monro 1951), and the weights of the second half are averaged (Polyak and Juditsky 1992).
const RATE: f64 = 0.5;
const HALVED_AFTER: f64 = 8.0;
/// A trait that is rarer counts as being so frequent.
const RARE: f64 = 0.01;
/// No weight goes further than this, in nats.
const FARTHEST: f64 = 2.0;
/// Rows that real lines have come to less often teach nothing.
const SEEN: f64 = 200.0;

/// How often each trait was there.
#[derive(Debug, Clone)]
struct Counts {
    gaps: Vec<f64>,
    pitches: Vec<f64>,
}

impl Counts {
    fn new() -> Self {
        Self { gaps: vec![0.0; cells(&gaps::TABLES)], pitches: vec![0.0; cells(&pitches::TABLES)] }
    }

    fn add(&mut self, chart: &GridChart, tempo: Option<u32>, notes: &[GridNote]) {
        for (i, note) in notes.iter().enumerate() {
            let past = &notes[..i];
            let echo = Echo::after(chart, past);
            if let (Some(traits), Some(last)) = (GapTraits::after(chart, tempo, past, &echo), past.last()) {
                traits.of((note.onset - last.onset).class()).for_each(|cell| self.gaps[cell] += 1.0);
            }
            if let Some(traits) = PitchTraits::after(chart, past, note.onset, &echo) {
                traits.of(note.pitch.number().into()).for_each(|cell| self.pitches[cell] += 1.0);
            }
        }
    }
}

/// The weights with which a model's own lines have the traits of real solos, after so many rounds; `progress` hears of
/// each and may end them.
pub(in crate::line) fn settled(
    model: &LineModel,
    pieces: &[&Piece],
    rounds: usize,
    seed: u64,
    mut progress: impl FnMut(usize) -> ControlFlow<()>,
) -> Tilt {
    let generator = Generator::new(&model.network, Precision::Half);
    let real = played(pieces);
    let charts: Vec<(Sheet, Instrument)> = pieces.iter().filter_map(|piece| chorus(piece)).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut tilt = Tilt { gaps: vec![0.0; real.gaps.len()], pitches: vec![0.0; real.pitches.len()] };
    let mut averages = Vec::new();
    for round in 0..rounds {
        let chosen: Vec<_> = charts.sample(&mut rng, CHARTS).collect();
        let made = improvised(model, &generator, &tilt, &chosen, &mut rng);
        let rate = RATE / (1.0 + round as f64 / HALVED_AFTER);
        change(&mut tilt.gaps, &gaps::TABLES, [&real.gaps, &made.gaps], rate);
        change(&mut tilt.pitches, &pitches::TABLES, [&real.pitches, &made.pitches], rate);
        if 2 * round >= rounds {
            averages.push(tilt.clone());
        }
        if progress(round + 1).is_break() {
            break;
        }
    }
    mean(&averages).unwrap_or(tilt)
}

/// What real solos have.
fn played(pieces: &[&Piece]) -> Counts {
    let mut counts = Counts::new();
    for piece in pieces {
        let Some(solo) = &piece.solo else { continue };
        let chart = GridChart::new(&piece.sheet, &piece.credits.choruses);
        counts.add(&chart, piece.sheet.tempo().map(|tempo| tempo.to_bpm()), &encode(solo).0);
    }
    counts
}

/// The longest chorus of a piece with chords, twice.
fn chorus(piece: &Piece) -> Option<(Sheet, Instrument)> {
    piece.sheet.chords().iter().find(|(_, chord)| chord.is_some())?;
    let all = piece.sheet.bars().len();
    let starts = piece.credits.choruses.iter().map(|&bar| bar as usize).chain([all]).collect::<Vec<_>>();
    let longest = starts.windows(2).map(|edge| (edge[0], edge[1])).max_by_key(|(from, to)| to - from);
    let (from, to) = longest.unwrap_or((0, all));
    let sheet = piece.sheet.excerpt(Bars::new(from + 1, to.min(from + BARS))?)?;
    Some((sheet.repeated(2).ok()?, piece.credits.instrument.unwrap_or(Instrument::TenorSax)))
}

/// What lines of the model's own have.
fn improvised(
    model: &LineModel,
    generator: &Generator,
    tilt: &Tilt,
    charts: &[&(Sheet, Instrument)],
    rng: &mut ChaCha8Rng,
) -> Counts {
    let PlayerOptions { rhythm, pitch, .. } = PlayerOptions::default();
    let mut counts = Counts::new();
    for (sheet, instrument) in charts {
        let seeds: Vec<u64> = (0..LINES).map(|_| rng.next_u64()).collect();
        let Ok(plan) = Plan::new(&Constraints::default(), sheet, *instrument) else { continue };
        let tempo = sheet.tempo().map(|tempo| tempo.to_bpm());
        let chart = GridChart::new(sheet, &[0, sheet.bars().len() as u32 / 2]);
        let conditioning = Conditioning {
            style: model.background.style(sheet.style()),
            performer: None,
            instrument: Some(*instrument),
            tempo,
            controls: Controls::default(),
        };
        let choices = NoteChoices { rhythm, pitch };
        let sampler = Sampler { generator, chart: &chart, conditioning, plan: &plan, choices, tilt };
        sampler.play(&seeds).iter().for_each(|line| counts.add(&chart, tempo, &line.notes));
    }
    counts
}

/// Makes traits likelier that real lines have more often.
fn change(weights: &mut [f32], tables: &[Table], [real, made]: [&[f64]; 2], rate: f64) {
    let mut first = 0;
    for row in tables.iter().flat_map(|table| std::iter::repeat_n(table.columns, table.rows)) {
        let cells = first..first + row;
        first += row;
        let sum = |counts: &[f64]| counts[cells.clone()].iter().sum::<f64>();
        let (seen, own) = (sum(real), sum(made));
        if seen < SEEN || own == 0.0 {
            continue;
        }
        for cell in cells.clone() {
            let (wanted, is) = (real[cell] / seen, made[cell] / own);
            let variance = (wanted * (1.0 - wanted)).max(RARE);
            let moved = f64::from(weights[cell]) + rate * ((wanted - is) / variance).clamp(-1.0, 1.0);
            weights[cell] = moved.clamp(-FARTHEST, FARTHEST) as f32;
        }
    }
}

fn mean(tilts: &[Tilt]) -> Option<Tilt> {
    let count = tilts.len() as f32;
    let mean = |weights: fn(&Tilt) -> &Vec<f32>| -> Option<Vec<f32>> {
        let sum = |i: usize| tilts.iter().map(|tilt| weights(tilt)[i]).sum::<f32>();
        Some((0..weights(tilts.first()?).len()).map(|i| sum(i) / count).collect())
    };
    Some(Tilt { gaps: mean(|tilt| &tilt.gaps)?, pitches: mean(|tilt| &tilt.pitches)? })
}
