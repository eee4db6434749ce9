//! `jam`: everything at once.

use anyhow::Result;
use sideman_improv::classic::{ClassicHyperparameters, ClassicOptions, Length};
use sideman_improv::line;

use super::{improvise, learn};
use crate::cli::Jam;
use crate::sound::Sound;
use crate::terminal::Terminal;
use crate::{output, plot};

/// How long each solo is.
const LENGTH: Length = Length::Choruses(2);

pub(super) fn run(args: &Jam, terminal: &Terminal) -> Result<()> {
    terminal.note("An LSTM learns jazz from a corpus of our own, tune by tune:");
    let settings = ClassicHyperparameters { seed: args.chance.seed, ..ClassicHyperparameters::default() };
    let lesson = learn::from_built_in(&settings, terminal)?;
    output::write(&args.out.join("model.safetensors"), &lesson.trained.player.to_bytes()?)?;
    output::write(&args.out.join("training.svg"), plot::loss_curve(&lesson.curve)?.as_bytes())?;
    terminal.say(lesson.trained.figures)?;

    let set = improvise::Set {
        sheet: improvise::blues()?,
        band: sideman_band::BandOptions::default(),
        out: &args.out,
        handout: &args.handout,
        sound: Sound::usual()?,
        explain: false,
    };
    terminal.note("Now it plays a blues it has never seen:");
    let options = ClassicOptions { length: LENGTH, ..ClassicOptions::default() };
    let classic = improvise::Soloist::Classic(Box::new(lesson.trained.player), options);
    set.play(&classic, args.chance.seed, "classic", terminal)?;

    terminal
        .note("And so plays the network that ships, which has learned from real solos and knows the chart:");
    let player = Box::new(line::LinePlayer::new(line::shipped()?));
    let soloist = improvise::Soloist::Player(player, Box::default());
    let files = set.play(&soloist, args.chance.seed, "solo", terminal)?;
    for name in ["training.svg", "model.safetensors"] {
        terminal.say(args.out.join(name).display())?;
    }
    if args.play { files.play() } else { Ok(()) }
}
