//! `score`: a solo or a chart as engraved music, or as MusicXML for other programs.

use std::path::Path;

use anyhow::{Context, Result, bail};
use sideman_corpus::import;
use sideman_formats::notation::NotationOptions;
use sideman_formats::{Tune, Warned, Warning, chart, engraving, midi, musicxml};
use sideman_music::{Note, Part, Performance, Player, Sheet, Solo};

use super::chart::chosen;
use crate::cli::Score;
use crate::terminal::Terminal;
use crate::{output, source};

pub(super) fn run(args: &Score, terminal: &Terminal) -> Result<()> {
    let score = read(args, terminal)?;
    let options = NotationOptions { part: args.part, remarks: Vec::new() };
    let name = args.out.display().to_string();
    let Some(ending) = args.out.extension().and_then(|ending| ending.to_str()) else {
        bail!("{name}: the format is not known; end the name in .svg, .pdf or .musicxml")
    };
    let written = written(&score, &options, &ending.to_ascii_lowercase()).with_context(|| {
        format!("{name}: a score is not written as .{ending}; end the name in .svg, .pdf or .musicxml")
    })?;
    written.warnings.iter().for_each(|dropped| terminal.note(format_args!("{name}: left out: {dropped}")));
    output::write(&args.out, &written.value)?;
    terminal.say(args.out.display())?;
    Ok(())
}

/// A score in the format that an ending names.
pub(crate) fn written(
    score: &sideman_music::Score,
    options: &NotationOptions,
    ending: &str,
) -> Option<Warned<Vec<u8>>> {
    match ending {
        "svg" => Some(engraving::svg(score, options).map(String::into_bytes)),
        "pdf" => Some(engraving::pdf(score, options)),
        "musicxml" | "xml" => Some(musicxml::write_score(score, options).map(String::into_bytes)),
        _ => None,
    }
}

fn read(args: &Score, terminal: &Terminal) -> Result<sideman_music::Score> {
    let path = Path::new(&args.source);
    if !path.is_file() {
        let charts = chosen(source::charts(&args.source, terminal)?, args.tune.as_deref())?;
        return Ok(score(one(charts)?, None));
    }
    let bytes = output::read(path)?;
    if source::is_midi(&bytes) {
        let song = midi::read(&bytes).with_context(|| args.source.clone())?.value;
        return of_performance(&song, &args.source, terminal);
    }
    let tunes = sideman_formats::read(&bytes, &args.source).with_context(|| args.source.clone())?;
    let note = |warning: &Warning| terminal.note(format_args!("{}: {warning}", args.source));
    tunes.iter().flat_map(|tune| &tune.warnings).for_each(note);
    let sheets = tunes.iter().map(|tune| tune.sheet.clone()).collect();
    let sheet = one(chosen(sheets, args.tune.as_deref())?)?;
    let solo = tunes.into_iter().find(|tune| tune.sheet == sheet).and_then(|tune| tune.solo);
    Ok(score(sheet, solo))
}

fn one(mut charts: Vec<Sheet>) -> Result<Sheet> {
    match charts.len() {
        1 => Ok(charts.remove(0)),
        count => bail!("there are {count} tunes here; choose one with --tune NUMBER or --tune TITLE"),
    }
}

fn score(sheet: Sheet, solo: Option<Solo>) -> sideman_music::Score {
    let part =
        solo.map(|solo| Part { player: Player::Instrument(solo.instrument()), notes: solo.notes().to_vec() });
    sideman_music::Score::new(sheet, part.into_iter().collect())
}

/// The melody of a performance, on the grid; over the bars that its chord symbols tell, where it has them.
fn of_performance(song: &Performance, name: &str, terminal: &Terminal) -> Result<sideman_music::Score> {
    let has_symbols = !song.chords.is_empty();
    let first = song.tracks.first().filter(|track| has_symbols && track.notes().next().is_some());
    let options =
        import::ImportOptions { melody: first.map(|_| "1".into()), ..import::ImportOptions::default() };
    let import = import::performance(song, name, &options).with_context(|| name.to_owned())?;
    import.report.notes.iter().for_each(|note| terminal.note(format_args!("{name}: {note}")));
    let bar = import.report.bars.map_or(0, |bars| bars.first - 1);
    let piece =
        import.pieces.into_iter().next().with_context(|| format!("{name}: there is no melody in it"))?;
    match chart::of_performance(song) {
        Ok(tune) => over(tune, bar, &piece.sheet, piece.solo),
        Err(_) => Ok(score(piece.sheet, piece.solo)),
    }
}

/// A line that begins with a bar of a tune over all of its bars, but for those before its first chord.
fn over(tune: Tune, bar: usize, line: &Sheet, solo: Option<Solo>) -> Result<sideman_music::Score> {
    let sheet = tune.sheet;
    let empty = sheet.bars().iter().take_while(|bar| bar.changes().is_empty()).count();
    let bars = sheet.bars()[empty.min(sheet.bars().len() - 1)..].to_vec();
    let style = if sheet.style().is_empty() { line.style() } else { sheet.style() };
    let cut = Sheet::new(bars)?.with_title(sheet.title()).with_composer(sheet.composer()).with_style(style);
    let cut = cut.with_key(sheet.key().or(line.key())).with_tempo(sheet.tempo());
    let moved = sheet.bar_start(bar) - sheet.bar_start(empty);
    let solo = solo.map(|solo| {
        let notes = solo.notes().iter().map(|note| Note { onset: note.onset + moved, ..*note });
        Solo::new(solo.instrument(), notes.filter(|note| note.onset < cut.end()).collect())
    });
    Ok(score(cut.clone(), solo.transpose()?))
}
