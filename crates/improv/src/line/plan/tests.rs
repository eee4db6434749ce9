//! Masks against brute force: on a chart so small that every line can be written down.

use std::collections::BTreeSet;

use sideman_music::{Duration, Note, Solo};

use super::*;
use crate::line::chart::GridChart;

/// Two quarter notes.
const END: i64 = 48;
const C: u8 = 60;

fn sheet() -> Sheet {
    "2/4 C".parse().unwrap()
}

fn at(units: i64) -> Time {
    GridTime::new(units).time()
}

fn plan(constraints: &Constraints) -> Plan {
    Plan::new(constraints, &sheet(), Instrument::Piano).unwrap()
}

fn harmony() -> Harmony {
    GridChart::new(&sheet(), &[]).harmony(GridTime::ZERO)
}

fn melody(onsets: &[i64]) -> Solo {
    let unit = GridSpan::UNIT.duration();
    let note = |&onset: &i64| Note::new(at(onset), unit, Pitch::midi(C));
    Solo::new(Instrument::Piano, onsets.iter().map(note).collect()).unwrap()
}

/// The onsets of every line of at most `most` notes of a pitch that the masks lead to.
fn led_to(plan: &Plan, pitch: u8, most: usize) -> BTreeSet<Vec<i64>> {
    let mut lines = BTreeSet::new();
    go_on(plan, pitch, most, &[], Progress::default(), &mut lines);
    lines
}

fn go_on(
    plan: &Plan,
    pitch: u8,
    most: usize,
    onsets: &[i64],
    progress: Progress,
    lines: &mut BTreeSet<Vec<i64>>,
) {
    let last = GridTime::new(onsets.last().copied().unwrap_or(-24));
    let ways: BTreeSet<Option<GridTime>> = match plan.next(last, &progress) {
        None => [None].into(),
        Some(Next::At(onset)) => [Some(onset)].into(),
        Some(Next::Among(mask)) => {
            SpanClass::all().filter(|c| mask[c.index()]).map(|class| plan.onset(last, class)).collect()
        }
    };
    for way in ways {
        let Some(onset) = way else {
            lines.insert(onsets.to_vec());
            continue;
        };
        if onsets.len() < most {
            let rest = (!onsets.is_empty()).then(|| onset - last - GridSpan::UNIT);
            let after = plan.after(&progress, &plan.note(onset, Pitch::midi(pitch)), rest, &harmony());
            go_on(plan, pitch, most, &[onsets, &[onset.units()]].concat(), after, lines);
        }
    }
}

/// Every rising line of one or two onsets in the chart that fits.
fn written_down(fits: impl Fn(&[i64]) -> bool) -> BTreeSet<Vec<i64>> {
    let pairs = (0..END).flat_map(|a| (a + 1..END).map(move |b| vec![a, b]));
    (0..END).map(|a| vec![a]).chain(pairs).filter(|line| fits(line)).collect()
}

#[test]
fn without_constraints_every_line_is_open_that_ends_in_the_chord() {
    assert_eq!(led_to(&plan(&Constraints::default()), C, 2), written_down(|_| true));
    // A line of another pitch goes on to the last place, where the mask of the pitches sees to the end.
    let last = written_down(|line| line.last() == Some(&(END - 1)));
    assert_eq!(led_to(&plan(&Constraints::default()), C + 1, 2), last);
    let any = Constraints { ending: Ending::Any, ..Constraints::default() };
    assert_eq!(led_to(&plan(&any), C + 1, 2), written_down(|_| true));
}

#[test]
fn a_line_meets_its_targets() {
    let targets = vec![(at(24), PitchClass::new(0))];
    let one = plan(&Constraints { targets: targets.clone(), ..Constraints::default() });
    assert_eq!(led_to(&one, C, 2), written_down(|line| line.contains(&24)));
    let two = [targets, vec![(at(31), PitchClass::new(7))]].concat();
    let both = plan(&Constraints { targets: two, ..Constraints::default() });
    assert_eq!(led_to(&both, C, 2), written_down(|line| line == [24, 31]));
}

#[test]
fn phrases_end_after_so_many_notes() {
    let ones = plan(&Constraints { longest_phrase: Some(1), ..Constraints::default() });
    // A rest of a quarter note after a note of one unit.
    assert_eq!(led_to(&ones, C, 2), written_down(|line| line.len() == 1 || line[1] - line[0] > 24));
}

#[test]
fn what_is_given_stays_and_only_what_is_open_is_filled() {
    let open = vec![at(0)..at(6), at(40)..at(48)];
    let infill = Some(Infill { melody: melody(&[20]), open: open.clone() });
    let filled = plan(&Constraints { infill, ..Constraints::default() });
    let is_open = |&onset: &i64| open.iter().any(|r| r.contains(&at(onset)));
    let fits = |line: &[i64]| line.contains(&20) && line.iter().all(|onset| *onset == 20 || is_open(onset));
    assert_eq!(led_to(&filled, C, 2), written_down(fits));
    assert_eq!(filled.note(GridTime::new(20), Pitch::midi(1)).pitch, Pitch::midi(C));
}

#[test]
fn a_given_rhythm_is_the_only_one() {
    let fixed = Some(Fixed::Rhythm(melody(&[3, 17])));
    let rhythm = plan(&Constraints { fixed, ..Constraints::default() });
    assert_eq!(led_to(&rhythm, C, 3), [vec![3, 17]].into());
    let pitches = Fixed::Pitches(vec![Pitch::midi(61), Pitch::midi(70)]);
    let line = plan(&Constraints { fixed: Some(pitches), ..Constraints::default() });
    let starts: BTreeSet<usize> = led_to(&line, C, 3).iter().map(Vec::len).collect();
    assert_eq!(starts, [1, 2].into(), "no more notes than pitches");
}

#[test]
fn a_length_leaves_the_rest_that_is_asked_for() {
    let longest = 18;
    let rest = Some(GridSpan::new(longest).duration());
    let (free, short) =
        (plan(&Constraints::default()), plan(&Constraints { longest_rest: rest, ..Constraints::default() }));
    let phrases = plan(&Constraints { longest_phrase: Some(3), ..Constraints::default() });
    let full = Progress { phrase: 3, ..Progress::default() };
    for gap in 1..120 {
        let allowed = |plan: &Plan, progress: &Progress, rest: i64| {
            let length = GridSpan::new(gap - rest);
            plan.lengths(GridSpan::new(gap), progress)[length.class().index()]
        };
        for rest in 0..gap {
            assert!(allowed(&free, &Progress::default(), rest));
            assert_eq!(allowed(&short, &Progress::default(), rest), rest <= longest);
            assert_eq!(allowed(&phrases, &full, rest), gap <= 24 || rest >= 24, "{rest} of {gap}");
        }
    }
}

#[test]
fn a_pitch_lies_in_range_and_has_the_class_that_is_asked_for() {
    let range = Some(Pitch::midi(50)..=Pitch::midi(70));
    let targets = vec![(at(24), PitchClass::new(2))];
    let plan = plan(&Constraints { range, targets, ..Constraints::default() });
    let progress = Progress::default();
    let pitches = |onset: i64| {
        let mask = plan.pitches(GridTime::new(onset), &harmony(), &progress);
        (0..128).filter(|&n: &usize| mask[n]).collect::<Vec<_>>()
    };
    assert_eq!(pitches(0), (50..=70).collect::<Vec<_>>());
    assert_eq!(pitches(24), [50, 62], "D");
    assert_eq!(pitches(47), [52, 55, 60, 64, 67], "the last place must end in C");
}

#[test]
fn constraints_that_exclude_each_other_are_refused() {
    let refused = |constraints: Constraints| {
        Plan::new(&constraints, &sheet(), Instrument::Piano).unwrap_err().to_string()
    };
    let rest = |units| Some(GridSpan::new(units).duration());
    assert!(refused(Constraints { longest_phrase: Some(0), ..Constraints::default() }).contains("phrase"));
    assert!(refused(Constraints { longest_rest: rest(11), ..Constraints::default() }).contains("very short"));
    let both = Constraints { longest_rest: rest(23), longest_phrase: Some(4), ..Constraints::default() };
    assert!(refused(both).contains("while phrases are limited"));
    let late = Constraints { targets: vec![(at(48), PitchClass::new(0))], ..Constraints::default() };
    assert!(refused(late).contains("target"));
    assert!(
        Plan::new(
            &Constraints { longest_rest: Some(Duration::quarters(1, 2)), ..Constraints::default() },
            &sheet(),
            Instrument::Piano
        )
        .is_ok()
    );
}
