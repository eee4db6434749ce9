//! `jam`: everything at once.

use anyhow::Result;
use sideman_session::learn::{Precision, TrainingRequest};
use sideman_session::plot::loss_curve;
use sideman_session::{Request, Soloist, Source, Take};

use super::{improvise, learn};
use crate::cli::JamArgs;
use crate::handover::{self, Handover};
use crate::output;
use crate::sound::Sound;
use crate::terminal::Terminal;

pub(super) fn run(args: &JamArgs, terminal: &Terminal) -> Result<()> {
    let sound = Sound::usual(&args.handout)?;
    let handover = Handover::new(&args.out, &args.handout, sound, args.play, terminal)?;
    terminal.note("An LSTM learns jazz from a corpus of our own, tune by tune:");
    let seed = args.chance.seed;
    let lesson = learn::built_in(TrainingRequest { seed, ..TrainingRequest::default() }, terminal)?;
    let files = ["training.svg", "model.safetensors"].map(|name| args.out.join(name));
    handover.held()?;
    output::write(&files[1], &lesson.to_bytes(Precision::Single)?)?;
    output::write(&files[0], loss_curve(&lesson.curve)?.as_bytes())?;
    lesson.figures.iter().try_for_each(|figures| terminal.say(figures))?;

    let sheet = Source::blues()?.chart()?;
    let play = |soloist: &Soloist, name| {
        let take = Take::new(soloist, &sheet, &Request::default(), &Default::default(), seed)?;
        improvise::tell(&take, name, None, &handover)
    };
    terminal.note("Now it plays a blues it has never seen:");
    play(&lesson.model.into(), "classic")?;
    terminal
        .note("And so plays the network that ships, which has learned from real solos and knows the chart:");
    let sound = play(&Soloist::shipped()?, "solo")?;
    files.iter().try_for_each(|file| terminal.say(file.display()))?;
    drop(handover);
    if args.play { handover::play(sound.as_deref()) } else { Ok(()) }
}
