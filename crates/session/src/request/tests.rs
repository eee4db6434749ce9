use sideman_improv::line::Control;
use sideman_music::Note;

use super::*;

/// A request with each of the wishes alone, by name.
fn each() -> Vec<(&'static str, Request)> {
    let usual = Request::default;
    let rules = |rules| Request { rules, ..usual() };
    let solo = Solo::new(Instrument::Flute, vec![Note::new(Time::ZERO, Duration::QUARTER, Pitch::midi(72))]);
    let tune = sideman_formats::Tune {
        sheet: "C".parse().unwrap(),
        solo: Some(solo.unwrap()),
        spelling: Default::default(),
        credits: Default::default(),
        form: Default::default(),
        warnings: Vec::new(),
    };
    let lead = Lead::read(crate::Source::Tunes(vec![tune]), "").unwrap().value;
    let control = |control| {
        let mut controls = Controls::default();
        controls[control] = Some(80);
        Request { controls, ..usual() }
    };
    let controls = Control::ALL.iter().map(|&c| (c.name(), control(c)));
    let others = vec![
        ("values", Request { length: Length::Values(9), ..usual() }),
        ("beats", Request { length: Length::Beats(9), ..usual() }),
        ("start", Request { start: Some(Pitch::midi(60)), ..usual() }),
        ("argmax", Request { argmax: true, ..usual() }),
        ("temperature", Request { temperature: Some(0.5), ..usual() }),
        ("top-p", Request { top_p: Some(0.5), ..usual() }),
        ("rhythm-temperature", Request { rhythm_temperature: Some(0.5), ..usual() }),
        ("pitch-temperature", Request { pitch_temperature: Some(0.5), ..usual() }),
        ("best-of", Request { candidates: 3, ..usual() }),
        ("like", Request { like: Some("Charlie Parker".into()), ..usual() }),
        ("max-copy", Request { longest_copy: Some(9), ..usual() }),
        ("range", rules(Rules { range: Some(Pitch::midi(60)..=Pitch::midi(70)), ..Rules::default() })),
        ("longest-rest", rules(Rules { longest_rest: Some(Duration::WHOLE), ..Rules::default() })),
        ("longest-phrase", rules(Rules { longest_phrase: Some(9), ..Rules::default() })),
        ("end", rules(Rules { ending: Ending::Any, ..Rules::default() })),
        ("target", rules(Rules { targets: vec![(1, "A".parse().unwrap())], ..Rules::default() })),
        ("rhythm-of", rules(Rules { rhythm_of: Some(lead.clone()), ..Rules::default() })),
        ("pitches-of", rules(Rules { pitches_of: Some(lead.clone()), ..Rules::default() })),
        ("keep", rules(Rules { keep: Some(lead), ..Rules::default() })),
        ("trade", rules(Rules { trade: Some(4), ..Rules::default() })),
    ];
    others.into_iter().chain(controls).collect()
}

#[test]
fn a_wish_is_known_or_refused_by_name() {
    let knowers = [SoloistKind::Player, SoloistKind::Classic, SoloistKind::Grammar];
    for soloist in knowers {
        assert!(Request::default().check(soloist).is_ok());
        assert!(Request::chorus(Instrument::Flute).check(soloist).is_ok());
    }
    let requests = each();
    assert_eq!(requests.len(), Request::default().wishes().len(), "a wish without a test");
    for (wish, request) in requests {
        let refused: Vec<SoloistKind> = knowers.into_iter().filter(|&k| request.check(k).is_err()).collect();
        let expected: &[SoloistKind] = match wish {
            "values" | "beats" | "start" => &[SoloistKind::Player, SoloistKind::Grammar],
            "argmax" | "temperature" | "top-p" => &[SoloistKind::Grammar],
            _ => &[SoloistKind::Classic, SoloistKind::Grammar],
        };
        assert_eq!(refused, expected, "{wish}");
        let complaint = request.check(SoloistKind::Grammar).unwrap_err().to_string();
        assert!(complaint.starts_with(&format!("the grammar knows no {wish};")), "{complaint}");
    }
}

#[test]
fn one_temperature_counts_for_all_that_have_none_of_their_own() {
    let request = Request { temperature: Some(0.5), pitch_temperature: Some(2.0), ..Request::default() };
    let asked = request.to_player(&"C".parse().unwrap()).unwrap();
    let temperature = |choice| match choice {
        Choice::Sample { temperature, .. } => temperature,
        Choice::Argmax => 0.0,
    };
    assert_eq!([asked.rhythm, asked.pitch].map(temperature), [0.5, 2.0]);
    let likeliest = Request { argmax: true, ..request };
    assert_eq!(likeliest.to_player(&"C".parse().unwrap()).unwrap().rhythm, Choice::Argmax);
    assert_eq!(likeliest.to_classic().choice, Choice::Argmax);
    assert_eq!(Request::default().to_classic().choice, Choice::default());
}

#[test]
fn bars_to_fill_are_bars_of_the_solo() {
    let sheet: Sheet = "C | F | G | C".parse().unwrap();
    let open = |rules: Rules, kept: Option<&Solo>| {
        let open = rules.open(&sheet, kept)?;
        Ok::<_, Error>(open.iter().map(|r| sheet.place(r.start).0..sheet.place(r.end).0).collect::<Vec<_>>())
    };
    let bars = |bars: &[&str]| Rules {
        bars: bars.iter().map(|bars| bars.parse().unwrap()).collect(),
        ..Rules::default()
    };
    assert_eq!(open(bars(&["2", "4"]), None).unwrap(), [1..2, 3..4]);
    assert!(open(bars(&["4-5"]), None).unwrap_err().to_string().contains("last bar is 4"));
    assert_eq!(open(Rules { trade: Some(1), ..Rules::default() }, None).unwrap(), [0..1, 2..3]);
    assert_eq!(open(Rules::default(), None).unwrap(), []);
    let at = |bar| Note::new(sheet.bar_start(bar), Duration::QUARTER, Pitch::midi(60));
    let kept = |bar| Solo::new(Instrument::Flute, vec![at(bar)]).unwrap();
    assert_eq!(open(Rules::default(), Some(&kept(1))).unwrap(), vec![2..4]);
    assert!(open(Rules::default(), Some(&kept(3))).unwrap_err().to_string().contains("fills all 4 bars"));
}
