use super::*;
use crate::line::testing::{model, pieces};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn example(i: usize) -> Example {
    Example::new(&pieces()[i], &model().background).unwrap()
}

#[test]
fn a_piece_without_notes_is_no_example() {
    let mut piece = pieces().remove(0);
    piece.solo = None;
    assert!(Example::new(&piece, &model().background).is_none());
}

#[test]
fn the_truth_of_a_note_is_what_it_is() {
    let example = example(0);
    for i in 0..example.notes.len() {
        let truths = example.truths(i);
        let truth = |target: Target| truths[target.head()];
        let (note, before) = (&example.notes[i], example.onset_before(i));
        assert_eq!(truth(Target::Rhythm), Some((note.onset - before).class().index() as u32));
        assert_eq!(truth(Target::Pitch), Some(u32::from(note.pitch.number())));
        assert_eq!(truth(Target::Length).is_some(), i > 0);
        assert_eq!(truth(Target::Loudness), note.loudness.map(u32::from));
        assert_eq!(truth(Target::Delay), note.delay.map(|delay| (delay + 8) as u32));
    }
}

#[test]
fn a_transposed_example_is_that_of_a_transposed_piece() {
    let mut piece = pieces().remove(0);
    let up = example(0).transposed(3);
    piece.sheet = piece.sheet.transposed(3);
    piece.solo = piece.solo.and_then(|solo| solo.transposed(3));
    // Register is measured, so its setting is that of the piece as it was.
    let there =
        Example { conditioning: up.conditioning, ..Example::new(&piece, &model().background).unwrap() };
    for i in 0..up.notes.len() {
        assert_eq!((up.step(i), up.truths(i)), (there.step(i), there.truths(i)), "note {i}");
    }
}

#[test]
fn some_of_what_is_known_is_hidden_now_and_then() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let hidden: Vec<Example> = (0..1000).map(|_| example(0).hidden(&mut rng)).collect();
    let share = |is: fn(&Example) -> bool| hidden.iter().filter(|e| is(e)).count() as f64 / 1000.0;
    for share in [
        share(|e| e.conditioning.style.is_none()),
        share(|e| e.conditioning.performer.is_none()),
        share(|e| e.conditioning.instrument.is_none()),
        share(|e| e.conditioning.tempo.is_none()),
        share(|e| e.chart.key.is_none()),
        share(|e| !e.touch_told),
    ] {
        assert!((share - HIDDEN).abs() < 0.05, "{share}");
    }
    let density = share(|e| e.conditioning.controls.density.is_none());
    assert!((density - 0.75).abs() < 0.05, "{density}");
}

#[test]
fn what_is_not_told_is_not_in_the_step() {
    let example = example(0);
    let plain = example.clone().without_controls();
    assert_eq!(plain.step(5), example.step(5).without_controls());
    assert_ne!(plain.step(5), example.step(5));
    let untouched = example.clone().without_touch();
    assert_ne!(untouched.step(5), example.step(5));
    assert_eq!(untouched.truths(5), example.truths(5));
}
