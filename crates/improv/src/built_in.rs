//! The corpus that comes with the program: charts and grammars written for it, composed anew each time.

mod report;

use std::collections::BTreeMap;

use sideman_corpus::{Credits, Piece};
use sideman_music::{Instrument, Sheet};

pub use report::CorpusReport;

use crate::grammar::{Error, Grammar};

/// Tunes of each family, one text for each family, `---` between the tunes.
const CHARTS: [&str; 6] = [
    include_str!("../charts/blues.txt"),
    include_str!("../charts/changes.txt"),
    include_str!("../charts/modal.txt"),
    include_str!("../charts/latin.txt"),
    include_str!("../charts/waltz.txt"),
    include_str!("../charts/ballad.txt"),
];

const CELLS: &str = include_str!("../grammars/cells.grammar");
const SWING: &str = include_str!("../grammars/swing.grammar");

/// Words in the names of styles, and the grammar for them.
const GRAMMARS: [(&[&str], &str); 4] = [
    (&["ballad"], include_str!("../grammars/ballad.grammar")),
    (&["bossa", "latin", "samba", "even", "straight"], include_str!("../grammars/bossa.grammar")),
    (&["modal"], include_str!("../grammars/modal.grammar")),
    (&["blues", "shuffle"], include_str!("../grammars/blues.grammar")),
];

/// Who improvises over each tune, take by take.
const PLAYERS: [Instrument; 4] =
    [Instrument::TenorSax, Instrument::Trumpet, Instrument::AltoSax, Instrument::Guitar];

/// Choruses of one take.
const CHORUSES: usize = 2;

/// The charts, in all the styles that the program plays.
pub fn charts() -> Vec<Sheet> {
    let charts = CHARTS.iter().flat_map(|family| family.split("---"));
    let read = |chart: &str| chart.parse::<Sheet>().unwrap_or_else(|e| unreachable!("a chart of ours: {e}"));
    charts.map(|chart| read(chart).with_composer("sideman")).collect()
}

/// The grammar for a style, by the words in its name: ballads, even eighths, modal tunes and the blues
/// have their own, everything else swings.
pub fn grammar(style: &str) -> Grammar {
    let style = style.to_lowercase();
    let named = GRAMMARS.iter().find(|(words, _)| words.iter().any(|word| style.contains(word)));
    let text = [CELLS, named.map_or(SWING, |(_, text)| text)].join("\n");
    text.parse().unwrap_or_else(|e| unreachable!("a grammar of ours: {e}"))
}

/// The corpus: every chart in several takes, each on another instrument and two choruses long. It is the same
/// every time.
pub fn corpus() -> Vec<Piece> {
    let charts = charts();
    let grammars: BTreeMap<&str, Grammar> = charts.iter().map(|c| (c.style(), grammar(c.style()))).collect();
    let takes = charts.iter().enumerate().flat_map(|(tune, chart)| {
        let grammar = &grammars[chart.style()];
        PLAYERS.into_iter().enumerate().map(move |(take, player)| piece(chart, grammar, player, (tune, take)))
    });
    takes.map(|piece| piece.unwrap_or_else(|e| unreachable!("a grammar of ours: {e}"))).collect()
}

fn piece(
    chart: &Sheet,
    grammar: &Grammar,
    player: Instrument,
    (tune, take): (usize, usize),
) -> Result<Piece, Error> {
    let sheet = chart.repeated(CHORUSES)?;
    let solo = grammar.improvise(&sheet, player, (tune * PLAYERS.len() + take) as u64)?;
    let credits = Credits {
        id: format!("built-in:{}.{}", tune + 1, take + 1),
        performer: "sideman grammar".into(),
        instrument: Some(player),
        feel: chart.style().into(),
        choruses: (0..CHORUSES).map(|chorus| (chorus * chart.bars().len()) as u32).collect(),
    };
    Ok(Piece { id: credits.id.clone(), sheet, solo: Some(solo), credits })
}

#[cfg(test)]
mod tests;
