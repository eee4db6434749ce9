//! What is expected in harmony, what surprises, and what new changes do to it: figures over a corpus of charts.

use std::time::Instant;

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sideman_corpus::{Catalogue, HeldOutShares, Side, Split};
use sideman_improv::harmony::{
    ChordClass, ContextTree, HarmonyModel, HarmonySpan, Progression, ReharmonisationRequest, TreeChoice,
    TreeKind, induced,
};
use sideman_music::{Duration, Instrument, Note, Pitch, Sheet, Solo, Time};

use crate::solos;

const SHARES: HeldOutShares = HeldOutShares { validation: 0.1, test: 0.1 };
const CHARTS: usize = 200;
const SPICES: [u8; 3] = [20, 50, 80];
const RESAMPLES: usize = 2000;

/// `CORPUS.sideman`
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let [corpus] = arguments else { return Err("write CORPUS.sideman".into()) };
    let pieces = solos::pieces(corpus)?;
    let split = Split::by_tune(&Catalogue::of(&pieces), SHARES);
    let [train, validation, test] = [Side::Train, Side::Validation, Side::Test]
        .map(|side| Progression::by_tune(split.pieces(&pieces, side)));
    let all = Progression::by_tune(&pieces);
    println!(
        "{} charts of {} tunes: {} to learn from, {} to choose by, {} to report on",
        pieces.len(),
        all.len(),
        train.len(),
        validation.len(),
        test.len()
    );
    speed(&all);
    expectation(&train, &validation, &test);
    induction(&all);
    let model = HarmonyModel::learn(&train, TreeChoice::new(&train, &validation).best());
    let (other, all) =
        validation.iter().map(|tune| of_books(tune)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    println!(
        "whole notes at which books that agree on most have another chord: {:.1} % of {all}",
        percent(other, all)
    );
    let usual = |sheet: &&Sheet| (8..=72).contains(&sheet.bars().len()) && sheet.chords().len() > 4;
    let charts = split.pieces(&pieces, Side::Test).map(|piece| &piece.sheet).filter(usual);
    rewriting(&model, &charts.take(CHARTS).collect::<Vec<_>>())
}
/// At how many whole notes two versions that follow each other differ, and of how many, where they have one length and one
/// chord at most of them.
fn of_books(versions: &[Progression]) -> (usize, usize) {
    let differing = |pair: &[Progression]| {
        let [one, other] = [&pair[0], &pair[1]].map(whole_notes);
        let differ = one.iter().zip(&other).filter(|(a, b)| a != b).count();
        (one.len() == other.len() && 2 * differ < one.len()).then_some((differ, one.len()))
    };
    versions.windows(2).filter_map(differing).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
}

/// What sounds at each whole note, the root counted from the first.
fn whole_notes(version: &Progression) -> Vec<(Option<u8>, ChordClass)> {
    let home = version.spans().iter().find_map(HarmonySpan::root).unwrap_or(0);
    let end = version.spans().last().map_or(Time::ZERO, HarmonySpan::end);
    let whole = Duration::QUARTER * 4;
    let times = (0..end.since_start().in_units_of(whole)).map(|i| Time::ZERO + whole * i);
    let at = |time: Time| {
        let span = version.spans().iter().rfind(|span| span.start <= time)?;
        Some((span.root().map(|root| (root + 12 - home) % 12), span.class()))
    };
    times.filter_map(at).collect()
}

fn speed(tunes: &[Vec<Progression>]) {
    let begin = Instant::now();
    let symbols: Vec<_> = tunes.iter().flatten().map(Progression::symbols).collect();
    let chords: usize = symbols.iter().map(Vec::len).sum();
    let tree = ContextTree::lempel_ziv(symbols);
    println!(
        "the Lempel-Ziv tree of {chords} chords: {} contexts, {:.3} s",
        tree.contexts(),
        begin.elapsed().as_secs_f64()
    );
}

/// Bits per chord of each way to expect, with intervals over tunes, and shuffled tunes beside their originals.
fn expectation(train: &[Vec<Progression>], validation: &[Vec<Progression>], test: &[Vec<Progression>]) {
    print!("to choose by: {}", TreeChoice::new(train, validation));
    let best = TreeChoice::new(train, validation).best();
    let symbols: Vec<Vec<_>> =
        train.iter().map(|tune| tune.iter().map(Progression::symbols).collect()).collect();
    println!("on the tunes to report on, with 95 % over tunes:");
    let mut first_order = Vec::new();
    for way in [TreeKind::Contexts(1), TreeKind::Contexts(0), TreeKind::LempelZiv, best] {
        let tree = way.learned(&symbols);
        let of = |tune: &Vec<Progression>| {
            let bits: f64 = tune.iter().flat_map(|version| tree.bits(&version.symbols())).sum();
            (bits, tune.iter().map(|version| version.spans().len()).sum::<usize>() as f64)
        };
        let tunes: Vec<(f64, f64)> = test.iter().map(of).collect();
        let [low, high] = interval(&tunes);
        println!("{:20} {:.3} ({low:.3} to {high:.3})", way.to_string(), ratio(&tunes));
        if first_order.is_empty() {
            first_order = tunes.clone();
        }
        let against: Vec<(f64, f64)> =
            tunes.iter().zip(&first_order).map(|(own, first)| (own.0 - first.0, own.1)).collect();
        let [low, high] = interval(&against);
        println!("{:20} {:+.3} ({low:+.3} to {high:+.3}) against contexts of 1, paired", "", ratio(&against));
    }
    let tree = best.learned(&symbols);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let long = test.iter().flatten().filter(|version| version.spans().len() >= 8);
    let (mut more, mut all) = (0, 0);
    for version in long {
        let sum = |progression: &Progression| {
            let bits = tree.bits(&progression.symbols());
            bits.iter().sum::<f64>() / bits.len() as f64
        };
        let mut spans = version.spans().to_vec();
        spans.shuffle(&mut rng);
        more += usize::from(sum(&Progression::of_spans(spans)) > sum(version));
        all += 1;
    }
    println!(
        "shuffled charts more surprising than the originals: {more} of {all}, {:.1} %",
        percent(more, all)
    );
}

fn induction(tunes: &[Vec<Progression>]) {
    let begin = Instant::now();
    let found = induced(&tunes.concat(), 8);
    println!("{} rules found in {:.1} s, the commonest:", found.len(), begin.elapsed().as_secs_f64());
    for (i, induction) in found.iter().take(20).enumerate() {
        let rule = &induction.rule;
        println!(
            "{:3} {:6} pairs at {:4} places  {:30} {}",
            i + 1,
            rule.weight,
            induction.places,
            rule.formula(),
            rule.name
        );
    }
}

/// What new changes do to surprise, plain and given the rules.
fn rewriting(model: &HarmonyModel, sheets: &[&Sheet]) -> Result<(), String> {
    println!("{} charts rewritten; bits a bar, 95 % over charts:", sheets.len());
    let (mut slowest, mut wrong, mut held) = (0.0f64, 0, 0);
    for spice in SPICES {
        let (mut plain, mut given, mut less, mut rewrites) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for (i, sheet) in sheets.iter().enumerate() {
            let melody = melody(sheet);
            let request = ReharmonisationRequest { spice, bars: None, melody: Some(melody.clone()) };
            let begin = Instant::now();
            let made = model.reharmonise(sheet, &request, i as u64).map_err(|error| error.to_string())?;
            slowest = slowest.max(begin.elapsed().as_secs_f64());
            rewrites += made.rewrites.len();
            wrong += usize::from(!keeps_its_form(sheet, &made.sheet));
            held += held_over_avoid_notes(sheet, &made.sheet, &melody);
            let [old, new] = [Progression::new(sheet), Progression::new(&made.sheet)];
            let bars = sheet.bars().len() as f64;
            let bits =
                |progression: &Progression| model.tree().bits(&progression.symbols()).iter().sum::<f64>();
            let (p, g) =
                (bits(&new) - bits(&old), model.bits_given_rules(&new) - model.bits_given_rules(&old));
            plain.push((p, bars));
            given.push((g, bars));
            less.push((p - g, bars));
        }
        let row = |name: &str, rows: &[(f64, f64)]| {
            let [low, high] = interval(rows);
            println!("spice {spice:3}  {name:32} {:+.3} ({low:+.3} to {high:+.3})", ratio(rows));
        };
        println!("spice {spice:3}  {rewrites} rewrites");
        row("plain surprise", &plain);
        row("given the rules", &given);
        row("how much less, paired", &less);
    }
    println!(
        "charts whose bars, meters or borders changed: {wrong}; held notes over new avoid notes: {held}"
    );
    println!("the slowest reharmonisation: {:.1} ms", 1000.0 * slowest);
    Ok(())
}

/// A melody that fits the chart: a chord tone of each chord, two quarters long.
fn melody(sheet: &Sheet) -> Solo {
    let half = Duration::QUARTER * 2;
    let count = sheet.end().since_start().in_units_of(half);
    let note = |i: i64| {
        let at = Time::ZERO + half * i;
        let tones = sheet.chord_at(at)?.tones();
        let class = tones.iter().nth(i as usize % tones.len().max(1))?;
        Some(Note::new(at, half, Pitch::new(60 + class.index() as u8)?))
    };
    let notes: Vec<Note> = (0..count).filter_map(note).filter(|note| note.end() <= sheet.end()).collect();
    Solo::new(Instrument::Flute, notes).unwrap_or_else(|error| unreachable!("notes in a row: {error}"))
}

fn keeps_its_form(old: &Sheet, new: &Sheet) -> bool {
    let bars = old.bars().len() == new.bars().len()
        && old
            .bars()
            .iter()
            .zip(new.bars())
            .all(|(a, b)| a.meter() == b.meter() && a.section() == b.section());
    let borders = old.sections().into_iter().all(|(_, section)| {
        let (first, last) =
            (old.bar_start(section.start), old.bar_start(section.end) - Duration::quarters(1, 24));
        old.chord_at(first) == new.chord_at(first) && old.chord_at(last) == new.chord_at(last)
    });
    bars && borders && old.end() == new.end()
}

/// Notes that sound a quarter note or more over a new chord with a scale that lacks them, or a semitone above a chord tone.
fn held_over_avoid_notes(old: &Sheet, new: &Sheet, melody: &Solo) -> usize {
    let step = Duration::quarters(1, 4);
    let is_held = |note: &&Note| {
        let times = (0..8).map(|i| note.onset + step * i).take_while(|&at| at < note.end());
        let rubbing = times.filter(|&at| {
            let (before, after) = (old.chord_at(at), new.chord_at(at));
            before != after && after.is_some_and(|chord| rubs(chord, note.pitch()))
        });
        rubbing.count() as i64 > 4
    };
    melody.notes().iter().filter(is_held).count()
}

fn rubs(chord: sideman_music::Chord, pitch: Pitch) -> bool {
    let (class, root) = (pitch.class(), chord.root.class());
    if chord.tones().union(chord.colours()).contains(class) {
        return false;
    }
    if chord.quality.is_dominant() {
        return matches!(root.up_to(class), 5 | 11);
    }
    chord.tones().contains(class.transposed(-1))
}

fn ratio(rows: &[(f64, f64)]) -> f64 {
    rows.iter().map(|row| row.0).sum::<f64>() / rows.iter().map(|row| row.1).sum::<f64>()
}

fn percent(part: usize, all: usize) -> f64 {
    100.0 * part as f64 / all.max(1) as f64
}

/// The middle 95 % of the ratio over resampled rows.
pub(crate) fn interval(rows: &[(f64, f64)]) -> [f64; 2] {
    use rand::RngExt;
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut ratios: Vec<f64> = (0..RESAMPLES)
        .map(|_| ratio(&(0..rows.len()).map(|_| rows[rng.random_range(0..rows.len())]).collect::<Vec<_>>()))
        .collect();
    ratios.sort_by(f64::total_cmp);
    [0.025, 0.975].map(|share| ratios[(share * RESAMPLES as f64) as usize])
}
