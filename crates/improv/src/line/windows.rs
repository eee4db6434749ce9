//! Examples of a dataset, as many of its volumes at a time as make a window.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use sideman_corpus::{Catalogue, Dataset, Piece};

use super::background::Background;
use super::example::Example;
use crate::Error;

/// Notes from which on a window is large enough to be shuffled by itself: half as many again as the Weimar Jazz Database
/// has, in a hundred megabytes or two.
const NOTES: usize = 1 << 18;

/// The examples of a dataset.
pub(super) struct Windows<'a> {
    dataset: &'a dyn Dataset,
    background: &'a Background,
    prepared: fn(Example) -> Example,
    /// All of them, where the dataset is one volume.
    kept: Option<Vec<Example>>,
    /// The notes of each, or where they are not kept of its solo, of which a grid may hold fewer.
    lengths: Vec<usize>,
}

impl<'a> Windows<'a> {
    /// Those of a dataset with its catalogue, made ready by `prepared`.
    pub(super) fn new(
        dataset: &'a dyn Dataset,
        catalogue: &Catalogue,
        background: &'a Background,
        prepared: fn(Example) -> Example,
    ) -> Result<Self, Error> {
        let mut windows = Self { dataset, background, prepared, kept: None, lengths: Vec::new() };
        if dataset.volumes() == 1 {
            let examples = windows.volume(0)?;
            windows.lengths = examples.iter().map(|example| example.notes.len()).collect();
            windows.kept = Some(examples);
        } else {
            windows.lengths = catalogue.0.iter().filter_map(|entry| entry.notes).collect();
        }
        Ok(windows)
    }

    /// The notes of each example.
    pub(super) fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// All volumes, one window after the other, in an order that chance decides.
    pub(super) fn shuffled(
        &self,
        rng: &mut ChaCha8Rng,
    ) -> impl Iterator<Item = Result<Vec<Example>, Error>> + use<'_, 'a> {
        self.of(shuffled_volumes(self.dataset, rng))
    }

    /// The same in their own order.
    pub(super) fn in_order(&self) -> impl Iterator<Item = Result<Vec<Example>, Error>> {
        self.of((0..self.dataset.volumes()).collect())
    }

    fn of(&self, volumes: Vec<usize>) -> impl Iterator<Item = Result<Vec<Example>, Error>> {
        let mut volumes = volumes.into_iter().peekable();
        std::iter::from_fn(move || {
            volumes.peek()?;
            Some(match &self.kept {
                Some(examples) => {
                    volumes.next();
                    Ok(examples.clone())
                }
                None => window(&mut volumes, |volume| self.volume(volume), |example| example.notes.len()),
            })
        })
    }

    fn volume(&self, volume: usize) -> Result<Vec<Example>, Error> {
        let pieces = self.dataset.volume(volume)?;
        let examples = pieces.iter().filter_map(|piece| Example::new(piece, self.background));
        Ok(examples.map(self.prepared).collect())
    }
}

/// The pieces of one window of a dataset, which chance chooses: all of them, where it is one volume.
pub(super) fn sample(dataset: &dyn Dataset, seed: u64) -> Result<Vec<Piece>, Error> {
    let volumes = shuffled_volumes(dataset, &mut ChaCha8Rng::seed_from_u64(seed));
    let notes = |piece: &Piece| piece.solo.as_ref().map_or(0, |solo| solo.notes().len());
    window(&mut volumes.into_iter(), |volume| Ok(dataset.volume(volume)?), notes)
}

fn shuffled_volumes(dataset: &dyn Dataset, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut volumes: Vec<usize> = (0..dataset.volumes()).collect();
    volumes.shuffle(rng);
    volumes
}

/// What is in the next volumes, until it has as many notes as a window.
fn window<T>(
    volumes: &mut impl Iterator<Item = usize>,
    read: impl Fn(usize) -> Result<Vec<T>, Error>,
    notes: impl Fn(&T) -> usize,
) -> Result<Vec<T>, Error> {
    let (mut all, mut size) = (Vec::new(), 0);
    while size < NOTES
        && let Some(volume) = volumes.next()
    {
        let more = read(volume)?;
        size += more.iter().map(&notes).sum::<usize>();
        all.extend(more);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use sideman_corpus::library::VolumeError;

    use super::super::testing::pieces;
    use super::*;

    /// Volumes of one piece each.
    #[derive(Debug)]
    struct Single(Vec<Piece>);

    impl Dataset for Single {
        fn volumes(&self) -> usize {
            self.0.len()
        }

        fn volume(&self, volume: usize) -> Result<Vec<Piece>, VolumeError> {
            self.0.get(volume).map(|piece| vec![piece.clone()]).ok_or(VolumeError::Read("gone".into()))
        }

        fn catalogue(&self) -> Result<Catalogue, VolumeError> {
            Ok(Catalogue::of(&self.0))
        }
    }

    /// Repeated until a window does not hold them.
    fn many() -> Single {
        let notes: usize = pieces().iter().map(|piece| piece.solo.as_ref().unwrap().notes().len()).sum();
        Single(std::iter::repeat_n(pieces(), 5 * NOTES / notes / 2).flatten().collect())
    }

    #[test]
    fn every_example_is_in_one_window() {
        let dataset = many();
        let catalogue = dataset.catalogue().unwrap();
        let background = Background::of(&catalogue, &sample(&dataset, 1).unwrap());
        let windows = Windows::new(&dataset, &catalogue, &background, |example| example).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let sizes: Vec<usize> = windows.shuffled(&mut rng).map(|window| window.unwrap().len()).collect();
        assert_eq!((sizes.len(), sizes.iter().sum::<usize>()), (3, dataset.0.len()));
        assert_eq!(windows.lengths().len(), dataset.0.len());
        assert!(sample(&dataset, 1).unwrap().len() < dataset.0.len() / 2);
    }

    #[test]
    fn pieces_in_memory_are_one_window() {
        let pieces = pieces();
        let dataset: Vec<&Piece> = pieces.iter().collect();
        assert_eq!(sample(&dataset, 7).unwrap(), pieces);
        let catalogue = dataset.catalogue().unwrap();
        let background = Background::of(&catalogue, &pieces);
        let windows = Windows::new(&dataset, &catalogue, &background, Example::without_controls).unwrap();
        let sizes: Vec<usize> = windows.in_order().map(|window| window.unwrap().len()).collect();
        assert_eq!((sizes, windows.lengths().len()), (vec![3], 3));
    }
}
