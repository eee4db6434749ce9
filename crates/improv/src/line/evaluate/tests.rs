use super::*;
use crate::line::testing::{model, pieces};

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-4 * (1.0 + a.abs())
}

#[test]
fn the_figures_agree_with_each_other_and_with_what_is_explained() {
    let (model, pieces) = (model(), pieces());
    let pieces: Vec<&Piece> = pieces.iter().collect();
    let figures = model.evaluate(&pieces, &pieces);
    let notes: usize = pieces.iter().map(|p| p.solo.as_ref().unwrap().notes().len() - 1).sum();
    assert_eq!(figures.notes, notes);
    assert!(near(figures.joint_nats, figures.rhythm_nats + figures.pitch_nats));
    assert!(near(figures.full_joint_nats, figures.joint_nats + figures.hold_nats));
    let [least, most] = figures.full_joint_interval;
    assert!(least <= figures.full_joint_nats && figures.full_joint_nats <= most);
    assert!(figures.floor_full_joint_nats > figures.floor_told_joint_nats);
    assert!(near(figures.own_joint_nats, figures.own_rhythm_nats + figures.pitch_nats));
    let [least, most] = figures.joint_interval;
    assert!(least <= figures.joint_nats && figures.joint_nats <= most);
    assert!(figures.floor_joint_nats.is_some_and(f64::is_finite));
    for share in [figures.pitch_top1, figures.shuffled_chart_pairs, figures.shuffled_chart_accuracy] {
        assert!((0.0..=1.0).contains(&share));
    }
    // `explain` tells of each note what `evaluate` adds up.
    let surprises = pieces.iter().flat_map(|piece| model.surprises(piece).split_off(1));
    let (rhythm, pitch) = surprises.fold((0.0, 0.0), |sum, s| (sum.0 + s.rhythm, sum.1 + s.pitch));
    assert!(near(rhythm, figures.own_rhythm_nats * notes as f64), "{rhythm}");
    assert!(near(pitch, figures.pitch_nats * notes as f64), "{pitch}");
}

#[test]
fn shares_of_the_solos_make_the_figures_of_all() {
    let pieces: Vec<Piece> = crate::built_in::corpus().into_iter().step_by(30).take(7).collect();
    let model = model();
    let pieces: Vec<&Piece> = pieces.iter().collect();
    let whole = model.judgements(&pieces, SoloShare::WHOLE);
    assert!(whole.iter().any(|solo| solo.continuations.asked > 0 && solo.chart.worse > 0.0));
    for every in [2, 3] {
        let mut joined = vec![SoloJudgement::default(); whole.len()];
        for first in 0..every {
            let share = model.judgements(&pieces, SoloShare { first, every });
            let sent = share.iter().map(|solo| SoloJudgement::from_numbers(&solo.to_numbers()));
            joined[first..].iter_mut().step_by(every).zip(sent).for_each(|(to, solo)| *to = solo);
        }
        assert_eq!(joined, whole);
    }
    assert_eq!(Evaluation::new(&whole, &pieces, &pieces), model.evaluate(&pieces, &pieces));
}

#[test]
fn a_network_that_knows_nothing_is_as_surprised_as_chance() {
    let (model, pieces) = (model(), pieces());
    let figures = model.evaluate(&pieces.iter().collect::<Vec<_>>(), &[]);
    assert!((3.5..8.0).contains(&figures.pitch_nats), "{}", figures.pitch_nats);
    assert!((3.5..8.0).contains(&figures.own_rhythm_nats), "{}", figures.own_rhythm_nats);
    assert!((1.5..3.0).contains(&figures.hold_nats), "of eight classes: {}", figures.hold_nats);
    assert_eq!((figures.floor_joint_nats, figures.floor_full_joint_nats), (None, None));
}

#[test]
fn an_interval_holds_the_ratio_of_the_sums() {
    let tunes: Vec<String> = ["a", "a", "b", "c"].map(String::from).to_vec();
    let [least, most] = interval(&tunes, &[1.0, 1.0, 2.0, 3.0], |x| (*x, 1.0));
    assert!((1.0..1.5).contains(&least) && (2.0..=3.0).contains(&most), "{least} {most}");
    assert_eq!(interval(&tunes, &[2.0; 4], |x| (*x, 1.0)), [2.0; 2]);
    assert!(interval(&[], &[], |x: &f64| (*x, 1.0))[0].is_nan());
}

#[test]
fn a_continuation_is_moved_as_a_whole() {
    let (model, pieces) = (model(), pieces());
    let lines = model.scored(&pieces.iter().collect::<Vec<_>>());
    let (from, to) = (&lines[0].example.notes[3..9], lines[1].example.notes[20]);
    let there = moved(from, &to).unwrap();
    assert_eq!((there[0].onset, there[0].pitch), (to.onset, to.pitch));
    for (pair, original) in there.windows(2).zip(from.windows(2)) {
        assert_eq!(pair[1].onset - pair[0].onset, original[1].onset - original[0].onset);
        assert_eq!(pair[0].pitch.to(pair[1].pitch), original[0].pitch.to(original[1].pitch));
    }
}
