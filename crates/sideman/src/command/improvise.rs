//! `improvise`: a new solo over a chart, with its band.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sideman_band as band;
use sideman_improv::classic::{Length, Options, Player, Settings};
use sideman_improv::grammar::Grammar;
use sideman_improv::{Choice, built_in, fingerprint};
use sideman_music::{Key, PitchClass, Sheet, Solo, Tempo};

use super::learn;
use crate::cli::{Improvise, Taste, With};
use crate::sound::Sound;
use crate::take::Take;
use crate::terminal::Terminal;
use crate::{output, sound, source};

/// How long a solo is unless told.
pub(super) const DEFAULT_LENGTH: Length = Length::Choruses(2);

const BLUES: &str = include_str!("../../charts/blues-in-f.txt");

pub(super) fn run(args: &Improvise, terminal: &Terminal) -> Result<()> {
    let sheet = match &args.chart {
        None => blues()?,
        Some(chart) => source::chart(chart, terminal)?,
    };
    let sheet = in_key(sheet, args.key);
    let tempo = args.tempo.map(Tempo::bpm).or(sheet.tempo());
    let band = args.band.options(&sheet, terminal)?;
    let sound = Sound::of_takes(&args.sound)?;
    let soloist = soloist(args, &sheet, terminal)?;
    let options = Options {
        instrument: args.instrument,
        choice: choice(&args.taste),
        start: args.taste.start,
        length: length(args),
    };
    let set = Set { sheet: sheet.with_tempo(tempo), options, band, out: &args.out, sound };
    let mut last = None;
    for take in 0..args.takes {
        let name = if args.takes == 1 { "solo".to_owned() } else { format!("solo-{}", take + 1) };
        last = Some(set.play(&soloist, args.chance.seed.wrapping_add(u64::from(take)), &name, terminal)?);
    }
    match last {
        Some(files) if args.play => files.play(),
        _ => Ok(()),
    }
}

/// The chart that is played when none is given.
pub(super) fn blues() -> Result<Sheet> {
    Ok(BLUES.parse()?)
}

/// What all takes of a call have in common.
pub(super) struct Set<'a> {
    pub(super) sheet: Sheet,
    pub(super) options: Options,
    pub(super) band: band::Options,
    pub(super) out: &'a Path,
    pub(super) sound: Sound,
}

/// A take on disk.
pub(super) struct Files {
    /// What to play back, if there is sound.
    sound: Option<PathBuf>,
}

impl Files {
    /// Hands the sound to a player.
    pub(super) fn play(&self) -> Result<()> {
        let sound = self.sound.as_deref().context("there is no sound to play; leave out --sound none")?;
        sound::play(sound)
    }
}

impl Set<'_> {
    /// Improvises one take, has the band play it, and writes its files.
    pub(super) fn play(
        &self,
        soloist: &Soloist,
        seed: u64,
        name: &str,
        terminal: &Terminal,
    ) -> Result<Files> {
        let (sheet, solo) = soloist.improvise(&self.sheet, &self.options, seed)?;
        let chorus = if matches!(self.options.length, Length::Choruses(_)) { &self.sheet } else { &sheet };
        let performance = band::play(chorus, &solo, &self.band, seed);
        let caption = caption(&self.sheet, &solo, seed);
        let remarks = [("model".to_owned(), soloist.name()), ("seed".to_owned(), seed.to_string())];
        let take = Take {
            sheet: &sheet,
            solo: &solo,
            performance: &performance,
            caption: &caption,
            remarks: &remarks,
        };
        let files = take.hand_over(self.out, name, &self.sound, terminal)?;
        files.iter().try_for_each(|file| terminal.say(file.display()))?;
        let sound = self.sound.endings().first().map(|ending| self.out.join(format!("{name}.{ending}")));
        Ok(Files { sound })
    }
}

/// What improvises.
pub(super) enum Soloist {
    /// A network that has learned.
    Network(Box<Player>),
    /// Rules with weights.
    Grammar(Box<Grammar>),
}

impl Soloist {
    /// What files say of who improvised: the recipe of a model and the fingerprint of its corpus.
    fn name(&self) -> String {
        match self {
            Self::Grammar(_) => "grammar".into(),
            Self::Network(player) => {
                let entry = |key: &str| player.metadata().get(key).map_or("unknown", String::as_str);
                format!("{}, corpus {}", entry("recipe"), entry("corpus"))
            }
        }
    }

    /// The sheet as it is played, all its choruses written out, and the solo over it.
    fn improvise(&self, sheet: &Sheet, options: &Options, seed: u64) -> Result<(Sheet, Solo)> {
        match (self, options.length) {
            (Self::Network(player), _) => {
                let take = player.improvise(sheet, options, seed)?;
                Ok((take.sheet, take.solo))
            }
            (Self::Grammar(grammar), Length::Choruses(choruses)) => {
                let sheet = sheet.repeated(choruses)?;
                let solo = grammar.improvise(&sheet, options.instrument, seed)?;
                Ok((sheet, solo))
            }
            (Self::Grammar(_), _) => bail!("a grammar plays whole choruses; give --choruses"),
        }
    }
}

/// Who improvises, as asked: rules from a file or for the style of the sheet, or a model.
fn soloist(args: &Improvise, sheet: &Sheet, terminal: &Terminal) -> Result<Soloist> {
    let rules = match (&args.grammar, args.with) {
        (Some(file), _) => {
            let text =
                fs::read_to_string(file).with_context(|| format!("{} could not be read", file.display()))?;
            text.parse().with_context(|| file.display().to_string())?
        }
        (None, With::Grammar) => built_in::grammar(sheet.style()),
        (None, With::Network) => {
            return network(args, terminal).map(|player| Soloist::Network(Box::new(player)));
        }
    };
    Ok(Soloist::Grammar(Box::new(rules)))
}

fn network(args: &Improvise, terminal: &Terminal) -> Result<Player> {
    match &args.model {
        Some(file) => load(file),
        None => learned(terminal),
    }
}

fn caption(sheet: &Sheet, solo: &Solo, seed: u64) -> String {
    let title = if sheet.title().is_empty() { "Improvisation" } else { sheet.title() };
    format!("{title} — {}, {} notes, seed {seed}", solo.instrument(), solo.notes().len())
}

fn choice(taste: &Taste) -> Choice {
    if taste.argmax {
        Choice::Argmax
    } else {
        Choice::Sample { temperature: taste.temperature, top_p: taste.top_p }
    }
}

fn length(args: &Improvise) -> Length {
    match (args.values, args.beats) {
        (Some(values), _) => Length::Values(values),
        (_, Some(beats)) => Length::Beats(beats as usize),
        _ => Length::Choruses(usize::from(args.choruses)),
    }
}

/// The sheet moved to a key by the shorter way; one without a key is taken to be in C.
fn in_key(sheet: Sheet, key: Option<Key>) -> Sheet {
    let Some(key) = key else { return sheet };
    let from = sheet.key().map_or(PitchClass::new(0), |k| k.tonic().class());
    let up = from.up_to(key.tonic().class());
    sheet.transposed(if up > 6 { up - 12 } else { up }).with_key(Some(key))
}

fn load(file: &Path) -> Result<Player> {
    Player::load(&output::read(file)?)
        .with_context(|| format!("{} is no model that can play", file.display()))
}

/// The model of the built-in corpus: from the user's cache, or learned now and kept there.
fn learned(terminal: &Terminal) -> Result<Player> {
    let settings = Settings::default();
    let name =
        format!("classic-{}-{}.safetensors", env!("CARGO_PKG_VERSION"), fingerprint(&built_in::corpus()));
    let Some(file) = dirs::cache_dir().map(|folder| folder.join("sideman").join(name)) else {
        bail!("there is no cache folder; train a model and give it with --model");
    };
    if let Some(player) = fs::read(&file).ok().and_then(|bytes| Player::load(&bytes).ok()) {
        return Ok(player);
    }
    terminal.note("No model is given: learning from the built-in corpus, once.");
    let player = learn::from_built_in(&settings, terminal)?.trained.player;
    if let Err(error) = output::write(&file, &player.to_bytes()?) {
        terminal.note(format_args!("the model could not be kept for next time: {error:#}"));
    }
    Ok(player)
}
