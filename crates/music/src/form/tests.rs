use super::*;
use proptest::prelude::*;

/// Measures as letters with signs around them. Before: `{` repeat, digits an ending, `S` segno, `C` sign of the coda,
/// `P` a section. Behind: `}` repeat, `t` words "to coda", `c` sign of the coda over it, `f` Fine, `)` the bracket of
/// an ending closes, `]` a double bar line, and a jump: `D` da capo or `G` dal segno, then `F` al Fine, `K` al Coda, or
/// the number of an ending.
fn signs_of(measure: &str) -> FormSigns {
    let (start, end) = measure.split_at(measure.find(|c: char| c.is_ascii_lowercase()).unwrap());
    let has = |c: char| end[1..].contains(c);
    let digit = end.chars().find_map(|c| c.to_digit(10)).map(|n| n as usize);
    let end_of_jump = match digit {
        Some(pass) => JumpEnd::Ending(pass),
        None if has('F') => JumpEnd::Fine,
        None if has('K') => JumpEnd::Coda,
        None => JumpEnd::Unsaid,
    };
    let over = has('c').then_some(CodaPlace::Within);
    FormSigns {
        repeat_from: start.contains('{'),
        plays: end.matches('}').count() + 1,
        ending: start.chars().filter_map(|c| c.to_digit(10)).map(|n| n as usize).collect(),
        ending_closes: has(')'),
        section: start.contains('P'),
        closes: has(']'),
        segno: start.contains('S'),
        coda_sign: start.contains('C').then_some(CodaPlace::Before).or(over),
        to_coda: has('t'),
        fine: has('f'),
        jump: (has('D') || has('G')).then(|| Jump { to_segno: has('G'), end: end_of_jump }),
        last_time: None,
    }
}

fn order(form: &str) -> (OrderOfPlay, Vec<char>) {
    let measures: Vec<&str> = form.split(' ').collect();
    let signs: Vec<FormSigns> = measures.iter().map(|measure| signs_of(measure)).collect();
    let names = measures.iter().map(|m| m.chars().find(char::is_ascii_lowercase).unwrap());
    (OrderOfPlay::of(&signs), names.collect())
}

/// The measures as they are played; behind a slash what stands apart, with its own order.
fn played(form: &str) -> String {
    let (order, names) = order(form);
    let spelled = |steps: &[PlayStep]| steps.iter().map(|step| names[step.measure]).collect::<String>();
    let apart = order.apart.iter().map(|apart| spelled(&apart.steps));
    [spelled(&order.steps)].into_iter().chain(apart).collect::<Vec<_>>().join("/")
}

fn remarks(form: &str) -> Vec<String> {
    order(form).0.remarks.iter().map(|r| format!("{}: {}", r.measure + 1, r.words)).collect()
}

#[test]
fn repeats_and_endings() {
    assert_eq!(played("a b c"), "abc");
    assert_eq!(played("a {b c} d"), "abcbcd");
    assert_eq!(played("a b} c"), "ababc");
    assert_eq!(played("{a b}} c"), "abababc");
    assert_eq!(played("{a 1b} 2c d"), "abacd");
    assert_eq!(played("{a 1b c} 2d e} f"), "abcadef");
    assert_eq!(remarks("{a 1b c} 2d e} f"), ["5: the repeat sign in the last ending is not followed"]);
    assert_eq!(played("{a 12b} 3c d"), "ababacd");
    assert_eq!(played("{a 1b} 2c} 3d e"), "abacade");
    assert_eq!(played("{a 1b} 2c] {d e} f"), "abacdedef");
    assert_eq!(played("{a b} {c d}"), "ababcdcd");
    assert_eq!(played("{a b} c d}"), "ababcdcd");
    assert_eq!(played("{a 1b} c"), "abac");
    assert_eq!(played("{a b} 2c d"), "ababcd");
    assert_eq!(played("a 1b c"), "abc");
    assert_eq!(played("a 2b} c"), "abc");
    assert_eq!(played("{a 2b} 3c d"), "abacd");
}

#[test]
fn a_repeat_begins_at_the_second_ending() {
    assert_eq!(played("{a b 1c} {P2d e} {f} g"), "abcabdedeffg");
    assert_eq!(played("{a 1b} {2c d} e"), "abacdcde");
}

#[test]
fn a_first_ending_implies_its_repeat() {
    assert_eq!(played("a b 1c] 2d] e f"), "abcabdef");
    assert_eq!(played("{a 1b 2c 3d"), "abacad");
}

#[test]
fn what_follows_endings_repeats_from_behind_them() {
    assert_eq!(played("{a 1b} 2c) d 1e} 2f) g"), "abacdedfg");
    assert_eq!(played("{a 1b} 2c) d e}"), "abacdede");
    assert_eq!(played("{a 1b} 2c d e}"), "abacdede");
    assert_eq!(played("{a 1b x} 2c d] e f} g"), "abxacdefefg");
    assert_eq!(played("{a 1b} 2c d 1e} 2f g"), "abacdedfg");
}

#[test]
fn a_repeat_within_a_repeat_is_taken_the_first_time() {
    assert_eq!(played("{a b} 1c d} 2e f]"), "ababcdabef");
    assert_eq!(played("i {a} 1c} 2e f"), "iaacaef");
}

#[test]
fn jumps() {
    assert_eq!(played("a bf cD"), "abcab");
    assert_eq!(played("a Sb cf dG"), "abcdbc");
    assert_eq!(played("a bc cD Cd e"), "abcabde");
    assert_eq!(played("a Sbt cG Cd"), "abcbd");
    assert_eq!(played("{a 1b} 2c] d e2D"), "abacdeac");
    assert_eq!(played("{a 1b} 2cc dDK Ce"), "abacdace");
    assert_eq!(played("a bG"), "abab");
    assert_eq!(played("a b {c} dDF] e"), "abccdabcd/e");
    assert_eq!(played("a bD] c d"), "ababcd");
    assert_eq!(remarks("a bDF"), ["2: there is no Fine: the music ends here"]);
    assert_eq!(remarks("a bG"), ["2: dal segno without a segno goes to the beginning"]);
    assert_eq!(remarks("af b"), ["1: no jump leads to this Fine: the music goes on"]);
    assert_eq!(played("Sa b Sc df eGF"), "abcdecd");
}

#[test]
fn the_words_of_a_jump_belong_to_the_line_that_closes_their_section() {
    assert_eq!(played("{a 1b} 2cf] d e2D f"), "abacdefac");
    assert_eq!(played("af] b cDF d] e"), "abcda/e");
    assert_eq!(played("af b cDF d e f g h i j k l"), "abca/defghijkl");
    assert_eq!(played("a bc cDK d] Ce"), "abcdabe");
}

#[test]
fn the_coda_is_left_for_from_the_ending_that_holds_its_sign() {
    assert_eq!(played("{a b 1cc} 2d] e fDK] Cg h"), "abcabdefabcgh");
    assert_eq!(played("{a b 1c} C2d] e fDK] Cg h"), "abcabdefabgh");
    assert_eq!(played("{a 1b} 2c dc] eDK] Cf"), "abacdeacdf");
    assert_eq!(played("{a 1bf} 2c] dDF"), "abacdab");
}

#[test]
fn an_ending_behind_the_jump_goes_on_to_the_end() {
    assert_eq!(played("{a 1b} 2c] Pd eD3] 3f g] Ph i"), "abacdeafghi");
    assert_eq!(played("a 1b] c dD2] 2e"), "abcdae");
}

#[test]
fn one_coda_sign() {
    assert_eq!(played("a b c] Cd e"), "abc/de");
    assert_eq!(remarks("a b c] Cd e"), ["4: the coda is for the last chorus and left out"]);
    assert_eq!(played("a bc c] Cd e"), "abc/de");
    assert_eq!(played("a bc c d"), "abcd");
    assert_eq!(remarks("a bc c d"), ["2: there is no coda to go to"]);
    assert_eq!(played("a bc cDK] d e"), "abcabde");
    assert_eq!(remarks("a bc cDK] d e"), ["4: the coda has no sign: it is taken to begin here"]);
    assert_eq!(played("a b cDK] Cd e"), "abcabcde");
}

#[test]
fn the_sign_of_the_coda_at_to_coda() {
    assert_eq!(played("a btc cD] dc"), "abcabd");
    assert_eq!(played("a bt cDK] d"), "abcabd");
    assert_eq!(played("a btc cD"), "abcabc");
}

#[test]
fn repeats_in_the_coda_are_taken() {
    assert_eq!(played("Sa bt cGK] {Cd e} f"), "abcabdedef");
    assert_eq!(played("Sa bt cGK] Cd {e 1f} 2g"), "abcabdefeg");
}

#[test]
fn changes_behind_the_fine_stand_apart() {
    assert_eq!(played("{a bf} c dDF] {Se ff} g hGF]"), "ababcdab/efefghef");
    let (order, _) = order("{a bf} c dDF] {Se ff} g hGF]");
    assert_eq!((order.apart[0].measures.clone(), order.apart[0].kind), (4..8, ApartKind::Solos));
    assert_eq!(order.remarks[0].words, "4 measures from here, behind the Fine: no part of the form");
}

#[test]
fn words_for_the_last_chorus_are_not_followed() {
    let after = FormSigns { last_time: Some("After solos, D.C. al Coda".into()), ..signs_of("b]") };
    let order = OrderOfPlay::of(&[signs_of("at"), after, signs_of("Cc")]);
    assert_eq!(order.measures().collect::<Vec<_>>(), [0, 1]);
    assert_eq!(
        order.remarks[0].words,
        "\"After solos, D.C. al Coda\" is for the last chorus and not followed"
    );
    assert_eq!(order.apart[0].kind, ApartKind::Coda);
}

#[test]
fn parts_are_played_in_their_order() {
    let signs: Vec<FormSigns> = "{a b} c d".split(' ').map(signs_of).collect();
    let order = OrderOfPlay::of_parts(&signs, &[0..2, 2..3, 0..2]);
    assert_eq!(order.measures().collect::<Vec<_>>(), [0, 1, 0, 1, 2, 0, 1, 0, 1]);
    assert_eq!(order.steps[5].by, PlaySign::Start);
    assert_eq!((order.apart[0].measures.clone(), order.remarks[0].measure), (3..4, 3));
}

#[test]
fn each_step_says_what_led_there() {
    let by = |form: &str| {
        let steps = order(form).0.steps;
        let signs = steps.iter().map(|step| step.by).filter(|by| *by != PlaySign::Next);
        signs.collect::<Vec<_>>()
    };
    use PlaySign::{Coda, DaCapo, DalSegno, Ending, Repeat, Start};
    assert_eq!(by("{a 1b} 2cc dDK Ce"), [Start, Repeat(2), Ending(2), DaCapo, Ending(2), Coda]);
    assert_eq!(by("a Sbf cG"), [Start, DalSegno]);
}

#[test]
fn no_form_runs_without_bound() {
    let loud = FormSigns { plays: usize::MAX, repeat_from: true, ..FormSigns::default() };
    assert_eq!(OrderOfPlay::of(&vec![loud; 3]).steps.len(), MOST_BARS + 1);
    let again = FormSigns { plays: 2, ..FormSigns::default() };
    assert_eq!(OrderOfPlay::of(&vec![again; MOST_BARS + 1]).steps.len(), MOST_BARS + 1);
    assert_eq!(OrderOfPlay::of(&[]), OrderOfPlay::default());
}

proptest! {
    #[test]
    fn every_measure_is_played_or_named(
        form in proptest::collection::vec("[{1-4SCP]{0,2}[a-e][}tcf)\\]DGFK2]{0,2}", 1..24),
    ) {
        let signs: Vec<FormSigns> = form.iter().map(|measure| signs_of(measure)).collect();
        let order = OrderOfPlay::of(&signs);
        prop_assert!(order.steps.len() <= MOST_BARS);
        let mut reached = vec![false; signs.len()];
        order.measures().for_each(|measure| reached[measure] = true);
        for apart in &order.apart {
            prop_assert!(order.remarks.iter().any(|remark| remark.measure == apart.measures.start));
            reached[apart.measures.clone()].iter_mut().for_each(|reached| *reached = true);
        }
        prop_assert!(reached.iter().all(|&reached| reached));
    }
}
