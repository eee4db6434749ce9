//! Which crate sees which: as `ARCHITECTURE.md` draws it, and as the manifests have it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What each crate sees of ours.
pub(super) type Arrows = BTreeMap<String, BTreeSet<String>>;

const PREFIX: &str = "sideman-";

/// The first two columns of the table of rooms; "all" means every other crate of the table.
#[cfg(test)]
pub(super) fn drawn(architecture: &str) -> Arrows {
    let table = architecture.lines().skip_while(|line| !line.starts_with("| crate | sees"));
    let rows = table.take_while(|line| line.starts_with('|')).filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|');
        Some((cells.next()?.trim().trim_end_matches('`').to_owned(), cells.next()?.trim().to_owned()))
    });
    let rows: Vec<(String, String)> = rows.collect();
    let all: BTreeSet<String> = rows.iter().map(|(name, _)| name.clone()).collect();
    let sees = |name: &String, words: &str| match words {
        "nothing" | "nothing of ours" => BTreeSet::new(),
        "all" => all.iter().filter(|other| *other != name).cloned().collect(),
        words => words.split(',').map(|word| word.trim().to_owned()).collect(),
    };
    rows.iter().map(|(name, words)| (name.clone(), sees(name, words))).collect()
}

/// The dependencies of each manifest, those of tests left out.
pub(super) fn real(crates: &Path) -> Result<Arrows, String> {
    let entries = std::fs::read_dir(crates).map_err(|e| format!("{}: {e}", crates.display()))?;
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|folder| folder.is_dir());
    let arrows = folders.map(|folder| {
        let manifest = folder.join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest).map_err(|e| format!("{}: {e}", manifest.display()))?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, dependencies(&text)))
    });
    arrows.collect()
}

fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        } else if let (true, Some(name)) = (inside, line.strip_prefix(PREFIX)) {
            let end = name.find(['.', ' ', '=']).unwrap_or(name.len());
            names.insert(name[..end].to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_manifests_are_read() {
        let table = "| crate | sees |\n|---|---|\n| `a` | nothing | x |\n| `b` | a | y |\n| `c` | all | z |";
        let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<BTreeSet<_>>();
        let arrows = drawn(table);
        assert_eq!((&arrows["a"], &arrows["b"], &arrows["c"]), (&set(&[]), &set(&["a"]), &set(&["a", "b"])));
        let manifest =
            "[dependencies]\nsideman-a.workspace = true\nserde = \"1\"\n[dev-dependencies]\nsideman-b = 1";
        assert_eq!(dependencies(manifest), set(&["a"]));
    }
}
