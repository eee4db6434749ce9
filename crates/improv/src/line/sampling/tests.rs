use sideman_music::{Duration, Instrument, NoteName, Sheet, Solo};

use super::*;
use crate::line::constraints::{Constraints, Fixed, Infill};
use crate::line::control::Controls;
use crate::line::example::Example;
use crate::line::testing::{model, pieces};

const SEEDS: [u64; 3] = [1, 2, 3];

/// What is played over a piece's chart, and what the network was told of each note of each line.
fn played(
    constraints: &Constraints,
    controls: Controls<Option<u32>>,
) -> (Vec<Sequence>, Vec<Vec<Step>>, Sampler<'static>) {
    let (model, piece) = (model(), &pieces()[0]);
    let generator: &'static Generator = Box::leak(Box::new(model.judge()));
    let chart: &'static GridChart = Box::leak(Box::new(GridChart::new(&piece.sheet, &[0, 4])));
    let plan = Plan::new(constraints, &piece.sheet, Instrument::TenorSax).unwrap();
    let plan: &'static Plan = Box::leak(Box::new(plan));
    let conditioning = Conditioning { controls, ..model.background.conditioning(piece) };
    let choices = NoteChoices { rhythm: Choice::default(), pitch: Choice::default() };
    let tilt: &'static Tilt = Box::leak(Box::default());
    let sampler = Sampler { generator, chart, conditioning, plan, choices, tilt };
    let mut steps = vec![Vec::new(); SEEDS.len()];
    let lines = sampler.play_observed(&SEEDS, |lane, step| steps[lane].push(step.clone()));
    (lines, steps, sampler)
}

fn sheet() -> Sheet {
    pieces()[0].sheet.clone()
}

fn melody() -> Solo {
    pieces()[0].solo.clone().unwrap()
}

fn with_pickup() -> Solo {
    let solo = melody();
    let earlier = |note: &sideman_music::Note| sideman_music::Note {
        onset: note.onset - Duration::quarters(5, 2),
        ..*note
    };
    Solo::new(solo.instrument(), solo.notes().iter().map(earlier).collect()).unwrap()
}

#[test]
fn playing_and_training_build_the_same_step() {
    let asked = Controls { density: Some(7), laid_back: Some(2), ..Controls::default() };
    let infill = Infill { melody: melody(), open: vec![sheet().bar_start(2)..sheet().bar_start(4)] };
    let everything = [
        (Constraints::default(), Controls::default()),
        (Constraints::default(), asked),
        (Constraints { infill: Some(infill), ..Constraints::default() }, asked),
        (
            Constraints { fixed: Some(Fixed::Rhythm(with_pickup())), ..Constraints::default() },
            Controls::default(),
        ),
    ];
    let mut compared = 0;
    for (constraints, controls) in everything {
        let (lines, steps, sampler) = played(&constraints, controls);
        for (line, steps) in lines.into_iter().zip(steps) {
            assert_eq!(steps.len(), line.notes.len());
            compared += steps.len();
            let (chart, conditioning) = (sampler.chart.clone(), sampler.conditioning);
            let example = Example::of(chart, conditioning, line.notes, sampler.start());
            for (i, step) in steps.iter().enumerate() {
                assert_eq!(step, &example.step(i), "note {i}");
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn the_same_seed_gives_the_same_line_whoever_plays_beside_it() {
    let (lines, _, sampler) = played(&Constraints::default(), Controls::default());
    for (line, seed) in lines.iter().zip(SEEDS) {
        assert_eq!(sampler.play(&[seed])[0].notes, line.notes);
    }
    assert_ne!(lines[0].notes, lines[1].notes);
}

#[test]
fn what_is_given_is_played_once_for_all_lines_and_changes_none() {
    let infill = Infill { melody: melody(), open: vec![sheet().bar_start(3)..sheet().bar_start(8)] };
    let constraints = Constraints { infill: Some(infill), ..Constraints::default() };
    for controls in [Controls::default(), Controls { density: Some(7), ..Controls::default() }] {
        let (lines, _, sampler) = played(&constraints, controls);
        let mut each: Vec<Sequence> = SEEDS.map(Sequence::new).into();
        let mut stream = sampler.generator.stream(each.len() * (1 + usize::from(controls.density.is_some())));
        while each.iter().any(|line| line.playing) {
            sampler.step(&mut stream, &mut each, &mut |_, _| {});
        }
        let heard =
            |line: &Sequence| (line.notes.clone(), line.given_nats, line.excess_nats, line.rng.clone());
        assert!(lines[0].given_nats > 0.0 && lines[0].excess_nats != 0.0);
        assert!(lines.iter().map(heard).eq(each.iter().map(heard)));
    }
}

#[test]
fn a_line_keeps_to_its_plan() {
    let target = "Eb".parse::<NoteName>().unwrap().class();
    let constraints = Constraints {
        targets: vec![(sheet().bar_start(3), target)],
        longest_rest: Some(Duration::WHOLE),
        ..Constraints::default()
    };
    let (lines, ..) = played(&constraints, Controls::default());
    let at = GridTime::nearest(sheet().bar_start(3));
    for Sequence { notes, .. } in lines {
        assert!(notes.iter().any(|note| note.onset == at && note.pitch.class() == target));
        assert!(notes.windows(2).all(|n| n[0].onset + n[0].length <= n[1].onset));
        let rests = notes.windows(2).map(|n| n[1].onset - n[0].onset - n[0].length);
        assert!(rests.max() <= Some(GridSpan::nearest(Duration::WHOLE)));
    }
}

#[test]
fn excess_is_what_a_choice_costs_beyond_what_was_to_be_expected() {
    let even = [0.25f32.ln(); 4];
    assert!((entropy(&even) - 4f64.ln()).abs() < 1e-6);
    assert_eq!(entropy(&[0.0, f32::NEG_INFINITY]), 0.0);
}
