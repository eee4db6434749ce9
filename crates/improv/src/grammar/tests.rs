use proptest::prelude::*;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sideman_music::{
    Bar, Change, Chord, Duration, Instrument, Meter, NoteName, Pitch, PitchClass, Quality, Sheet, Solo, Time,
};

use super::expression::Fraction;
use super::melody::{AbstractNote, NoteCategory};
use super::realise::realise;
use super::*;
use crate::built_in;

const STYLES: [&str; 5] = ["swing", "Bossa Nova", "ballad", "slow blues", "modal"];
const METERS: [&str; 10] = ["4/4", "3/4", "5/4", "6/8", "7/8", "2/4", "12/8", "5/8", "9/8", "1/4"];

fn grammar(text: &str) -> Grammar {
    text.parse().unwrap()
}

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Letters of categories and lengths in quarter notes, such as `C1 R1/2`.
fn written(melody: &[AbstractNote]) -> String {
    let words: Vec<String> = melody.iter().map(|n| format!("{}{}", n.category, n.duration)).collect();
    words.join(" ")
}

/// A draw for so many quarter notes: bars of 4/4 where that goes, else one bar.
fn draw(text: &str, quarters: u8, seed: u64) -> Result<String, Error> {
    let (meter, bars) = if quarters.is_multiple_of(4) { (4, quarters / 4) } else { (quarters, 1) };
    let melody = grammar(text).melody(Meter::new(meter, 4).unwrap(), bars.into(), &mut rng(seed));
    melody.map(|melody| written(&melody))
}

/// What the rules make, whether or not it is as long as asked.
fn derived(text: &str) -> Vec<AbstractNote> {
    grammar(text).derive([Duration::QUARTER; 3], &mut rng(1)).unwrap()
}

#[test]
fn arguments_are_computed_exactly() {
    let chain = "P(0) ->\nP(Y) -> Seg4 P(Y-4)\nSeg4 -> C4 L8 S8 X2";
    assert_eq!(draw(chain, 8, 1).unwrap(), "C1 L1/2 S1/2 X2 C1 L1/2 S1/2 X2");
    let thirds = "P(Y) -> T(Y/3, 0)\nT(Y, 9) ->\nT(Y, K) if K < 9 -> C(Y/3 + (2*Y - Y)*0) T(Y, K + 1)";
    assert_eq!(draw(thirds, 1, 1).unwrap(), ["C1/9"; 9].join(" "));
    assert_eq!(draw("P(Y, B) if Y = 2*B -> R(B) C(Y-B)", 8, 1).unwrap(), "R4 C4");
}

#[test]
fn lengths_are_parts_of_a_whole_note() {
    let text = "P(Y) -> C1 L2 S4 X8 H16 R32 C8/3 C8/3 C8/3 S16/5 S16/5 S16/5 S16/5 S16/5 C4+8 C2+8+16/3 R(Y)";
    let melody = derived(text);
    let lengths = "C4 L2 S1 X1/2 H1/4 R1/8 C1/3 C1/3 C1/3 S1/5 S1/5 S1/5 S1/5 S1/5 C3/2 C8/3 R1";
    assert_eq!(written(&melody), lengths);
}

#[test]
fn slopes_stand_in_each_other_and_reach_through_symbols() {
    let melody = derived("P(Y) -> C4 [1..3 C4 [-2..-1 Q] S4]\nQ -> S4");
    let slopes: Vec<_> = melody.iter().map(|n| n.slope.map(|s| (s.least, s.greatest))).collect();
    assert_eq!(slopes, [None, Some((1, 3)), Some((-2, -1)), Some((1, 3))]);
}

#[test]
fn an_approach_tone_without_a_target_becomes_a_scale_tone() {
    assert_eq!(draw("P(Y) -> A4 A8 L8 A8 S8 A8 R8 A4", 4, 1), draw("P(Y) -> S4 A8 L8 S8 S8 S8 R8 S4", 4, 1));
}

#[test]
fn every_complaint_has_its_line() {
    let cases = [
        ("", 1, "there is no rule"),
        ("# nothing", 1, "there is no rule"),
        ("P(Y) -> Q", 1, "no rule says what `Q` with 0 arguments becomes"),
        ("P(Y) -> C4\n\nP(Z) -> P(Z, 1)", 3, "no rule says what `P` with 2 arguments"),
        ("P -> C4", 1, "the first rule takes the length to fill"),
        ("P(Y) C4", 1, "`->` is missing before `C4`"),
        ("P(Y) ->\n| C4 -> C2", 2, "`->` is not expected here"),
        ("| C4", 1, "needs a rule before it"),
        ("P(Y) -> C7", 1, "`7` is not the length of a note"),
        ("P(Y) -> C4+", 1, "`4` is not the length of a note"),
        ("P(Y) -> C8/0", 1, "a tuplet has 3 to 15 notes"),
        ("P(Y) -> C4 : 0", 1, "`0` is not a weight"),
        ("P(Y) -> C4 : NaN", 1, "`NaN` is not a weight"),
        ("P(Y) -> C4 : many", 1, "`many` is not a weight"),
        ("P(Y) -> C(Z)", 1, "`Z` does not stand on the left side"),
        ("P(Y, Y) -> C4", 1, "`Y` stands twice"),
        ("P(Y) -> P(Y", 1, "`)` is missing before `the end`"),
        ("P(Y) -> [3..1 C4]", 1, "from the least to the greatest"),
        ("P(Y) -> [1..3 C4", 1, "a slope is not closed"),
        ("P(Y) -> C4]", 1, "this `]` closes nothing"),
        ("P(Y) -> [up C4]", 1, "a slope gives its least and its greatest step"),
        ("P(Y) if Y ! 3 -> C4", 1, "a condition compares with"),
        ("P(1/0) -> C4", 1, "an argument on the left is a name or a number"),
        ("C4 -> C8", 1, "`C4` is a note"),
        ("P(A, B, C, D, E) -> C4", 1, "has 5 arguments; 4 are the most"),
        ("-> C4", 1, "a rule begins with the name"),
        ("P(99999999999999999999) -> C4", 1, "a number is missing"),
    ];
    for (text, line, words) in cases {
        let error = text.parse::<Grammar>().expect_err(text);
        assert!(matches!(&error, Error::Text { line: l, .. } if *l == line), "{text}: {error}");
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
}

#[test]
fn rules_without_an_end_are_stopped() {
    for text in
        ["P(Y) -> P(Y)", "P(Y) -> P(Y) P(Y)", "P(Y) -> P(Y+1)", "P(Y) -> C32 P(Y)", "P(Y) -> Q Q\nQ -> Q Q"]
    {
        assert!(matches!(draw(text, 4, 1), Err(Error::Endless { .. })), "{text}");
    }
    for text in ["P(3) -> C4", "P(Y) -> P(Y-3)", "P(Y) -> Q(Y*3)\nQ(Y) -> Q(Y*Y)", "P(Y) -> C4 P(Y/0)"] {
        let error = draw(text, 4, 1).unwrap_err();
        assert!(matches!(error, Error::NoRule { .. }), "{text}: {error}");
    }
    let error = draw("P(Y) -> Q(Y-3)\nQ(3) -> C4", 4, 1).unwrap_err().to_string();
    assert!(error.contains("no rule applies to Q(1)"), "{error}");
    for text in ["P(Y) -> C(Y-4)", "P(Y) -> C(Y-9)", "P(Y) -> C(Y/0)", "P(Y) -> C(Y/19)"] {
        assert!(matches!(draw(text, 4, 1), Err(Error::Length { line: 1, .. })), "{text}");
    }
    assert!(matches!(draw("P(Y) -> C2", 4, 1), Err(Error::Sum { .. })));
}

proptest! {
    #[test]
    fn no_text_panics(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "P", "(", ")", "Y", ",", "->", "\n", "C4", "A8/3", "R(Y)", "S4+8", "[", "]", "1..3", "-4..-1", "|", ":",
                "2", "if", "<", "=", "+", "-", "*", "/", "#", "Q", "P(Y-1)", "P(0)", " ", "é", "P(Y) ->", ".", "0.5",
            ]),
            0..30,
        ),
        seed in any::<u64>(),
    ) {
        for text in [words.concat(), format!("P(Y) -> {}", words.join(" "))] {
            if let Ok(grammar) = text.parse::<Grammar>() {
                let _ = grammar.melody(Meter::COMMON, 1, &mut rng(seed));
            }
        }
    }
}

/// Whether observed counts fit the weights with p > 0.01: the chi-square statistic over the groups, its
/// quantile by Wilson and Hilferty's cube root.
fn fits(groups: &[(Vec<f64>, Vec<u32>)]) -> bool {
    let (mut chi_square, mut freedom) = (0.0, 0.0);
    for (weights, counts) in groups {
        let (sum, draws) = (weights.iter().sum::<f64>(), f64::from(counts.iter().sum::<u32>()));
        freedom += weights.len() as f64 - 1.0;
        for (weight, &count) in weights.iter().zip(counts) {
            let expected = draws * weight / sum;
            chi_square += (f64::from(count) - expected).powi(2) / expected;
        }
    }
    let spread = 2.0 / (9.0 * freedom);
    ((chi_square / freedom).cbrt() - (1.0 - spread)) / spread.sqrt() < 2.326
}

#[test]
fn a_tied_note_makes_the_one_before_longer_where_it_has_its_category_and_is_silent_behind_a_rest() {
    let sheet: Sheet = "meter: 2/4\nC | C | Db7 | C".parse().unwrap();
    for realised in ["", "exact\n"] {
        let grammar = grammar(&format!("{realised}P(Y) -> C2 ~C4 R4 ~C4 C4 ~C2"));
        for seed in 0..20 {
            let solo = grammar.improvise(&sheet, Instrument::Piano, seed).unwrap();
            let lengths: Vec<_> = solo.notes().iter().map(|note| note.duration.to_string()).collect();
            assert_eq!(lengths, ["3", "1", "2"], "{realised}{solo:?}");
        }
    }
}

#[test]
fn rules_are_chosen_by_weight() {
    let text = "P(Y) -> C1 : 1\n| L1 : 2\n| S1 : 3\n| X1 : 4\nP(3) -> C2+4 : 5\nP(Y) if Y > 4 -> C1 : 9\nP(Y) -> R1 P(Y-5)";
    let (grammar, mut rng) = (grammar(text), rng(7));
    let mut counts = vec![0; 4];
    for _ in 0..10_000 {
        let melody = grammar.melody(Meter::COMMON, 1, &mut rng).unwrap();
        let order = [NoteCategory::Chord, NoteCategory::Colour, NoteCategory::Scale, NoteCategory::Arbitrary];
        counts[order.iter().position(|&c| c == melody[0].category).unwrap()] += 1;
    }
    assert!(fits(&[(vec![1.0, 2.0, 3.0, 4.0], counts.clone())]), "{counts:?}");
    assert!(!fits(&[(vec![1.1, 2.0, 3.0, 3.0], counts)]), "the test must be able to fail");
}

#[test]
fn every_rule_of_ours_is_chosen_by_weight() {
    for style in STYLES {
        let (grammar, mut rng) = (built_in::grammar(style), rng(11));
        let mut groups = Vec::new();
        for (symbol, rules) in grammar.by_symbol.iter().enumerate() {
            let given: Vec<Fraction> =
                grammar.rules[rules[0]].parameters.iter().map(|_| Fraction::new(40, 1).unwrap()).collect();
            let applying: Vec<usize> =
                rules.iter().copied().filter(|&r| grammar.rules[r].applies(&given)).collect();
            if applying.len() > 1 {
                let mut counts = vec![0; applying.len()];
                for _ in 0..10_000 {
                    let rule = grammar.choose(symbol, &given, &mut rng).unwrap();
                    counts[applying.iter().position(|&r| r == rule).unwrap()] += 1;
                }
                groups.push((applying.iter().map(|&r| grammar.rules[r].weight).collect(), counts));
            }
        }
        assert!(groups.len() > 15 && fits(&groups), "{style}: {groups:?}");
    }
}

#[test]
fn abstract_melodies_sum_exactly_in_every_meter() {
    let grammars = STYLES.map(built_in::grammar);
    let mut rng = rng(3);
    for i in 0..10_000 {
        let meter: Meter = METERS[i % METERS.len()].parse().unwrap();
        let bars = 1 + i / 50 % 9;
        let melody = grammars[i % 5].melody(meter, bars, &mut rng).unwrap();
        assert_eq!(melody.iter().map(|n| n.duration).sum::<Duration>(), meter.bar() * bars as i64);
        for (i, note) in melody.iter().enumerate() {
            let resolves = melody.get(i + 1).is_some_and(|next| next.category.is_target());
            assert!(note.category != NoteCategory::Approach || resolves, "{}", written(&melody));
        }
    }
}

/// A chart of random chords of every quality, now and then N.C., in random meters.
fn unseen(rng: &mut ChaCha8Rng, qualities: &[Quality]) -> Sheet {
    let mut meter: Meter = "4/4".parse().unwrap();
    let bars = (0..rng.random_range(1..6)).map(|_| {
        if rng.random_ratio(1, 4) {
            meter = METERS[rng.random_range(0..METERS.len())].parse().unwrap();
        }
        let changes = (0..rng.random_range(0..3)).map(|i| {
            let root = NoteName::flat(PitchClass::new(rng.random_range(0..12)));
            let chord = Chord { root, quality: qualities[rng.random_range(0..qualities.len())], bass: None };
            Change { at: meter.beat() * i, chord: (!rng.random_ratio(1, 12)).then_some(chord) }
        });
        Bar::new(meter, changes.collect())
    });
    Sheet::new(bars.collect()).unwrap()
}

/// What a soloist takes for the chord: over N.C. the one before, before the first the first.
fn harmony(sheet: &Sheet, time: Time) -> Option<Chord> {
    let known = sheet.chords().iter().filter_map(|&(at, chord)| Some((at, chord?)));
    let before = known.clone().take_while(|&(at, _)| at <= time).last();
    before.or(known.clone().next()).map(|(_, chord)| chord)
}

#[test]
fn every_note_has_its_category_over_unseen_changes() {
    let qualities: Vec<Quality> = Quality::all().collect();
    let instruments: Vec<Instrument> = Instrument::all().collect();
    let grammars = STYLES.map(built_in::grammar);
    let mut rng = rng(5);
    let mut approaches = 0;
    for i in 0..10_000 {
        let sheet = unseen(&mut rng, &qualities);
        let melody = grammars[i % 5].melody_over(&sheet, &mut rng).unwrap();
        let instrument = instruments[i % instruments.len()];
        let solo = realise(&melody, &sheet, instrument, &mut rng).unwrap();
        approaches += check(&melody, &sheet, &solo);
    }
    assert!(approaches > 10_000, "{approaches} approach tones");
}

/// Checks each note against its abstract one; counts the approach tones.
fn check(melody: &[AbstractNote], sheet: &Sheet, solo: &Solo) -> usize {
    let mut notes = solo.notes().iter().peekable();
    let (mut onset, mut approaches) = (Time::ZERO, 0);
    for (i, abstract_note) in melody.iter().enumerate() {
        let begins = onset;
        onset += abstract_note.duration;
        if abstract_note.category == NoteCategory::Rest {
            continue;
        }
        let note = notes.next().unwrap();
        assert_eq!((note.onset, note.duration), (begins, abstract_note.duration));
        assert!(solo.instrument().range().contains(&note.pitch()), "{sheet}");
        let chord = harmony(sheet, begins);
        let has = |category| chord.is_none_or(|chord| belongs(category, &chord, note.pitch()));
        assert!(has(abstract_note.category), "{} {chord:?} {}", abstract_note.category, note.pitch());
        if abstract_note.category == NoteCategory::Approach {
            let target = notes.peek().unwrap();
            assert_eq!(note.pitch().to(target.pitch()).semitones().abs(), 1, "{sheet}");
            assert_eq!(note.end(), target.onset);
            assert!(melody[i + 1].category.is_target());
            approaches += 1;
        }
    }
    assert!(notes.next().is_none());
    approaches
}

fn belongs(category: NoteCategory, chord: &Chord, pitch: Pitch) -> bool {
    let coloured = if chord.colours().is_empty() { chord.tones() } else { chord.colours() };
    let classes = match category {
        NoteCategory::Chord => chord.tones(),
        NoteCategory::Colour => coloured,
        NoteCategory::Scale => chord.scale_tones(),
        NoteCategory::Helpful => chord.tones().union(chord.colours()),
        NoteCategory::Approach | NoteCategory::Arbitrary | NoteCategory::Rest => return true,
    };
    classes.contains(pitch.class())
}

#[test]
fn slopes_are_kept_wherever_the_range_allows() {
    let text = "P(0) ->\nP(Y) -> [1..2 S8 S8 S8] [-2..-1 S8 S8] [3..5 C8] [-9..-5 C8] R8 P(Y-4)";
    let sheet: Sheet = "Dm7 | G7 | Cmaj7 | Am7".parse().unwrap();
    let (mut kept, mut steps) = (0, 0);
    for seed in 0..1000 {
        let mut rng = rng(seed);
        let melody = grammar(text).melody(Meter::COMMON, 4, &mut rng).unwrap();
        let solo = realise(&melody, &sheet, Instrument::Piano, &mut rng).unwrap();
        let sounding: Vec<_> = melody.iter().filter(|n| n.category != NoteCategory::Rest).collect();
        for (pair, note) in solo.notes().windows(2).zip(&sounding[1..]) {
            let (step, slope) = (pair[0].pitch().to(pair[1].pitch()).semitones(), note.slope.unwrap());
            if !(40..=90).contains(&pair[0].pitch().number()) {
                continue;
            }
            steps += 1;
            kept += usize::from((slope.least..=slope.greatest).contains(&step));
            assert_eq!(step.signum(), slope.least.signum(), "a slope keeps its direction");
        }
    }
    assert!(steps > 20_000 && kept * 100 > steps * 95, "{kept} of {steps}");
}

#[test]
fn a_slope_turns_round_at_the_edge_of_the_range() {
    let melody = derived("P(Y) -> [3..4 C4 C4 C4 C4 C4 C4 C4 C4 C4 C4 C4 C4 C4 C4 C4 C4]");
    let solo = realise(&melody, &"C7".parse().unwrap(), Instrument::Trombone, &mut rng(1)).unwrap();
    let steps: Vec<i32> =
        solo.notes().windows(2).map(|w| w[0].pitch().to(w[1].pitch()).semitones().signum()).collect();
    let turns = steps.windows(2).filter(|w| w[0] != w[1]).count();
    assert!((1..=4).contains(&turns), "it turns and goes on, without zigzag: {steps:?}");
}

#[test]
fn the_same_seed_gives_the_same_notes() {
    let sheet: Sheet = "Dm7 | G7 | Cmaj7 | 3/4 Am7 | N.C. | 7/8 D7alt | %".parse().unwrap();
    let solo = |seed| built_in::grammar("swing").improvise(&sheet, Instrument::AltoSax, seed).unwrap();
    assert_eq!(solo(1), solo(1));
    let different: std::collections::BTreeSet<String> =
        (0..50).map(|seed| format!("{:?}", solo(seed))).collect();
    assert_eq!(different.len(), 50);
    assert!((0..50).all(|seed| solo(seed).notes().iter().all(|note| note.end() <= sheet.end())));
}

#[test]
fn over_no_chord_the_one_before_counts() {
    let text = "P(0) ->\nP(Y) -> C4 P(Y-1)";
    let over = |chart: &str, key: Option<&str>| {
        let sheet = chart.parse::<Sheet>().unwrap().with_key(key.map(|k| k.parse().unwrap()));
        let solo = grammar(text).improvise(&sheet, Instrument::Trumpet, 1).unwrap();
        solo.notes().iter().map(|n| n.pitch().class()).collect::<sideman_music::PitchClassSet>()
    };
    let tones = |symbol: &str| symbol.parse::<Chord>().unwrap().tones();
    assert!(over("Ebm7 | N.C. | % | %", None).without(tones("Ebm7")).is_empty());
    assert!(over("N.C. | % | % | F#7", None).without(tones("F#7")).is_empty());
    assert!(over("N.C. | % | % | %", Some("Ab minor")).without(tones("Abm6")).is_empty());
    assert!(over("N.C. | % | % | %", None).without(tones("C6")).is_empty());
}
