//! The page in a real browser, and under the type checker; each where the machine has one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod client;

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use client::studio;
use sideman_session::{Request, Soloist, Source, Take};

const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Whether a program is there.
fn runs(program: &str, arguments: &[&str]) -> bool {
    let quiet = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// A take of eight bars as files that are dropped on the page.
fn files_to_drop(folder: &Path) {
    let sheet =
        Source::typed("key: F\nGm7 | C7 | F6 | D7 | Gm7 | C7 | F6 | %").unwrap().value.chart().unwrap();
    let request = Request { candidates: 1, ..Request::chorus(Request::default().instrument) };
    let take = Take::new(&Soloist::shipped().unwrap(), &sheet, &request, &Default::default(), 3).unwrap();
    fs::write(folder.join("solo.mid"), take.midi()).unwrap();
    fs::write(folder.join("solo.musicxml"), take.musicxml(Default::default()).value).unwrap();
}

/// Runs a script of `tests/browser` against a studio of its own; it is given a folder of files to drop, or a file.
fn in_a_browser(script: &str, given: Option<&Path>) {
    let chromium = CHROMIUM.into_iter().find(|name| runs(name, &["--version"]));
    let (Some(chromium), true) = (chromium, runs("node", &["--version"])) else {
        eprintln!("skipped: there is no Node or no Chromium on this machine");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    files_to_drop(folder.path());
    let client = studio();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(script);
    let address = format!("{}/", client.origin());
    let given = given.unwrap_or(folder.path());
    let done = Command::new("node").arg(script).args([chromium, &address]).arg(given).output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn play_works_in_a_browser() {
    in_a_browser("play.mjs", None);
}

#[test]
fn the_other_views_work_in_a_browser() {
    in_a_browser("views.mjs", None);
}

/// `AXE` is the path of `axe.min.js` of the npm package axe-core.
#[test]
fn contrast_and_labels_are_sound() {
    let Some(axe) = env::var_os("AXE").filter(|path| Path::new(path).is_file()) else {
        eprintln!("skipped: AXE names no axe.min.js");
        return;
    };
    in_a_browser("axe.mjs", Some(Path::new(&axe)));
}

#[test]
fn the_types_of_the_page_fit() {
    let tsc: [(&str, &[&str]); 2] = [("tsc", &[]), ("npx", &["--no-install", "tsc"])];
    let Some((program, first)) = tsc.into_iter().find(|(p, a)| runs(p, &[a, &["--version"][..]].concat()))
    else {
        eprintln!("skipped: there is no tsc on this machine");
        return;
    };
    let options =
        "--noEmit --allowJs --checkJs --strict --target es2023 --module es2022 --moduleResolution bundler";
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for script in [
        "studio/page/studio.js --lib es2023,dom,dom.iterable",
        "web/page/transport.js --lib es2023,dom,dom.iterable",
        "web/page/worker.js --lib es2023,webworker",
    ] {
        let mut tsc = Command::new(program);
        let words = options.split_whitespace().chain(script.split_whitespace());
        let done = tsc.args(first).args(words).current_dir(&crates).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    }
}
