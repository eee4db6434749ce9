//! The files of the page, in the program itself.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;

use crate::problem::{Answer, Problem};
use crate::studio::Studio;

/// Name, kind and bytes of each file below `page/`.
macro_rules! files {
    ($($name:literal $kind:ident,)*) => {
        const FILES: &[(&str, &str, &[u8])] =
            &[$(($name, $kind, include_bytes!(concat!("../page/", $name)))),*];
    };
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

files! {
    "studio.css" STYLE,
    "views.css" STYLE,
    "icon.svg" PICTURE,
    "studio.js" SCRIPT,
    "state.js" SCRIPT,
    "api.js" SCRIPT,
    "dom.js" SCRIPT,
    "audio.js" SCRIPT,
    "score.js" SCRIPT,
    "roll.js" SCRIPT,
    "hear.js" SCRIPT,
    "learn/curve.js" SCRIPT,
    "learn/cells.js" SCRIPT,
    "learn/path.js" SCRIPT,
    "learn/own.js" SCRIPT,
    "judge/bands.js" SCRIPT,
    "judge/blind.js" SCRIPT,
    "trade/keys.js" SCRIPT,
    "trade/voice.js" SCRIPT,
    "trade/latency.js" SCRIPT,
    "play/chart.js" SCRIPT,
    "play/desk.js" SCRIPT,
    "play/insight.js" SCRIPT,
    "play/mixer.js" SCRIPT,
    "play/now.js" SCRIPT,
    "play/performers.js" SCRIPT,
    "play/wishes.js" SCRIPT,
    "views/play.js" SCRIPT,
    "views/practise.js" SCRIPT,
    "views/trade.js" SCRIPT,
    "views/learn.js" SCRIPT,
    "views/judge.js" SCRIPT,
}

const INDEX: &str = include_str!("../page/index.html");
/// What stands in the index in the place of the token.
const PLACE: &str = "{{token}}";
/// What stands there in the place of the names of all modules, so that they are fetched side by side.
const MODULES: &str = "{{modules}}";

/// The page, with the token for changes.
pub(crate) async fn index(State(studio): State<Arc<Studio>>) -> impl IntoResponse {
    let scripts = FILES.iter().filter(|(_, kind, _)| *kind == SCRIPT);
    let links = scripts.map(|(name, ..)| format!("<link rel=\"modulepreload\" href=\"/page/{name}\">"));
    let page = INDEX.replace(MODULES, &links.collect::<Vec<_>>().join("\n")).replace(PLACE, &studio.token);
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page)
}

/// One of its files.
pub(crate) async fn file(
    Path(name): Path<String>,
) -> Answer<([(HeaderName, &'static str); 1], &'static [u8])> {
    let found = FILES.iter().find(|(own, ..)| *own == name);
    let &(_, kind, bytes) = found.ok_or_else(|| Problem::missing("page"))?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes))
}

/// Everything else.
pub(crate) async fn missing() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_small_and_takes_nothing_from_elsewhere() {
        let size: usize = FILES.iter().map(|(.., bytes)| bytes.len()).sum::<usize>() + INDEX.len();
        assert!(size <= 300 << 10, "{size} bytes");
        assert_eq!(INDEX.matches(PLACE).count(), 1);
        for (name, _, bytes) in FILES {
            let text = String::from_utf8_lossy(bytes).replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http://") && !text.contains("https://"), "{name}");
        }
    }
}
