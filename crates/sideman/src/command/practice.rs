//! `practice`: a take to practise with, and its score.

use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, bail};
use sideman_band::practice::{self, Keys, Pass, Ramp};
use sideman_band::{self as band, Style};
use sideman_corpus::import;
use sideman_formats::{midi, musicxml, notation};
use sideman_music::{
    Duration, Instrument, Note, Performance, Player, Score, Sheet, Solo, Tempo, TextKind, Time,
};

use super::improvise;
use crate::cli::{Course, Files, Line, Mute, Practice};
use crate::sound::Sound;
use crate::terminal::Terminal;
use crate::{output, sound, source};

/// Choruses of a take where nothing says how many.
const CHORUSES: usize = 4;
/// The kinds of files of a take.
const ENDINGS: [&str; 5] = ["mid", "musicxml", "wav", "mp3", "flac"];

pub(super) fn run(args: &Practice, terminal: &Terminal) -> Result<()> {
    let files = files(&args.files)?;
    let chart = match &args.chart {
        None => improvise::blues()?,
        Some(chart) => source::chart(chart, terminal)?,
    };
    let home = practice::key(&chart);
    let chart = chart.with_key(Some(home));
    let bars = args.course.bars.unwrap_or(chart.all_bars());
    let chorus = practice::excerpt(&chart, bars)?;
    let options = band::BandOptions { count_in: !args.course.no_count_in, ..args.players.options()? };
    let mut take = practice::Practice::new(&chorus, passes(&args.course, &chorus, options.style.as_ref()))?;
    let solo = match &args.line.solo {
        Some(file) => {
            let solo = read(file, &chart, terminal)?;
            let solo = match args.line.instrument {
                Some(instrument) => solo.on(instrument),
                None => solo,
            };
            let lines = practice::choruses(&chart, bars, &solo);
            let same = args.line.same.unwrap_or(args.course.keys.is_some());
            take.solo(if same { &lines[..1] } else { &lines })
        }
        None => improvised(args, &chorus, &take)?,
    };
    let solo = solo.context("there is no solo to play")?;
    if let Some(bars) = args.course.trade {
        take = take.trading(usize::from(bars));
    }
    let seed = args.files.chance.seed;
    let score = take.arrange(&solo, &options, seed);
    let performance = band::perform(&without(&score, &args.mute), &options, seed);
    write(&files, &to_read(score, &args.mute), &performance, &args.files, terminal)
}

/// The key and the tempo of each chorus.
fn passes(course: &Course, chart: &Sheet, style: Option<&Style>) -> Vec<Pass> {
    let usual = || style.map_or_else(|| Style::for_sheet(chart, None).tempo(), Style::tempo);
    let asked = course.tempo.map(|tempi| Tempo::bpm(tempi.start));
    let start = asked.or(chart.tempo()).unwrap_or_else(usual);
    let ramp = match (course.tempo.and_then(|tempi| tempi.end).map(Tempo::bpm), course.faster) {
        (Some(end), Some(step)) => Ramp::ByTo(u32::from(step.unsigned_abs()), end),
        (Some(end), None) => Ramp::To(end),
        (None, Some(step)) => Ramp::By(i32::from(step)),
        (None, None) => Ramp::Level,
    };
    let asked = [course.keys.as_ref().map(Keys::count), ramp.choruses(start)].into_iter().flatten().max();
    let choruses = course.choruses.map(usize::from).or(asked).unwrap_or(CHORUSES);
    let home = practice::key(chart);
    let key = |chorus| course.keys.as_ref().map_or(home, |keys| keys.key(home, chorus));
    (0..choruses).map(|i| Pass { key: key(i), tempo: ramp.tempo(start, i, choruses) }).collect()
}

/// A solo over the whole take, or one over one chorus again and again.
fn improvised(args: &Practice, chorus: &Sheet, take: &practice::Practice) -> Result<Option<Solo>> {
    let Line { instrument, model, .. } = &args.line;
    let soloist = improvise::usual(model.as_deref(), instrument.unwrap_or(Instrument::TenorSax))?;
    let improvise = |sheet| Ok::<_, Error>(soloist.improvise(sheet, args.files.chance.seed)?.solo);
    match args.line.same {
        Some(true) => Ok(take.solo(&[improvise(chorus)?])),
        _ => Ok(Some(improvise(take.sheet())?)),
    }
}

/// The solo in a file, counted from the first bar of the chart.
fn read(file: &Path, chart: &Sheet, terminal: &Terminal) -> Result<Solo> {
    let bytes = output::read(file)?;
    let name = file.display().to_string();
    if source::is_midi(&bytes) {
        let song = midi::read(&bytes).with_context(|| name.clone())?.value;
        return from_midi(&song, &name, chart, terminal);
    }
    let tunes = sideman_formats::read(&bytes, &name).with_context(|| name.clone())?;
    let solo = tunes.into_iter().find_map(|tune| tune.solo);
    solo.with_context(|| {
        format!("{name}: there is no melody in it; a solo has notes over the bars of the chart")
    })
}

/// The melody of a performance, of which the first chorus begins where a marker says so, else with the file.
fn from_midi(song: &Performance, name: &str, chart: &Sheet, terminal: &Terminal) -> Result<Solo> {
    let import = import::performance(song, name, &import::ImportOptions::default())
        .with_context(|| name.to_owned())?;
    import.report.notes.iter().for_each(|note| terminal.note(format_args!("{name}: {note}")));
    let first = import.report.bars.map_or(1, |bars| bars.first) as i64 - 1;
    let solo = import.pieces.into_iter().find_map(|piece| piece.solo);
    let solo = solo.with_context(|| format!("{name}: there is no melody in it"))?;
    let begins = song.texts.iter().find(|(_, text)| {
        text.kind == TextKind::Marker && (text.words.starts_with("Chorus") || text.words.starts_with("Head"))
    });
    let bar = song.meters.first().map(|&(_, meter)| meter).unwrap_or_default().bar();
    let before = begins.map_or(0, |(time, _)| (*time - Time::ZERO).in_units_of(bar));
    let late = bars_long(chart, first - before);
    let notes = solo.notes().iter().map(|note| Note { onset: note.onset + late, ..*note });
    Ok(Solo::new(solo.instrument(), notes.collect())?)
}

/// How long so many bars of a chart are from its start on, over several choruses, or before it.
fn bars_long(chart: &Sheet, bars: i64) -> Duration {
    let count = chart.bars().len() as i64;
    let (choruses, bar) = (bars.div_euclid(count), bars.rem_euclid(count));
    let chorus = chart.end() - Time::ZERO;
    chorus * choruses + (chart.bar_start(bar as usize) - Time::ZERO)
}

/// Whether a part is muted.
fn is_muted(nth: usize, player: Player, mute: &[Mute]) -> bool {
    mute.contains(&match player {
        _ if nth == 0 => Mute::Solo,
        Player::Drums => Mute::Drums,
        Player::Instrument(Instrument::Bass) => Mute::Bass,
        Player::Instrument(_) => Mute::Piano,
    })
}

/// The score with muted parts silent.
fn without(score: &Score, mute: &[Mute]) -> Score {
    let mut score = score.clone();
    for (i, part) in score.parts.iter_mut().enumerate() {
        if is_muted(i, part.player, mute) {
            part.notes.clear();
        }
    }
    score
}

/// The score for the page: the solo, and what the player plays in place of the band.
fn to_read(mut score: Score, mute: &[Mute]) -> Score {
    let parts = score.parts.into_iter().enumerate();
    score.parts =
        parts.filter(|(i, part)| *i == 0 || is_muted(*i, part.player, mute)).map(|(_, part)| part).collect();
    score
}

/// The files to write: one by its ending, or all in a folder.
fn files(args: &Files) -> Result<Vec<PathBuf>> {
    let out = &args.out;
    match ending(out) {
        Some(ending) if ENDINGS.contains(&ending.as_str()) => Ok(vec![out.clone()]),
        Some(ending) if !out.is_dir() => bail!(
            "{}: a take is not written as .{ending}; end the name in .{}, or name a folder",
            out.display(),
            ENDINGS.join(", .")
        ),
        _ => {
            let sounds = args.sound.sound.iter().filter_map(|kind| kind.ending());
            let endings = ["mid", "musicxml"].into_iter().chain(sounds);
            Ok(endings.map(|ending| out.join(format!("practice.{ending}"))).collect())
        }
    }
}

/// Writes the score, the take and its sound, each to the files of that kind.
fn write(
    files: &[PathBuf],
    score: &Score,
    performance: &Performance,
    args: &Files,
    terminal: &Terminal,
) -> Result<()> {
    let page = notation::NotationOptions { part: args.part, ..notation::NotationOptions::default() };
    let mut sounds = Vec::new();
    for file in files {
        match ending(file).as_deref() {
            Some("mid") => output::write(file, &midi::write(performance))?,
            Some("musicxml") => output::write(file, musicxml::write_score(score, &page).value.as_bytes())?,
            _ => sounds.push(file.clone()),
        }
    }
    if !sounds.is_empty() {
        let seed = ("seed".to_owned(), args.chance.seed.to_string());
        Sound::new(&args.sound.options)?.write(performance, &[seed], &sounds, terminal)?;
    }
    files.iter().try_for_each(|file| terminal.say(file.display()))?;
    match sounds.first() {
        Some(sound) if args.play => sound::play(sound),
        None if args.play => {
            bail!("there is no sound to play; end the name in .wav or .mp3, or name a folder")
        }
        _ => Ok(()),
    }
}

/// What stands behind the last dot of a name, in small letters.
fn ending(file: &Path) -> Option<String> {
    file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase)
}
