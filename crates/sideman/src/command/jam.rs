//! `jam`: everything at once.

use anyhow::Result;
use sideman_improv::classic::{Options, Settings};

use super::{improvise, learn};
use crate::cli::Jam;
use crate::sound::Sound;
use crate::terminal::Terminal;
use crate::{output, plot};

pub(super) fn run(args: &Jam, terminal: &Terminal) -> Result<()> {
    terminal.note("An LSTM learns jazz from a corpus of our own, tune by tune:");
    let settings = Settings { seed: args.chance.seed, ..Settings::default() };
    let lesson = learn::from_built_in(&settings, terminal)?;
    output::write(&args.out.join("model.safetensors"), &lesson.trained.player.to_bytes()?)?;
    output::write(&args.out.join("training.svg"), plot::loss_curve(&lesson.curve)?.as_bytes())?;
    terminal.say(lesson.trained.figures)?;

    terminal.note("Now it plays a blues it has never seen:");
    let options = Options { length: improvise::DEFAULT_LENGTH, ..Options::default() };
    let set = improvise::Set {
        sheet: improvise::blues()?,
        options,
        band: sideman_band::Options::default(),
        out: &args.out,
        sound: Sound::usual()?,
    };
    let files = set.play(
        &improvise::Soloist::Network(Box::new(lesson.trained.player)),
        args.chance.seed,
        "solo",
        terminal,
    )?;
    for name in ["training.svg", "model.safetensors"] {
        terminal.say(args.out.join(name).display())?;
    }
    if args.play { files.play() } else { Ok(()) }
}
