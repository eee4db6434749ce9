//! Batches of examples, each carried on from chunk to chunk until it ends.

use rand::seq::SliceRandom;
use rand::{Rng, RngExt};
use sideman_lstm::{Batch, NONE, Shape, State};

use super::example::Example;

/// Examples side by side.
pub(super) struct Batches {
    waiting: Vec<Example>,
    /// Of each lane its example, and the next note of that.
    lanes: Vec<Option<(Example, usize)>>,
}

impl Batches {
    /// All of the examples once, as they are, the longest first.
    pub(super) fn in_order(examples: &[Example], lanes: usize) -> Self {
        let mut waiting = examples.to_vec();
        waiting.sort_by_key(|example| example.notes.len());
        Self { waiting, lanes: vec![None; lanes] }
    }

    /// All of the examples once, shuffled, each in a key of its own and with something of it hidden.
    pub(super) fn shuffled(examples: &[Example], lanes: usize, rng: &mut impl Rng) -> Self {
        let mut varied = |example: &Example| example.transposed(rng.random_range(-6..6)).hidden(rng);
        let mut waiting: Vec<Example> = examples.iter().map(&mut varied).collect();
        waiting.shuffle(rng);
        Self { waiting, lanes: vec![None; lanes] }
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
        for mut batches in [Batches::in_order(&examples, 2), Batches::shuffled(&examples, 2, &mut rng)] {
            let mut state = State::zero(&shape, 2);
            let mut shown = 0;
            while let Some(mut batch) = batches.next(&shape, 16, &mut state) {
                shown += batch.target(Target::Pitch.head()).iter().filter(|&&pitch| pitch != NONE).count();
            }
            assert_eq!(shown, all);
        }
    }
}
