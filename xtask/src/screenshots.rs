//! Pictures of the studio: every view at both widths, light and dark.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Where the pictures go, and what makes them.
const FOLDER: &str = "docs/studio";
const SCRIPT: &str = "crates/studio/tests/browser/screenshots.mjs";
/// What Chromium is called.
const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// `[--sideman PROGRAM] [--out DIR] [VIEW...]`.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (mut program, mut out, mut views) =
        ("target/release/sideman".to_owned(), FOLDER.to_owned(), Vec::new());
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().cloned().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--sideman" => program = value()?,
            "--out" => out = value()?,
            view => views.push(view.to_owned()),
        }
    }
    let home = std::env::temp_dir().join(format!("sideman-screenshots-{}", std::process::id()));
    let mut studio = Command::new(&program)
        .args(["studio", "--no-open", "--port", "0"])
        .env("XDG_DATA_HOME", &home)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let done = pictures(&mut studio, &out, &views);
    let _ = studio.kill();
    let _ = studio.wait();
    let _ = std::fs::remove_dir_all(&home);
    done
}

fn pictures(studio: &mut Child, out: &str, views: &[String]) -> Result<(), String> {
    let mut address = String::new();
    let stdout = studio.stdout.take().ok_or("the studio says nothing")?;
    BufReader::new(stdout).read_line(&mut address).map_err(|error| error.to_string())?;
    let there = |name: &&&str| Command::new(name).arg("--version").stdout(Stdio::null()).status().is_ok();
    let chromium =
        CHROMIUM.iter().find(there).ok_or("there is no Chromium; install Debian's package chromium")?;
    let arguments =
        [SCRIPT, chromium, address.trim(), out].into_iter().chain(views.iter().map(String::as_str));
    let status = Command::new("node").args(arguments).status().map_err(|error| format!("node: {error}"))?;
    if status.success() { Ok(()) } else { Err("the pictures could not be made".into()) }
}
