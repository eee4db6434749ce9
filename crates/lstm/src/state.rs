//! What is carried from one step, or one chunk of steps, to the next.

use std::ops::Range;

use crate::aligned::Aligned;
use crate::batch::spread;
use crate::matrix::padded;
use crate::{Error, Shape};

/// h and c of every layer for `lanes` sequences: what is carried from one chunk to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub(crate) lanes: usize,
    /// For each layer `[lanes, padded width]`.
    pub(crate) h: Vec<Aligned>,
    pub(crate) c: Vec<Aligned>,
}

impl State {
    /// The zero state, with which every sequence begins.
    pub fn zero(shape: &Shape, lanes: usize) -> State {
        let zeros = || shape.layers.iter().map(|&u| Aligned::zeros(lanes * padded(u))).collect::<Vec<_>>();
        State { lanes, h: zeros(), c: zeros() }
    }

    /// Begins a new sequence in one lane.
    pub fn reset(&mut self, lane: usize) {
        let lanes = self.lanes;
        for values in self.h.iter_mut().chain(&mut self.c) {
            let width = values.len() / lanes.max(1);
            values[lane * width..(lane + 1) * width].fill(0.0);
        }
    }

    /// Each lane so many times, side by side.
    pub(crate) fn spread(&self, times: usize) -> State {
        let rows = |values: &Aligned| {
            let mut rows = Aligned::zeros(values.len() * times);
            rows.copy_from_slice(&spread(values, self.lanes, times));
            rows
        };
        let [h, c] = [&self.h, &self.c].map(|layers| layers.iter().map(rows).collect());
        State { lanes: self.lanes * times, h, c }
    }

    /// The state of some lanes.
    pub(crate) fn part(&self, lanes: &Range<usize>) -> State {
        let part = |values: &Aligned| {
            let width = values.len() / self.lanes.max(1);
            let mut part = Aligned::zeros(lanes.len() * width);
            part.copy_from_slice(&values[lanes.start * width..lanes.end * width]);
            part
        };
        let [h, c] = [&self.h, &self.c].map(|layers| layers.iter().map(part).collect());
        State { lanes: lanes.len(), h, c }
    }

    /// Takes the state of some lanes over.
    pub(crate) fn put(&mut self, lanes: &Range<usize>, part: &State) {
        let all = self.h.iter_mut().chain(&mut self.c);
        for (values, part) in all.zip(part.h.iter().chain(&part.c)) {
            let width = values.len() / self.lanes.max(1);
            values[lanes.start * width..lanes.end * width].copy_from_slice(part);
        }
    }

    pub(crate) fn check(&self, shape: &Shape, lanes: usize) -> Result<(), Error> {
        let fits = |values: &Vec<Aligned>| {
            values.len() == shape.layers.len()
                && values.iter().zip(&shape.layers).all(|(v, &u)| v.len() == lanes * padded(u))
        };
        if self.lanes == lanes && fits(&self.h) && fits(&self.c) {
            return Ok(());
        }
        Err(Error::data("the state has other lanes or layers"))
    }
}
