//! `practice`: a take to practise with, and its score.

use std::path::{Path, PathBuf};

use anyhow::Result;
use sideman_band::BandOptions;
use sideman_band::practice::{Course, Ramp};
use sideman_music::Tempo;
use sideman_session::practice::{MutedPart, PracticeRequest, PracticeSolo, practise};
use sideman_session::{Soloist, Take};

use super::{band, reharmonize};
use crate::cli::{CourseArgs, FileArgs, MuteArg, PracticeArgs, TempoRange};
use crate::output::Hold;
use crate::sound::{self, Sound};
use crate::terminal::Terminal;
use crate::usage::{misuse, refuse};
use crate::{input, output};

/// The kinds of files of a take.
const ENDINGS: [&str; 5] = ["mid", "musicxml", "wav", "mp3", "flac"];

pub(super) fn run(args: &PracticeArgs, terminal: &Terminal) -> Result<()> {
    check(&args.course)?;
    let files = files(&args.files)?;
    let sound = sound_of(&files, args)?;
    let chart = input::chart(args.chart.as_deref(), terminal)?;
    let chart = reharmonize::spiced(chart, args.spice, args.files.chance.seed)?;
    let request = request(args)?;
    let seed = args.files.chance.seed;
    let take = match &args.line.solo {
        Some(file) => practise(&chart, &PracticeSolo::Given(&input::lead(file, terminal)?), &request, seed)?,
        None => {
            let soloist = match &args.line.model {
                Some(file) => input::model(file, terminal)?.into(),
                None => Soloist::shipped()?,
            };
            practise(&chart, &PracticeSolo::Improvised(&soloist), &request, seed)?
        }
    };
    write(&files, &take, sound.as_ref(), args, terminal)
}

/// Refuses tempi that the steps do not lead to.
fn check(args: &CourseArgs) -> Result<()> {
    let (Some(step), Some(TempoRange { start, end: Some(end) })) = (args.faster, args.tempo) else {
        return Ok(());
    };
    let away = if step > 0 { end < start } else { end > start };
    refuse(away, format!("--faster {step} does not lead from {start} to {end}"))
}

/// What makes the sound, where any is asked for; the files are tried.
fn sound_of(files: &[PathBuf], args: &PracticeArgs) -> Result<Option<Sound>> {
    files.iter().try_for_each(|file| output::tried(file, output::LITTLE))?;
    let heard = files.iter().any(|file| is_sound(file));
    refuse(
        args.files.play && !heard,
        "there is no sound to --play; end the name in .wav, .mp3 or .flac, or name a folder",
    )?;
    heard.then(|| Sound::new(&args.files.sound.options)).transpose()
}

fn is_sound(file: &Path) -> bool {
    !matches!(output::ending(file).as_deref(), Some("mid" | "musicxml"))
}

fn request(args: &PracticeArgs) -> Result<PracticeRequest> {
    let muted = args.mute.iter().map(|part| match part {
        MuteArg::Bass => MutedPart::Bass,
        MuteArg::Drums => MutedPart::Drums,
        MuteArg::Piano => MutedPart::Chords,
        MuteArg::Solo => MutedPart::Solo,
    });
    let tempo = args.course.tempo.map(|tempi| Tempo::bpm(tempi.start));
    let count_in = !args.course.no_count_in;
    Ok(PracticeRequest {
        course: course(&args.course),
        bars: args.course.bars,
        trade: args.course.trade.map(usize::from),
        same: args.line.same,
        instrument: args.line.instrument,
        muted: muted.collect(),
        band: BandOptions { count_in, tempo, ..band::players(&args.players)? },
    })
}

fn course(args: &CourseArgs) -> Course {
    let end = args.tempo.and_then(|tempi| tempi.end).map(Tempo::bpm);
    let ramp = Ramp::new(args.faster.map(i32::from), end);
    Course { choruses: args.choruses.map(usize::from), keys: args.keys.clone(), ramp }
}

/// The files to write: one by its ending, or all in a folder.
fn files(args: &FileArgs) -> Result<Vec<PathBuf>> {
    let out = &args.out;
    match output::ending(out) {
        Some(ending) if ENDINGS.contains(&ending.as_str()) => Ok(vec![out.clone()]),
        Some(ending) if !out.is_dir() => Err(misuse(format!(
            "{}: a take is not written as .{ending}; end the name in .{}, or name a folder",
            out.display(),
            ENDINGS.join(", .")
        ))),
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
    take: &Take,
    sound: Option<&Sound>,
    args: &PracticeArgs,
    terminal: &Terminal,
) -> Result<()> {
    let folder = files[0].parent().filter(|folder| !folder.as_os_str().is_empty());
    let hold = Hold::new(folder.unwrap_or(Path::new(".")), false, terminal)?;
    let mut sounds = Vec::new();
    for file in files {
        match output::ending(file).as_deref() {
            Some("mid") => output::write(file, &take.midi())?,
            Some("musicxml") => output::write(file, &take.musicxml(args.files.part).value)?,
            _ => sounds.push(file.clone()),
        }
    }
    if let Some(sound) = sound {
        sound.write(take.performance(), take.remarks(), &sounds, terminal)?;
    }
    drop(hold);
    files.iter().try_for_each(|file| terminal.say(file.display()))?;
    sounds.first().filter(|_| args.files.play).map_or(Ok(()), |sound| sound::play(sound))
}
