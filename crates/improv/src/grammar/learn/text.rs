//! What was learned, as a grammar.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::chain::ClusterChain;
use super::options::{GrammarOptions, WindowForm};
use super::window::{AbstractWindow, TICKS, WindowNote};

/// The commonest pieces of two beats and of one that fill bars of other lengths.
const MOST_PIECES: usize = 60;

/// The grammar of choruses whose windows bear labels.
pub(super) fn written(
    choruses: &[Vec<AbstractWindow>],
    labels: &[Vec<usize>],
    chain: &ClusterChain,
    options: &GrammarOptions,
) -> String {
    let mut text = String::from(HEAD);
    if options.form == WindowForm::Slopes {
        text.push_str(EXACT);
    }
    start(&mut text, options.window.into());
    states(&mut text, chain, options.window.into());
    clusters(&mut text, choruses, labels, options.form);
    for (name, quarters) in [("Two", 2), ("One", 1)] {
        pieces(&mut text, name, choruses, quarters, options.form);
    }
    text
}

const HEAD: &str = "\
# A grammar learned from solos: each K is a cluster of windows that are alike, each W a state of the chain of
# clusters with those that came before it. Behind ~ the note before sounds on where it has that category; behind a
# rest, ~ is a rest.
";
const EXACT: &str = "exact\n";

/// Bars of one window are filled by the chain, others with windows and their parts.
fn start(text: &mut String, window: i64) {
    let _ = write!(
        text,
        "
# Y is what is left to fill, B the bar and U its beat, all in quarter notes.
Solo(Y, {window}, U) -> W(Y)
Solo(Y, B, U) if B != {window} -> Other(Y, B)
Other(0, B) ->
Other(Y, B) if Y > 0 -> Fill(B) Other(Y-B, B)
Fill(0) ->
Fill(N) if N >= {window} -> Any Fill(N-{window})
Fill(N) if N >= 2, N < {window} -> Two Fill(N-2) : 3
                   | One Fill(N-1)
Fill(N) if N >= 1, N < 2 -> One Fill(N-1)
Fill(N) if N > 0, N < 1 -> R(N)
"
    );
}

fn state_name(state: &[usize]) -> String {
    state.iter().fold(String::from("W"), |name, label| format!("{name}_{label}"))
}

/// A symbol for each state: a cluster and the next state, or the state that has forgotten its farthest cluster.
fn states(text: &mut String, chain: &ClusterChain, window: i64) {
    text.push_str("\n# The chain.\n");
    for (state, followers) in &chain.followers {
        let name = state_name(state);
        let _ = writeln!(text, "{name}(0) ->");
        let end = if state.is_empty() {
            format!("{name}(Y) if Y > 0, Y < {window} -> Fill(Y)\n")
        } else {
            String::new()
        };
        text.push_str(&end);
        for (label, count) in followers {
            let after = [&state[..], &[*label]].concat();
            let next = state_name(chain.state(&after));
            let _ = writeln!(text, "{name}(Y) if Y >= {window} -> K{label} {next}(Y-{window}) : {count}");
        }
        if !state.is_empty() {
            let (types, shorter) = (followers.len(), state_name(&state[1..]));
            let _ = writeln!(text, "{name}(Y) if Y > 0 -> {shorter}(Y) : {types}");
        }
    }
    let all = chain.followers.get(&[][..]).into_iter().flatten();
    all.for_each(|(label, count)| {
        let _ = writeln!(text, "Any -> K{label} : {count}");
    });
}

/// The windows of each cluster, each as often as it came.
fn clusters(text: &mut String, choruses: &[Vec<AbstractWindow>], labels: &[Vec<usize>], form: WindowForm) {
    let mut members: BTreeMap<usize, BTreeMap<String, usize>> = BTreeMap::new();
    for (window, label) in choruses.iter().flatten().zip(labels.iter().flatten()) {
        *members.entry(*label).or_default().entry(right_side(window, form)).or_default() += 1;
    }
    for (label, windows) in members {
        text.push('\n');
        for (window, count) in windows {
            let _ = writeln!(text, "K{label} -> {window} : {count}");
        }
    }
}

/// The commonest parts of windows, so many quarter notes long.
fn pieces(text: &mut String, name: &str, choruses: &[Vec<AbstractWindow>], quarters: i64, form: WindowForm) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for window in choruses.iter().flatten() {
        for part in window.parts(quarters * TICKS) {
            *counts.entry(right_side(&part, form)).or_default() += 1;
        }
    }
    let mut commonest: Vec<(String, usize)> = counts.into_iter().collect();
    commonest.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    text.push('\n');
    for (part, count) in commonest.into_iter().take(MOST_PIECES) {
        let _ = writeln!(text, "{name} -> {part} : {count}");
    }
}

/// The right side of a rule that makes a window.
fn right_side(window: &AbstractWindow, form: WindowForm) -> String {
    let mut slopes = window.slopes().into_iter();
    let (mut words, mut left) = (Vec::new(), 0);
    if window.tied {
        words.push("~".to_owned());
    }
    for note in &window.notes {
        let step = note.pitch.and_then(|pitch| pitch.step);
        let mut word = word(note, form);
        match (step, form) {
            (Some(step), WindowForm::Literal) => word = format!("[{step}..{step} {word}]"),
            (Some(_), WindowForm::Slopes) => {
                if left == 0 {
                    let (count, slope) = slopes.next().unwrap_or_default();
                    left = count;
                    word = format!("[{}..{} {word}", slope.least, slope.greatest);
                }
                left -= 1;
                if left == 0 {
                    word.push(']');
                }
            }
            _ => {}
        }
        words.push(word);
    }
    words.join(" ")
}

fn word(note: &WindowNote, form: WindowForm) -> String {
    let category = match (note.pitch, form) {
        (None, _) => "R".to_owned(),
        (Some(pitch), WindowForm::Literal) if pitch.step.is_some() => "X".to_owned(),
        (Some(pitch), _) => pitch.category.to_string(),
    };
    format!("{category}{}", length(note.ticks))
}

/// A length as parts of a whole note where it is usual, else as a fraction of a quarter note in brackets.
fn length(ticks: i64) -> String {
    const USUAL: [(i64, &str); 13] = [
        (48, "1"),
        (36, "2+4"),
        (24, "2"),
        (18, "4+8"),
        (12, "4"),
        (9, "8+16"),
        (8, "4/3"),
        (6, "8"),
        (4, "8/3"),
        (3, "16"),
        (2, "16/3"),
        (30, "2+8"),
        (42, "2+4+8"),
    ];
    let usual = USUAL.iter().find(|(usual, _)| *usual == ticks).map(|(_, name)| (*name).to_owned());
    usual.unwrap_or_else(|| format!("({ticks}/{TICKS})"))
}
