//! What is told of work under way.

use std::ops::ControlFlow;

use sideman_corpus::library;
use sideman_improv::Epoch;
use sideman_improv::line::Pause;

/// An event of work that takes long, for those who watch it.
#[derive(Debug)]
pub enum Progress<'a> {
    /// Another file is read.
    Reading(library::GatherProgress<'a>),
    /// A part of an epoch is learned.
    Step {
        /// Which epoch, from 1.
        epoch: usize,
        /// How many there will be.
        of: usize,
        /// The share of it that is done, from 0 to 1.
        done: f64,
        /// Mean loss so far in it, nats.
        loss: f64,
    },
    /// An epoch is learned; of the line recipe, with what is needed to go on from here another time.
    Epoch(&'a Epoch, Option<&'a Pause>),
    /// So much of the sound is rendered, from 0 to 1.
    Rendering(f64),
}

/// Who watches; training ends in good order where it asks for a break.
pub type Watch<'a> = &'a mut dyn FnMut(Progress<'_>) -> ControlFlow<()>;
