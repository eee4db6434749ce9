//! What is told of work under way.

use std::ops::ControlFlow;

use sideman_corpus::library::GatherProgress;
use sideman_improv::TrainingEvent;

/// An event of work that takes long, for those who watch it.
#[derive(Debug, Clone, Copy)]
pub enum WorkEvent<'a> {
    /// Another file is read.
    Reading(GatherProgress<'a>),
    /// The training goes on; an epoch of the line recipe hands out what is needed to go on from it another time.
    Training(TrainingEvent<'a>),
    /// So much of the sound is rendered, from 0 to 1.
    Rendering(f64),
}

/// Who watches; training ends in good order where it asks for a break.
pub type Watch<'a> = &'a mut dyn FnMut(WorkEvent<'_>) -> ControlFlow<()>;
