//! A script in another language that reads many files in one process.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::material::Material;
use super::reading::{HeardTune, TheirReadings};
use super::table::Answers;

/// Reads paths, a line each; writes its version and then an answer for each path, a line each:
/// `{"error": WORDS}`, `{"tunes": [TUNE, …]}` or `{"scores": [MUSICXML, …]}`.
pub(super) struct Script<'a> {
    program: &'a str,
    ending: &'static str,
    text: &'static str,
    needs: &'static str,
}

impl<'a> Script<'a> {
    pub(super) fn music21(program: &'a str) -> Self {
        Self { program, ending: "py", text: include_str!("music21.py"), needs: "a Python that has music21" }
    }

    pub(super) fn ireal(program: &'a str) -> Self {
        let needs = "a node that finds ireal-musicxml (NODE_PATH says where)";
        Self { program, ending: "cjs", text: include_str!("ireal.cjs"), needs }
    }

    /// What the program takes the files to be.
    ///
    /// # Errors
    /// When it is absent, or stops before its last answer.
    pub(super) fn read(&self, files: &[Material], work: &Path) -> Result<Answers, String> {
        let failed = |e: &dyn std::fmt::Display| format!("{}: {e}; it must be {}", self.program, self.needs);
        let script = work.join(format!("oracle.{}", self.ending));
        std::fs::write(&script, self.text).map_err(|e| failed(&e))?;
        let paths: Vec<PathBuf> = files
            .iter()
            .map(|file| std::path::absolute(&file.path).map_err(|e| failed(&e)))
            .collect::<Result<_, _>>()?;
        let answers = said(self.program, &script, &paths).map_err(|e| failed(&e))?;
        let mut lines = answers.lines();
        let version = lines.next().ok_or_else(|| failed(&"no answer"))?;
        let read: Vec<_> = lines.map(answer).collect();
        if read.len() < files.len() {
            return Err(failed(&format!("it stopped at {}", files[read.len()].name)));
        }
        Ok(Answers { program: version.to_owned(), files: files.iter().cloned().zip(read).collect() })
    }
}

fn said(program: &str, script: &Path, paths: &[PathBuf]) -> std::io::Result<String> {
    let list = script.with_extension("list");
    let mut file = std::fs::File::create(&list)?;
    paths.iter().try_for_each(|path| writeln!(file, "{}", path.display()))?;
    let output = Command::new(program)
        .arg(script)
        .stdin(std::fs::File::open(&list)?)
        .stderr(Stdio::null())
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn answer(line: &str) -> TheirReadings {
    let answer: Value = serde_json::from_str(line).map_err(|e| format!("its answer is no JSON: {e}"))?;
    if let Some(error) = answer.get("error").and_then(Value::as_str) {
        return Err(error.to_owned());
    }
    let list = |name: &str| answer.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let read = |tune: &Value| HeardTune::from_json(tune).ok_or("its answer has another shape".to_owned());
    Ok(list("tunes").iter().map(read).chain(list("scores").iter().map(score)).collect())
}

/// A score that the other program has made of a chart.
fn score(text: &Value) -> Result<HeardTune, String> {
    let tunes = sideman_formats::musicxml::read(text.as_str().unwrap_or_default().as_bytes());
    let tune = tunes.map_err(|error| error.to_string())?.into_iter().next().ok_or("no tune")?;
    Ok(HeardTune::of_chart(&tune.sheet))
}
