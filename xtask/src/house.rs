//! The house held against its own rules: which module sees which, which word means which type, how long things are.
//!
//! Sources are read as tokens, tests left out. Modules form a circle when each reaches the other by paths that lead to items
//! of that file; re-exports are followed to the file that defines the item.

mod arrows;
mod graph;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use graph::Graph;
use source::Module;

/// Functions are usually shorter.
const LONG_FUNCTION: usize = 50;
/// How many of the longest files are named.
const LONGEST: usize = 10;

/// Prints what the rules of the house ask about.
pub(crate) fn run() -> Result<(), String> {
    let crates = crates(Path::new("."))?;
    let mut files = Vec::new();
    for (name, modules) in &crates {
        println!("{name:<10} {:>6} lines", modules.iter().map(|m| m.lines).sum::<usize>());
        files.extend(modules.iter().map(|m| (m.lines, m.file.display().to_string())));
        let functions = modules.iter().flat_map(|m| m.functions.iter().map(move |f| (m, f)));
        for (module, (function, lines)) in functions.filter(|(_, (_, lines))| *lines > LONG_FUNCTION) {
            println!("    {}: {function}: {lines} lines", module.file.display());
        }
        circles(modules).iter().for_each(|circle| println!("    circle: {circle}"));
    }
    for (name, seen) in arrows::real(Path::new("crates"))? {
        println!("{name} sees {}", seen.into_iter().collect::<Vec<_>>().join(", "));
    }
    files.sort_by(|a, b| b.cmp(a));
    println!("the longest files:");
    files.iter().take(LONGEST).for_each(|(lines, file)| println!("    {lines:>5} {file}"));
    let unused = unused(&crates);
    println!("{} public items that no other crate names:", unused.len());
    unused.iter().for_each(|item| println!("    {item}"));
    let words = words_of_several_types(&crates);
    println!("{} words that mean several types: {}", words.len(), words.join(", "));
    Ok(())
}

/// Every crate of the workspace with its modules, by name.
fn crates(root: &Path) -> Result<BTreeMap<String, Vec<Module>>, String> {
    let entries = std::fs::read_dir(root.join("crates")).map_err(|e| format!("crates: {e}"))?;
    let folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let folders: Vec<PathBuf> = folders.chain([root.join("xtask")]).filter(|f| f.is_dir()).collect();
    let read = |folder: PathBuf| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, source::read(&folder.join("src"))?))
    };
    folders.into_iter().map(read).collect()
}

fn circles(modules: &[Module]) -> Vec<String> {
    let graph = Graph::new(modules);
    graph.circles().into_iter().chain(graph.circles_of_siblings()).collect()
}

/// Public items at the reach of other crates that none of them names.
fn unused(crates: &BTreeMap<String, Vec<Module>>) -> Vec<String> {
    let libraries = crates.iter().filter(|(_, modules)| modules.iter().any(|m| m.file.ends_with("lib.rs")));
    let items = libraries.flat_map(|(name, modules)| {
        let elsewhere: BTreeSet<&String> = crates
            .iter()
            .filter(|(other, _)| *other != name)
            .flat_map(|(_, m)| m)
            .flat_map(|m| &m.words)
            .collect();
        let exported = Graph::new(modules).exported();
        exported
            .into_iter()
            .filter(move |item| !elsewhere.contains(item))
            .map(move |item| format!("{name}::{item}"))
    });
    items.collect()
}

/// Names of types that are declared more than once. Each room has an `Error` of its own.
fn words_of_several_types(crates: &BTreeMap<String, Vec<Module>>) -> Vec<String> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let types = crates.values().flatten().flat_map(|m| &m.types).filter(|name| *name != "Error");
    types.for_each(|name| *places.entry(name).or_default() += 1);
    places
        .into_iter()
        .filter(|(_, count)| *count > 1)
        .map(|(name, count)| format!("{name} ({count})"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house() -> BTreeMap<String, Vec<Module>> {
        crates(&root()).unwrap()
    }

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
    }

    #[test]
    fn no_modules_form_a_circle() {
        let found: Vec<String> = house().values().flat_map(|modules| circles(modules)).collect();
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn a_word_means_one_type() {
        let words = words_of_several_types(&house());
        assert!(words.is_empty(), "{words:#?}");
    }

    #[test]
    fn crates_see_what_the_architecture_says() {
        let drawn = arrows::drawn(&std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap());
        let real = arrows::real(&root().join("crates")).unwrap();
        assert!(drawn.len() >= 7, "{drawn:?}");
        assert_eq!(real, drawn);
    }
}
