//! Which SoundFont plays: the one asked for, of the environment, of the configuration, or the built-in one.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sideman_band::bank;
use sideman_band::synth::SoundFont;

use crate::{input, output};

/// The variable that names a SoundFont, and the entry of the configuration.
const VARIABLE: &str = "SIDEMAN_SOUNDFONT";
const ENTRY: &str = "soundfont";
/// The largest SoundFont that is read, in bytes.
const LARGEST: u64 = 1 << 31;

/// The SoundFont asked for, else that of the environment or the configuration, else the built-in one.
pub(super) fn find(asked: Option<&str>) -> Result<SoundFont> {
    let named = match asked.map(OsString::from).or_else(|| env::var_os(VARIABLE)) {
        None => configured()?.map(OsString::from),
        named => named,
    };
    let Some(named) = named else { return built_in() };
    match named.to_str() {
        Some("" | "built-in") => built_in(),
        Some("system") => read(&of_the_system(&folders())?),
        _ => read(Path::new(&named)),
    }
}

/// The built-in bank: from the user's cache, or made now and kept there.
fn built_in() -> Result<SoundFont> {
    let file = dirs::cache_dir().map(|folder| folder.join("sideman").join(bank::file_name()));
    if let Some(font) = file.as_ref().and_then(|file| SoundFont::read(&fs::read(file).ok()?).ok()) {
        return Ok(font);
    }
    let bytes = bank::built_in();
    if let Some(file) = file {
        // What cannot be kept is made anew next time.
        let _ = output::write(&file, &bytes);
    }
    Ok(SoundFont::read(&bytes)?)
}

fn read(file: &Path) -> Result<SoundFont> {
    SoundFont::read(&input::bytes_up_to(file, LARGEST)?)
        .with_context(|| format!("{} cannot be played with", file.display()))
}

/// What the configuration names, where there is one that does.
fn configured() -> Result<Option<String>> {
    let Some(file) = dirs::config_dir().map(|folder| folder.join("sideman").join("config.toml")) else {
        return Ok(None);
    };
    let Ok(text) = fs::read_to_string(&file) else { return Ok(None) };
    entry(&text).with_context(|| file.display().to_string())
}

fn entry(text: &str) -> Result<Option<String>> {
    match text.parse::<toml::Table>()?.get(ENTRY) {
        None => Ok(None),
        Some(toml::Value::String(named)) => Ok(Some(named.clone())),
        Some(other) => bail!(
            "{ENTRY} is of the kind {}; write {ENTRY} = \"FILE.sf2\", \"system\" or \"built-in\"",
            other.type_str()
        ),
    }
}

/// Where systems keep SoundFonts: the user's own folder first.
fn folders() -> Vec<PathBuf> {
    const KINDS: [&str; 4] = ["soundfonts", "sounds/sf3", "sounds/sf2", "SoundFonts"];
    const SHARED: [&str; 4] = ["/usr/local/share", "/usr/share", "/opt/homebrew/share", "C:\\"];
    let shared = SHARED.into_iter().map(PathBuf::from);
    let roots =
        dirs::data_dir().into_iter().chain(env::var_os("ProgramData").map(PathBuf::from)).chain(shared);
    let kinds = roots.flat_map(|root| KINDS.map(|kind| root.join(kind)));
    let banks = dirs::audio_dir().into_iter().chain(["/Library/Audio/Sounds/Banks".into()]);
    kinds.chain(banks).collect()
}

/// The SoundFont of the first folder that has any: the one called default, else the largest.
fn of_the_system(folders: &[PathBuf]) -> Result<PathBuf> {
    let best = folders.iter().find_map(|folder| {
        let files = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let fonts = files.filter(|file| file.extension().is_some_and(|end| end == "sf2" || end == "sf3"));
        let size = |file: &PathBuf| file.metadata().map_or(0, |data| data.len());
        let default =
            |file: &PathBuf| file.file_stem().is_some_and(|n| n.to_string_lossy().starts_with("default"));
        fonts.max_by_key(|file| (default(file), size(file), file.clone()))
    });
    let places = || folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ");
    best.with_context(|| {
        format!(
            "this system has no SoundFont in {}; install one (a General MIDI bank ending in .sf2 or .sf3) or give \
             its file with --soundfont",
            places()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_names_a_soundfont() {
        assert_eq!(entry("# none\n").unwrap(), None);
        assert_eq!(
            entry("soundfont = 'a b.sf2' # mine\n[other]\nx = 1").unwrap().as_deref(),
            Some("a b.sf2")
        );
        assert!(format!("{:#}", entry("soundfont = 3").unwrap_err()).contains("soundfont = \"FILE.sf2\""));
        assert!(entry("soundfont = ").is_err());
    }

    #[test]
    fn the_default_of_the_system_comes_first_then_the_largest() {
        let home = tempfile::tempdir().unwrap();
        let folders = ["empty", "full"].map(|name| home.path().join(name));
        folders.iter().for_each(|folder| fs::create_dir(folder).unwrap());
        let error = format!("{:#}", of_the_system(&folders).unwrap_err());
        assert!(error.contains("full") && error.contains("--soundfont"), "{error}");
        let put = |name: &str, size: usize| fs::write(folders[1].join(name), vec![0; size]).unwrap();
        put("a.sf2", 10);
        put("b.sf3", 20);
        put("c.txt", 30);
        assert_eq!(of_the_system(&folders).unwrap(), folders[1].join("b.sf3"));
        put("default-GM.sf2", 5);
        assert_eq!(of_the_system(&folders).unwrap(), folders[1].join("default-GM.sf2"));
    }
}
