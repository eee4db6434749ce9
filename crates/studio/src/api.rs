//! What can be asked: a row for each call, and a file for each group of calls with the types that go over the wire.

#[cfg(feature = "server")]
mod adapt;
mod charts;
mod files;
mod jobs;
mod judge;
mod learn;
mod lessons;
mod sound;
mod takes;
mod trades;

use std::sync::Arc;

use serde::Serialize;

use crate::ask::{Ask, PathParts};
use crate::problem::{Answer, Problem};
use crate::reply::Reply;
use crate::studio::Studio;

/// How much work a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// It is answered at once.
    Light,
    /// It may wait until others are done.
    Heavy,
}

use Load::{Heavy, Light};

/// A call: method, pattern below `/api/`, how much work it is, and what answers it.
#[cfg_attr(not(feature = "server"), allow(dead_code, reason = "a door with one thread knows no queue"))]
pub(crate) struct Route(&'static str, &'static str, Load, Handler);

type Handler = fn(&Arc<Studio>, &Ask, &PathParts<'_>) -> Answer<Reply>;

const ROUTES: &[Route] = &[
    Route("GET", "health", Light, health),
    Route("GET", "jobs/{job}", Light, jobs::state),
    Route("DELETE", "jobs/{job}", Light, jobs::cancel),
    Route("GET", "jobs/{job}/events", Light, jobs::events),
    Route("GET", "options", Heavy, charts::options),
    Route("POST", "chart", Heavy, charts::chart),
    Route("POST", "files", Heavy, charts::file),
    Route("GET", "takes", Heavy, takes::list),
    Route("POST", "takes", Heavy, takes::make),
    Route("GET", "takes/{id}", Heavy, takes::one),
    Route("DELETE", "takes/{id}", Heavy, takes::remove),
    Route("POST", "takes/{id}/again", Heavy, takes::again),
    Route("GET", "takes/{id}/score", Heavy, takes::score),
    Route("GET", "takes/{id}/map", Heavy, takes::map),
    Route("GET", "takes/{id}/notes/{note}", Heavy, takes::note),
    Route("GET", "takes/{id}/notes/{note}/sound", Heavy, sound::phrase),
    Route("GET", "takes/{id}/stems/{part}", Heavy, sound::stem),
    Route("GET", "takes/{id}/files/{kind}", Heavy, files::download),
    Route("POST", "takes/{id}/practise", Heavy, takes::practise),
    Route("GET", "models", Heavy, learn::models),
    Route("GET", "models/{model}/step", Heavy, learn::step),
    Route("POST", "learn", Light, learn::learn),
    #[cfg(feature = "server")]
    Route("POST", "adapt", Light, adapt::adapt),
    #[cfg(not(feature = "server"))]
    Route("POST", "adapt", Light, no_adapting),
    Route("POST", "lessons", Heavy, lessons::import),
    Route("POST", "lessons/{id}/practise", Heavy, lessons::practise),
    Route("POST", "judge", Heavy, judge::judge),
    Route("POST", "trials", Light, judge::trial),
    Route("POST", "trials/{trial}", Heavy, judge::guess),
    Route("GET", "trials/{trial}/{excerpt}/stems/{part}", Heavy, judge::stem),
    Route("POST", "trades", Heavy, trades::begin),
    Route("POST", "trades/{trade}/notes", Light, trades::hear),
    Route("GET", "trades/{trade}/turns/{turn}", Light, trades::answer),
    Route("GET", "trades/{trade}/turns/{turn}/sound", Light, trades::sound),
    Route("GET", "trades/{trade}/stems/{part}", Heavy, trades::stem),
    Route("POST", "trades/{trade}/end", Heavy, trades::end),
];

impl Route {
    /// The row of a call.
    pub(crate) fn of(ask: &Ask) -> Answer<&'static Self> {
        let fits = |route: &&Self| route.places(ask).is_some();
        let mut found = ROUTES.iter().filter(fits).peekable();
        if found.peek().is_none() {
            return Err(Problem::new(Problem::MISSING, "there is nothing here"));
        }
        let no_such = || Problem::new(Problem::NO_SUCH_METHOD, format!("{} is not for this", ask.method));
        found.find(|route| route.0 == ask.method).ok_or_else(no_such)
    }

    fn places<'a>(&self, ask: &'a Ask) -> Option<PathParts<'a>> {
        PathParts::of(self.1, ask.path.strip_prefix("/api/")?)
    }

    #[cfg(feature = "server")]
    pub(crate) fn load(&self) -> Load {
        self.2
    }

    pub(crate) fn answer(&self, studio: &Arc<Studio>, ask: &Ask) -> Reply {
        let places = self.places(ask).ok_or_else(|| Problem::missing("call"));
        places.and_then(|places| self.3(studio, ask, &places)).unwrap_or_else(Reply::from)
    }
}

/// That someone is there.
#[derive(Serialize)]
struct Health {
    ok: bool,
    version: &'static str,
}

/// `GET /api/health`
fn health(_: &Arc<Studio>, _: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    Reply::json(&Health { ok: true, version: env!("CARGO_PKG_VERSION") })
}

/// `POST /api/adapt` of a page without a server, which has no threads for the player to learn on, and no room.
#[cfg(not(feature = "server"))]
fn no_adapting(_: &Arc<Studio>, _: &Ask, _: &PathParts<'_>) -> Answer<Reply> {
    Err(Problem::asked(
        "the player learns on where there is time for it: open the studio with the program (`sideman studio`); the classic \
         learns here",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_one_row_and_the_contract_names_it() {
        let contract = include_str!("../../../docs/studio.md");
        for Route(method, pattern, ..) in ROUTES {
            let rows = ROUTES.iter().filter(|route| (route.0, route.1) == (method, pattern)).count();
            let name = pattern.trim_end_matches("/sound").trim_end_matches("/stems/{part}");
            assert!(rows == 1 && contract.contains(&format!("/api/{name}")), "{method} {pattern}");
        }
        let status = |method: &str, path: &str| {
            let (method, path) = (method.to_owned(), path.to_owned());
            Route::of(&Ask { method, path, ..Ask::default() }).err().map(|problem| problem.status())
        };
        assert_eq!([status("GET", "/api/takes/1"), status("PUT", "/api/takes/1")], [None, Some(405)]);
        assert_eq!([status("GET", "/takes"), status("GET", "/api/takes/1/2")], [Some(404), Some(404)]);
    }
}
