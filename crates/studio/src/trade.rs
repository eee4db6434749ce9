//! A conversation that is kept while it goes on.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use sideman_music::Note;
use sideman_session::{Conversation, Take};

use crate::take_order::TakeOrder;

/// A conversation under way.
#[derive(Debug)]
pub(crate) struct Trade {
    pub(crate) order: TakeOrder,
    pub(crate) conversation: Conversation,
    pub(crate) backing: Take,
    pub(crate) said: Mutex<Said>,
    pub(crate) thinking: AtomicBool,
}

/// What both have said.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) yours: Vec<Note>,
    /// The soloist's turns, by number: what it has decided to play.
    pub(crate) theirs: Vec<(usize, Vec<Note>)>,
    /// What it would play in a turn after so many notes of the player.
    pub(crate) thought: Option<(usize, usize, Vec<Note>)>,
}
