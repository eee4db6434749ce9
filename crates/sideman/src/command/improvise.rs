//! `improvise`: a new solo over a chart, with its band.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use sideman_band as band;
use sideman_improv::classic::{self, Length};
use sideman_improv::grammar::Grammar;
use sideman_improv::{Choice, Improvisation, Model, built_in, fingerprint, line};
use sideman_music::{Instrument, Key, PitchClass, Sheet, Solo, Tempo};

use super::{explain, learn, wishes};
use crate::cli::{Handout, Improvise, Taste, With};
use crate::sound::Sound;
use crate::take::Take;
use crate::terminal::Terminal;
use crate::{output, sound, source};

const BLUES: &str = include_str!("../../charts/blues-in-f.txt");

pub(super) fn run(args: &Improvise, terminal: &Terminal) -> Result<()> {
    let sheet = match &args.chart {
        None => blues()?,
        Some(chart) => source::chart(chart, terminal)?,
    };
    let sheet = in_key(sheet, args.key);
    let tempo = args.tempo.map(Tempo::bpm).or(sheet.tempo());
    let sheet = sheet.with_tempo(tempo);
    let band = args.band.options(&sheet, terminal)?;
    let sound = Sound::of_takes(&args.sound)?;
    let soloist = soloist(args, &sheet, terminal)?;
    let set = Set { sheet, band, out: &args.out, handout: &args.handout, sound, explain: args.explain };
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
    /// One chorus.
    pub(super) sheet: Sheet,
    pub(super) band: band::BandOptions,
    pub(super) out: &'a Path,
    pub(super) handout: &'a Handout,
    pub(super) sound: Sound,
    /// Whether each note is explained.
    pub(super) explain: bool,
}

/// A take on disk.
pub(super) struct Files {
    /// What to play back, if there is sound.
    sound: Option<PathBuf>,
}

impl Files {
    /// Hands the sound to a player.
    pub(super) fn play(&self) -> Result<()> {
        let sound =
            self.sound.as_deref().context("there is no sound to play; leave out --sound none and --only")?;
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
        let Improvisation { sheet, solo, certificate } = soloist.improvise(&self.sheet, seed)?;
        let chorus = if soloist.plays_choruses() { &self.sheet } else { &sheet };
        let score = band::arrange(chorus, &solo, &self.band, seed);
        let performance = band::perform(&score, &self.band, seed);
        let caption = caption(&self.sheet, &solo, seed);
        let mut remarks = vec![("model".to_owned(), soloist.name()), ("seed".to_owned(), seed.to_string())];
        if let Some(certificate) = &certificate {
            remarks.push(("originality".to_owned(), certificate.to_string().trim_end().to_owned()));
        }
        let surprises =
            soloist.player().filter(|_| self.explain).map(|p| explain::surprises(p, &sheet, &solo));
        let take = Take {
            sheet: &sheet,
            solo: &solo,
            score: &score,
            performance: &performance,
            caption: &caption,
            remarks: &remarks,
            surprises: surprises.as_deref(),
        };
        let files = take.hand_over(self.out, name, (&self.sound, self.handout), terminal)?;
        files.iter().try_for_each(|file| terminal.say(file.display()))?;
        if let Some(certificate) = certificate {
            terminal.say(certificate.to_string().trim_end())?;
        }
        if let Some(player) = soloist.player().filter(|_| self.explain) {
            explain::tell(player, &sheet, &solo, terminal)?;
        }
        let heard = |file: &&PathBuf| {
            self.sound.endings().iter().any(|ending| file.extension().is_some_and(|e| e == *ending))
        };
        let sound = files.iter().find(heard).cloned();
        Ok(Files { sound })
    }
}

/// What improvises, and how.
pub(super) enum Soloist {
    /// A network that knows the chart.
    Player(Box<line::LinePlayer>, Box<line::PlayerOptions>),
    /// The classic exercise.
    Classic(Box<classic::ClassicPlayer>, classic::ClassicOptions),
    /// Rules with weights, an instrument, and how many choruses it plays.
    Grammar(Box<Grammar>, Instrument, usize),
}

impl Soloist {
    /// What files say of who improvised.
    fn name(&self) -> String {
        match self {
            Self::Player(player, _) => {
                let remark = player.model().remarks.get("model").map_or("line", String::as_str);
                remark.to_owned()
            }
            Self::Grammar(..) => "grammar".into(),
            Self::Classic(player, _) => {
                let entry = |key: &str| player.metadata().get(key).map_or("unknown", String::as_str);
                format!("{}, corpus {}", entry("recipe"), entry("corpus"))
            }
        }
    }

    fn player(&self) -> Option<&line::LinePlayer> {
        match self {
            Self::Player(player, _) => Some(player),
            _ => None,
        }
    }

    fn plays_choruses(&self) -> bool {
        !matches!(self, Self::Classic(_, options) if !matches!(options.length, Length::Choruses(_)))
    }

    /// A solo over the choruses of a sheet.
    pub(super) fn improvise(&self, sheet: &Sheet, seed: u64) -> Result<Improvisation> {
        match self {
            Self::Player(player, options) => Ok(player.improvise(sheet, options, seed)?),
            Self::Classic(player, options) => Ok(player.improvise(sheet, options, seed)?),
            Self::Grammar(grammar, instrument, choruses) => {
                let sheet = sheet.repeated(*choruses)?;
                let solo = grammar.improvise(&sheet, *instrument, seed)?;
                Ok(Improvisation { sheet, solo, certificate: None })
            }
        }
    }
}

/// Who improvises, as asked: a model, the one that ships, the classic, or rules from a file or for the style of the
/// sheet.
fn soloist(args: &Improvise, sheet: &Sheet, terminal: &Terminal) -> Result<Soloist> {
    if let Some(file) = &args.grammar {
        let text =
            fs::read_to_string(file).with_context(|| format!("{} could not be read", file.display()))?;
        return grammar(args, text.parse().with_context(|| file.display().to_string())?);
    }
    let model = match (&args.model, args.with) {
        (Some(file), _) => load(file)?,
        (None, With::Player) => Model::Line(Box::new(line::shipped()?)),
        (None, With::Classic) => Model::Classic(Box::new(learned(terminal)?)),
        (None, With::Grammar) => return grammar(args, built_in::grammar(sheet.style())),
    };
    Ok(match model {
        Model::Line(model) => {
            let options = wishes::options(args, sheet, terminal)?;
            Soloist::Player(Box::new(line::LinePlayer::new(*model)), Box::new(options))
        }
        Model::Classic(player) => {
            ensure!(!args.explain, "--explain needs the player; leave --with classic out");
            let (instrument, choice, start) = (args.instrument, choice(&args.taste), args.taste.start);
            Soloist::Classic(
                player,
                classic::ClassicOptions { instrument, choice, start, length: length(args) },
            )
        }
    })
}

/// The player of a model, or the one that ships, for once through a sheet.
pub(super) fn usual(model: Option<&Path>, instrument: Instrument) -> Result<Soloist> {
    let model = match model {
        Some(file) => load(file)?,
        None => Model::Line(Box::new(line::shipped()?)),
    };
    Ok(match model {
        Model::Line(model) => {
            let options = line::PlayerOptions { choruses: 1, instrument, ..line::PlayerOptions::default() };
            Soloist::Player(Box::new(line::LinePlayer::new(*model)), Box::new(options))
        }
        Model::Classic(player) => {
            let length = Length::Choruses(1);
            Soloist::Classic(
                player,
                classic::ClassicOptions { instrument, length, ..classic::ClassicOptions::default() },
            )
        }
    })
}

fn grammar(args: &Improvise, grammar: Grammar) -> Result<Soloist> {
    let Length::Choruses(choruses) = length(args) else {
        bail!("a grammar plays whole choruses; give --choruses")
    };
    Ok(Soloist::Grammar(Box::new(grammar), args.instrument, choruses))
}

fn caption(sheet: &Sheet, solo: &Solo, seed: u64) -> String {
    let title = if sheet.title().is_empty() { "Improvisation" } else { sheet.title() };
    format!("{title} — {}, {} notes, seed {seed}", solo.instrument(), solo.notes().len())
}

fn choice(taste: &Taste) -> Choice {
    if taste.argmax {
        Choice::Argmax
    } else {
        Choice::Sample { temperature: taste.temperature.unwrap_or(1.0), top_p: taste.top_p.unwrap_or(0.95) }
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

/// A model of any recipe.
pub(super) fn load(file: &Path) -> Result<Model> {
    Model::from_bytes(&output::read(file)?)
        .with_context(|| format!("{} is no model that can play", file.display()))
}

/// The model of the built-in corpus: from the user's cache, or learned now and kept there.
fn learned(terminal: &Terminal) -> Result<classic::ClassicPlayer> {
    let settings = classic::ClassicHyperparameters::default();
    let name =
        format!("classic-{}-{}.safetensors", env!("CARGO_PKG_VERSION"), fingerprint(&built_in::corpus()));
    let Some(file) = dirs::cache_dir().map(|folder| folder.join("sideman").join(name)) else {
        bail!("there is no cache folder; train a model and give it with --model");
    };
    if let Some(player) = fs::read(&file).ok().and_then(|bytes| classic::ClassicPlayer::load(&bytes).ok()) {
        return Ok(player);
    }
    terminal.note("No model is given: learning from the built-in corpus, once.");
    let player = learn::from_built_in(&settings, terminal)?.trained.player;
    if let Err(error) = output::write(&file, &player.to_bytes()?) {
        terminal.note(format_args!("the model could not be kept for next time: {error:#}"));
    }
    Ok(player)
}
