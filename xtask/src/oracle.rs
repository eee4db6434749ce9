//! What other programs take the same files to be, beside what is read here.
//!
//! Scores are read by music21, iReal Pro links by the parser of npm's `ireal-musicxml`, ABC by `abc2midi`; each is
//! installed by the person who runs this (`pip install music21`, `npm install ireal-musicxml`, `apt install abcmidi`), and
//! what is absent is skipped with a word. Who is right where they differ is for people to say: `docs/oracle.md`.

mod abc2midi;
mod differences;
mod material;
mod reading;
mod script;
mod table;

use std::path::{Path, PathBuf};

use material::{Material, Writing};
use script::Script;
use table::DifferenceTable;

/// Where the real files lie, seen from the root of the workspace.
const DATA: &str = "../shared/data";
/// So many files of a folder or tunes of an archive are read.
const SAMPLE: usize = 200;

/// `[FOLDER...] [--python P] [--node P] [--abc2midi P] [--sample N] [--json]`.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let asked = Asked::read(arguments)?;
    let folders = [PathBuf::from(DATA)].into_iter().chain(asked.folders);
    let work = std::env::temp_dir().join(format!("sideman-oracle-{}", std::process::id()));
    std::fs::create_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
    let material =
        folders.filter(|folder| known(folder)).map(|folder| material::of(&folder, asked.sample, &work));
    let material: Result<Vec<Vec<Material>>, String> = material.collect();
    let tables = material.map(|material| tables(&material.concat(), &asked.programs, &work));
    let removed = std::fs::remove_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()));
    let tables = tables?;
    removed?;
    match asked.json {
        true => println!("{}", serde_json::Value::from_iter(tables.iter().map(DifferenceTable::to_json))),
        false => tables.iter().for_each(|table| println!("{table}")),
    }
    Ok(())
}

fn known(folder: &Path) -> bool {
    let here = folder.is_dir();
    if !here {
        eprintln!("skipped: there is no folder {}", folder.display());
    }
    here
}

/// The other programs, as they are called here.
struct Programs {
    python: String,
    node: String,
    abc2midi: String,
}

/// A table for each program that is there.
fn tables(material: &[Material], programs: &Programs, work: &Path) -> Vec<DifferenceTable> {
    let of = |writing| material.iter().filter(|m| m.writing == writing).cloned().collect::<Vec<_>>();
    let scores = Script::music21(&programs.python);
    let links = Script::ireal(&programs.node);
    [
        scores.read(&of(Writing::MusicXml), work),
        links.read(&of(Writing::Ireal), work),
        abc2midi::read(&programs.abc2midi, &of(Writing::Abc), work),
    ]
    .into_iter()
    .filter_map(|answered| answered.map_err(|absent| eprintln!("skipped: {absent}")).ok())
    .map(DifferenceTable::of)
    .collect()
}

struct Asked {
    folders: Vec<PathBuf>,
    programs: Programs,
    sample: usize,
    json: bool,
}

impl Asked {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let programs =
            Programs { python: "python3".into(), node: "node".into(), abc2midi: "abc2midi".into() };
        let mut asked = Self { folders: Vec::new(), programs, sample: SAMPLE, json: false };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || rest.next().cloned().ok_or(format!("{argument} wants a value"));
            match argument.as_str() {
                "--json" => asked.json = true,
                "--python" => asked.programs.python = value()?,
                "--node" => asked.programs.node = value()?,
                "--abc2midi" => asked.programs.abc2midi = value()?,
                "--sample" => {
                    asked.sample = value()?.parse().map_err(|_| "--sample wants a number of files")?;
                }
                option if option.starts_with("--") => return Err(format!("{option} is not known")),
                folder => asked.folders.push(folder.into()),
            }
        }
        Ok(asked)
    }
}
