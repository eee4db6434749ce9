//! The studio: what a page can ask, and the server of such a page on this machine.
//!
//! **Invariant:** the only crate that knows HTTP; whatever the page sends is hostile. It knows no path and no clock: what
//! is kept lies on a [`Shelf`] that its door brings, under names that are letters, digits and hyphens.
//!
//! In reading order: [`Setup`] is what a studio begins with, [`Ask`] and [`Reply`] what goes in and out, `api` the calls
//! of each view with the types that the page reads, `takes` and `models` what is kept, `memory` what is not (`trade`,
//! `trial`), `jobs` long work. [`Studio::answer`] is all that a door needs. With the feature `server` there is one here:
//! `server` answers the address, `wire` sends what is answered, `guard` refuses what the page would not send, `page` is the files of the page.
#![forbid(unsafe_code)]

mod answer;
mod api;
mod ask;
#[cfg(feature = "server")]
mod guard;
mod jobs;
mod memory;
mod models;
#[cfg(feature = "server")]
mod page;
mod problem;
mod reply;
#[cfg(feature = "server")]
mod server;
mod shelf;
mod studio;
mod take_order;
mod takes;
mod trade;
mod trial;
#[cfg(feature = "server")]
mod wire;

pub use ask::Ask;
pub use reply::{Piecemeal, Pieces, Reply, ReplyBody, Rest};
#[cfg(feature = "server")]
pub use server::serve;
pub use shelf::Shelf;
pub use studio::{OpenedFile, Setup, Studio};
