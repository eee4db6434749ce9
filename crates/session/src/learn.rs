//! Learning: from pieces to a soloist, by either recipe, with one stream of events.

mod grammar;
mod lesson;

use std::collections::BTreeMap;
use std::fmt;

use sideman_corpus::{Dataset, Piece, fingerprint};
use sideman_improv::classic::{self, ClassicHyperparameters, ClassicTraining};
pub use sideman_improv::line::MOST_DROPOUT;
use sideman_improv::line::{self, Evaluation, LineHyperparameters, LineModel, NetworkSize, TrainingStart};
use sideman_improv::{Figures, Model, TrainingState};
#[cfg(feature = "mpi")]
pub use sideman_lstm::MpiWorld;
pub use sideman_lstm::{Precision, Processor};

pub use grammar::{PlayersGrammar, grammar};
pub use lesson::{HeldOutPieces, Lesson};

use crate::plot::TrainingCurve;
use crate::{Error, Watch, WorkEvent, judge};

/// What to learn, and how; the default is the classic exercise.
#[derive(Debug)]
pub struct TrainingRequest {
    /// By which recipe.
    pub recipe: Recipe,
    /// Times to go through the training; without it as many as the recipe asks for.
    pub epochs: Option<usize>,
    /// What computes; without it all cores. Threads change the time it takes and nothing else. The classic knows no GPU.
    pub processor: Option<Processor>,
    /// Shards into which the line recipe cuts what it learns side by side, so that processes can share it. What is learned
    /// depends on their number, and not on that of the processes.
    pub shards: usize,
    /// Batches whose gradients the line recipe brings together before each update, for processes to sum them less often.
    pub accumulate: usize,
    /// Where chance begins.
    pub seed: u64,
}

/// How to learn.
#[derive(Debug)]
pub enum Recipe {
    /// The exercise: values of a line, an LSTM of 64, a softmax.
    Classic {
        /// Windows of 30 values drawn for each epoch; without it as many as is usual.
        windows: Option<usize>,
        /// Values in the vocabulary, the rarest being merged into their nearest; without it all that occur.
        vocabulary: Option<usize>,
    },
    /// Rhythm, then pitch given the chord it falls on: a player over any changes.
    Line {
        /// How large the network is.
        size: NetworkSize,
        /// What a fresh one leaves out while it learns, 0 to [`MOST_DROPOUT`]; without it as much as is usual.
        dropout: Option<f32>,
        /// Where the training begins.
        start: TrainingStart,
        /// What the model shall say of itself: names and words.
        remarks: Vec<(String, String)>,
    },
}

impl Default for TrainingRequest {
    fn default() -> Self {
        let recipe = Recipe::Classic { windows: None, vocabulary: Some(classic::EXERCISE) };
        let seed = ClassicHyperparameters::default().seed;
        Self { recipe, epochs: None, processor: None, shards: 1, accumulate: 1, seed }
    }
}

/// A model, how well it does, and how it got there.
#[derive(Debug)]
pub struct Learned {
    /// Ready to play.
    pub model: Model,
    /// Epoch by epoch.
    pub curve: TrainingCurve,
    /// Beside its floors, where it is the classic.
    pub figures: Option<Figures>,
}

/// How well a model does on what was held out.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainingOutcome {
    /// Of the classic.
    Figures(Figures),
    /// Of a player.
    Evaluation(Box<Evaluation>),
    /// Of a player that has learned from a corpus in volumes: the least held-out loss, in nats per note.
    HeldOut(f64),
    /// Nothing was held out.
    Unknown,
}

impl Lesson<'_> {
    /// Learns. Where `watch` asks for an end, the best so far is kept; the events of the line recipe hand out what is
    /// needed to go on another time.
    ///
    /// # Errors
    /// When there is too little to learn from, or a training to go on with was another one.
    pub fn learn(&self, request: TrainingRequest, watch: Watch<'_>) -> Result<Learned, Error> {
        let TrainingRequest { recipe, epochs, processor, shards, accumulate, seed } = request;
        match recipe {
            Recipe::Classic { windows, vocabulary } => {
                let usual = ClassicHyperparameters::default();
                let epochs = epochs.unwrap_or(usual.epochs);
                let windows = windows.unwrap_or(usual.windows);
                let threads = match processor {
                    Some(Processor::Cpu(threads)) => threads,
                    _ => usual.threads,
                };
                let settings = ClassicHyperparameters { epochs, windows, vocabulary, threads, seed };
                self.classic(&settings, watch)
            }
            Recipe::Line { size, dropout, start, remarks } => {
                let adapts = matches!(start, TrainingStart::From(_));
                let usual =
                    if adapts { LineHyperparameters::adapting() } else { LineHyperparameters::default() };
                let epochs = epochs.unwrap_or(usual.epochs);
                let processor = processor.unwrap_or(usual.processor);
                let dropout = dropout.unwrap_or(usual.dropout);
                let settings = LineHyperparameters {
                    size,
                    dropout,
                    epochs,
                    shards,
                    accumulate,
                    processor,
                    seed,
                    ..usual
                };
                self.line(start, settings, remarks, watch)
            }
        }
    }

    /// Begins the classic exercise, for those who go through it epoch by epoch.
    ///
    /// # Errors
    /// When there is too little to learn from.
    pub fn begin_classic(&self, settings: &ClassicHyperparameters) -> Result<ClassicTraining, Error> {
        let [training, validation] = self.sides()?;
        Ok(ClassicTraining::new(&training, &validation, settings)?)
    }

    fn classic(&self, settings: &ClassicHyperparameters, watch: Watch<'_>) -> Result<Learned, Error> {
        let mut curve = TrainingCurve::default();
        let [training, validation] = self.sides()?;
        let trained = classic::train(&training, &validation, settings, |event| {
            curve.add(&event);
            watch(WorkEvent::Training(event))
        })?;
        let figures = trained.figures;
        curve.floors = vec![("unigram".into(), figures.unigram), ("bigram".into(), figures.bigram)];
        Ok(Learned { model: Model::Classic(Box::new(trained.player)), curve, figures: Some(figures) })
    }

    fn line(
        &self,
        start: TrainingStart,
        settings: LineHyperparameters,
        remarks: Vec<(String, String)>,
        watch: Watch<'_>,
    ) -> Result<Learned, Error> {
        let mut curve = TrainingCurve { unit: "nats per note", ..TrainingCurve::default() };
        let mut model = line::train(&*self.training, &*self.validation, start, settings, |event| {
            curve.add(&event);
            watch(WorkEvent::Training(event))
        })?;
        model.remarks = self.remarks(settings.seed)?.into_iter().chain(remarks).collect();
        Ok(Learned { model: Model::Line(Box::new(model)), curve, figures: None })
    }

    /// What a model says of itself.
    fn remarks(&self, seed: u64) -> Result<BTreeMap<String, String>, Error> {
        let catalogue = |side: &dyn Dataset| side.catalogue().map_err(sideman_improv::Error::from);
        let (training, validation) = (catalogue(&*self.training)?, catalogue(&*self.validation)?);
        let corpus = format!("{:016x}", training.fingerprint());
        let (from, beside) = (training.0.len(), validation.0.len());
        Ok(BTreeMap::from([
            ("corpus".to_owned(), corpus.clone()),
            ("model".to_owned(), format!("line, corpus {corpus}, seed {seed}")),
            ("solos".to_owned(), format!("{from} learned from, {beside} held out")),
        ]))
    }

    /// How well a model that was learned here does on what was held out.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn outcome(&self, learned: &Learned) -> Result<TrainingOutcome, Error> {
        let best = learned.curve.held_out.iter().copied().reduce(f64::min);
        Ok(match (&learned.model, learned.figures, best) {
            (_, Some(figures), _) => TrainingOutcome::Figures(figures),
            (_, _, Some(nats)) if self.validation.volumes() > 1 => TrainingOutcome::HeldOut(nats),
            (Model::Line(model), ..) => {
                self.evaluate(model)?.map_or(TrainingOutcome::Unknown, |evaluation| {
                    TrainingOutcome::Evaluation(Box::new(evaluation))
                })
            }
            _ => TrainingOutcome::Unknown,
        })
    }

    /// How well a player does on what is held out; `None` where nothing is.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn evaluate(&self, model: &LineModel) -> Result<Option<Evaluation>, Error> {
        let [training, validation] = self.sides()?;
        let [training, validation] = [&training, &validation].map(|side| side.iter().collect::<Vec<_>>());
        Ok((!validation.is_empty()).then(|| model.evaluate(&validation, &training)))
    }
}

impl Learned {
    /// The model's file, the weights of a player in some precision.
    ///
    /// # Errors
    /// When the network cannot be written.
    pub fn to_bytes(&self, precision: Precision) -> Result<Vec<u8>, Error> {
        Ok(match &self.model {
            Model::Classic(player) => player.to_bytes()?,
            Model::Line(model) => model.to_bytes(precision)?,
        })
    }
}

impl fmt::Display for TrainingOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Figures(figures) => write!(f, "{figures}"),
            Self::Evaluation(evaluation) => f.write_str(&judge::table(evaluation)),
            Self::HeldOut(nats) => {
                write!(
                    f,
                    "held out: {nats:.3} nats per note, gap and pitch on its own grid; `evaluate` says more"
                )
            }
            Self::Unknown => f.write_str("nothing was held out, so there are no figures"),
        }
    }
}

/// What the model that the default request makes of some pieces may be kept under.
pub fn file_name(pieces: &[Piece]) -> String {
    let (version, values) = (env!("CARGO_PKG_VERSION"), classic::EXERCISE);
    format!("classic-{version}-{values}-{}.safetensors", fingerprint(pieces))
}

/// What a training that was interrupted goes on from.
///
/// # Errors
/// When the bytes are no interrupted training.
pub fn resumed(bytes: &[u8]) -> Result<TrainingStart, Error> {
    Ok(TrainingStart::Resumed(Box::new(TrainingState::from_bytes(bytes)?)))
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use sideman_improv::{TrainingEvent, built_in};
    use sideman_lstm::Dropout;

    fn pieces() -> Vec<Piece> {
        built_in::corpus().into_iter().take(12).collect()
    }

    /// Learns for so many epochs, and says how many events there were of steps, of epochs, and with something to go on from.
    fn learned(recipe: Recipe, epochs: usize) -> (Learned, [usize; 3], TrainingOutcome) {
        let pieces = pieces();
        let lesson = Lesson::new(&pieces, &HeldOutPieces::ByTune).unwrap();
        let request = TrainingRequest {
            recipe,
            epochs: Some(epochs),
            processor: Some(Processor::Cpu(1)),
            ..Default::default()
        };
        let mut events = [0; 3];
        let mut watch = |event: WorkEvent<'_>| {
            let WorkEvent::Training(event) = event else { panic!("no training") };
            events[usize::from(matches!(event, TrainingEvent::Epoch(..)))] += 1;
            events[2] += usize::from(matches!(event, TrainingEvent::Epoch(_, Some(_))));
            ControlFlow::Continue(())
        };
        let learned = lesson.learn(request, &mut watch).unwrap();
        let outcome = lesson.outcome(&learned).unwrap();
        (learned, events, outcome)
    }

    #[test]
    fn both_recipes_tell_of_the_same_events() {
        let (classic, events, outcome) =
            learned(Recipe::Classic { windows: Some(8), vocabulary: Some(40) }, 3);
        assert_eq!((events, classic.curve.held_out.len(), classic.curve.floors.len()), ([0, 3, 0], 3, 2));
        assert!(outcome.to_string().contains("nats per value"));
        let Model::Classic(player) = &classic.model else { panic!("a classic") };
        assert_eq!(player.vocabulary().values().len(), 40);
        let (size, start, remarks) =
            (NetworkSize::Small, TrainingStart::Fresh, vec![("licence".into(), "none".into())]);
        let recipe = Recipe::Line { size, dropout: Some(0.1), start, remarks };
        let (line, [steps, epochs, kept], outcome) = learned(recipe, 1);
        assert!(steps > 0 && epochs == 1 && kept == 1);
        assert_eq!((line.curve.training.len(), line.curve.held_out.len()), (1, 1));
        let Model::Line(model) = &line.model else { panic!("a player") };
        assert_eq!(model.network.shape().dropout, Dropout { input: 43, hidden: 100, output: 100 });
        assert!(model.remarks["licence"] == "none" && model.remarks["solos"].contains("held out"));
        assert!(outcome.to_string().contains("this player"));
        for learned in [classic, line] {
            assert!(Model::from_bytes(&learned.to_bytes(Precision::Single).unwrap()).is_ok());
        }
    }

    #[test]
    fn nothing_to_learn_from_is_said_before_it_begins() {
        let charts: Vec<Piece> = pieces().into_iter().map(|piece| Piece { solo: None, ..piece }).collect();
        assert!(Lesson::new(&charts, &HeldOutPieces::ByTune).is_err());
        assert!(Lesson::new(&pieces(), &HeldOutPieces::Listed("[]".into())).is_err());
        let pieces = pieces();
        let lesson = Lesson::new(&pieces, &HeldOutPieces::Nothing).unwrap();
        assert_eq!(lesson.sides().unwrap().map(|side| side.len()), [12, 0]);
    }
}
