//! Differences by kind.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::differences::{DifferenceKind, of_file};
use super::material::Material;
use super::reading::TheirReadings;

/// So many files of each kind are named.
const NAMED: usize = 8;

/// What another program took files to be.
pub(super) struct Answers {
    /// The program with its version.
    pub(super) program: String,
    pub(super) files: Vec<(Material, TheirReadings)>,
}

/// How many tunes are read alike, and in what the others differ.
pub(super) struct DifferenceTable {
    program: String,
    tunes: usize,
    alike: usize,
    notes: usize,
    /// The tunes of each kind, with words.
    kinds: BTreeMap<DifferenceKind, BTreeMap<String, String>>,
}

impl DifferenceTable {
    pub(super) fn of(answers: Answers) -> Self {
        let mut table =
            Self { program: answers.program, tunes: 0, alike: 0, notes: 0, kinds: BTreeMap::new() };
        for (file, theirs) in &answers.files {
            table.notes += file.ours.iter().flatten().map(|tune| tune.notes.len()).sum::<usize>();
            for (name, differences) in of_file(file, theirs) {
                table.tunes += 1;
                table.alike += usize::from(differences.is_empty());
                for difference in differences {
                    let tunes = table.kinds.entry(difference.kind).or_default();
                    tunes.insert(name.clone(), difference.words);
                }
            }
        }
        table
    }

    pub(super) fn to_json(&self) -> Value {
        let kinds = self.kinds.iter().map(|(kind, tunes)| (format!("{kind:?}"), json!(tunes)));
        json!({"program": self.program, "tunes": self.tunes, "alike": self.alike, "notes": self.notes,
               "differences": Value::from_iter(kinds)})
    }
}

impl fmt::Display for DifferenceTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { program, tunes, alike, notes, kinds } = self;
        let share = |count: usize| 100.0 * count as f64 / (*tunes).max(1) as f64;
        writeln!(f, "{program}: {tunes} tunes, {notes} notes")?;
        writeln!(f, "  {alike} of {tunes} alike ({:.1} %)", share(*alike))?;
        for (kind, named) in kinds {
            writeln!(f, "  {kind:?}: {} of {tunes} ({:.1} %)", named.len(), share(named.len()))?;
            named.iter().take(NAMED).try_for_each(|(name, words)| writeln!(f, "    {name}: {words}"))?;
        }
        Ok(())
    }
}
