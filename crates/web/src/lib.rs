//! The door of a page that has no server: the studio as a WebAssembly module.
//!
//! **Invariant:** nothing but translation. The module asks nothing of the page: what goes in and out lies in one mailbox, a
//! head in JSON and bytes behind it, which the page writes and reads between two calls.
//!
//! A call of the page is an `ask`; a body that is made while it is read is a stream of pieces by number; long work goes on
//! step by step, whenever the page calls `work`; what is kept is told of as changes of a shelf that the page copies.
//!
//! ```
//! let mut mailbox = sideman_web::Mailbox::letter(&"a head", b"bytes");
//! assert_eq!(mailbox.head(), r#""a head""#.len());
//! let (head, body) = mailbox.take::<String>();
//! assert_eq!((head.as_deref(), &body[..]), (Some("a head"), &b"bytes"[..]));
//! ```
#![deny(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod door;
#[cfg(target_family = "wasm")]
mod exports;
mod mailbox;
mod page_shelf;

pub use door::Door;
pub use mailbox::Mailbox;
