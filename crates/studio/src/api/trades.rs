//! Trade: a conversation in turns. The soloist thinks of its answer while the notes of the player come.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sideman_music::{Duration, Note, Pitch, Sheet, Tempo, Time};
use sideman_session::{Speaker, TimeMap};

use super::{sound as heard, takes};
use crate::ask::{Ask, PathParts};
use crate::problem::{Answer, Problem};
use crate::reply::Reply;
use crate::studio::Studio;
use crate::take_order::{KeptNote, TakeOrder, TradeOrder};
use crate::trade::{Said, Trade};

/// A conversation as the page begins it.
#[derive(Serialize)]
struct TradeView {
    id: u64,
    tempo: u32,
    parts: Vec<String>,
    map: TimeMap,
    turns: Vec<TurnView>,
    /// The classes of the tones of each chord of the map, 0 to 11.
    tones: Vec<Vec<u8>>,
}

/// A turn: whose, and when.
#[derive(Serialize)]
struct TurnView {
    yours: bool,
    first: usize,
    last: usize,
    seconds: f64,
    until: f64,
}

/// `POST /api/trades`: begins one; the order says chart, tempo, choruses, who plays, and `trade` how many bars a turn has.
pub(crate) fn begin(studio: &Arc<Studio>, ask: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    let order: TakeOrder = ask.json()?;
    let conversation = order.conversation()?;
    let backing = conversation.backing()?;
    let (said, thinking) = (Mutex::default(), AtomicBool::new(false));
    let trade = Trade { order, conversation, backing, said, thinking };
    let view = TradeView::of(&trade);
    trade.decided(studio, 0)?;
    Reply::json(&TradeView { id: studio.trades.keep(trade), ..view })
}

impl TradeView {
    fn of(trade: &Trade) -> Self {
        let (map, sheet) = (trade.backing.time_map(), trade.conversation.sheet());
        let turn = |(bars, speaker): (std::ops::Range<usize>, Speaker)| TurnView {
            yours: speaker == Speaker::Player,
            first: bars.start,
            last: bars.end - 1,
            seconds: map.bars[bars.start].seconds,
            until: map.bars[bars.end - 1].until,
        };
        Self {
            id: 0,
            tempo: tempo(sheet).to_bpm(),
            parts: trade.backing.performance().tracks.iter().map(|track| track.name.clone()).collect(),
            turns: trade.conversation.turns().into_iter().map(turn).collect(),
            tones: tones(sheet),
            map,
        }
    }
}

fn tempo(sheet: &Sheet) -> Tempo {
    sheet.tempo().unwrap_or_default()
}

fn tones(sheet: &Sheet) -> Vec<Vec<u8>> {
    let classes =
        |chord: &sideman_music::Chord| chord.tones().iter().map(|class| class.index() as u8).collect();
    sheet.chords().iter().map(|(_, chord)| chord.as_ref().map_or_else(Vec::new, classes)).collect()
}

/// A note as it was played: seconds of the take, less all latencies.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StruckNote {
    seconds: f64,
    until: f64,
    pitch: u8,
    velocity: u8,
}

/// Notes that have come.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StruckNotes {
    notes: Vec<StruckNote>,
}

/// How many notes the soloist has heard.
#[derive(Serialize)]
struct HeardNotes {
    heard: usize,
}

/// Notes in a conversation.
const MOST: usize = 20_000;
/// Parts of a quarter note in which notes are kept.
const PARTS: f64 = 480.0;

/// `POST /api/trades/{trade}/notes`: notes as they come; the soloist thinks of its answer at once.
pub(crate) fn hear(studio: &Arc<Studio>, ask: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let StruckNotes { notes } = ask.json()?;
    let trade = trade(studio, places)?;
    let notes = notes.iter().map(|note| trade.read(note)).collect::<Answer<Vec<Note>>>()?;
    let heard = {
        let mut said = trade.said();
        if said.yours.len() + notes.len() > MOST {
            return Err(Problem::asked("these are more notes than a conversation has"));
        }
        said.yours.extend(notes);
        said.yours.len()
    };
    let reply = Reply::json(&HeardNotes { heard })?;
    if trade.thinking.swap(true, Ordering::SeqCst) {
        return Ok(reply);
    }
    let at_work = Arc::clone(studio);
    Ok(reply.then(Box::new(move || trade.think(&at_work))))
}

fn trade(studio: &Studio, places: &PathParts<'_>) -> Answer<Arc<Trade>> {
    studio.trades.get(places.number(0)?).ok_or_else(|| Problem::missing("conversation"))
}

impl Trade {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, note: &StruckNote) -> Answer<Note> {
        let map = self.backing.time_map();
        let zero = map.bars.first().map_or(0.0, |bar| bar.seconds);
        let within = |seconds: f64| (-60.0..map.seconds + 60.0).contains(&seconds);
        if !within(note.seconds) || !within(note.until) || note.until < note.seconds {
            return Err(Problem::asked("a note lies outside of the conversation"));
        }
        let quarter = f64::from(tempo(self.conversation.sheet()).micros()) / 1e6;
        let parts =
            |seconds: f64| Duration::quarters((seconds / quarter * PARTS).round() as i64, PARTS as i64);
        let pitch = Pitch::new(note.pitch).ok_or_else(|| Problem::asked("a pitch goes to 127"))?;
        let least = Duration::quarters(1, 12);
        let onset = Time::after_start(parts(note.seconds - zero).max(Duration::ZERO));
        let sounds = Note::new(onset, parts(note.until - note.seconds).max(least), pitch);
        Ok(Note { velocity: Some(note.velocity.clamp(1, 127)), ..sounds })
    }

    /// Thinks of the answer to what has been played by now; breaks when there is nothing new to hear.
    fn think(&self, studio: &Studio) -> ControlFlow<()> {
        let (next, heard, known) = {
            let said = self.said();
            let (next, heard) = (self.next(&said), said.yours.len());
            let known =
                said.thought.as_ref().is_some_and(|(turn, notes, _)| (*turn, *notes) == (next, heard));
            (next, heard, known)
        };
        if !known && let Ok(answer) = self.answer(studio, next) {
            self.said().thought = Some((next, heard, answer));
            return ControlFlow::Continue(());
        }
        self.thinking.store(false, Ordering::SeqCst);
        ControlFlow::Break(())
    }

    /// The soloist's first turn behind the last note of the player.
    fn next(&self, said: &Said) -> usize {
        let last = said.yours.iter().map(|note| note.onset).max().unwrap_or(Time::ZERO);
        let bar = usize::try_from(self.conversation.sheet().place(last).0).unwrap_or(0);
        let turns = self.conversation.turns();
        let behind = |(bars, speaker): &(std::ops::Range<usize>, Speaker)| {
            *speaker == Speaker::Soloist && bars.start > bar
        };
        turns.iter().position(behind).unwrap_or(turns.len())
    }

    fn answer(&self, studio: &Studio, turn: usize) -> Answer<Vec<Note>> {
        let before: Vec<Note> = {
            let said = self.said();
            let theirs = said.theirs.iter().flat_map(|(_, notes)| notes);
            theirs.chain(&said.yours).copied().collect()
        };
        let soloist = studio.soloist_of(self.order.model.as_deref())?;
        Ok(self.conversation.answer(&soloist, turn, &before)?)
    }

    /// What the soloist plays in a turn: what it has thought of by now, and from then on no other.
    fn decided(&self, studio: &Studio, turn: usize) -> Answer<Vec<Note>> {
        {
            let mut said = self.said();
            if let Some((_, notes)) = said.theirs.iter().find(|(nth, _)| *nth == turn) {
                return Ok(notes.clone());
            }
            let heard = said.yours.len();
            if let Some((_, _, notes)) =
                said.thought.take_if(|(nth, notes, _)| (*nth, *notes) == (turn, heard))
            {
                said.theirs.push((turn, notes.clone()));
                return Ok(notes);
            }
        }
        let notes = self.answer(studio, turn)?;
        self.said().theirs.push((turn, notes.clone()));
        Ok(notes)
    }
}

/// A note of an answer in seconds of the take.
#[derive(Serialize)]
struct AnswerNote {
    seconds: f64,
    until: f64,
    pitch: u8,
}

/// `GET /api/trades/{trade}/turns/{turn}`: what the soloist plays in a turn of its own.
pub(crate) fn answer(studio: &Arc<Studio>, _: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let trade = trade(studio, places)?;
    let notes = trade.decided(studio, places.number(1)?)?;
    let zero = trade.backing.time_map().bars.first().map_or(0.0, |bar| bar.seconds);
    let quarter = tempo(trade.conversation.sheet());
    let at = |time: Time| zero + quarter.clock(time.since_start()).as_secs_f64();
    let told = |note: &Note| AnswerNote {
        seconds: at(note.onset),
        until: at(note.end()),
        pitch: note.pitch().number(),
    };
    Reply::json(&notes.iter().map(told).collect::<Vec<_>>())
}

/// `GET /api/trades/{trade}/turns/{turn}/sound`: the same, heard from the first moment of the turn on.
pub(crate) fn sound(studio: &Arc<Studio>, _: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let (trade, turn) = (trade(studio, places)?, places.number(1)?);
    heard::alone(studio, &trade.conversation.phrase(turn, &trade.decided(studio, turn)?))
}

/// `GET /api/trades/{trade}/stems/{part}`: the band under it.
pub(crate) fn stem(studio: &Arc<Studio>, _: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    heard::part(studio, &trade(studio, places)?.backing, places.number(1)?)
}

/// `POST /api/trades/{trade}/end`: the conversation as a take.
pub(crate) fn end(studio: &Arc<Studio>, _: &Ask, places: &PathParts<'_>) -> Answer<Reply> {
    let trade = trade(studio, places)?;
    let (theirs, yours) = {
        let said = trade.said();
        let theirs = said.theirs.iter().flat_map(|(_, notes)| notes.iter().map(KeptNote::of));
        (theirs.collect(), said.yours.iter().map(KeptNote::of).collect())
    };
    let said = |asked: &TradeOrder| TradeOrder { theirs, yours, ..asked.clone() };
    let order = TakeOrder { trade: trade.order.trade.as_ref().map(said), ..trade.order.clone() };
    takes::made(studio, order)
}
