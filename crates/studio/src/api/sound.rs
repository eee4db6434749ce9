//! Sound as it is made: raw 16-bit little-endian stereo at 44,100 frames a second.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use sideman_band::audio::{Mix, Stem};
use sideman_music::{Performance, Pitch};
use sideman_session::{Error, Take};

use super::takes::{TakeQuery, ready};
use crate::ask::{Ask, PathParts};
use crate::problem::{Answer, Problem};
use crate::reply::{Piecemeal, Pieces, Reply};
use crate::studio::Studio;

/// Frames in a piece of the stream; the first is shorter, so that it is there at once.
const FIRST: usize = 4_096;
const PIECE: usize = 32_768;

/// `GET /api/takes/{id}/stems/{part}?tempo=`: one part of a take, streamed while it is made.
pub(crate) fn stem(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let take = ask.query::<TakeQuery>()?.at_tempo(&ready(studio, places.name(0))?.take)?;
    part(studio, &take, places.number(1)?)
}

/// One part of a take.
pub(super) fn part(studio: &Studio, take: &Take, part: usize) -> Answer<Reply> {
    if part >= take.performance().tracks.len() {
        return Err(Problem::missing("part"));
    }
    Ok(streamed(take.stem(&studio.font()?, part, &Mix::default())?))
}

/// Which pitch is heard in the place of a note.
#[derive(Deserialize)]
struct PhraseQuery {
    pitch: Option<u8>,
}

/// `GET /api/takes/{id}/notes/{note}/sound?pitch=`: a note among its neighbours, or another one in its place.
pub(crate) fn phrase(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let pitch = |number| Pitch::new(number).ok_or_else(|| Problem::missing("pitch"));
    let pitch = ask.query::<PhraseQuery>()?.pitch.map(pitch).transpose()?;
    let played = ready(studio, places.name(0))?.take.phrase(places.number(1)?, pitch);
    alone(studio, &played.ok_or_else(|| Problem::missing("note"))?)
}

/// The first part of a performance.
pub(super) fn alone(studio: &Studio, played: &Performance) -> Answer<Reply> {
    Ok(streamed(Stem::new(&studio.font()?, played, 0, &Mix::default()).map_err(Error::from)?))
}

/// A stem, made piece by piece as long as someone listens; `x-frames` says how many frames there will be.
fn streamed(stem: Stem) -> Reply {
    let frames = stem.frames();
    let pieces = StemPieces { stem, frames: vec![[0.0; 2]; PIECE], most: FIRST };
    Reply::pieces("application/octet-stream", pieces).with("x-frames", frames)
}

/// A stem on its way.
struct StemPieces {
    stem: Stem,
    frames: Vec<[f32; 2]>,
    /// Frames of the next piece.
    most: usize,
}

impl Pieces for StemPieces {
    fn next(&mut self, _: Duration) -> Piecemeal {
        let count = self.stem.fill(&mut self.frames[..self.most]);
        self.most = PIECE;
        if count == 0 {
            return Piecemeal::End;
        }
        let sample = |x: &f32| ((x.clamp(-1.0, 1.0) * 32_767.0).round() as i16).to_le_bytes();
        Piecemeal::Bytes(self.frames[..count].as_flattened().iter().flat_map(sample).collect())
    }
}
