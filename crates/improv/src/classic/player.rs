//! Plays with a learned network: one value in, one value out, over a whole chart.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sideman_lstm::{Checkpoint, FeatureKind, Generator, LayerSummary, Metadata, Network, Precision, Stream};
use sideman_music::{Duration, Instrument, Pitch, Sheet, Solo, Time};

use super::chart::{Length, as_played, whole_bars};
use super::ground::{Grounds, next_bar_line};
use super::realise::{Compass, Voice};
use super::rules::ValuePlace;
use super::{Category, Value, Vocabulary};
use crate::{Choice, Error, Improvisation};

/// What the metadata of a checkpoint is known by.
const RECIPE: (&str, &str) = ("recipe", "classic 1");
const VOCABULARY: &str = "vocabulary";

/// A network with its vocabulary: all that is needed to play.
#[derive(Debug, Clone)]
pub struct ClassicPlayer {
    pub(super) network: Network,
    generator: Generator,
    pub(super) vocabulary: Vocabulary,
    metadata: Metadata,
}

/// How to play.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassicOptions {
    /// Who plays: the line stays in its range, and has block chords only where it can play them.
    pub instrument: Instrument,
    /// How the next value is chosen.
    pub choice: Choice,
    /// The first note; without it, the network begins from the zero vector alone.
    pub start: Option<Pitch>,
    /// How far to play.
    pub length: Length,
}

impl Default for ClassicOptions {
    fn default() -> Self {
        let length = Length::Choruses(1);
        Self { instrument: Instrument::TenorSax, choice: Choice::default(), start: None, length }
    }
}

/// A value where it was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedValue {
    /// What the network said.
    pub value: Value,
    /// Where it starts.
    pub onset: Time,
    /// How long it lasts here, which is less than the value says where it was cut.
    pub duration: Duration,
}

impl ClassicPlayer {
    pub(super) fn new(
        network: Network,
        vocabulary: Vocabulary,
        mut metadata: Metadata,
    ) -> Result<Self, Error> {
        let shape = network.shape();
        let classes = vocabulary.classes();
        let fits = |width| width == classes;
        let features = [FeatureKind::Index];
        if !shape.features.iter().map(|f| f.kind).eq(features) || shape.heads.len() != 1 {
            return Err(Error::Checkpoint("its network is not that of the classic recipe".into()));
        }
        if !fits(shape.features[0].width) || !fits(shape.heads[0].classes) {
            return Err(Error::Checkpoint(format!(
                "its network is not made for the {classes} values it names"
            )));
        }
        metadata.insert(RECIPE.0.into(), RECIPE.1.into());
        metadata.insert(VOCABULARY.into(), vocabulary.to_string());
        let generator = Generator::new(&network, Precision::Single);
        Ok(Self { network, generator, vocabulary, metadata })
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    /// When the bytes are no checkpoint of this recipe, or damaged.
    pub fn load(bytes: &[u8]) -> Result<Self, Error> {
        let Checkpoint { network, metadata, .. } = Checkpoint::from_bytes(bytes)?;
        let entry = |key: &str| metadata.get(key).map(String::as_str);
        if entry(RECIPE.0) != Some(RECIPE.1) {
            let found = entry(RECIPE.0).unwrap_or("none");
            return Err(Error::Checkpoint(format!("its recipe is {found:?}, not {:?}", RECIPE.1)));
        }
        let vocabulary = entry(VOCABULARY).ok_or_else(|| Error::Checkpoint("it has no vocabulary".into()))?;
        Self::new(network, vocabulary.parse()?, metadata)
    }

    /// The checkpoint: weights, shapes, vocabulary, recipe, fingerprint of the corpus, seed, figures.
    ///
    /// # Errors
    /// None for a player that was trained or loaded.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        Ok(Checkpoint::new(self.network.clone(), self.metadata.clone()).to_bytes()?)
    }

    /// What it can say.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// What is kept beside the weights: recipe, vocabulary, corpus, seed, figures.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The layers with their outputs and numbers of parameters.
    pub fn layers(&self) -> Vec<LayerSummary> {
        self.network.table()
    }

    /// A line over a chart; the same model, chart, options and seed give the same notes.
    ///
    /// The state of the network goes on through the whole chart. Each value is realised on the chord that
    /// sounds where it falls, one value behind, so that an approach knows its target. A note may be tied over
    /// bar lines; rests end with their bar, and the last value ends with the chart.
    ///
    /// # Errors
    /// When an option makes no sense, or the chart gets longer than [`Sheet::MOST_BARS`].
    pub fn improvise(
        &self,
        sheet: &Sheet,
        options: &ClassicOptions,
        seed: u64,
    ) -> Result<Improvisation, Error> {
        Ok(self.improvise_values(sheet, options, seed)?.0)
    }

    /// The same with the values behind it, rests too, each starting where the one before ends.
    ///
    /// # Errors
    /// As [`ClassicPlayer::improvise`].
    pub fn improvise_values(
        &self,
        sheet: &Sheet,
        options: &ClassicOptions,
        seed: u64,
    ) -> Result<(Improvisation, Vec<PlacedValue>), Error> {
        options.choice.check()?;
        let range = options.instrument.range();
        if let Some(start) = options.start.filter(|start| !range.contains(start)) {
            let wanted = format!("from {} to {} on {}", range.start(), range.end(), options.instrument);
            return Err(Error::option("start", start, wanted));
        }
        let longest = self.vocabulary.values().iter().map(Value::duration).max().unwrap_or_default();
        let (sheet, end, most) = as_played(sheet, options.length, longest)?;
        let grounds = Grounds::of(&sheet);
        let compass = Compass::of(options.instrument);
        let mut run = ValueRun {
            player: self,
            options,
            stream: self.generator.stream(1),
            rng: ChaCha8Rng::seed_from_u64(seed),
            voice: Voice::new(&grounds, compass, options.start),
            values: Vec::new(),
        };
        let now = run.play(&sheet, &grounds, end, most);
        let ValueRun { mut rng, voice, values, .. } = run;
        let notes = voice.finish(&mut |count| rng.random_range(0..count));
        let sheet =
            if matches!(options.length, Length::Choruses(_)) { sheet } else { whole_bars(&sheet, now)? };
        let solo = Solo::new(options.instrument, notes)?;
        Ok((Improvisation { sheet, solo, certificate: None }, values))
    }
}

/// A line in the making.
struct ValueRun<'a> {
    player: &'a ClassicPlayer,
    options: &'a ClassicOptions,
    stream: Stream,
    rng: ChaCha8Rng,
    voice: Voice<'a>,
    values: Vec<PlacedValue>,
}

impl ValueRun<'_> {
    /// Plays up to a time, `most` values at most, and gives the time where it ends.
    fn play(&mut self, sheet: &Sheet, grounds: &Grounds, end: Time, most: usize) -> Time {
        let is_target = |value: &Value| matches!(value.category(), Some(Category::Chord | Category::Scale));
        let targets = self.player.vocabulary.values().iter().any(is_target);
        let mut now = Time::ZERO;
        while now < end && self.values.len() < most {
            let followed = targets && self.values.len() + 1 < most;
            let rested = self.values.last().is_some_and(|placed| placed.value.sound.is_none());
            let place = ValuePlace { sheet, now, end, rested, awaited: self.voice.waits(), followed };
            let (value, duration) = self.next(&place, grounds);
            let rng = &mut self.rng;
            self.voice.play(value.sound.as_ref(), now, duration, &mut |count| rng.random_range(0..count));
            self.values.push(PlacedValue { value, onset: now, duration });
            now += duration;
        }
        now
    }

    /// The next value and how long it lasts: a rest up to the bar line when the vocabulary has nothing that
    /// could stand here.
    fn next(&mut self, place: &ValuePlace, grounds: &Grounds) -> (Value, Duration) {
        self.stream.step();
        let vocabulary = &self.player.vocabulary;
        let first = self.options.start.filter(|_| self.values.is_empty());
        let first = first.map(|pitch| grounds.at(place.now).category(pitch.class()));
        let chosen = [Rigour::Idiomatic, Rigour::Sounding].into_iter().find_map(|rigour| {
            let mut allowed: Vec<bool> =
                vocabulary.values().iter().map(|v| rigour.allows(place, first, v)).collect();
            allowed.resize(vocabulary.classes(), false);
            self.options.choice.pick(self.stream.logits(0), &allowed, &mut self.rng)
        });
        if let Some(index) = chosen {
            self.stream.set(0, 0, index as u32);
        }
        let bar = next_bar_line(place.sheet, place.now) - place.now;
        let value = chosen.map_or_else(|| Value::rest(bar), |index| vocabulary.values()[index].clone());
        let duration = place.duration(&value);
        (value, duration)
    }
}

/// How strictly a value is chosen.
#[derive(Clone, Copy)]
enum Rigour {
    /// By all rules; a given first note has its category.
    Idiomatic,
    /// By those of harmony alone; a given first note is any note.
    Sounding,
}

impl Rigour {
    fn allows(self, place: &ValuePlace, first: Option<Category>, value: &Value) -> bool {
        let begins = first.is_none_or(|first| match self {
            Self::Idiomatic => value.category() == Some(first),
            Self::Sounding => value.category().is_some_and(|c| c != Category::Approach),
        });
        let idiomatic = matches!(self, Self::Sounding) || place.is_idiomatic(value);
        begins && idiomatic && place.resolves(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_lstm::{Feature, Shape};

    fn player(values: usize) -> Result<ClassicPlayer, Error> {
        let values: Vec<Value> = (1..=values as u16).map(|units| Value { units, sound: None }).collect();
        let vocabulary = Vocabulary::new(&values)?;
        ClassicPlayer::new(Network::new(Shape::classic(90, 64), 0)?, vocabulary, Metadata::new())
    }

    #[test]
    fn the_layers_have_the_parameters_of_the_original() {
        let layers = player(89).unwrap().layers();
        assert_eq!(
            layers.iter().map(|row| (row.output, row.parameters)).collect::<Vec<_>>(),
            [(64, 39_680), (90, 5_850)]
        );
        assert_eq!(Network::new(Shape::classic(78, 64), 0).unwrap().parameters().len(), 41_678);
    }

    #[test]
    fn a_network_that_wants_floats_is_refused() {
        let shape = Shape { features: vec![Feature::dense("value", 90)], ..Shape::classic(90, 64) };
        let vocabulary = player(89).unwrap().vocabulary;
        let refused = ClassicPlayer::new(Network::new(shape, 0).unwrap(), vocabulary, Metadata::new());
        assert!(refused.unwrap_err().to_string().contains("not that of the classic recipe"));
    }

    #[test]
    fn a_network_for_another_vocabulary_is_refused() {
        assert!(player(90).unwrap_err().to_string().contains("91 values"));
    }

    #[test]
    fn approaches_without_a_target_are_not_played() {
        let vocabulary = Vocabulary::new(&["A,1".parse().unwrap(), "X,1/2".parse().unwrap()]).unwrap();
        let network = Network::new(Shape::classic(3, 64), 0).unwrap();
        let player = ClassicPlayer::new(network, vocabulary, Metadata::new()).unwrap();
        let sheet: Sheet = "C | F".parse().unwrap();
        let (_, values) = player.improvise_values(&sheet, &ClassicOptions::default(), 1).unwrap();
        assert!(values.iter().all(|placed| placed.value.category() == Some(Category::Other)));
    }

    #[test]
    fn a_vocabulary_of_rests_plays_rests() {
        let sheet: Sheet = "C | 5/32 F".parse().unwrap();
        let options = ClassicOptions { start: Some(Pitch::midi(60)), ..ClassicOptions::default() };
        let (improvised, values) = player(89).unwrap().improvise_values(&sheet, &options, 1).unwrap();
        assert!(improvised.solo.notes().is_empty());
        assert_eq!(values.iter().map(|placed| placed.duration).sum::<Duration>(), sheet.end() - Time::ZERO);
    }
}
