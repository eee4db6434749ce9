use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sideman_corpus::Credits;
use sideman_music::{Duration, Instrument, Sheet};

use super::super::exact;
use super::super::melody::{AbstractNote, NoteCategory};
use super::*;
use crate::built_in;

fn pieces() -> Vec<Piece> {
    built_in::corpus().into_iter().step_by(3).collect()
}

fn learned(form: WindowForm) -> LearnedGrammar {
    LearnedGrammar::learn(&pieces(), GrammarOptions { form, ..Default::default() }).unwrap()
}

/// The window as a melody: each note that steps with the slope of its run.
fn melody(window: &AbstractWindow) -> Vec<AbstractNote> {
    let mut slopes = window.slopes().into_iter().flat_map(|(count, slope)| std::iter::repeat_n(slope, count));
    let mut tied = window.tied;
    let note = |note: &window::WindowNote| AbstractNote {
        category: note.pitch.map_or(NoteCategory::Rest, |pitch| pitch.category),
        duration: window::GRID * note.ticks,
        slope: note.pitch.and_then(|pitch| pitch.step).and_then(|_| slopes.next()),
        tied: std::mem::take(&mut tied),
    };
    window.notes.iter().map(note).collect()
}

/// Categories, ticks and directions.
fn abstraction(window: &AbstractWindow) -> Vec<(Option<(char, i32)>, i64)> {
    let letter = |window: &window::WindowPitch| window.category.to_string().chars().next().unwrap_or('?');
    let pitch = |p: window::WindowPitch| (letter(&p), p.step.map_or(0, i32::signum));
    window.notes.iter().map(|note| (note.pitch.map(pitch), note.ticks)).collect()
}

#[test]
fn what_is_abstracted_and_realised_is_abstracted_to_the_same() {
    let (mut same, mut all, mut tied, mut held) = (0, 0, 0, 0);
    for piece in pieces() {
        let whole = Piece { credits: Credits { choruses: Vec::new(), ..piece.credits.clone() }, ..piece };
        let before = windows(&whole, 4).concat();
        let melody: Vec<_> = before.iter().flat_map(melody).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let solo = exact::realise(&melody, &whole.sheet, Instrument::Piano, &mut rng).unwrap();
        tied += before.iter().filter(|window| window.tied).count();
        held += melody.iter().filter(|note| note.category != NoteCategory::Rest).count() - solo.notes().len();
        let after = windows(&Piece { solo: Some(solo), ..whole }, 4).concat();
        all += before.len();
        same += before.iter().zip(&after).filter(|(a, b)| abstraction(a) == abstraction(b)).count();
    }
    println!("{same} of {all} windows are abstracted to the same; {held} of {tied} ties hold");
    assert_eq!(same, all);
    assert!(held * 4 > tied * 3, "the others cross a change of chords");
}

#[test]
fn the_objective_never_rises_and_order_plays_no_part() {
    let mut pieces = pieces();
    let grammar = LearnedGrammar::learn(&pieces, GrammarOptions::default()).unwrap();
    assert!(grammar.objective().len() > 2, "{:?}", grammar.objective());
    assert!(grammar.objective().windows(2).all(|w| w[1] <= w[0] + 1e-9), "{:?}", grammar.objective());
    pieces.reverse();
    let turned = LearnedGrammar::learn(&pieces, GrammarOptions::default()).unwrap();
    assert_eq!(turned.text(), grammar.text());
    assert_eq!(turned.objective(), grammar.objective());
}

#[test]
fn ten_thousand_draws_fill_their_bars_in_five_meters() {
    for form in [WindowForm::Slopes, WindowForm::Categories, WindowForm::Literal] {
        let grammar = learned(form).grammar().unwrap();
        for meter in ["4/4", "3/4", "5/4", "6/8", "7/8"] {
            let sheet: Sheet = format!("meter: {meter}\nDm7 | G7 | Cmaj7 | A7").parse().unwrap();
            let draws = if form == WindowForm::Slopes { 2_000 } else { 100 };
            for seed in 0..draws {
                let melody = grammar.melody_over(&sheet, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap();
                let length: Duration = melody.iter().map(|note| note.duration).sum();
                assert_eq!(length, sheet.end().since_start(), "{meter}, seed {seed}");
            }
        }
    }
}

#[test]
fn a_grammar_improvises_the_same_again() {
    let grammar = learned(WindowForm::Slopes).grammar().unwrap();
    let sheet: Sheet = "Dm7 | G7 | Cmaj7 | A7".parse().unwrap();
    let solo = grammar.improvise(&sheet, Instrument::TenorSax, 7).unwrap();
    assert_eq!(solo, grammar.improvise(&sheet, Instrument::TenorSax, 7).unwrap());
    assert!(solo.notes().iter().all(|note| Instrument::TenorSax.range().contains(&note.pitch())));
    assert!(LearnedGrammar::learn(&[], GrammarOptions::default()).is_err());
}

#[test]
fn a_solo_is_likelier_from_the_grammar_that_made_it() {
    let corpus = built_in::corpus();
    let of = |style: &str| {
        let chosen = corpus.iter().filter(|piece| piece.sheet.style() == style);
        LearnedGrammar::learn(chosen, GrammarOptions::default()).unwrap()
    };
    let grammars = [of("blues"), of("ballad")];
    let sheet: Sheet = "Dm7 | G7 | Cmaj7 | A7 | Dm7 | G7 | Cmaj7 | %".parse().unwrap();
    for (i, grammar) in grammars.iter().enumerate() {
        for seed in 0..20 {
            let solo = grammar.grammar().unwrap().improvise(&sheet, Instrument::Piano, seed).unwrap();
            let credits = Credits::default();
            let piece = Piece { id: String::new(), sheet: sheet.clone(), solo: Some(solo), credits };
            let [own, other] = [i, 1 - i].map(|i| grammars[i].log_likelihood(&piece));
            assert!(own > other, "grammar {i}, seed {seed}: {own} and {other}");
        }
    }
}

#[test]
fn the_chain_knows_the_order_of_its_own_windows() {
    let pieces = pieces();
    let (count, [chain, unigram, shuffled]) = learned(WindowForm::Slopes).figures(&pieces, 1).mean();
    assert!(count > 500 && chain < unigram && chain < shuffled, "{count}: {chain} {unigram} {shuffled}");
}

#[test]
fn notes_that_were_learned_need_fewer_nats_than_others() {
    let (learned, others): (Vec<_>, Vec<_>) = pieces().into_iter().enumerate().partition(|(i, _)| i % 4 > 0);
    let [learned, others] =
        [learned, others].map(|side| side.into_iter().map(|(_, piece)| piece).collect::<Vec<_>>());
    let grammar = LearnedGrammar::learn(&learned, GrammarOptions::default()).unwrap();
    let [known, new] = [&learned, &others].map(|side| grammar.note_figures(side));
    assert!(known.joint < new.joint, "{known:?} {new:?}");
    assert!(new.notes > 100 && new.rhythm > 0.0 && new.pitch > 0.0, "{new:?}");
    let begun = |piece: &Piece| piece.solo.as_ref().map_or(0, |solo| solo.notes().len());
    assert!(new.notes <= others.iter().map(begun).sum());
}
