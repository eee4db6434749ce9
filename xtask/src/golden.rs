//! What commands make from fixed seeds, held against a record: no change of the house changes a note unless it is meant.
//!
//! The commands run one after the other in one empty folder, so that later ones use what earlier ones have made. The record
//! holds digests (CRC-32 and length) of what each says and of every file that it writes; figures that are computed in floating
//! point are kept as numbers, since their last digits are no promise.

mod commands;
mod record;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use record::{Entry, Record};

/// Where the record lies, from the root of the workspace.
const RECORD: &str = "xtask/golden.txt";

/// `[--check] [--sideman PROGRAM] [--out DIR]`.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let wishes = Wishes::read(arguments)?;
    let home = match &wishes.out {
        Some(folder) => Home::Kept(folder.clone()),
        None => Home::temporary()?,
    };
    let made = make(&wishes.program, home.path())?;
    if !wishes.check {
        fs::write(RECORD, made.to_string()).map_err(|e| format!("{RECORD}: {e}"))?;
        println!("{} entries recorded in {RECORD}", made.len());
        return Ok(());
    }
    let text = fs::read_to_string(RECORD).map_err(|e| format!("{RECORD}: {e}"))?;
    let differences = Record::read(&text)?.differences(&made);
    differences.iter().for_each(|difference| println!("{difference}"));
    match differences.len() {
        0 => {
            println!("{} entries, all as recorded", made.len());
            Ok(())
        }
        count => Err(format!("{count} of {} entries differ; --out DIR keeps what was made", made.len())),
    }
}

struct Wishes {
    check: bool,
    program: PathBuf,
    out: Option<PathBuf>,
}

impl Wishes {
    fn read(arguments: &[String]) -> Result<Self, String> {
        let mut wishes = Self { check: false, program: "target/release/sideman".into(), out: None };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut path = || rest.next().map(PathBuf::from).ok_or(format!("{argument} needs a path"));
            match argument.as_str() {
                "--check" => wishes.check = true,
                "--sideman" => wishes.program = path()?,
                "--out" => wishes.out = Some(path()?),
                other => return Err(format!("golden does not know {other}")),
            }
        }
        let found = fs::canonicalize(&wishes.program);
        wishes.program = found.map_err(|e| format!("{}: {e}; build it first", wishes.program.display()))?;
        Ok(wishes)
    }
}

/// The folder in which the commands run.
enum Home {
    Kept(PathBuf),
    Temporary(PathBuf),
}

impl Home {
    fn temporary() -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("sideman-golden-{}", std::process::id()));
        Ok(Self::Temporary(folder))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) | Self::Temporary(path) => path,
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Self::Temporary(path) = self {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// Runs every command, and says what each has made.
fn make(program: &Path, home: &Path) -> Result<Record, String> {
    if fs::read_dir(home).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(format!("{} is not empty", home.display()));
    }
    fs::create_dir_all(home).map_err(|e| format!("{}: {e}", home.display()))?;
    for (name, text) in commands::FILES {
        fs::write(home.join(name), text).map_err(|e| format!("{name}: {e}"))?;
    }
    let mut before = files(home)?;
    let mut record = Record::default();
    for line in commands::COMMANDS.lines().filter(|line| !line.is_empty()) {
        eprintln!("sideman {line}");
        let said = said(program, home, &commands::words(line))?;
        let after = files(home)?;
        let new = after.iter().filter(|(name, bytes)| before.get(*name) != Some(bytes));
        record.add(line, entries(line, &said, new));
        before = after;
    }
    Ok(record)
}

/// What a command says on standard output.
fn said(program: &Path, home: &Path, words: &[String]) -> Result<Vec<u8>, String> {
    let output = Command::new(program)
        .arg("--quiet")
        .args(words)
        .current_dir(home)
        .env("XDG_CACHE_HOME", home.join(".cache"))
        .env("XDG_CONFIG_HOME", home.join(".config"))
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("{}: {e}", program.display()))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("{}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr))),
    }
}

fn entries<'a>(
    line: &str,
    said: &[u8],
    new: impl Iterator<Item = (&'a String, &'a Vec<u8>)>,
) -> Vec<(String, Entry)> {
    let figures = (line.starts_with("evaluate") && line.contains("--json")).then(|| record::numbers(said));
    let words = figures.flatten().unwrap_or_else(|| vec![("said".to_owned(), Entry::digest(said))]);
    let files = new.flat_map(|(name, bytes)| {
        let parameters = name.ends_with(".safetensors").then(|| record::parameters(bytes)).flatten();
        let parameters = parameters.map(|names| (format!("{name} parameters"), Entry::digest(&names)));
        [(name.clone(), Entry::digest(bytes))].into_iter().chain(parameters)
    });
    words.into_iter().chain(files).collect()
}

/// Every file below a folder but for hidden ones, by its path within.
fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        let entries = fs::read_dir(&inside).map_err(|e| format!("{}: {e}", inside.display()))?;
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            if name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).map_err(|e| format!("{name}: {e}"))?;
                found.insert(name, bytes);
            }
        }
    }
    Ok(found)
}
