//! Takes: made, kept, made again in part, looked into.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sideman_corpus::originality::Certificate;
use sideman_formats::engraving::Paper;
use sideman_formats::notation::PartKey;
use sideman_music::{Solo, Tempo};
use sideman_session::{Take, TimeMap};

use crate::ask::{Ask, PathParts};
use crate::problem::{Answer, Problem};
use crate::reply::Reply;
use crate::studio::Studio;
use crate::take_order::{PracticeOrder, TakeOrder};
use crate::takes::{ReadyTake, TakeFile};

/// A take in a row of takes.
#[derive(Serialize)]
struct TakeLine {
    id: String,
    /// Seconds since 1970.
    made: u64,
    title: String,
    seed: u32,
}

/// A take with what the page needs to play and show it.
#[derive(Serialize)]
struct TakeView {
    #[serde(flatten)]
    line: TakeLine,
    order: TakeOrder,
    /// Quarter notes a minute.
    tempo: u32,
    /// The parts in the order of their stems.
    parts: Vec<String>,
    map: TimeMap,
    /// Key and tempo of each chorus of a take to practise with.
    passes: Vec<(String, u32)>,
    /// What it shares with what was learned from.
    certificate: Option<Certificate>,
}

impl TakeLine {
    fn of(file: &TakeFile) -> Self {
        Self { id: file.id.clone(), made: file.made(), title: file.title().to_owned(), seed: file.order.seed }
    }
}

impl TakeView {
    fn of(ready: &ReadyTake) -> Self {
        let take = &ready.take;
        Self {
            line: TakeLine::of(&ready.file),
            order: ready.file.order.clone(),
            tempo: tempo_of(take).to_bpm(),
            parts: take.performance().tracks.iter().map(|track| track.name.clone()).collect(),
            map: take.time_map(),
            passes: ready.file.order.passes(),
            certificate: take.certificate().cloned(),
        }
    }
}

/// The tempo at which a take begins.
fn tempo_of(take: &Take) -> Tempo {
    take.pages().score.sheet.tempo().unwrap_or_default()
}

/// A take that is ready, or is made again from its file by the model that played it.
pub(crate) fn ready(studio: &Studio, id: &str) -> Answer<Arc<ReadyTake>> {
    studio.takes.get(id, |file| {
        if file.order.model.is_none() && file.model != studio.fingerprint {
            return Err(Problem::asked("another model played this take; open the studio with that model"));
        }
        file.order.make(&*studio.soloist_of(file.order.model.as_deref())?)
    })
}

/// At which tempo a take is asked for, and in which key its page.
#[derive(Deserialize)]
pub(crate) struct TakeQuery {
    pub(crate) tempo: Option<u16>,
    pub(crate) part: Option<String>,
    #[serde(default)]
    narrow: bool,
}

impl TakeQuery {
    /// The take at the tempo that is asked for.
    pub(crate) fn at_tempo(&self, take: &Take) -> Answer<Take> {
        match self.tempo {
            None => Ok(take.clone()),
            Some(bpm @ 20..=400) => Ok(take.at_tempo(Tempo::bpm(bpm))),
            Some(bpm) => Err(Problem::asked(format!("tempo: {bpm} is not a number from 20 to 400"))),
        }
    }

    /// For whom its page is written.
    pub(crate) fn part_key(&self) -> Answer<PartKey> {
        Ok(self.part.as_deref().map(str::parse).transpose()?.unwrap_or_default())
    }
}

/// `GET /api/takes`: those that are kept, newest first.
pub(crate) fn list(studio: &Arc<Studio>, _: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    Reply::json(&studio.takes.list()?.iter().map(TakeLine::of).collect::<Vec<_>>())
}

/// `POST /api/takes`: makes a take and keeps it.
pub(crate) fn make(studio: &Arc<Studio>, ask: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    made(studio, ask.json()?)
}

/// Makes a take, keeps it, and tells of it.
pub(super) fn made(studio: &Studio, order: TakeOrder) -> Answer<Reply> {
    Reply::json(&TakeView::of(&*kept(studio, order)?))
}

/// Makes a take and keeps it.
fn kept(studio: &Studio, order: TakeOrder) -> Answer<Arc<ReadyTake>> {
    kept_as(studio, order, str::to_owned)
}

/// Makes a take and keeps it under a title that is made of its caption.
pub(crate) fn kept_as(
    studio: &Studio,
    order: TakeOrder,
    title: impl FnOnce(&str) -> String,
) -> Answer<Arc<ReadyTake>> {
    let take = order.make(&*studio.soloist_of(order.model.as_deref())?)?;
    let model = order.model.clone().unwrap_or_else(|| studio.fingerprint.clone());
    let title = title(take.caption());
    studio.takes.keep(order, take, &model, title, (studio.clock)())
}

/// How a take is practised with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PractiseRequest {
    practice: PracticeOrder,
    /// Quarter notes a minute of the first chorus.
    tempo: Option<u16>,
    count_in: bool,
}

impl PractiseRequest {
    /// The take to practise with over a solo that an order made or stands for.
    pub(super) fn made(self, studio: &Studio, before: &TakeOrder, solo: &Solo) -> Answer<Reply> {
        let mut order = before.practising(solo, self.practice);
        order.tempo = self.tempo.or(order.tempo);
        order.band.count_in = self.count_in;
        made(studio, order)
    }
}

/// `POST /api/takes/{id}/practise`: a take to practise with, over the solo of this one.
pub(crate) fn practise(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let request: PractiseRequest = ask.json()?;
    let before = ready(studio, places.name(0))?;
    request.made(studio, &before.file.order, before.take.solo())
}

/// `GET /api/takes/{id}`
pub(crate) fn one(studio: &Arc<Studio>, _: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    Reply::json(&TakeView::of(&*ready(studio, places.name(0))?))
}

/// `DELETE /api/takes/{id}`
pub(crate) fn remove(studio: &Arc<Studio>, _: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    studio.takes.remove(places.name(0))?;
    Ok(Reply::nothing())
}

/// Bars that are to be played again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgainRequest {
    /// Such as `5-8`.
    bars: Vec<String>,
    seed: u32,
}

/// `POST /api/takes/{id}/again`: a new take in which these bars alone are other ones.
pub(crate) fn again(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let AgainRequest { bars, seed } = ask.json()?;
    let before = ready(studio, places.name(0))?;
    made(studio, before.file.order.again(&before.take, bars, seed))
}

/// `GET /api/takes/{id}/score?part=&tempo=&narrow=`: the engraved page; notes and bars have the ids of the time map.
pub(crate) fn score(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let query: TakeQuery = ask.query()?;
    let take = query.at_tempo(&ready(studio, places.name(0))?.take)?;
    let paper = if query.narrow { Paper::Narrow } else { Paper::A4 };
    Ok(Reply::bytes("image/svg+xml", take.pages().svg(query.part_key()?, paper)?.value))
}

/// `GET /api/takes/{id}/map?tempo=`
pub(crate) fn map(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let take = ask.query::<TakeQuery>()?.at_tempo(&ready(studio, places.name(0))?.take)?;
    Reply::json(&take.time_map())
}

/// `GET /api/takes/{id}/notes/{note}`: what is to be said of a note.
pub(crate) fn note(studio: &Arc<Studio>, _: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let ready = ready(studio, places.name(0))?;
    let soloist = studio.soloist_of(ready.file.order.model.as_deref())?;
    let all = ready.insights.get_or_init(|| ready.take.insights(&soloist).ok());
    let all = all.as_ref().ok_or_else(|| Problem::asked("the player alone can say what it expects"))?;
    Reply::json(all.get(places.number::<usize>(1)?).ok_or_else(|| Problem::missing("note"))?)
}
