//! Damages small files of every format at random and reads them: no panic, no hang, memory bounded.
//!
//! Half of the damage is done inside: what encloses it (checksums, lengths, packing) is made right again, and numbers
//! become absurd ones, so that readers get as far as the values.

mod archive;
mod structure;

use std::panic::catch_unwind;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sideman_band::Style;
use sideman_band::synth::SoundFont;
use sideman_corpus::import;
use sideman_corpus::library::{Library, NamedBytes, Summary, gather};
use sideman_corpus::originality::Index;
use sideman_corpus::{Catalogue, Piece, Split};
use sideman_formats::{Tune, chart, musicxml};
use sideman_improv::grammar::Grammar;
use sideman_improv::line::{LinePlayer, PlayerOptions};
use sideman_improv::{Model, classic};
use sideman_music::Sheet;

use archive::zip;

const TIMES: usize = 10_000;
/// A heavy format is damaged so many times less often.
const RARELY: usize = 50;
/// What reading one small file may take at most, as far as the clock of the program goes.
const LONGEST: Duration = Duration::from_secs(10);
/// What the whole run may take of memory, in KiB.
const MOST_MEMORY: u64 = 1 << 20;

const CHART: &str = "title: Seed\ncomposer: sideman\nstyle: swing\nkey: F\ntempo: 160\n\
    [A] |: Gm7 C7 | F6 |1. Bb7#11/D | % :|2. N.C. | A7alt ||\n[B] 3/4 Dm7b5 | G7@5/2 |";
const LS: &[u8] = include_bytes!("../seeds/tiny.ls");

/// A format: its name, a file of it, and what reads it.
struct Seed {
    name: &'static str,
    bytes: Vec<u8>,
    read: fn(&[u8]),
    /// Makes what encloses the damage right again.
    mended: fn(Vec<u8>) -> Vec<u8>,
    heavy: bool,
}

/// How often each format is damaged unless told is `10000`; a second number is the seed of chance.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let number = |at: usize, usual| {
        let said = arguments.get(at).map(|n| n.parse());
        said.unwrap_or(Ok(usual)).map_err(|_| "write how often and a seed, as numbers".to_owned())
    };
    let (often, chance) = (number(0, TIMES as u64)? as usize, number(1, 1)?);
    let mut rng = ChaCha8Rng::seed_from_u64(chance);
    for seed in seeds()? {
        let began = Instant::now();
        let times = if seed.heavy { often / RARELY } else { often };
        let slowest = (0..times).try_fold(Duration::ZERO, |slowest, _| {
            let damaged = match rng.random() {
                true => damage(&seed.bytes, &mut rng),
                false => (seed.mended)(structure::absurd(&seed.bytes, &mut rng)),
            };
            Ok::<_, String>(slowest.max(tried(seed.name, &damaged, seed.read)?))
        })?;
        println!("{:<12} {times} times in {:.1?}, slowest {slowest:.1?}", seed.name, began.elapsed());
    }
    for (name, bytes) in bombs()? {
        println!("{name:<12} {:.1?}", tried(name, &bytes, any)?);
    }
    memory()
}

fn seeds() -> Result<Vec<Seed>, String> {
    let sheet: Sheet = CHART.parse().map_err(|e| format!("{e}"))?;
    let written = |format| chart::write(&sheet, format).value;
    let tunes = sideman_formats::read(LS, "seed.ls").map_err(|e| e.to_string())?;
    let with_solo = tunes
        .first()
        .map(|Tune { sheet, solo, .. }| musicxml::write(sheet, solo.as_ref()).value.into_bytes());
    let piece = tunes.into_iter().next().map(|tune| Piece::new(tune, "seed"));
    let library = Library { pieces: piece.into_iter().collect(), files: Vec::new() };
    let score = with_solo.ok_or("the seed has no tune")?;
    let zipped = zip(&[("a.musicxml", &score), ("b.ls", LS)])?;
    let enclosed =
        |name, bytes: &[u8], read, mended| Seed { name, bytes: bytes.to_vec(), read, mended, heavy: false };
    let seed = |name, bytes: &[u8], read| enclosed(name, bytes, read, std::convert::identity);
    Ok(vec![
        seed("text", CHART.as_bytes(), any),
        seed("ireal", &written(chart::Format::Ireal), any),
        seed("musicxml", &score, any),
        enclosed("midi", &written(chart::Format::Midi), any, structure::midi),
        enclosed("midi parts", &structure::song(), parts, structure::midi),
        seed("by time", structure::TIMEWISE, any),
        seed("ls", LS, any),
        seed("jccp", include_bytes!("../seeds/tiny.jccp.txt"), any),
        seed("json", include_bytes!("../seeds/tiny.json"), any),
        seed("abc", include_bytes!("../seeds/tiny.abc"), any),
        seed("sqlite", &database()?, any),
        seed("zip", &zipped, any),
        enclosed("zip inside", LS, any, structure::zipped),
        enclosed("tar inside", LS, any, structure::tarred),
        enclosed("mxl inside", &score, any, structure::mxl),
        enclosed("gzip inside", &score, any, structure::gzipped),
        enclosed("corpus", &library.to_bytes(), corpus, structure::corpus),
        enclosed("model", &model()?, model_read, structure::safetensors),
        Seed { heavy: true, ..enclosed("player", structure::player_header(), model_read, structure::player) },
        seed("split", structure::SPLIT, split),
        seed("style", structure::STYLE, |bytes| drop(String::from_utf8_lossy(bytes).parse::<Style>())),
        seed("grammar", structure::GRAMMAR, |bytes| drop(String::from_utf8_lossy(bytes).parse::<Grammar>())),
        enclosed("sf2", &structure::font(&[0; 64]), font_read, structure::riff),
        enclosed("sf3", &structure::font(structure::OGG), font_read, structure::riff),
    ])
}

/// Reads a corpus, and compares its solos with each other.
fn corpus(bytes: &[u8]) {
    if let Ok(library) = Library::from_bytes(bytes) {
        drop(Summary::new(&library).to_string());
        drop(Index::new(&library.pieces).borrowings_of_humans());
    }
}

/// Reads a model of either recipe, and plays with it.
fn model_read(bytes: &[u8]) {
    let (Ok(model), Ok(sheet)) = (Model::from_bytes(bytes), "C | F G7".parse::<Sheet>()) else { return };
    match model {
        Model::Classic(player) => drop(player.improvise(&sheet, &classic::ClassicOptions::default(), 1)),
        Model::Line(model) => {
            let options = PlayerOptions { choruses: 1, candidates: 1, ..PlayerOptions::default() };
            drop(LinePlayer::new(*model).improvise(&sheet, &options, 1));
        }
    }
}

/// Finds melody and chords in a song of several parts.
fn parts(bytes: &[u8]) {
    drop(import::midi(bytes, "damaged.mid", &import::ImportOptions::default()));
    any(bytes);
}

fn split(bytes: &[u8]) {
    static CATALOGUE: LazyLock<Catalogue> =
        LazyLock::new(|| Catalogue::of(sideman_improv::built_in::corpus().iter().take(4)));
    drop(Split::listed(&CATALOGUE, &String::from_utf8_lossy(bytes)));
}

fn font_read(bytes: &[u8]) {
    drop(SoundFont::read(bytes));
}

/// Reads bytes as `import` would.
fn any(bytes: &[u8]) {
    let source = NamedBytes { name: "damaged.ls".into(), bytes: Ok(bytes.to_vec()) };
    drop(gather([source].into_iter(), 1, |_| ()));
    drop(sideman_formats::read(bytes, "damaged"));
}

/// How long reading takes; an error when it panics or takes too long.
fn tried(name: &str, bytes: &[u8], read: fn(&[u8])) -> Result<Duration, String> {
    let began = clock();
    let kept = || match std::fs::write(format!("target/mutate-{name}"), bytes) {
        Ok(()) => format!("the bytes are in target/mutate-{name}"),
        Err(error) => error.to_string(),
    };
    catch_unwind(|| read(bytes)).map_err(|_| format!("{name}: a panic; {}", kept()))?;
    let took = clock() - began;
    if took > LONGEST { Err(format!("{name}: {took:.1?}; {}", kept())) } else { Ok(took) }
}

/// The time that the program has worked, where a system tells it: others may keep the machine busy.
fn clock() -> Duration {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    const TICKS: u64 = 100;
    let worked = || {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let mut numbers = stat.rsplit_once(") ")?.1.split(' ').skip(11);
        let ticks = numbers.next()?.parse::<u64>().ok()? + numbers.next()?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 1000 / TICKS))
    };
    worked().unwrap_or_else(|| BEGAN.elapsed())
}

/// One to eight changes: a byte, a run of bytes lost, doubled or moved, a number made extreme, the end cut off.
fn damage(bytes: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.random_range(1..=8) {
        if bytes.is_empty() {
            break;
        }
        let at = rng.random_range(0..bytes.len());
        let end = (at + rng.random_range(1..=16)).min(bytes.len());
        match rng.random_range(0..7) {
            0 => bytes[at] = rng.random(),
            1 => bytes[at] ^= 1 << rng.random_range(0..8),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let run = bytes[at..end].to_vec();
                bytes.splice(at..at, run);
            }
            4 => bytes[at..end].fill([0, 0x7f, 0xff, b'9', b'('][rng.random_range(0..5)]),
            5 => {
                let to = rng.random_range(0..bytes.len());
                bytes.swap(at, to);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// Files made to harm: entities that grow, archives that grow, brackets without end.
fn bombs() -> Result<Vec<(&'static str, Vec<u8>)>, String> {
    let entities: String =
        (1..10).map(|i| format!("<!ENTITY e{i} \"{}\">", format!("&e{};", i - 1).repeat(10))).collect();
    let xml = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE score-partwise [<!ENTITY e0 \"a\">{entities}]><score-partwise>&e9;</score-partwise>"
    );
    let zeros = vec![b' '; 64 << 20];
    let once = zip(&[("zeros.txt", &zeros)])?;
    let many: Vec<(String, &[u8])> = (0..50).map(|i| (format!("{i}.zip"), &once[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let deep = |open: &str| open.repeat(100_000).into_bytes();
    Ok(vec![
        ("xml bomb", xml.into_bytes()),
        ("deep xml", deep("<a>")),
        ("zip bomb", once.clone()),
        ("nested zip", zip(&many)?),
        ("deep ls", deep("(a ")),
        ("deep json", deep("[{\"Sections\":")),
        ("repeats", "|: C :|x64 ".repeat(10_000).into_bytes()),
    ])
}

fn database() -> Result<Vec<u8>, String> {
    let make = || -> rusqlite::Result<Vec<u8>> {
        let mut connection = rusqlite::Connection::open_in_memory()?;
        connection.execute_batch(include_str!("../seeds/tiny.sql"))?;
        Ok(connection.serialize("main")?.to_vec())
    };
    make().map_err(|e| e.to_string())
}

/// A model of little weight: a short training on one tune.
fn model() -> Result<Vec<u8>, String> {
    let pieces: Vec<Piece> = sideman_improv::built_in::corpus().into_iter().take(1).collect();
    let settings = classic::ClassicHyperparameters {
        epochs: 1,
        windows: 1,
        ..classic::ClassicHyperparameters::default()
    };
    let trained = classic::train(&pieces, &[], &settings, |_| std::ops::ControlFlow::Continue(()))
        .map_err(|e| e.to_string())?;
    trained.player.to_bytes().map_err(|e| e.to_string())
}

/// An error when the run has ever held more memory than it may.
fn memory() -> Result<(), String> {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return Ok(()) };
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse::<u64>().ok());
    let Some(peak) = peak else { return Ok(()) };
    println!("memory       {} MiB at most", peak >> 10);
    if peak > MOST_MEMORY {
        Err(format!("{} MiB is more than {}", peak >> 10, MOST_MEMORY >> 10))
    } else {
        Ok(())
    }
}
