//! What a source holds, in words.

use std::fmt;

use sideman_corpus::library::Summary;
use sideman_improv::Model;
use sideman_improv::classic::ClassicPlayer;
use sideman_improv::line::{LineModel, RECIPE};
use sideman_lstm::LayerSummary;
use sideman_music::{Performance, Time};

use super::Source;

/// The longest entry of a model's metadata that is shown, in bytes.
const LONGEST_ENTRY: usize = 100;

impl fmt::Display for Source {
    /// A chart as bars; a table of the parts of a performance, of a corpus, or of the layers of a model.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tunes(tunes) => tunes.iter().try_for_each(|tune| write!(f, "{}", tune.sheet)),
            Self::Performance(song) => parts(song, f),
            Self::Corpus(library) => write!(f, "{}", Summary::new(library)),
            Self::Model(Model::Classic(player)) => classic(player, f),
            Self::Model(Model::Line(model)) => line(model, f),
        }
    }
}

fn parts(song: &Performance, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let seconds = song.tempos.clock(Time::ZERO, song.end()).as_secs_f64();
    let tempo = song.tempos.at(Time::ZERO).to_bpm();
    writeln!(f, "MIDI: {} parts, {seconds:.0} s, {tempo} bpm at first", song.tracks.len())?;
    writeln!(f, "{:<28} {:>7} {:>7} {:>6}", "part", "channel", "program", "notes")?;
    for track in &song.tracks {
        let program = track.program().map_or("-".to_owned(), |program| program.to_string());
        let (channel, notes) = (track.channel + 1, track.notes().count());
        writeln!(f, "{:<28} {channel:>7} {program:>7} {notes:>6}", track.name)?;
    }
    writeln!(f, "{} chord symbols", song.chords.len())
}

fn classic(player: &ClassicPlayer, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    layers(&player.layers(), f)?;
    let vocabulary = player.vocabulary();
    let others = if vocabulary.is_merged() {
        "every other one counts as its nearest"
    } else {
        "one of them standing for all unseen ones"
    };
    writeln!(f, "{} values, {others}", vocabulary.classes())?;
    let mut short = player.metadata().iter().filter(|(_, value)| value.len() <= LONGEST_ENTRY);
    short.try_for_each(|(key, value)| writeln!(f, "{key}: {value}"))
}

fn line(model: &LineModel, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    layers(&model.network.table(), f)?;
    writeln!(f, "recipe: {}", RECIPE)?;
    model.remarks.iter().try_for_each(|(key, value)| writeln!(f, "{key}: {}", value.trim_end()))?;
    writeln!(f, "styles: {}", model.background.styles.join(", "))?;
    writeln!(f, "performers: {}", model.background.performers.join(", "))
}

fn layers(rows: &[LayerSummary], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0).max(24);
    writeln!(f, "{:<width$}  {:<24} {:>10}", "layer", "output", "parameters")?;
    for row in rows {
        writeln!(f, "{:<width$}  {:<24} {:>10}", row.name, row.output, grouped(row.parameters))?;
    }
    let total: usize = rows.iter().map(|row| row.parameters).sum();
    writeln!(f, "{:<width$}  {:<24} {:>10}\n", "in all", "", grouped(total))
}

/// 45530 as `45,530`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.iter().map(|g| String::from_utf8_lossy(g)).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 45_530, 1_000_000].map(grouped), ["0", "999", "45,530", "1,000,000"]);
    }
}
