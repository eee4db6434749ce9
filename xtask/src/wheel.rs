//! The Python package: built into a wheel, and tested beside what its people know.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The oldest Python that it is for.
const OLDEST: &str = "import sys; sys.exit(sys.version_info < (3, 11))";
/// Where it lives.
const PACKAGE: &str = "crates/python";
/// Where packages for the build and the tests go.
const HOUSE: &str = "target/wheel";
/// What the tests need.
const NEEDED: [&str; 8] =
    ["pytest", "mypy", "pyright", "nbclient", "nbformat", "ipykernel", "tqdm", "pretty_midi"];
/// What the tests hold it against, each where it can be had.
const PEERS: [&str; 5] = ["mido", "symusic", "partitura", "music21", "torch"];

struct Options {
    python: String,
    out: PathBuf,
    test: bool,
    /// Whether the libraries that the tests hold it against are installed, gigabytes of them.
    peers: bool,
    offline: bool,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let out = Path::new(HOUSE).to_owned();
        let mut options = Self { python: "python3".into(), out, test: false, peers: false, offline: false };
        let mut arguments = arguments.iter();
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().cloned().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--python" => options.python = value()?,
                "--out" => options.out = value()?.into(),
                "--test" => options.test = true,
                "--peers" => (options.test, options.peers) = (true, true),
                "--offline" => options.offline = true,
                _ => return Err(format!("{name} is not an option of wheel")),
            }
        }
        Ok(options)
    }
}

/// Builds the wheel; with `--test`, installs it where nothing else is and tests it there, with `--peers` beside other
/// libraries. What cannot be had is skipped in a line.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    if !done(Command::new(&options.python).args(["-c", OLDEST])) {
        println!("skipped the wheel: {} is no Python from 3.11 on; name one with --python", options.python);
        return Ok(());
    }
    let room = Room::new(&options)?;
    if !room.has("maturin", "maturin>=1.9,<2") {
        println!("skipped the wheel: maturin cannot be had");
        return Ok(());
    }
    let wheel = build(&room, &options.out)?;
    let bytes = std::fs::metadata(&wheel).map_err(|e| format!("{}: {e}", wheel.display()))?.len();
    println!("{}, {:.1} MB", wheel.display(), bytes as f64 / 1e6);
    if options.test { test(&room, &wheel, options.peers) } else { Ok(()) }
}

/// An environment of packages.
struct Room {
    python: PathBuf,
    offline: bool,
}

impl Room {
    fn new(options: &Options) -> Result<Self, String> {
        let folder = Path::new(HOUSE).join("python");
        let made = Command::new(&options.python).args(["-m", "venv"]).arg(&folder).status();
        let folder = std::path::absolute(folder).map_err(|e| e.to_string())?;
        let places = [folder.join("bin/python"), folder.join("Scripts/python.exe")];
        let python = places.into_iter().find(|place| place.exists());
        match python {
            Some(python) if made.is_ok_and(|status| status.success()) => {
                Ok(Self { python, offline: options.offline })
            }
            _ => Err(format!("{} makes no environment in {}", options.python, folder.display())),
        }
    }

    fn run(&self, module: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.args(["-m", module]);
        command
    }

    /// Whether a module is there, or can be installed.
    fn has(&self, module: &str, package: &str) -> bool {
        self.imports(module)
            || (!self.offline
                && done(self.run("pip").args(["install", "-q", package]))
                && self.imports(module))
    }

    fn imports(&self, module: &str) -> bool {
        let mut import = Command::new(&self.python);
        import.args(["-c", &format!("import {module}")]).stderr(Stdio::null());
        done(&mut import)
    }
}

fn build(room: &Room, out: &Path) -> Result<PathBuf, String> {
    let manifest = Path::new(PACKAGE).join("Cargo.toml");
    let started = std::time::SystemTime::now();
    let mut maturin = room.run("maturin");
    maturin.args(["build", "--release", "--locked", "-q", "-m"]).arg(manifest).arg("--out").arg(out);
    if !done(&mut maturin) {
        return Err("the wheel was not built; the reason stands above".into());
    }
    let wheels = std::fs::read_dir(out).map_err(|e| format!("{}: {e}", out.display()))?;
    let new = |file: &PathBuf| {
        let changed = std::fs::metadata(file).and_then(|about| about.modified());
        file.extension().is_some_and(|ending| ending == "whl") && changed.is_ok_and(|at| at >= started)
    };
    let wheel = wheels.filter_map(|entry| Some(entry.ok()?.path())).find(new);
    wheel.ok_or_else(|| format!("there is no new wheel in {}", out.display()))
}

fn test(room: &Room, wheel: &Path, with_peers: bool) -> Result<(), String> {
    if !done(room.run("pip").args(["install", "-q", "--force-reinstall", "--no-deps"]).arg(wheel)) {
        return Err(format!("{} cannot be installed", wheel.display()));
    }
    let modules = ["numpy"].into_iter().chain(NEEDED);
    let missing: Vec<&str> = modules.filter(|module| !room.has(module, module)).collect();
    if missing.iter().any(|module| ["numpy", "pytest"].contains(module)) {
        println!("skipped the tests of the package: {} cannot be had", missing.join(", "));
        return Ok(());
    }
    let has = |module: &str| if with_peers { room.has(module, module) } else { room.imports(module) };
    let peers: Vec<&str> = PEERS.into_iter().filter(|module| !has(module)).collect();
    let without = [missing.as_slice(), peers.as_slice()].concat();
    if !without.is_empty() {
        println!("skipped what needs {}; --peers installs what can be had", without.join(", "));
    }
    let tests = Path::new(PACKAGE).join("tests");
    if done(room.run("pytest").args(["-q", "-rs"]).arg(tests)) {
        Ok(())
    } else {
        Err("the package does not pass its tests".into())
    }
}

/// Whether a command can be run and succeeds.
fn done(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}
