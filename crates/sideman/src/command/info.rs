//! `info`: what a file holds.

use anyhow::Result;
use sideman_corpus::library::Summary;
use sideman_improv::classic::ClassicPlayer;
use sideman_improv::{Model, line};
use sideman_lstm::LayerSummary;
use sideman_music::{Performance, Time};

use crate::cli::Info;
use crate::source::{self, Source};
use crate::terminal::Terminal;

pub(super) fn run(args: &Info, terminal: &Terminal) -> Result<()> {
    let lines = match source::recognise(&args.file)? {
        Source::Model(model) => match *model {
            Model::Classic(player) => classic(&player),
            Model::Line(model) => line(&model),
        },
        Source::Midi(performance) => midi(&performance),
        Source::Corpus(library) => vec![Summary::new(&library).to_string()],
        Source::Chart(sheet) => vec![sheet.to_string()],
    };
    lines.iter().try_for_each(|line| terminal.say(line.trim_end()))?;
    Ok(())
}

/// A table of the layers, then what the model says of itself.
fn classic(player: &ClassicPlayer) -> Vec<String> {
    let mut lines = layers(&player.layers());
    lines.push(format!("{} values, one of them standing for all unseen ones", player.vocabulary().classes()));
    let short = player.metadata().iter().filter(|(_, value)| value.len() <= 100);
    lines.extend(short.map(|(key, value)| format!("{key}: {value}")));
    lines
}

/// The same of a player, with the names it knows.
fn line(model: &line::LineModel) -> Vec<String> {
    let mut lines = layers(&model.network.table());
    lines.push("recipe: line".to_owned());
    lines.extend(model.remarks.iter().map(|(key, value)| format!("{key}: {value}")));
    lines.push(format!("styles: {}", model.background.styles.join(", ")));
    lines.push(format!("performers: {}", model.background.performers.join(", ")));
    lines
}

fn layers(rows: &[LayerSummary]) -> Vec<String> {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0).max(24);
    let mut lines = vec![format!("{:<width$}  {:<24} {:>10}", "layer", "output", "parameters")];
    lines.extend(
        rows.iter()
            .map(|row| format!("{:<width$}  {:<24} {:>10}", row.name, row.output, grouped(row.parameters))),
    );
    let total: usize = rows.iter().map(|row| row.parameters).sum();
    lines.push(format!("{:<width$}  {:<24} {:>10}", "in all", "", grouped(total)));
    lines.push(String::new());
    lines
}

/// 45530 as `45,530`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.iter().map(|g| String::from_utf8_lossy(g)).collect::<Vec<_>>().join(",")
}

fn midi(performance: &Performance) -> Vec<String> {
    let seconds = performance.tempos.clock(Time::ZERO, performance.end()).as_secs_f64();
    let tempo = performance.tempos.at(Time::ZERO).to_bpm();
    let mut lines =
        vec![format!("MIDI: {} parts, {seconds:.0} s, {tempo} bpm at first", performance.tracks.len())];
    lines.push(format!("{:<28} {:>7} {:>7} {:>6}", "part", "channel", "program", "notes"));
    lines.extend(performance.tracks.iter().map(|track| {
        let program = track.program().map_or("-".to_owned(), |p| p.to_string());
        format!("{:<28} {:>7} {:>7} {:>6}", track.name, track.channel + 1, program, track.notes().count())
    }));
    lines.push(format!("{} chord symbols", performance.chords.len()));
    lines
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 45_530, 1_000_000].map(grouped), ["0", "999", "45,530", "1,000,000"]);
    }
}
