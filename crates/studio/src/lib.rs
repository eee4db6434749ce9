//! The studio: a page on this machine, and the server behind it.
//!
//! **Invariant:** the only crate that knows HTTP; whatever the page sends is hostile. It knows no path: what is kept lies
//! on a [`Shelf`] that its door brings, under names that are letters, digits and hyphens.
//!
//! In reading order: [`Setup`] is what a studio begins with, `server` answers the address, `guard` refuses what the page
//! would not send, `api` holds the handlers of each view with the types that the page reads, `takes` and `models` what is
//! kept, `memory` what is not (`trade`, `trial`), `jobs` long work, `page` the files of the page.
#![forbid(unsafe_code)]

mod api;
mod guard;
mod jobs;
mod memory;
mod models;
mod page;
mod problem;
mod server;
mod shelf;
mod studio;
mod take_order;
mod takes;
mod trade;
mod trial;

pub use server::serve;
pub use shelf::Shelf;
pub use studio::{OpenedFile, Setup};
