//! Batches of examples, each carried on from chunk to chunk until it ends.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use sideman_lstm::{Batch, NONE, Shape, State};

use super::example::Example;

/// Examples side by side.
pub(super) struct Batches {
    /// The next ones, from the last on.
    waiting: Vec<Example>,
    /// Of each lane its example, and the next note of that.
    lanes: Vec<Option<(Example, usize)>>,
}

impl Batches {
    /// None yet.
    pub(super) fn new(lanes: usize) -> Self {
        Self { waiting: Vec::new(), lanes: vec![None; lanes] }
    }

    /// Takes windows of examples, each as it is arranged, until as many wait as there are lanes, or none is left.
    pub(super) fn fill<E>(
        &mut self,
        windows: &mut impl Iterator<Item = Result<Vec<Example>, E>>,
        mut arranged: impl FnMut(Vec<Example>) -> Vec<Example>,
    ) -> Result<(), E> {
        while self.waiting.len() < self.lanes.len()
            && let Some(window) = windows.next()
        {
            let mut window = arranged(window?);
            window.append(&mut self.waiting);
            self.waiting = window;
        }
        Ok(())
    }

    /// The next `steps` notes of every lane; lanes that begin an example begin from the zero state. `None` when all is
    /// done.
    pub(super) fn next(&mut self, shape: &Shape, steps: usize, state: &mut State) -> Option<Batch> {
        self.refill(state);
        if self.lanes.iter().all(Option::is_none) {
            return None;
        }
        let lanes = self.lanes.len();
        let mut batch = Batch::new(shape, steps, lanes);
        for (lane, place) in self.lanes.iter_mut().enumerate() {
            let Some((example, at)) = place else { continue };
            let end = example.notes.len().min(*at + steps);
            for (step, note) in (*at..end).enumerate() {
                write(&mut batch, step * lanes + lane, example, note);
            }
            *at = end;
        }
        Some(batch)
    }

    /// Gives lanes whose example is over another one.
    fn refill(&mut self, state: &mut State) {
        for (lane, place) in self.lanes.iter_mut().enumerate() {
            if place.as_ref().is_none_or(|(example, at)| *at >= example.notes.len()) {
                *place = self.waiting.pop().map(|example| (example, 0));
                state.reset(lane);
            }
        }
    }
}

/// Examples as they are, so that the longest come first.
pub(super) fn longest_first(mut examples: Vec<Example>) -> Vec<Example> {
    examples.sort_by_key(|example| example.notes.len());
    examples
}

/// Examples shuffled, each in a key of its own and with something of it hidden.
pub(super) fn shuffled(examples: Vec<Example>, rng: &mut impl Rng) -> Vec<Example> {
    let mut varied = |example: &Example| example.transposed(rng.random_range(-6..6)).hidden(rng);
    let mut waiting: Vec<Example> = examples.iter().map(&mut varied).collect();
    waiting.shuffle(rng);
    waiting
}

fn write(batch: &mut Batch, row: usize, example: &Example, note: usize) {
    example.step(note).write(batch, row);
    for (head, truth) in example.truths(note).into_iter().enumerate() {
        batch.target(head)[row] = truth.unwrap_or(NONE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::shape::shape_of;
    use crate::line::targets::Target;
    use crate::line::testing::{model, pieces};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use sideman_lstm::Dropout;

    #[test]
    fn every_note_is_shown_once() {
        let background = model().background;
        let examples: Vec<Example> = pieces().iter().filter_map(|p| Example::new(p, &background)).collect();
        let shape = shape_of(vec![2], Dropout::default());
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let all: usize = examples.iter().map(|example| example.notes.len()).sum();
        for arranged in [longest_first(examples.clone()), shuffled(examples, &mut rng)] {
            let mut windows = arranged.chunks(1).map(|window| Ok::<_, ()>(window.to_vec()));
            let mut batches = Batches::new(2);
            let mut state = State::zero(&shape, 2);
            let mut shown = 0;
            loop {
                batches.fill(&mut windows, |window| window).unwrap();
                let Some(mut batch) = batches.next(&shape, 16, &mut state) else { break };
                shown += batch.target(Target::Pitch.head()).iter().filter(|&&pitch| pitch != NONE).count();
            }
            assert_eq!(shown, all);
        }
    }
}
