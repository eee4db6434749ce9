//! Replies on their way to a browser.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio_stream::wrappers::ReceiverStream;

use crate::reply::{Piecemeal, Pieces, Reply, ReplyBody};

/// Pieces that wait for a page that reads slowly.
const WAITING: usize = 4;
/// How long nothing is sent while a body is made.
const SILENCE: Duration = Duration::from_secs(15);
/// What is sent then: a comment of server-sent events, the only body that is waited for.
const STILL_THERE: &[u8] = b":\n\n";

/// A reply on its way; what is left to do is begun.
pub(crate) fn response(reply: Reply) -> Response {
    let Reply { status, headers, body, rest } = reply;
    if let Some(mut rest) = rest {
        std::thread::spawn(move || while rest().is_continue() {});
    }
    let body = match body {
        ReplyBody::Whole(bytes) => bytes.into(),
        ReplyBody::Pieces(pieces) => streamed(pieces),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = headers.into_iter().filter_map(|(name, value)| {
        Some((HeaderName::from_static(name), HeaderValue::try_from(value).ok()?))
    });
    response.headers_mut().extend(headers);
    response
}

/// A body that is made piece by piece as long as someone listens.
fn streamed(mut pieces: Box<dyn Pieces>) -> Body {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(WAITING);
    spawn_blocking(move || {
        loop {
            let bytes = match pieces.next(SILENCE) {
                Piecemeal::Bytes(bytes) => bytes.into(),
                Piecemeal::Later => Bytes::from_static(STILL_THERE),
                Piecemeal::End => return,
            };
            if sender.blocking_send(Ok(bytes)).is_err() {
                return;
            }
        }
    });
    Body::from_stream(ReceiverStream::new(receiver))
}
