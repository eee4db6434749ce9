//! Made charts with any signs, written to every format that can hold them and read back: the order of play is the same.
#![cfg(test)]

use proptest::option::weighted;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sideman_formats::read;
use sideman_music::{CodaPlace, FormSigns, Jump, JumpEnd, OrderOfPlay, Sheet};

fn any_signs() -> impl Strategy<Value = FormSigns> {
    let ending = prop_oneof![Just(vec![1]), Just(vec![2]), Just(vec![3]), Just(vec![1, 2])];
    let end = prop_oneof![
        Just(JumpEnd::Unsaid),
        Just(JumpEnd::Fine),
        Just(JumpEnd::Coda),
        (2usize..4).prop_map(JumpEnd::Ending)
    ];
    let jump = (any::<bool>(), end).prop_map(|(to_segno, end)| Jump { to_segno, end });
    let place = prop_oneof![Just(CodaPlace::Before), Just(CodaPlace::Within)];
    let chance = |p| prop::bool::weighted(p);
    let lines = (chance(0.15), weighted(0.2, 2usize..4), weighted(0.2, ending), chance(0.1), chance(0.2));
    let signs =
        (chance(0.1), chance(0.08), weighted(0.1, place), chance(0.05), chance(0.07), weighted(0.08, jump));
    (lines, signs).prop_map(
        |(
            (repeat_from, plays, ending, ending_closes, closes),
            (section, segno, coda_sign, to_coda, fine, jump),
        )| {
            let (plays, ending) = (plays.unwrap_or(1), ending.unwrap_or_default());
            let last_time = None;
            FormSigns {
                repeat_from,
                plays,
                ending,
                ending_closes,
                section,
                closes,
                segno,
                coda_sign,
                to_coda,
                fine,
                jump,
                last_time,
            }
        },
    )
}

fn any_form() -> impl Strategy<Value = Vec<FormSigns>> {
    proptest::collection::vec(any_signs(), 1..28)
}

/// The chord of a measure, another in each.
fn chord(measure: usize) -> String {
    let roots = ["C", "D", "E", "F", "G", "A", "B"];
    format!("{}{}", roots[measure % 7], ["7", "6", "m7", "m6"][measure / 7])
}

fn jump_words(jump: Jump) -> String {
    let from = if jump.to_segno { "D.S." } else { "D.C." };
    match jump.end {
        JumpEnd::Unsaid => from.into(),
        JumpEnd::Fine => format!("{from} al Fine"),
        JumpEnd::Coda => format!("{from} al Coda"),
        JumpEnd::Ending(2) => format!("{from} al 2nd ending"),
        JumpEnd::Ending(pass) => format!("{from} al {pass}rd ending"),
    }
}

/// What words say behind a measure.
fn words_behind(signs: &FormSigns) -> Vec<String> {
    let said = [(signs.to_coda, "To Coda"), (signs.fine, "Fine")];
    let said = said.into_iter().filter(|(says, _)| *says).map(|(_, words)| words.to_owned());
    said.chain(signs.jump.map(jump_words)).collect()
}

fn numbers(ending: &[usize], join: &str) -> String {
    ending.iter().map(ToString::to_string).collect::<Vec<_>>().join(join)
}

fn as_text(form: &[FormSigns]) -> String {
    let mut text = String::new();
    for (i, signs) in form.iter().enumerate() {
        if signs.section {
            text.push_str("\n[A] ");
        }
        text.push_str(if signs.repeat_from { "|: " } else { "" });
        if !signs.ending.is_empty() {
            text.push_str(&format!("{}. ", numbers(&signs.ending, ",")));
        }
        text.push_str(if signs.segno { "<Segno> " } else { "" });
        text.push_str(if signs.coda_sign == Some(CodaPlace::Before) { "<Coda> " } else { "" });
        text.push_str(&chord(i));
        text.push_str(if signs.coda_sign == Some(CodaPlace::Within) { " <Coda>" } else { "" });
        words_behind(signs).iter().for_each(|words| text.push_str(&format!(" <{words}>")));
        match signs.plays {
            0 | 1 => text.push_str(" |"),
            plays => text.push_str(&format!(" :|x{plays} ")),
        }
        // A second line closes; behind a repeat sign it says nothing more.
        text.push_str(if signs.closes && signs.plays < 2 { "|\n" } else { "\n" });
    }
    text
}

fn as_ireal(form: &[FormSigns]) -> String {
    let mut music = String::new();
    for (i, signs) in form.iter().enumerate() {
        music.push(if signs.repeat_from { '{' } else { '|' });
        music.push_str(if signs.section { "*A" } else { "" });
        signs.ending.iter().for_each(|pass| music.push_str(&format!("N{pass}")));
        music.push_str(if signs.segno { "S" } else { "" });
        music.push_str(if signs.coda_sign == Some(CodaPlace::Before) { "Q" } else { "" });
        music.push_str(&chord(i).replace('m', "-"));
        music.push_str(if signs.coda_sign == Some(CodaPlace::Within) { " Q" } else { "" });
        words_behind(signs).iter().for_each(|words| music.push_str(&format!(" <{words}>")));
        match (signs.plays, signs.closes) {
            (3.., _) => music.push_str(&format!(" <{}x>}}", signs.plays)),
            (2, _) => music.push_str(" }"),
            (_, true) => music.push(']'),
            (_, false) => {}
        }
    }
    format!("irealbook://Made=Nobody=Swing=C=n={music}|")
}

fn as_musicxml(form: &[FormSigns]) -> String {
    let direction = |kind: &str| format!("<direction><direction-type>{kind}</direction-type></direction>");
    let mut measures = String::new();
    for (i, signs) in form.iter().enumerate() {
        let number = numbers(&signs.ending, ",");
        let mut left = String::new();
        if signs.repeat_from {
            left.push_str("<repeat direction=\"forward\"/>");
        }
        if !signs.ending.is_empty() {
            left.push_str(&format!("<ending number=\"{number}\" type=\"start\"/>"));
        }
        let marks = [
            (signs.section, "<rehearsal>A</rehearsal>"),
            (signs.segno, "<segno/>"),
            (signs.coda_sign.is_some(), "<coda/>"),
        ];
        let marks: String = marks.iter().filter(|mark| mark.0).map(|mark| direction(mark.1)).collect();
        let name = chord(i);
        let kind = match &name[1..] {
            "7" => "dominant",
            "6" => "major-sixth",
            "m7" => "minor-seventh",
            _ => "minor-sixth",
        };
        let words: String =
            words_behind(signs).iter().map(|words| direction(&format!("<words>{words}</words>"))).collect();
        let mut right = String::new();
        right.push_str(if signs.closes { "<bar-style>light-light</bar-style>" } else { "" });
        right.push_str(if signs.ending_closes { "<ending number=\"1\" type=\"stop\"/>" } else { "" });
        if signs.plays > 1 {
            right.push_str(&format!("<repeat direction=\"backward\" times=\"{}\"/>", signs.plays));
        }
        measures.push_str(&format!(
            "<measure number=\"{}\"><barline location=\"left\">{left}</barline>{marks}\
            <harmony><root><root-step>{}</root-step></root><kind>{kind}</kind></harmony>{words}\
            <barline location=\"right\">{right}</barline></measure>",
            i + 1,
            &name[..1],
        ));
    }
    format!("<score-partwise><part-list/><part id=\"P1\">{measures}</part></score-partwise>")
}

fn as_abc(form: &[FormSigns]) -> String {
    let mut text = "X:1\nT:Made\nM:4/4\nL:1/1\nK:C\n".to_owned();
    for (i, signs) in form.iter().enumerate() {
        text.push_str(if signs.section { "P:A\n" } else { "" });
        text.push_str(if signs.repeat_from { "|:" } else { "" });
        if !signs.ending.is_empty() {
            text.push_str(&format!("[{} ", numbers(&signs.ending, ",")));
        }
        text.push_str(if signs.segno { "!segno!" } else { "" });
        text.push_str(if signs.coda_sign.is_some() { "!coda!" } else { "" });
        text.push_str(&format!("\"{}\"c", chord(i)));
        for words in words_behind(signs) {
            text.push_str(&format!("!{}!", words.replace(' ', "")));
        }
        text.push_str(&":".repeat(signs.plays.saturating_sub(1)));
        text.push_str(if signs.closes && signs.plays < 2 { "||\n" } else { "|\n" });
    }
    text
}

/// What a format loses: where a bracket closes, and whether the sign of the coda stands before a measure or over it.
fn without(form: &[FormSigns], brackets: bool, places: bool) -> Vec<FormSigns> {
    let loses = |signs: &FormSigns| FormSigns {
        ending_closes: signs.ending_closes && !brackets,
        coda_sign: signs.coda_sign.map(|place| if places { CodaPlace::Within } else { place }),
        ..signs.clone()
    };
    form.iter().map(loses).collect()
}

fn expected(form: &[FormSigns]) -> Vec<String> {
    OrderOfPlay::of(form).measures().map(chord).collect()
}

fn played(file: &str) -> Vec<String> {
    let tune = read(file.as_bytes(), "").unwrap_or_else(|error| panic!("{error}\n{file}")).remove(0);
    let name = |bar: &sideman_music::Bar| bar.changes()[0].chord.unwrap().to_string();
    tune.sheet.bars().iter().map(name).collect()
}

fn is_read_back(form: &[FormSigns]) -> Result<(), TestCaseError> {
    prop_assert!(OrderOfPlay::of(form).steps.len() <= Sheet::MOST_BARS);
    let ireal = as_ireal(form);
    prop_assert_eq!(played(&ireal), expected(&without(form, true, false)), "{}", ireal);
    let text = as_text(form);
    prop_assert_eq!(played(&text), expected(&without(form, true, false)), "{}", text);
    let score = as_musicxml(form);
    prop_assert_eq!(played(&score), expected(&without(form, false, true)), "{}", score);
    let abc = as_abc(form);
    prop_assert_eq!(played(&abc), expected(&without(form, true, true)), "{}", abc);
    Ok(())
}

fn run(cases: u32) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner.run(&any_form(), |form| is_read_back(&form)).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn made_forms_are_read_back_from_every_format() {
    run(300);
}

#[test]
#[ignore = "ten thousand of them take minutes where machines are slow"]
fn ten_thousand_made_forms_are_read_back_from_every_format() {
    run(10_000);
}
