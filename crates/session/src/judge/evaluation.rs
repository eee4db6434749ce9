//! How well a player knows solos that it has not learned from.

use std::fmt;

use sideman_corpus::{Piece, Side, Split};
use sideman_improv::line::{Evaluation, LineModel, SoloJudgement, SoloShare};

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
    let judgements = judgements(model, pieces, split, SoloShare::WHOLE)?;
    evaluation(&judgements, pieces, split, floor)
}

/// What an evaluation adds up, of a share of the solos that are scored: for those who share the work.
///
/// # Errors
/// When there is no solo to score.
pub fn judgements(
    model: &LineModel,
    pieces: &[Piece],
    split: Option<&Split>,
    share: SoloShare,
) -> Result<Vec<SoloJudgement>, Error> {
    Ok(model.judgements(&scored(pieces, split)?, share))
}

/// The evaluation of which these are the judgements, one of each solo that is scored, in their order.
///
/// # Errors
/// When there is no solo to score.
pub fn evaluation(
    judgements: &[SoloJudgement],
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
    Ok(Evaluation::new(judgements, &scored, &floor))
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

/// The figures as a table: each row of the player above that of the n-grams that are told as much.
pub fn table(e: &Evaluation) -> String {
    let likelihoods = [
        Row::new("this player", [e.rhythm_nats, e.pitch_nats, e.hold_nats].map(Some)),
        Row::new("best n-grams", [e.floor_told_rhythm_nats, e.floor_pitch_nats, e.floor_hold_nats]),
        Row::new(
            "not told how notes are held",
            [Some(e.untold_rhythm_nats), Some(e.untold_pitch_nats), None],
        ),
        Row::new("best n-grams not told", [e.floor_rhythm_nats, e.floor_pitch_nats, None]),
        Row::new("on its own grid", [Some(e.own_rhythm_nats), Some(e.own_pitch_nats), None]),
    ];
    let head = format!("nats per note, {} notes", e.notes);
    let mut lines =
        vec![format!("{head:<34} {:>7} {:>7} {:>7} {:>7} {:>7}", "rhythm", "pitch", "joint", "hold", "full")];
    lines.extend(likelihoods.iter().map(Row::to_string));
    let range = |[low, high]: [f64; 2]| format!("{low:.3} to {high:.3}");
    lines.extend([
        format!("full joint, 95 % over tunes         {}", range(e.full_joint_interval)),
        format!("joint, 95 % over tunes              {}", range(e.joint_interval)),
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
    ]);
    lines.join("\n")
}

/// The nats of a model: rhythm, pitch, both, hold, and all three.
struct Row {
    name: &'static str,
    nats: [Option<f64>; 5],
}

impl Row {
    fn new(name: &'static str, [rhythm, pitch, hold]: [Option<f64>; 3]) -> Self {
        let joint = rhythm.zip(pitch).map(|(rhythm, pitch)| rhythm + pitch);
        let full = joint.zip(hold).map(|(joint, hold)| joint + hold);
        Self { name, nats: [rhythm, pitch, joint, hold, full] }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<34}", self.name)?;
        self.nats.iter().try_for_each(|nats| match nats {
            Some(nats) => write!(f, " {nats:>7.3}"),
            None => write!(f, " {:>7}", "–"),
        })
    }
}

fn percent(share: f64, interval: [f64; 2]) -> String {
    format!("{:.1} % ({:.1} to {:.1})", 100.0 * share, 100.0 * interval[0], 100.0 * interval[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_adds_up_what_is_known() {
        let row = Row::new("this player", [Some(1.0), Some(2.0), Some(1.5)]).to_string();
        assert_eq!(row, "this player                          1.000   2.000   3.000   1.500   4.500");
        let row = Row::new("best n-grams", [Some(1.0), None, Some(1.5)]).to_string();
        assert_eq!(row, "best n-grams                         1.000       –       –   1.500       –");
    }
}
