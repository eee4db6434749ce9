//! The studio as a folder of static files: the page, the module in which the studio runs, and the weights.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Where modules of that kind are built, and by which profile.
const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "web";
/// The page that the server has too, and what stands in the place of the server.
const PAGES: [&str; 2] = ["crates/studio/page", "crates/web/page"];
const INDEX: &str = "index.html";
/// The module, with the instructions that it needs.
const MODULES: [(&str, &str); 2] =
    [("sideman.wasm", "+simd128"), ("sideman-relaxed.wasm", "+simd128,+relaxed-simd")];
/// The weights, and where they come from.
const MODEL: (&str, &str) = ("model.safetensors", "models/weimar.safetensors");
/// Scripts of the worker, which the page does not load itself.
const WORKER: [&str; 3] = ["worker.js", "door.js", "kept.js"];
/// Seeds that are held against the program under Node, whose module without relaxed instructions is slow; the browser
/// plays fifty.
const SEEDS: &str = "10";
/// What a browser may have to load, in bytes: the page, the weights and one of the modules.
const MOST: usize = 12_000_000;

/// The line of the page that is the server's alone, and what stands there instead: nothing is loaded from elsewhere,
/// nothing inline runs, nothing is sent anywhere.
const TOKEN: &str = "<meta name=\"studio-token\" content=\"{{token}}\">";
const POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'self'; \
     worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; media-src 'self' blob:; \
     base-uri 'none'; form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">";
const SCRIPTS: &str = "{{modules}}";

struct Options {
    out: PathBuf,
    /// The program that the site is held against; without one it is built.
    sideman: Option<PathBuf>,
    test: bool,
    chromium: String,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let out = PathBuf::from("target/site");
        let mut options = Self { out, sideman: None, test: false, chromium: "chromium".into() };
        let mut arguments = arguments.iter();
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().cloned().ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--out" => options.out = value()?.into(),
                "--sideman" => options.sideman = Some(value()?.into()),
                "--chromium" => options.chromium = value()?,
                "--test" => options.test = true,
                _ => return Err(format!("{name} is not an option of site")),
            }
        }
        Ok(options)
    }
}

/// Makes the folder and says what it weighs; with `--test`, holds it against the program.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    lay_out(&options.out)?;
    for (name, features) in MODULES {
        write(&options.out.join(name), &build(features)?)?;
    }
    weigh(&options.out)?;
    if options.test { test(&options) } else { Ok(()) }
}

/// The module for some instructions, as small as the tools here make it.
fn build(features: &str) -> Result<Vec<u8>, String> {
    let order = ["build", "--profile", PROFILE, "--target", TARGET, "--package", "sideman-web"];
    let flags = format!("-C target-feature={features}");
    if !done(Command::new(env!("CARGO")).args(order).env("RUSTFLAGS", flags)) {
        return Err(format!("the module cannot be built; is the target there? rustup target add {TARGET}"));
    }
    let built = Path::new("target").join(TARGET).join(PROFILE).join("sideman_web.wasm");
    let small = built.with_extension("opt.wasm");
    let order = ["-O3", "--enable-simd", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "-o"];
    let has_tool = Command::new("wasm-opt").arg("--version").stdout(Stdio::null()).status().is_ok();
    let is_small = has_tool && done(Command::new("wasm-opt").args(order).arg(&small).arg(&built));
    if !is_small {
        println!("wasm-opt is not there; the module is as the compiler has made it");
    }
    read(if is_small { &small } else { &built })
}

fn done(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}

fn lay_out(out: &Path) -> Result<(), String> {
    let page = out.join("page");
    // What an earlier site had and this one has not is not to stay.
    let _ = fs::remove_dir_all(&page);
    for source in PAGES {
        copy(Path::new(source), &page)?;
    }
    fs::remove_file(page.join(INDEX)).map_err(|e| format!("{INDEX}: {e}"))?;
    write(&out.join(MODEL.0), &read(Path::new(MODEL.1))?)?;
    let index = String::from_utf8_lossy(&read(&Path::new(PAGES[0]).join(INDEX))?).into_owned();
    let scripts =
        names(&page)?.into_iter().filter(|name| name.ends_with(".js") && !WORKER.contains(&&name[..]));
    let links = scripts.map(|name| format!("<link rel=\"modulepreload\" href=\"/page/{name}\">"));
    let index = index.replace(TOKEN, POLICY).replace(SCRIPTS, &links.collect::<Vec<_>>().join("\n"));
    // The folder may lie anywhere, so nothing in it begins at the root.
    write(&out.join(INDEX), index.replace("\"/page/", "\"page/").as_bytes())
}

/// Copies a folder of text into another, over what is there.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    names(from)?.iter().try_for_each(|name| write(&to.join(name), &read(&from.join(name))?))
}

/// The files in a folder and those below it, in order.
fn names(folder: &Path) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let entry = entry.map_err(|e| e.to_string())?;
        let name = entry.file_name().to_string_lossy().into_owned();
        match entry.path().is_dir() {
            true => names.extend(self::names(&entry.path())?.iter().map(|below| format!("{name}/{below}"))),
            false => names.push(name),
        }
    }
    names.sort();
    Ok(names)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes));
    written.map_err(|e| format!("{}: {e}", path.display()))
}

/// Says what the module, the weights and the page weigh, as they are and compressed.
fn weigh(out: &Path) -> Result<(), String> {
    let mut all = [0, 0];
    let mut page = [0, 0];
    for name in names(out)? {
        let bytes = read(&out.join(&name))?;
        let weights = [bytes.len(), compressed(&bytes)?];
        if !name.starts_with("page/") && name != INDEX {
            say(&name, weights);
        } else {
            page = [page[0] + weights[0], page[1] + weights[1]];
        }
        all = [all[0] + weights[0], all[1] + weights[1]];
    }
    say("the page", page);
    say(&out.display().to_string(), all);
    let others = MODULES[1..].iter().map(|(name, _)| read(&out.join(name)).map(|bytes| bytes.len()));
    let loaded = all[0] - others.sum::<Result<usize, String>>()?;
    match loaded <= MOST {
        true => Ok(()),
        false => Err(format!(
            "a browser has to load {:.1} MB, more than {}",
            loaded as f64 / 1e6,
            MOST / 1_000_000
        )),
    }
}

fn say(name: &str, [bytes, compressed]: [usize; 2]) {
    println!("{name}: {:.2} MB, {:.2} MB compressed", bytes as f64 / 1e6, compressed as f64 / 1e6);
}

fn compressed(bytes: &[u8]) -> Result<usize, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map(|bytes| bytes.len())
        .map_err(|e| e.to_string())
}

fn built_program() -> Result<PathBuf, String> {
    match done(Command::new(env!("CARGO")).args(["build", "--release", "--package", "sideman"])) {
        true => Ok(PathBuf::from("target/release/sideman")),
        false => Err("the program cannot be built".into()),
    }
}

/// The kernel and the module under Node, and the site in a browser, each beside the program.
fn test(options: &Options) -> Result<(), String> {
    let Options { out, sideman, chromium, .. } = options;
    if Command::new("node").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: there is no Node; the module is not tested");
        return Ok(());
    }
    let program = sideman.clone().map_or_else(built_program, Ok)?;
    let script = |name: &str| Path::new("crates/web/tests").join(name);
    for (_, features) in MODULES {
        let order = ["test", "--target", TARGET, "--package", "sideman-lstm", "--lib"];
        let runner = fs::canonicalize(script("runner.mjs")).map_err(|e| format!("runner.mjs: {e}"))?;
        let runner = format!("node --experimental-wasm-relaxed-simd {}", runner.display());
        let flags = format!("-C target-feature={features}");
        let runner_of = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER";
        if !done(Command::new(env!("CARGO")).args(order).env("RUSTFLAGS", flags).env(runner_of, runner)) {
            return Err(format!("the kernel gives other numbers with {features}"));
        }
    }
    let module = [out.as_os_str(), program.as_os_str(), SEEDS.as_ref()];
    if !done(Command::new("node").arg(script("module.mjs")).args(module)) {
        return Err("the module is not what the program is".into());
    }
    if Command::new(chromium).arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: there is no {chromium}; the site is not tested in a browser");
        return Ok(());
    }
    match done(Command::new("node").arg(script("site.mjs")).arg(chromium).args([out, &program])) {
        true => Ok(()),
        false => Err("the site does not work in a browser".into()),
    }
}
