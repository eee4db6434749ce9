//! The player that ships, over charts of all kinds: what is asked for holds.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail loudly, and prints its figures"
)]

use std::sync::OnceLock;

use sideman_corpus::measure::Measure;
use sideman_improv::line::{
    Constraints, Control, Controls, Ending, Fixed, GRID, Infill, LinePlayer, PlayerOptions, shipped,
};
use sideman_improv::{Choice, Improvisation};
use sideman_music::{Duration, Instrument, NoteName, Pitch, PitchClass, Sheet, Solo};

const BLUES: &str = "key: F\ntempo: 140\nF7 | Bb7 | F7 | Cm7 / F7 / | Bb7 | Bdim7 | F7 | Am7b5 / D7b9 / | Gm7 | C7 | F7 / D7 / | Gm7 / C7 /";

fn player() -> &'static LinePlayer {
    static PLAYER: OnceLock<LinePlayer> = OnceLock::new();
    PLAYER.get_or_init(|| LinePlayer::new(shipped().unwrap()))
}

fn blues() -> Sheet {
    BLUES.parse().unwrap()
}

fn options(constraints: Constraints) -> PlayerOptions {
    PlayerOptions { candidates: 2, constraints, ..PlayerOptions::default() }
}

fn take(sheet: &Sheet, options: &PlayerOptions, seed: u64) -> Improvisation {
    player().improvise(sheet, options, seed).unwrap()
}

fn silences(solo: &Solo) -> Vec<Duration> {
    solo.notes().windows(2).map(|n| n[1].onset - n[0].end()).collect()
}

#[test]
fn the_same_seed_gives_the_same_notes_and_another_one_others() {
    let solo = |seed| take(&blues(), &options(Constraints::default()), seed).solo;
    assert_eq!(solo(3), solo(3));
    assert_ne!(solo(3), solo(4));
}

#[test]
fn range_rests_phrases_and_endings_hold() {
    let quarter = Duration::QUARTER;
    let constraints = Constraints {
        range: Some(Pitch::midi(55)..=Pitch::midi(70)),
        longest_rest: Some(quarter * 3),
        longest_phrase: Some(7),
        ending: Ending::GuideTone,
        ..Constraints::default()
    };
    for seed in 0..4 {
        let Improvisation { sheet, solo, certificate } = take(&blues(), &options(constraints.clone()), seed);
        assert!(certificate.unwrap().passes);
        assert!(solo.notes().iter().all(|n| (55..=70).contains(&n.pitch().number())));
        assert!(silences(&solo).iter().all(|&s| s <= quarter * 3), "{:?}", silences(&solo).iter().max());
        let last = solo.notes().last().unwrap();
        assert!(sheet.end() - last.end() <= quarter * 3 && last.end() <= sheet.end());
        let chord = sheet.chord_at(last.onset).unwrap();
        assert!(chord.guide_tones().contains(last.pitch().class()));
        let phrases = silences(&solo).iter().fold(vec![1], |mut phrases: Vec<usize>, &silence| {
            if silence >= quarter {
                phrases.push(1)
            } else {
                *phrases.last_mut().unwrap() += 1
            }
            phrases
        });
        assert!(phrases.iter().all(|&notes| notes <= 7), "{phrases:?}");
    }
}

#[test]
fn targets_are_met() {
    let (sheet, note) = (blues(), |name: &str| name.parse::<NoteName>().unwrap().class());
    let targets = vec![(sheet.bar_start(4), note("D")), (sheet.bar_start(10), note("Eb"))];
    let solo =
        take(&sheet, &options(Constraints { targets: targets.clone(), ..Constraints::default() }), 5).solo;
    for (at, class) in targets {
        let there = solo.notes().iter().find(|n| n.onset == at).unwrap();
        assert_eq!(there.pitch().class(), class);
    }
    let outside = Constraints {
        targets: vec![(sheet.bar_start(12) + Duration::WHOLE * 40, note("C"))],
        ..Constraints::default()
    };
    assert!(player().improvise(&sheet, &options(outside), 1).is_err());
}

#[test]
fn rhythm_or_pitches_can_be_held() {
    let sheet = blues();
    let model = take(&sheet, &options(Constraints::default()), 8).solo;
    let onsets = |solo: &Solo| solo.notes().iter().map(|n| n.onset).collect::<Vec<_>>();
    let pitches = |solo: &Solo| solo.notes().iter().map(|n| n.pitch()).collect::<Vec<_>>();
    let held = |held| {
        take(
            &sheet,
            &options(Constraints { fixed: Some(held), ending: Ending::Any, ..Constraints::default() }),
            9,
        )
        .solo
    };
    let rhythm = held(Fixed::Rhythm(model.clone()));
    assert_eq!(onsets(&rhythm), onsets(&model));
    assert_ne!(pitches(&rhythm), pitches(&model));
    let some = pitches(&model)[..20].to_vec();
    let line = held(Fixed::Pitches(some.clone()));
    assert_eq!(pitches(&line), some[..line.notes().len()]);
    assert!(line.notes().len() > 10 && onsets(&line) != onsets(&model)[..line.notes().len()]);
}

#[test]
fn what_is_kept_stays_and_what_is_open_is_filled() {
    let sheet = blues();
    let one = PlayerOptions { choruses: 1, ..options(Constraints::default()) };
    let melody = take(&sheet, &one, 2).solo;
    let open = sheet.bar_start(4)..sheet.bar_start(8);
    let constraints = Constraints {
        infill: Some(Infill { melody: melody.clone(), open: vec![open.clone()] }),
        ..Constraints::default()
    };
    let solo = take(&sheet, &PlayerOptions { constraints, ..one.clone() }, 7).solo;
    let outside = |solo: &Solo| {
        let notes = solo.notes().iter().filter(|n| !open.contains(&n.onset));
        notes.map(|n| (n.onset, n.pitch())).collect::<Vec<_>>()
    };
    assert_eq!(outside(&solo), outside(&melody));
    let inside =
        |solo: &Solo| solo.notes().iter().filter(|n| open.contains(&n.onset)).cloned().collect::<Vec<_>>();
    assert!(!inside(&solo).is_empty() && inside(&solo) != inside(&melody));

    let fours: Vec<_> = [0, 8].map(|bar| sheet.bar_start(bar)..sheet.bar_start(bar + 4)).to_vec();
    let alone = Infill { melody: Solo::new(Instrument::TenorSax, vec![]).unwrap(), open: fours.clone() };
    let solo = take(
        &sheet,
        &PlayerOptions { constraints: Constraints { infill: Some(alone), ..Constraints::default() }, ..one },
        7,
    )
    .solo;
    assert!(solo.notes().iter().all(|n| fours.iter().any(|r| r.contains(&n.onset))));
}

#[test]
fn any_chart_can_be_played_over() {
    let long = format!("F7 | Bb7 | {}", "Dm7 / G7 / | Cmaj7 | ".repeat(199).trim_end_matches(" | "));
    let charts = [
        "meter: 3/4\nDm7 | G7 | Cmaj7 | A7",
        "meter: 5/4\nEbm7 | Bbm7 | Ebm7 | Bbm7",
        "style: bossa\nDm9 | G13 | Cmaj7 | Cmaj7",
        "C7",
        "N.C. | C7 | N.C. | F7",
        &long,
    ];
    for chart in charts {
        let sheet: Sheet = chart.parse().unwrap();
        let choruses = if sheet.bars().len() < 10 { 8 } else { 1 };
        let options = PlayerOptions { choruses, candidates: 1, ..PlayerOptions::default() };
        let Improvisation { sheet, solo, certificate } = take(&sheet, &options, 1);
        let range = Instrument::TenorSax.range();
        assert!(
            certificate.unwrap().passes && solo.notes().len() > 2 * sheet.bars().len() / 3,
            "{chart:.30}"
        );
        assert!(
            solo.notes().iter().all(|n| range.contains(&n.pitch()) && n.end() <= sheet.end()),
            "{chart:.30}"
        );
        assert!(
            solo.notes().iter().all(|n| (n.onset.since_start()).quantised(GRID) == n.onset.since_start())
        );
    }
}

#[test]
fn a_blues_sounds_in_every_key() {
    for up in 0..12 {
        let sheet = blues().transposed(up);
        let solo = take(&sheet, &PlayerOptions { choruses: 1, ..options(Constraints::default()) }, 3).solo;
        let inside = Measure::ScaleTones.of(&sheet, &solo).unwrap();
        assert!(inside > 0.55, "{up}: {inside}");
    }
}

#[test]
fn controls_turn_what_they_name() {
    let asked = |control: Control, percentile: u8| {
        let mut options = PlayerOptions { candidates: 3, choruses: 1, ..PlayerOptions::default() };
        options.controls[control] = Some(percentile);
        let value = |seed| {
            let Improvisation { sheet, solo, .. } = take(&blues(), &options, seed);
            control.of(&sheet, &solo).unwrap()
        };
        (0..4).map(value).sum::<f64>() / 4.0
    };
    for &control in Control::ALL {
        let (low, high) = (asked(control, 5), asked(control, 95));
        println!("{control:?}: {low} at 5, {high} at 95");
        assert!(low < high, "{control:?}: {low} at 5, {high} at 95");
    }
}

#[test]
fn nonsense_is_answered_with_the_way_out() {
    let error = |options: PlayerOptions| player().improvise(&blues(), &options, 1).unwrap_err().to_string();
    let unknown = error(PlayerOptions { like: Some("Nobody".into()), ..PlayerOptions::default() });
    assert!(unknown.contains("Charlie Parker"), "{unknown}");
    assert!(
        error(PlayerOptions {
            controls: Controls::default().map(|_: &Option<u8>| Some(101)),
            ..PlayerOptions::default()
        })
        .contains("percentile")
    );
    let cold = Choice::Sample { temperature: 0.0, top_p: 1.0 };
    assert!(error(PlayerOptions { pitch: cold, ..PlayerOptions::default() }).contains("temperature"));
    let rest = Constraints { longest_rest: Some(Duration::quarters(0, 1)), ..Constraints::default() };
    assert!(error(options(rest)).contains("longest-rest"));
    let target = Constraints {
        range: Some(Pitch::midi(60)..=Pitch::midi(61)),
        targets: vec![(blues().bar_start(1), PitchClass::new(6))],
        ..Constraints::default()
    };
    assert!(error(options(target)).contains("target"));
}
