//! The classic recipe from the built-in corpus to a solo.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail by panicking, and prints its figures"
)]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use sideman_corpus::{Catalogue, HeldOutShares as Shares, Piece, Side, Split};
use sideman_improv::classic::{
    Category, ClassicHyperparameters, ClassicOptions, ClassicPlayer, GRID, Length, PlacedValue, Trained,
    Value, decode, encode, train,
};
use sideman_improv::{Choice, Error, Improvisation, TrainingEvent, ValidationSource, built_in};
use sideman_music::{Duration, Instrument, Note, Pitch, Sheet, Solo, Time};

static CORPUS: LazyLock<Vec<Piece>> = LazyLock::new(built_in::corpus);

/// The default recipe on the built-in corpus, split by tune.
static TRAINED: LazyLock<Trained> = LazyLock::new(|| {
    let split = Split::by_tune(&Catalogue::of(&*CORPUS), Shares::default());
    let side = |side| split.pieces(&CORPUS, side).cloned().collect::<Vec<_>>();
    learn(&side(Side::Train), &side(Side::Validation), &ClassicHyperparameters::default())
});

const BLUES: &str = "F7 | Bb7 | F7 | Cm7 F7 | Bb7 | Bdim7 | F7 | Am7b5 D7b9 | Gm7 | C7 | F7 D7 | Gm7 C7";

fn learn(training: &[Piece], validation: &[Piece], settings: &ClassicHyperparameters) -> Trained {
    train(training, validation, settings, |_| ControlFlow::Continue(())).unwrap()
}

fn sheet(text: &str) -> Sheet {
    text.parse().unwrap()
}

/// What was played, with the values behind it.
#[derive(Debug, PartialEq)]
struct Performed {
    sheet: Sheet,
    solo: Solo,
    values: Vec<PlacedValue>,
}

fn perform(player: &ClassicPlayer, chart: &str, options: &ClassicOptions, seed: u64) -> Performed {
    let (Improvisation { sheet, solo, .. }, values) =
        player.improvise_values(&sheet(chart), options, seed).unwrap();
    Performed { sheet, solo, values }
}

fn take(chart: &str, options: &ClassicOptions, seed: u64) -> Performed {
    perform(&TRAINED.player, chart, options, seed)
}

fn sampling(temperature: f32) -> ClassicOptions {
    ClassicOptions { choice: Choice::Sample { temperature, top_p: 1.0 }, ..ClassicOptions::default() }
}

/// A few bars of a tune, each beat a note.
fn small(title: &str, pitches: &[u8]) -> Piece {
    let note = |(i, &pitch): (usize, &u8)| {
        Note::new(Time::ZERO + Duration::QUARTER * i as i64, Duration::QUARTER, Pitch::midi(pitch))
    };
    let solo = Solo::new(Instrument::Piano, pitches.iter().enumerate().map(note).collect()).unwrap();
    let sheet = sheet("C | F | G7 | C").repeated(pitches.len().div_ceil(16)).unwrap().with_title(title);
    Piece { id: title.into(), sheet, solo: Some(solo), credits: Default::default() }
}

fn scale(from: u8) -> Vec<u8> {
    (0..48).map(|i| from + [0, 2, 4, 5, 7, 5, 4, 2][i % 8]).collect()
}

#[test]
fn the_held_out_loss_is_below_both_floors() {
    let figures = &TRAINED.figures;
    println!("{figures}");
    assert!(figures.held_out < figures.bigram && figures.bigram < figures.unigram, "{figures}");
    assert!(matches!(figures.from, ValidationSource::Tunes(n) if n >= 2));
    assert!(figures.values > 1000);
}

#[test]
fn every_piece_of_the_corpus_is_read_back() {
    for piece in CORPUS.iter() {
        let solo = piece.solo.as_ref().unwrap();
        let line = encode(&piece.sheet, solo);
        assert_eq!(&decode(&piece.sheet, &line, solo.instrument()).unwrap(), solo, "{}", piece.id);
    }
}

#[test]
fn the_same_seed_gives_the_same_notes_and_another_seed_others() {
    let options = ClassicOptions::default();
    assert_eq!(take(BLUES, &options, 7), take(BLUES, &options, 7));
    assert_ne!(take(BLUES, &options, 7).solo, take(BLUES, &options, 8).solo);
}

#[test]
fn argmax_is_not_sampling() {
    let argmax = ClassicOptions { choice: Choice::Argmax, ..ClassicOptions::default() };
    let sampled = ClassicOptions::default();
    let values = |options: &ClassicOptions, seed| take(BLUES, options, seed).values;
    assert_ne!(values(&argmax, 1), values(&sampled, 1));
    assert_eq!(values(&argmax, 1), values(&argmax, 2), "argmax leaves nothing to chance but the octave");
}

#[test]
fn entropy_rises_with_temperature() {
    let entropy = |temperature| {
        let mut counts: BTreeMap<Value, f64> = BTreeMap::new();
        let takes = (0..20).flat_map(|seed| take(BLUES, &sampling(temperature), seed).values);
        takes.for_each(|placed| *counts.entry(placed.value).or_default() += 1.0);
        let total: f64 = counts.values().sum();
        counts.values().map(|n| -(n / total) * (n / total).ln()).sum::<f64>()
    };
    let entropies = [0.25, 0.5, 1.0, 2.0].map(entropy);
    assert!(entropies.windows(2).all(|w| w[0] + 0.1 < w[1]), "{entropies:?}");
}

#[test]
fn a_thousand_lines_keep_all_rules() {
    let charts = [
        BLUES,
        "3/4 Dm7 | G7alt | Cmaj7 | Ebdim7 Ab7#11",
        "5/4 Cm7 | 7/8 F7 | 4/4 N.C. | Bb69",
        "C",
        "N.C. | % | %",
        "5/32 Dm7b5 | 3/16 G7b9 | 6/8 Cm6",
        "key: G minor\nmeter: 4/4\n/ | /",
    ];
    let instruments: Vec<Instrument> = Instrument::all().collect();
    for seed in 0..1000 {
        let (chart, instrument) = (charts[seed % charts.len()], instruments[seed % instruments.len()]);
        let options = ClassicOptions {
            instrument,
            choice: Choice::Sample { temperature: [0.7, 1.0, 1.6][seed % 3], top_p: [0.9, 1.0][seed % 2] },
            length: [Length::Choruses(2), Length::Values(23), Length::Beats(17)][seed % 3],
            start: None,
        };
        let take = take(chart, &options, seed as u64);
        check_bars(&take);
        check_notes(&take, instrument);
        check_approaches(&take);
    }
}

/// Values stand side by side, and what falls into each bar sums to its meter.
fn check_bars(take: &Performed) {
    let mut now = Time::ZERO;
    let mut sums = vec![Duration::ZERO; take.sheet.bars().len()];
    for PlacedValue { onset, duration, value } in &take.values {
        assert_eq!(*onset, now);
        assert!(*duration > Duration::ZERO && *duration <= value.duration(), "{value} for {duration}");
        now = *onset + *duration;
        for (bar, sum) in sums.iter_mut().enumerate() {
            let (from, to) = (take.sheet.bar_start(bar).max(*onset), take.sheet.bar_start(bar + 1).min(now));
            *sum += if to > from { to - from } else { Duration::ZERO };
        }
    }
    let whole = sums.iter().zip(take.sheet.bars()).filter(|(sum, bar)| **sum == bar.meter().bar()).count();
    let ends_early = usize::from(now < take.sheet.end());
    assert_eq!(whole + ends_early, sums.len());
}

/// The notes are the sounding values, in the range, none overlapping another.
fn check_notes(take: &Performed, instrument: Instrument) {
    let sounding = take.values.iter().filter(|placed| placed.value.sound.is_some());
    let places: Vec<_> = sounding.map(|placed| (placed.onset, placed.duration)).collect();
    let notes: Vec<_> = take.solo.notes().iter().map(|note| (note.onset, note.duration)).collect();
    assert_eq!(notes, places);
    assert!(take.solo.notes().windows(2).all(|w| w[0].end() <= w[1].onset));
    let pitches = take.solo.notes().iter().flat_map(|note| note.pitches.as_slice());
    assert!(pitches.into_iter().all(|pitch| instrument.range().contains(pitch)));
}

/// Every approach stands a semitone from the note that follows it at once, and that is a chord or colour
/// tone of its chord.
fn check_approaches(take: &Performed) {
    let sounding = take.values.iter().filter(|placed| placed.value.sound.is_some());
    for (i, placed) in sounding.enumerate().filter(|(_, p)| p.value.category() == Some(Category::Approach)) {
        let [approach, target] = &take.solo.notes()[i..i + 2] else { panic!("{placed:?} leads nowhere") };
        assert_eq!(approach.end(), target.onset);
        assert_eq!(approach.pitch().to(target.pitch()).semitones().abs(), 1);
        if let Some(chord) = take.sheet.chord_at(target.onset) {
            assert!(chord.tones().union(chord.colours()).contains(target.pitch().class()), "over {chord}");
        }
    }
}

#[test]
fn approaches_are_there_to_be_checked() {
    let approaches =
        take(BLUES, &ClassicOptions { length: Length::Choruses(8), ..ClassicOptions::default() }, 3).values;
    let approaches = approaches.iter().filter(|p| p.value.category() == Some(Category::Approach)).count();
    assert!(approaches > 10, "{approaches}");
}

#[test]
fn the_first_note_can_be_given() {
    for pitch in ["Bb3", "B3", "C4", "E5", "Ab2"] {
        let pitch: Pitch = pitch.parse().unwrap();
        let take = take(BLUES, &ClassicOptions { start: Some(pitch), ..ClassicOptions::default() }, 5);
        assert_eq!((take.solo.notes()[0].pitch(), take.solo.notes()[0].onset), (pitch, Time::ZERO));
        check_approaches(&take);
    }
    let high = ClassicOptions { start: Some(Pitch::midi(100)), ..ClassicOptions::default() };
    let error = TRAINED.player.improvise(&sheet(BLUES), &high, 5).unwrap_err().to_string();
    assert!(error.contains("start is E7") && error.contains("tenor sax"), "{error}");
}

#[test]
fn lengths_are_kept() {
    let with =
        |length| take("Dm7 | G7 | Cmaj7 | %", &ClassicOptions { length, ..ClassicOptions::default() }, 1);
    assert_eq!(with(Length::Choruses(3)).sheet.bars().len(), 12);
    let fifty = with(Length::Values(50));
    assert_eq!(fifty.values.len(), 50);
    let end = fifty.values.last().map(|last| last.onset + last.duration).unwrap();
    assert!(fifty.sheet.end() >= end && fifty.sheet.end() - end < Duration::WHOLE);
    let twenty = with(Length::Beats(20));
    assert_eq!(twenty.values.iter().map(|placed| placed.duration).sum::<Duration>(), Duration::QUARTER * 20);
    assert_eq!(twenty.sheet.bars().len(), 5);
}

#[test]
fn chords_are_played_only_where_they_can_be() {
    let mut piece = small("Chords", &scale(60));
    let block = |note: &Note| Note {
        pitches: sideman_music::Pitches::new([0, 4, 9].map(|d| Pitch::midi(note.pitch().number() - d)))
            .unwrap(),
        ..*note
    };
    let notes = piece.solo.as_ref().unwrap().notes().iter().map(block).collect();
    piece.solo = Some(Solo::new(Instrument::Piano, notes).unwrap());
    let player =
        learn(&[piece], &[], &ClassicHyperparameters { epochs: 1, ..ClassicHyperparameters::default() })
            .player;
    let most = |instrument| {
        let take = player
            .improvise(&sheet("C | G7"), &ClassicOptions { instrument, ..ClassicOptions::default() }, 1)
            .unwrap();
        take.solo.notes().iter().map(|note| note.pitches.as_slice().len()).max()
    };
    assert_eq!(most(Instrument::Piano), Some(3));
    assert_eq!(most(Instrument::Trumpet), Some(1));
}

#[test]
fn training_is_reproducible_and_a_checkpoint_plays_the_same() {
    let learned = |seed| {
        let settings = ClassicHyperparameters { epochs: 3, seed, ..ClassicHyperparameters::default() };
        learn(&[small("One", &scale(60)), small("Two", &scale(62))], &[], &settings)
            .player
            .to_bytes()
            .unwrap()
    };
    let bytes = learned(1);
    assert_eq!(bytes, learned(1));
    assert_ne!(bytes, learned(2));
    let before = TRAINED.player.improvise(&sheet(BLUES), &ClassicOptions::default(), 1).unwrap();
    let loaded = ClassicPlayer::load(&TRAINED.player.to_bytes().unwrap()).unwrap();
    assert_eq!(loaded.improvise(&sheet(BLUES), &ClassicOptions::default(), 1).unwrap(), before);
    assert_eq!(loaded.vocabulary(), TRAINED.player.vocabulary());
    for key in ["recipe", "vocabulary", "corpus", "seed", "figures"] {
        assert_eq!(loaded.metadata().get(key), TRAINED.player.metadata().get(key));
        assert!(loaded.metadata().contains_key(key), "{key}");
    }
}

#[test]
fn damaged_checkpoints_are_refused() {
    let bytes = learn(
        &[small("One", &scale(60))],
        &[],
        &ClassicHyperparameters { epochs: 1, ..ClassicHyperparameters::default() },
    )
    .player
    .to_bytes()
    .unwrap();
    assert!(ClassicPlayer::load(&[]).is_err());
    for length in (0..bytes.len()).step_by(bytes.len() / 50) {
        assert!(ClassicPlayer::load(&bytes[..length]).is_err(), "{length} bytes");
    }
    for at in (0..2000.min(bytes.len())).step_by(3) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x15;
        if let Ok(player) = ClassicPlayer::load(&damaged) {
            check_bars(&perform(&player, "C", &ClassicOptions::default(), 0));
        }
    }
    let other = String::from_utf8_lossy(&bytes).contains("classic 1");
    assert!(other, "the recipe is readable in the file");
}

#[test]
fn unseen_values_are_counted_and_cost_what_they_cost_in_the_floor() {
    let training = [small("One", &scale(60)), small("Two", &scale(60))];
    let mut strange = scale(60);
    strange[17] += 11;
    let settings = ClassicHyperparameters { epochs: 2, ..ClassicHyperparameters::default() };
    let known = learn(&training, &[small("Three", &scale(60))], &settings).figures;
    let partly = learn(&training, &[small("Three", &strange)], &settings).figures;
    assert_eq!((known.unseen, known.from), (0, ValidationSource::Tunes(1)));
    assert!((1..=3).contains(&partly.unseen), "{partly}");
    assert_eq!(partly.values, known.values);
    assert!(
        partly.unigram > known.unigram && partly.bigram > known.bigram && partly.held_out > known.held_out
    );
    // Of nothing but unseen values network and floors know the same.
    let nothing = learn(&training, &[small("Four", &[61, 90, 42])], &settings).figures;
    assert_eq!((nothing.unseen, nothing.values), (4, 4));
    assert_eq!((nothing.held_out, nothing.bigram), (nothing.unigram, nothing.unigram));
}

#[test]
fn the_exercise_has_so_many_values_as_are_asked_for() {
    let split = Split::by_tune(&Catalogue::of(&*CORPUS), Shares::default());
    let side = |side| split.pieces(&CORPUS, side).cloned().collect::<Vec<_>>();
    let usual = ClassicHyperparameters::default();
    for (values, parameters, epochs) in [(90, 45_530, usual.epochs), (78, 41_678, 1)] {
        let settings = ClassicHyperparameters { vocabulary: Some(values), epochs, ..usual };
        let Trained { player, figures } = learn(&side(Side::Train), &side(Side::Validation), &settings);
        println!("{figures}");
        assert_eq!(player.vocabulary().values().len(), values);
        assert_eq!(player.layers().iter().map(|layer| layer.parameters).sum::<usize>(), parameters);
        let learned = figures.held_out < figures.bigram && figures.bigram < figures.unigram;
        assert!(learned || epochs < usual.epochs, "{figures}");
        assert!(figures.unseen == 0 && figures.merged > 0 && figures.values == TRAINED.figures.values);
        check_bars(&perform(&player, BLUES, &sampling(1.0), 1));
    }
}

#[test]
fn one_tune_alone_holds_back_its_last_bars() {
    let figures = learn(
        &[small("One", &scale(60))],
        &[],
        &ClassicHyperparameters { epochs: 1, ..ClassicHyperparameters::default() },
    )
    .figures;
    assert_eq!(figures.from, ValidationSource::LastBars);
    assert_eq!(figures.values, 8, "the last 2 of 12 bars, 10 being four fifths");
    assert!(figures.to_string().contains("last 20 % of the bars"));
}

#[test]
fn training_can_be_stopped_and_keeps_the_best() {
    let mut heard = Vec::new();
    let settings = ClassicHyperparameters { epochs: 50, ..ClassicHyperparameters::default() };
    let trained = train(&[small("One", &scale(60))], &[], &settings, |event| {
        let TrainingEvent::Epoch(epoch, _) = event else { return ControlFlow::Continue(()) };
        heard.push(*epoch);
        if epoch.number == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let figures = trained.unwrap().figures;
    assert_eq!(
        heard.iter().map(|epoch| (epoch.number, epoch.of)).collect::<Vec<_>>(),
        (1..=5).map(|n| (n, 50)).collect::<Vec<_>>()
    );
    let best = heard.iter().min_by(|a, b| a.held_out.unwrap().total_cmp(&b.held_out.unwrap())).unwrap();
    assert_eq!((figures.epoch, Some(figures.held_out)), (best.number, best.held_out));
}

#[test]
fn too_little_and_nonsense_are_refused() {
    let settings = ClassicHyperparameters::default();
    let refused = |training: &[Piece], settings: &ClassicHyperparameters| {
        train(training, &[], settings, |_| ControlFlow::Continue(())).unwrap_err()
    };
    assert!(matches!(refused(&[], &settings), Error::TooLittle(_)));
    assert!(matches!(refused(&[small("Short", &[60, 62, 64])], &settings), Error::TooLittle(_)));
    let one = [small("One", &scale(60))];
    assert!(matches!(
        refused(&one, &ClassicHyperparameters { epochs: 0, ..settings }),
        Error::Option { option: "epochs", .. }
    ));
    assert!(matches!(
        refused(&one, &ClassicHyperparameters { windows: 0, ..settings }),
        Error::Option { option: "windows", .. }
    ));
    let bad = ClassicOptions {
        choice: Choice::Sample { temperature: 0.0, top_p: 1.0 },
        ..ClassicOptions::default()
    };
    assert!(TRAINED.player.improvise(&sheet("C"), &bad, 0).is_err());
    assert_eq!(GRID * 12, Duration::QUARTER);
}
