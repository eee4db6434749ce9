//! Sound as it is made: raw 16-bit little-endian stereo at 44,100 frames a second.

use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use sideman_band::audio::{Mix, Stem};
use sideman_music::Pitch;
use sideman_session::Error;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::takes::{TakeQuery, ready};
use crate::problem::{Answer, Problem};
use crate::studio::Studio;

/// Frames in a piece of the stream; the first is shorter, so that it is there at once.
const FIRST: usize = 4_096;
const PIECE: usize = 32_768;
/// Pieces that wait for a page that reads slowly.
const WAITING: usize = 4;
/// The header that says how many frames there will be.
const FRAMES: HeaderName = HeaderName::from_static("x-frames");

/// `GET /api/takes/{id}/stems/{part}?tempo=`: one part of a take, streamed while it is made.
pub(crate) async fn stem(
    State(studio): State<Arc<Studio>>,
    Path((id, part)): Path<(String, usize)>,
    Query(query): Query<TakeQuery>,
) -> Answer<impl IntoResponse> {
    let stem = move |studio: &Studio| {
        let take = query.at_tempo(&ready(studio, &id)?.take)?;
        if part >= take.performance().tracks.len() {
            return Err(Problem::missing("part"));
        }
        Ok(take.stem(&studio.font()?, part, &Mix::default())?)
    };
    Ok(streamed(studio.heavy(stem).await?))
}

/// Which pitch is heard in the place of a note.
#[derive(Deserialize)]
pub(crate) struct PhraseQuery {
    pitch: Option<u8>,
}

/// `GET /api/takes/{id}/notes/{note}/sound?pitch=`: a note among its neighbours, or another one in its place.
pub(crate) async fn phrase(
    State(studio): State<Arc<Studio>>,
    Path((id, note)): Path<(String, usize)>,
    Query(PhraseQuery { pitch }): Query<PhraseQuery>,
) -> Answer<impl IntoResponse> {
    let phrase = move |studio: &Studio| {
        let pitch = match pitch {
            Some(number) => Some(Pitch::new(number).ok_or_else(|| Problem::missing("pitch"))?),
            None => None,
        };
        let played = ready(studio, &id)?.take.phrase(note, pitch).ok_or_else(|| Problem::missing("note"))?;
        Ok(Stem::new(&studio.font()?, &played, 0, &Mix::default()).map_err(Error::from)?)
    };
    Ok(streamed(studio.heavy(phrase).await?))
}

/// A stem, made piece by piece as long as someone listens.
pub(crate) fn streamed(stem: Stem) -> impl IntoResponse {
    let frames = stem.frames().to_string();
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || render(stem, &sender));
    let headers = [(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (FRAMES, frames)];
    (headers, Body::from_stream(ReceiverStream::new(receiver)))
}

fn render(mut stem: Stem, sender: &mpsc::Sender<io::Result<Bytes>>) {
    let mut frames = vec![[0.0; 2]; PIECE];
    let mut most = FIRST;
    loop {
        let count = stem.fill(&mut frames[..most]);
        most = PIECE;
        let sample = |x: &f32| ((x.clamp(-1.0, 1.0) * 32_767.0).round() as i16).to_le_bytes();
        let bytes: Vec<u8> = frames[..count].as_flattened().iter().flat_map(sample).collect();
        if count == 0 || sender.blocking_send(Ok(bytes.into())).is_err() {
            return;
        }
    }
}
