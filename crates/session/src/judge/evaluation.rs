//! How well a player knows solos that it has not learned from.

use sideman_corpus::{Piece, Side, Split};
use sideman_improv::line::{Evaluation, LineModel};

use crate::Error;

/// Scores a model on the validation side of a corpus, or on all of it without a split; n-grams learn from `floor`,
/// or from the training side.
///
/// # Errors
/// When there is no solo to score.
pub fn evaluate(
    model: &LineModel,
    pieces: &[Piece],
    split: Option<&Split>,
    floor: Option<&[Piece]>,
) -> Result<Evaluation, Error> {
    let scored = scored(pieces, split)?;
    let floor: Vec<&Piece> = match (floor, split) {
        (Some(others), _) => others.iter().collect(),
        (None, Some(split)) => split.pieces(pieces, Side::Train).collect(),
        (None, None) => Vec::new(),
    };
    Ok(model.evaluate(&scored, &floor))
}

/// The pieces that are scored.
///
/// # Errors
/// When there is no solo among them.
pub fn scored<'a>(pieces: &'a [Piece], split: Option<&'a Split>) -> Result<Vec<&'a Piece>, Error> {
    let all = || pieces.iter().collect();
    let scored: Vec<&Piece> =
        split.map_or_else(all, |split| split.pieces(pieces, Side::Validation).collect());
    if scored.iter().all(|piece| piece.solo.is_none()) {
        return Err(Error::Asked("there is no solo to score".into()));
    }
    Ok(scored)
}

/// The figures as a table.
pub fn table(e: &Evaluation) -> String {
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
