use proptest::prelude::*;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sideman_music::{Duration, Instrument, Note, Pitch, Sheet, Solo, Time};

use super::*;
use crate::built_in;

const BLUES: &str = "F7 | Bb7 | F7 | Cm7 F7 | Bb7 | Bdim7 | F7 | D7 | Gm7 | C7 | F7 D7 | Gm7 C7";

fn sheet(text: &str) -> Sheet {
    text.parse().unwrap()
}

fn progression(text: &str) -> Progression {
    Progression::new(&sheet(text))
}

#[test]
fn no_transposition_changes_the_symbols() {
    let home = sheet("Dm7 G7 | Cmaj7 | N.C. | E7alt/G# / / Am6 | C6/9 C");
    for up in 1..12 {
        let moved = home.with_chords(|chord| chord.transposed(up));
        assert_eq!(Progression::new(&moved).symbols(), Progression::new(&home).symbols(), "{up}");
    }
    let symbols: Vec<String> = Progression::new(&home).symbols().iter().map(ToString::to_string).collect();
    assert_eq!(symbols, ["0 m7 4", "5 7 4", "5 maj 8", "0 N.C. 8", "4 7 6", "5 min 2", "3 maj 8"]);
    for symbol in symbols {
        assert_eq!(symbol.parse::<HarmonicSymbol>().unwrap().to_string(), symbol);
    }
}

#[test]
fn every_tree_is_a_distribution() {
    let sequences = [progression(BLUES).symbols(), progression("Dm7 | G7 | C | Dm7 | G7 | Am7").symbols()];
    let tunes = sequences.clone().map(|sequence| vec![sequence]);
    for way in TreeKind::all() {
        let tree = way.learned(&tunes);
        for history in [&[][..], &sequences[0][..5], &sequences[1][..2], &sequences[1][3..]] {
            let sum: f64 = all_symbols().map(|symbol| tree.probability(history, symbol)).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{way}: {sum}");
        }
    }
}

fn all_symbols() -> impl Iterator<Item = HarmonicSymbol> {
    let lengths = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32].map(|eighths| Duration::quarters(eighths, 2));
    let all = (0..12).flat_map(move |step| {
        ChordClass::ALL
            .into_iter()
            .flat_map(move |class| lengths.map(|length| HarmonicSymbol::new(step, class, length)))
    });
    let all: std::collections::BTreeSet<HarmonicSymbol> = all.collect();
    assert_eq!(all.len(), HarmonicSymbol::COUNT);
    all.into_iter()
}

#[test]
fn the_order_of_charts_plays_no_part() {
    let mut charts: Vec<Vec<Progression>> =
        built_in::charts().iter().map(|chart| vec![Progression::new(chart)]).collect();
    for way in [TreeKind::LempelZiv, TreeKind::Contexts(3)] {
        let forwards = HarmonyModel::learn(&charts, way);
        charts.reverse();
        assert_eq!(HarmonyModel::learn(&charts, way).to_string(), forwards.to_string());
    }
}

#[test]
fn a_model_is_read_back() {
    let model = HarmonyModel::built_in();
    let read: HarmonyModel = model.to_string().parse().unwrap();
    assert_eq!(read.to_string(), model.to_string());
    let sheet = sheet(BLUES);
    assert_eq!(read.surprise(&sheet), model.surprise(&sheet));
    let text = "sideman harmony 1\na: G7 -> Db7 : 3\ncontexts\n";
    for (wrong, words) in [
        ("", "first line"),
        ("sideman harmony 1\na: G7 -> Db7", "`contexts`"),
        ("sideman harmony 1\ncontexts\n", "no rule"),
        ("sideman harmony 1\na: G7 = Db7\ncontexts\n", "`->` is missing"),
        (&format!("{text}1 5 7 4 1"), "`1 5 7 4 1` is no context"),
        (&format!("{text}0 5 7 4 0"), "is no context"),
        (&format!("{text}0 5 7 5 1"), "is no context"),
        (&format!("{text}0 5 7 4 1\n0 5 7 4 1"), "is no context"),
    ] {
        let error = wrong.parse::<HarmonyModel>().unwrap_err().to_string();
        assert!(error.contains(words), "{wrong}: {error}");
    }
}

#[test]
fn named_rules_are_read_back_and_keep_their_places() {
    for rule in named_rules() {
        let read: SubstitutionRule = rule.to_string().parse().unwrap();
        assert_eq!(read, rule);
        assert!(!rule.name.is_empty() && rule.from != rule.to, "{rule}");
    }
    for (text, words) in [
        ("G7 -> Db7", "a name"),
        ("a: G7 -> : 2", "1 to 12 chords"),
        ("a: G7 -> Db7*0", "1 to 16 times"),
        ("a: G7 -> petrushka", "petrushka"),
        ("a: G7 -> Db7 : 0", "weight"),
    ] {
        assert!(text.parse::<SubstitutionRule>().unwrap_err().to_string().contains(words), "{text}");
    }
}

#[test]
fn what_a_rule_derives_is_less_surprising() {
    let model = HarmonyModel::built_in();
    let names = |text: &str| -> Vec<String> {
        let surprise = model.surprise(&sheet(text));
        surprise.iter().map(|s| s.rule.as_ref().map_or(String::new(), |rule| rule.name.clone())).collect()
    };
    assert_eq!(names("Cmaj7 | A7 | Dm7 | Db7 | Cmaj7 | %")[3], "tritone substitution");
    let plain = model.surprise(&sheet("Dm7 | G7 | Cmaj7 | %"));
    assert!(plain.iter().all(|chord| chord.rule.is_none()));
    let total =
        |text: &str, of: fn(&ChordSurprise) -> f64| model.surprise(&sheet(text)).iter().map(of).sum::<f64>();
    let risen =
        |of| total("Cmaj7 | A7 | Dm7 | Db7 | Cmaj7 | %", of) - total("Cmaj7 | A7 | Dm7 | G7 | Cmaj7 | %", of);
    assert!(risen(|c| c.bits_given_rules) < risen(|c| c.bits));
}

/// Tunes of fixed phrases in which planted rules are applied by chance.
fn planted(rules: &[SubstitutionRule], tunes: usize, seed: u64) -> Vec<Progression> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let classes = ["maj7", "m7", "7", "m7b5", "m6", "dim7", "7sus4"];
    let phrase = |rng: &mut ChaCha8Rng| -> Vec<String> {
        (0..4)
            .map(|_| {
                format!(
                    "{}{}",
                    ["C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"]
                        [rng.random_range(0..12)],
                    classes[rng.random_range(0..classes.len())]
                )
            })
            .collect()
    };
    let phrases: Vec<Vec<String>> = (0..60).map(|_| phrase(&mut rng)).collect();
    let tune = |rng: &mut ChaCha8Rng| {
        let chosen: Vec<String> =
            (0..8).flat_map(|_| phrases[rng.random_range(0..phrases.len())].clone()).collect();
        let up = rng.random_range(0..12);
        let sheet = sheet(&chosen.join(" | ")).with_chords(|chord| chord.transposed(up));
        let mut spans = Vec::new();
        let plain = Progression::new(&sheet);
        for (i, span) in plain.spans().iter().enumerate() {
            let next = plain.spans().get(i + 1);
            let fits = rules.iter().find_map(|rule| Some((rule, rule.matches(&[*span], next)?)));
            match fits.filter(|_| rng.random_range(0..3) == 0) {
                Some((rule, up)) => spans.extend(SubstitutionRule::laid_out(&rule.to, up, *span)),
                None => spans.push(*span),
            }
        }
        Progression::of_spans(spans)
    };
    (0..tunes).map(|_| tune(&mut rng)).collect()
}

#[test]
fn planted_rules_come_back() {
    let texts = [
        "a: G7 -> Db7",
        "b: G7sus4 -> Dm7 G7sus4",
        "c: Cmaj7 -> Em7",
        "d: Dm7b5 -> Fm6 B7",
        "e: Cdim7 -> B7",
    ];
    let rules: Vec<SubstitutionRule> = texts.iter().map(|text| text.parse().unwrap()).collect();
    let (mut right, mut found, mut recalled, mut wanted) = (0, 0, 0, 0);
    for seed in 11..=15 {
        let induced = induced(&planted(&rules, 400, seed), 8);
        let is_planted = |found: &SubstitutionRule| rules.iter().any(|rule| rule.is_one_with(found));
        right += induced.iter().filter(|induction| is_planted(&induction.rule)).count();
        found += induced.len();
        recalled += rules.iter().filter(|rule| induced.iter().any(|i| rule.is_one_with(&i.rule))).count();
        wanted += rules.len();
        if let Some(other) = induced.iter().find(|i| !is_planted(&i.rule)) {
            println!("{seed}: {} at {} places, {}", other.rule.formula(), other.places, other.rule.weight);
        }
    }
    println!("precision {right} of {found}, recall {recalled} of {wanted}");
    assert!(right as f64 / found as f64 >= 0.9 && recalled as f64 / wanted as f64 >= 0.9);
}

#[test]
fn a_reharmonised_blues_keeps_its_bars_and_its_borders() {
    let model = HarmonyModel::built_in();
    let blues = sheet(BLUES);
    for seed in 0..20 {
        for spice in [0, 20, 50, 100] {
            let request = ReharmonisationRequest { spice, ..Default::default() };
            let made = model.reharmonise(&blues, &request, seed).unwrap();
            assert_eq!(made, model.reharmonise(&blues, &request, seed).unwrap());
            assert_eq!((made.sheet.bars().len(), made.sheet.end()), (12, blues.end()));
            assert_eq!(made.sheet.chords()[0], blues.chords()[0]);
            assert_eq!(made.sheet.chords().last(), blues.chords().last());
            assert_eq!(made.rewrites.is_empty(), spice == 0, "seed {seed}, spice {spice}");
            assert_eq!(made.beside.chords(), blues.chords());
            let alternatives =
                |sheet: &Sheet| sheet.bars().iter().map(|bar| bar.alternatives().len()).sum::<usize>();
            assert_eq!(alternatives(&made.beside) > 0, spice > 0);
        }
    }
}

#[test]
fn only_the_bars_that_may_change_do() {
    let (model, blues) = (HarmonyModel::built_in(), sheet(BLUES));
    let bars = Some("5-8".parse().unwrap());
    for seed in 0..20 {
        let request = ReharmonisationRequest { spice: 100, bars, ..Default::default() };
        let made = model.reharmonise(&blues, &request, seed).unwrap().sheet;
        for bar in (0..4).chain(8..12) {
            assert_eq!(made.bars()[bar], blues.bars()[bar], "seed {seed}, bar {}", bar + 1);
        }
    }
}

fn avoids(chord: &str, note: &str) -> bool {
    let note: sideman_music::NoteName = note.parse().unwrap();
    melody::avoids(chord.parse().unwrap(), note.class())
}

#[test]
fn avoid_notes_are_those_of_the_schools() {
    for (chord, note) in [
        ("Cmaj7", "F"),
        ("Cmaj7", "Ab"),
        ("G7", "C"),
        ("G7", "Gb"),
        ("Dm7", "F#"),
        ("Dm7", "Bb"),
        ("C6", "Bb"),
    ] {
        assert!(avoids(chord, note), "{note} over {chord}");
    }
    for (chord, note) in [
        ("Cmaj7", "A"),
        ("Cmaj7", "F#"),
        ("G7", "Ab"),
        ("G7", "A#"),
        ("G7sus4", "C"),
        ("Dm7", "G"),
        ("Bdim7", "C#"),
    ] {
        assert!(!avoids(chord, note), "{note} over {chord}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn meters_form_and_melody_hold(
        meter in prop::sample::select(vec!["4/4", "3/4", "5/4", "6/8", "7/4"]),
        chart in 0usize..30,
        spice in 1u8..=100,
        seed in 0u64..1000,
        pitches in prop::collection::vec(55u8..80, 1..60),
    ) {
        let charts = built_in::charts();
        let text = charts[chart % charts.len()].to_string();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("meter:")).collect();
        let Ok(sheet) = format!("meter: {meter}\n{}", lines.join("\n")).parse::<Sheet>() else { return Ok(()) };
        let note = |(i, &pitch): (i64, &u8)| Note::new(Time::ZERO + Duration::QUARTER * 2 * i, Duration::QUARTER * 2, Pitch::midi(pitch));
        let melody = Solo::new(Instrument::Flute, (0..).zip(&pitches).map(note).collect()).unwrap();
        let request = ReharmonisationRequest { spice, bars: None, melody: Some(melody.clone()) };
        let made = HarmonyModel::built_in().reharmonise(&sheet, &request, seed).unwrap();
        prop_assert_eq!(made.sheet.bars().len(), sheet.bars().len());
        for (new, old) in made.sheet.bars().iter().zip(sheet.bars()) {
            prop_assert_eq!((new.meter(), new.section()), (old.meter(), old.section()));
        }
        for (_, section) in sheet.sections() {
            let (first, last) = (sheet.bar_start(section.start), sheet.bar_start(section.end) - Duration::quarters(1, 4));
            prop_assert_eq!(made.sheet.chord_at(first), sheet.chord_at(first));
            prop_assert_eq!(made.sheet.chord_at(last), sheet.chord_at(last));
        }
        let step = Duration::quarters(1, 4);
        for note in melody.notes() {
            let times = (0..8).map(|i| note.onset + step * i).take_while(|&at| at < sheet.end());
            let rubs = times.filter(|&at| {
                let (new, old) = (made.sheet.chord_at(at), sheet.chord_at(at));
                new != old && new.is_some_and(|new| melody::avoids(new, note.pitch().class()))
            });
            prop_assert!(step * rubs.count() as i64 <= Duration::QUARTER, "{:?} is held", note);
        }
    }
}

/// How well chords stand in the place of others, with one before and one behind.
fn fit(before: &str, old: &str, new: &str, behind: &str) -> f64 {
    let spans = |text: &str| progression(&text.replace(' ', " | ")).spans().to_vec();
    let (before, behind) = (spans(before), spans(behind));
    let around = taste::ChordContext { before: before.first(), behind: behind.first() };
    taste::fit(&spans(old), &spans(new), around)
}

#[test]
fn a_pianist_would_play_what_fits() {
    for (before, old, new, behind) in [
        ("Dm7", "G7", "Db7", "Cmaj7"),
        ("Dm7", "G7", "Abm7 Db7", "Cmaj7"),
        ("Cmaj7", "G7", "Bdim7", "Cmaj7"),
        ("Cmaj7", "Dm7", "D7", "G7"),
        ("Cmaj7", "Dm7", "Ab7", "G7"),
        ("F7", "C7", "C7 Gm7 C7", "F7"),
        ("Cmaj7", "Dm7 G7", "Fm7 Bb7", "Cmaj7"),
        ("Dm7", "Dm7", "Dm7 Em7", "Dm7"),
    ] {
        assert!(fit(before, old, new, behind) > 0.0, "{before} | {new} | {behind}");
    }
    for (before, old, new, behind) in [
        ("Dm7", "G7", "Bb7", "Cmaj7"),
        ("Dm7", "G7", "Gmaj7", "Cmaj7"),
        ("Cmaj7", "Dm7", "Em7", "G7"),
        ("Cmaj7", "C7", "Gb7", "G7"),
        ("Dm7", "G7", "Dm7 G7", "Cmaj7"),
        ("Fm7b5", "Bb7", "Fm7 Bb7", "Ebmaj7"),
        ("Cmaj7", "A7", "C#dim7", "G7"),
    ] {
        assert_eq!(fit(before, old, new, behind), 0.0, "{before} | {new} | {behind}");
    }
}

#[test]
fn only_rules_that_keep_the_function_come_from_charts() {
    let keeps = |formula: &str| taste::keeps_function(&format!("x: {formula}").parse().unwrap());
    for formula in ["Cmaj7 -> Em7", "Dm7 -> Fmaj7", "Dm7 -> Dm6", "Dm7b5 -> Fm6", "Cmaj7 -> Cmaj7 Am7"] {
        assert!(keeps(formula), "{formula}");
    }
    for formula in ["Cmaj7 -> Dm7", "G7 -> Gmaj7", "G7 -> Gm7", "Cmaj7 -> Fmaj7", "Cmaj7 -> Em7 A7"] {
        assert!(!keeps(formula), "{formula}");
    }
}

#[test]
fn what_arrives_stays_at_low_spice() {
    let model = HarmonyModel::built_in();
    for chart in built_in::charts() {
        let arriving = sites::sites(&chart, None).into_iter().filter(|site| site.arrives);
        let arriving: Vec<sites::Site> = arriving.collect();
        for (seed, spice) in [(1, 20), (2, 40), (3, 59)] {
            let request = ReharmonisationRequest { spice, ..Default::default() };
            let made = model.reharmonise(&chart, &request, seed).unwrap().sheet;
            for site in &arriving {
                let span = HarmonySpan { chord: made.chord_at(site.span.start), ..site.span };
                assert_eq!((span.root(), span.class()), (site.span.root(), site.span.class()), "{chart}");
            }
        }
    }
}
