//! The files of the page, in the program itself.

use crate::problem::{Answer, Problem};
use crate::reply::Reply;

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
    "transport.js" SCRIPT,
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

/// The page, with the token for changes, or one of its files.
pub(crate) fn answer(path: &str, token: &str) -> Answer<Reply> {
    if path == "/" {
        return Ok(index(token));
    }
    let name = path.strip_prefix("/page/");
    let found = name.and_then(|name| FILES.iter().find(|(own, ..)| *own == name));
    let &(_, kind, bytes) = found.ok_or_else(|| Problem::missing("page"))?;
    Ok(Reply::bytes(kind, bytes))
}

fn index(token: &str) -> Reply {
    let scripts = FILES.iter().filter(|(_, kind, _)| *kind == SCRIPT);
    let links = scripts.map(|(name, ..)| format!("<link rel=\"modulepreload\" href=\"/page/{name}\">"));
    let page = INDEX.replace(MODULES, &links.collect::<Vec<_>>().join("\n")).replace(PLACE, token);
    Reply::bytes("text/html; charset=utf-8", page)
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
