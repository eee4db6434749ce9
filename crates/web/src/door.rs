//! The studio behind the mailbox.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sideman_band::synth::SoundFont;
use sideman_studio::{Ask, Piecemeal, Pieces, Reply, ReplyBody, Rest, Setup, Studio};

use crate::mailbox::Mailbox;
use crate::page_shelf::PageShelf;

/// A studio, and what is under way in it.
#[derive(Default)]
pub struct Door {
    studio: Option<Arc<Studio>>,
    shelf: PageShelf,
    /// Milliseconds since 1970.
    now: Arc<AtomicU64>,
    streams: BTreeMap<u32, Box<dyn Pieces>>,
    streams_so_far: u32,
    rests: VecDeque<Rest>,
}

/// The head of what the page asks; the body lies behind it.
#[derive(Deserialize)]
struct AskHead {
    method: String,
    path: String,
    query: String,
    /// Milliseconds since 1970.
    now: u64,
}

/// The head of an answer; its body lies behind it, or is a stream.
#[derive(Serialize)]
struct ReplyHead {
    status: u16,
    headers: Vec<(&'static str, String)>,
    stream: Option<u32>,
}

/// The head of something that lies on the shelf.
#[derive(Serialize, Deserialize)]
struct FileHead {
    name: String,
    /// Whether it was taken away.
    #[serde(default)]
    removed: bool,
}

/// How reading a stream goes on.
#[derive(Serialize)]
struct PieceHead {
    /// `bytes`, `later` or `end`.
    state: &'static str,
}

impl Door {
    /// Lays on the shelf what was kept before: the name in the head, and the bytes.
    pub fn lay(&mut self, mailbox: &mut Mailbox) {
        if let (Some(FileHead { name, .. }), bytes) = mailbox.take() {
            self.shelf.lay(&name, &bytes);
        }
    }

    /// Opens the studio with the file of a model; says whether it could be.
    pub fn open(&mut self, mailbox: &mut Mailbox) -> bool {
        let (_, model) = mailbox.take::<()>();
        let now = Arc::clone(&self.now);
        let setup = Setup {
            shelf: Box::new(self.shelf.clone()),
            font: Box::new(|| Ok(SoundFont::built_in())),
            clock: Box::new(move || Duration::from_millis(now.load(Ordering::Relaxed))),
            // The module has one model for as long as it lives.
            model: model.leak(),
            files: Vec::new(),
        };
        self.studio = Studio::new(setup).ok().map(Arc::new);
        if let Some(studio) = self.studio.clone() {
            self.rests.push_back(Box::new(move || {
                studio.warm();
                std::ops::ControlFlow::Break(())
            }));
        }
        self.studio.is_some()
    }

    /// Answers a call.
    pub fn ask(&mut self, mailbox: &mut Mailbox) {
        let (head, body) = mailbox.take();
        let (Some(AskHead { method, path, query, now }), Some(studio)) = (head, &self.studio) else {
            *mailbox = Mailbox::letter(&ReplyHead { status: 400, headers: Vec::new(), stream: None }, b"");
            return;
        };
        self.now.store(now, Ordering::Relaxed);
        let reply = studio.answer(&Ask { method, path, query, body });
        *mailbox = self.letter(reply);
    }

    fn letter(&mut self, reply: Reply) -> Mailbox {
        let Reply { status, headers, body, rest } = reply;
        self.rests.extend(rest);
        match body {
            ReplyBody::Whole(bytes) => Mailbox::letter(&ReplyHead { status, headers, stream: None }, &bytes),
            ReplyBody::Pieces(pieces) => {
                self.streams_so_far += 1;
                self.streams.insert(self.streams_so_far, pieces);
                Mailbox::letter(&ReplyHead { status, headers, stream: Some(self.streams_so_far) }, b"")
            }
        }
    }

    /// The next piece of a stream.
    pub fn next(&mut self, stream: u32, mailbox: &mut Mailbox) {
        let piece =
            self.streams.get_mut(&stream).map_or(Piecemeal::End, |pieces| pieces.next(Duration::ZERO));
        *mailbox = match piece {
            Piecemeal::Bytes(bytes) => Mailbox::letter(&PieceHead { state: "bytes" }, &bytes),
            Piecemeal::Later => Mailbox::letter(&PieceHead { state: "later" }, b""),
            Piecemeal::End => {
                self.streams.remove(&stream);
                Mailbox::letter(&PieceHead { state: "end" }, b"")
            }
        };
    }

    /// Nobody reads a stream any more.
    pub fn leave(&mut self, stream: u32) {
        self.streams.remove(&stream);
    }

    /// One step of the work under way, each in its turn; says whether some is left.
    pub fn work(&mut self) -> bool {
        if let Some(mut rest) = self.rests.pop_front()
            && rest().is_continue()
        {
            self.rests.push_back(rest);
        }
        !self.rests.is_empty()
    }

    /// The next change of the shelf: its name, whether it was taken away, and the bytes; no head where there is none.
    pub fn change(&mut self, mailbox: &mut Mailbox) {
        *mailbox = match self.shelf.change() {
            Some((name, Some(bytes))) => Mailbox::letter(&FileHead { name, removed: false }, &bytes),
            Some((name, None)) => Mailbox::letter(&FileHead { name, removed: true }, b""),
            None => Mailbox::default(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn opened() -> Door {
        let mut door = Door::default();
        let model = include_bytes!("../../../models/weimar.safetensors");
        assert!(door.open(&mut Mailbox::letter(&(), model)));
        door
    }

    /// The head and the body of an answer.
    fn asked(door: &mut Door, method: &str, path: &str, body: &Value) -> (Value, Vec<u8>) {
        let head = json!({ "method": method, "path": path, "query": "", "now": 1_000 });
        let mut mailbox = Mailbox::letter(&head, body.to_string().as_bytes());
        door.ask(&mut mailbox);
        let (head, body) = mailbox.take();
        (head.unwrap(), body)
    }

    #[test]
    fn a_call_is_answered_and_a_stream_has_an_end() {
        let mut door = opened();
        let order = json!({ "chart": "Dm7 | G7 | C6 | %", "choruses": 1, "best_of": 1 });
        let (head, body) = asked(&mut door, "POST", "/api/takes", &order);
        let take: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            (&head["status"], &head["stream"], &take["id"]),
            (&json!(200), &Value::Null, &json!("0000000001000"))
        );
        let mut mailbox = Mailbox::default();
        door.change(&mut mailbox);
        assert!(
            mailbox.take::<FileHead>().0.is_some_and(|head| head.name == "0000000001000" && !head.removed)
        );
        let stem = "/api/takes/0000000001000/stems/0";
        let stream = asked(&mut door, "GET", stem, &Value::Null).0["stream"].as_u64().unwrap() as u32;
        let mut states = std::iter::from_fn(|| {
            door.next(stream, &mut mailbox);
            mailbox.take::<Value>().0.map(|head| head["state"].clone()).filter(|state| state != "end")
        });
        assert!(states.by_ref().count() > 3 && states.next().is_none());
    }

    #[test]
    fn work_goes_on_step_by_step() {
        let mut door = opened();
        assert!(!door.work(), "the studio is warm after one step");
        let (_, body) = asked(&mut door, "POST", "/api/learn", &json!({ "epochs": 1 }));
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), json!({ "job": 1 }));
        assert!(door.work());
        asked(&mut door, "DELETE", "/api/jobs/1", &Value::Null);
        assert!(!door.work());
        assert_eq!(asked(&mut door, "POST", "/api/adapt", &Value::Null).0["status"], 422);
        assert_eq!(asked(&mut door, "GET", "/api/jobs/2", &Value::Null).0["status"], 404);
    }
}
