//! `improvise`: a new solo over a chart, with its band.

mod request;

use std::path::PathBuf;

use anyhow::{Context, Result};
use sideman_band::BandOptions;
use sideman_music::{Sheet, Tempo};
use sideman_session::{Request, Soloist, SoloistKind, Take};

use super::{band, learn, reharmonize};
use crate::cli::{ImproviseArgs, WithArg};
use crate::handover::{self, Handover};
use crate::ranks::Ranks;
use crate::sound::Sound;
use crate::terminal::Terminal;
use crate::{input, output};

pub(super) fn run(args: &ImproviseArgs, ranks: &Ranks, terminal: &Terminal) -> Result<()> {
    request::check(args)?;
    output::folder_tried(&args.out, output::LITTLE)?;
    let sheet = input::chart(args.chart.as_deref(), terminal)?;
    let sheet = args.key.map_or(sheet.clone(), |key| sheet.in_key(key));
    let sheet = reharmonize::spiced(sheet, args.spice, args.chance.seed)?;
    let tempo = args.tempo.map(Tempo::bpm).or(sheet.tempo());
    let sheet = sheet.with_tempo(tempo);
    let turns = args.wishes.rules.trade.filter(|turns| turns.drums);
    let band =
        BandOptions { trade: turns.map(|turns| turns.bars), ..band::options(&args.band, &sheet, terminal)? };
    let request = request::read(args, terminal)?;
    let sound = Sound::of_takes(&args.sound, &args.handout)?;
    let handover = Handover::new(&args.out, &args.handout, sound, args.play, terminal)?;
    let handover = if ranks.size() > 1 { handover.shared() } else { handover };
    let soloist = soloist(args, &request, &sheet, terminal)?;
    if args.explain {
        soloist.player()?;
    }
    let mut last = None;
    for take in (0..args.takes).skip(ranks.rank()).step_by(ranks.size()) {
        let name = if args.takes == 1 { "solo".to_owned() } else { format!("solo-{}", take + 1) };
        let seed = args.chance.seed.wrapping_add(u64::from(take));
        let made = Take::new(&soloist, &sheet, &request, &band, seed)?;
        last = tell(&made, &name, args.explain.then_some(&soloist), &handover)?;
    }
    drop(handover);
    if args.play && ranks.is_first() { handover::play(last.as_deref()) } else { Ok(()) }
}

/// Hands a take over, with the proof that it is no copy; with the soloist, each note is explained. Gives the sound to
/// play back.
pub(super) fn tell(
    take: &Take,
    name: &str,
    explainer: Option<&Soloist>,
    handover: &Handover<'_>,
) -> Result<Option<PathBuf>> {
    let explanation = explainer.map(|soloist| take.explanation(soloist)).transpose()?;
    let sound = handover.write(take, name, explanation.as_ref())?;
    if let Some(certificate) = take.certificate() {
        handover.say(certificate.to_string().trim_end())?;
    }
    if let Some(explanation) = explanation {
        handover.say(explanation)?;
    }
    Ok(sound)
}

/// Who improvises, as asked: a model, the one that ships, the classic, or rules from a file or for the style of the
/// sheet. The classic is asked for its wishes before it learns.
fn soloist(args: &ImproviseArgs, request: &Request, sheet: &Sheet, terminal: &Terminal) -> Result<Soloist> {
    if let Some(file) = &args.grammar {
        return Soloist::grammar(&input::text(file)?).with_context(|| file.display().to_string());
    }
    Ok(match (&args.model, args.with) {
        (Some(file), _) => input::model(file, terminal)?.into(),
        (None, WithArg::Player) => Soloist::shipped()?,
        (None, WithArg::Classic) => {
            request.check(SoloistKind::Classic)?;
            learn::classic(terminal)?.into()
        }
        (None, WithArg::Grammar) => Soloist::rules(sheet.style()),
    })
}
