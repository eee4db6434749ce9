//! `evaluate`: how well a player knows solos that it has not learned from.

use anyhow::{Result, ensure};
use sideman_corpus::{Piece, Side, Split};
use sideman_improv::line::Evaluation;

use super::{explain, train};
use crate::cli::Evaluate;
use crate::source;
use crate::terminal::Terminal;

pub(super) fn run(args: &Evaluate, terminal: &Terminal) -> Result<()> {
    let model = explain::player(args.model.as_deref())?;
    let pieces = source::corpus(std::slice::from_ref(&args.corpus), terminal)?.pieces;
    let split = args.split.as_deref().map(|file| train::listed(&pieces, file)).transpose()?;
    let scored: Vec<&Piece> = side(&pieces, split.as_ref(), Side::Validation);
    ensure!(scored.iter().any(|p| p.solo.is_some()), "there is no solo to score");
    let others = match &args.floor {
        Some(path) => source::corpus(std::slice::from_ref(path), terminal)?.pieces,
        None => Vec::new(),
    };
    let floor: Vec<&Piece> = match &split {
        _ if args.floor.is_some() => others.iter().collect(),
        Some(_) => side(&pieces, split.as_ref(), Side::Train),
        None => Vec::new(),
    };
    terminal.note(format_args!("scoring {} solos, over their own charts and over others", scored.len()));
    let evaluation = model.evaluate(&scored, &floor);
    if args.json {
        terminal.say(serde_json::to_string(&evaluation)?)?;
    } else {
        terminal.say(table(&evaluation))?;
    }
    Ok(())
}

fn side<'a>(pieces: &'a [Piece], split: Option<&'a Split>, side: Side) -> Vec<&'a Piece> {
    split.map_or_else(|| pieces.iter().collect(), |split| split.pieces(pieces, side).collect())
}

/// The figures as a table.
pub(super) fn table(e: &Evaluation) -> String {
    let optional = |nats: Option<f64>| nats.map_or_else(|| "–".to_owned(), |n| format!("{n:.3}"));
    let row = |name: &str, rhythm: String, pitch: String, joint: String| {
        format!("{name:<34} {rhythm:>7} {pitch:>7} {joint:>7}")
    };
    let nats = |n: f64| format!("{n:.3}");
    [
        row(&format!("nats per note, {} notes", e.notes), "rhythm".into(), "pitch".into(), "joint".into()),
        row("this player", nats(e.rhythm_nats), nats(e.pitch_nats), nats(e.joint_nats)),
        row(
            "  not told how notes are held",
            nats(e.untold_rhythm_nats),
            nats(e.untold_pitch_nats),
            nats(e.untold_rhythm_nats + e.untold_pitch_nats),
        ),
        row("  on its own grid", nats(e.own_rhythm_nats), nats(e.own_pitch_nats), nats(e.own_joint_nats)),
        row(
            "best n-grams",
            optional(e.floor_rhythm_nats),
            optional(e.floor_pitch_nats),
            optional(e.floor_joint_nats),
        ),
        format!(
            "joint, 95 % over tunes              {:.3} to {:.3}",
            e.joint_interval[0], e.joint_interval[1]
        ),
        format!("likeliest pitch is the true one     {:.1} %", 100.0 * e.pitch_top1),
        format!(
            "own chart likelier than 20 others   {}; than each of them {:.1} %",
            percent(e.shuffled_chart_accuracy, e.shuffled_chart_interval),
            100.0 * e.shuffled_chart_pairs
        ),
        format!(
            "true continuation found among four  {}",
            percent(e.continuation_accuracy, e.continuation_interval)
        ),
    ]
    .join("\n")
}

fn percent(share: f64, interval: [f64; 2]) -> String {
    format!("{:.1} % ({:.1} to {:.1})", 100.0 * share, 100.0 * interval[0], 100.0 * interval[1])
}
