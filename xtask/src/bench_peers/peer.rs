//! PyTorch as a process that runs a workload whenever it is asked.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::peak;
use super::workloads::Workload;

const SCRIPT: &str = include_str!("peer.py");

pub(crate) struct Peer {
    child: Child,
    script: PathBuf,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
    pub(crate) version: String,
}

impl Peer {
    pub(crate) fn start(python: &str) -> Result<Peer, String> {
        let failed = |e: &dyn std::fmt::Display| format!("{python}: {e}; it must be a Python that has torch");
        // TorchScript reads its functions' source from a file.
        let script = std::env::temp_dir().join(format!("sideman-bench-peer-{}.py", std::process::id()));
        std::fs::write(&script, SCRIPT).map_err(|e| failed(&e))?;
        let mut child = Command::new(python)
            .args(["-W", "ignore"])
            .arg(&script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| failed(&e))?;
        let (Some(ask), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed(&"no pipes"));
        };
        let mut peer = Peer { child, script, ask, answers: BufReader::new(answers), version: String::new() };
        peer.version = peer.line()?;
        Ok(peer)
    }

    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(n) if n > 0 => Ok(line.trim().to_owned()),
            _ => Err("the Python process ended early".into()),
        }
    }

    /// Seconds for a workload; for generation those of its better number of threads.
    pub(crate) fn best(&mut self, workload: Workload, threads: usize) -> Result<f64, String> {
        if !workload.generates() {
            return self.seconds(workload.name(), threads);
        }
        Ok(self.seconds(workload.name(), 1)?.min(self.seconds(workload.name(), 2)?))
    }

    /// Floating-point operations in a second of its own product of matrices of size [`peak::N`].
    pub(crate) fn peak(&mut self, threads: usize) -> Result<f64, String> {
        Ok(peak::OPERATIONS / self.seconds("product", threads)?)
    }

    fn seconds(&mut self, name: &str, threads: usize) -> Result<f64, String> {
        writeln!(self.ask, "{name} {threads}").map_err(|e| e.to_string())?;
        self.line()?.parse().map_err(|_| "the Python process answered with no number".into())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It ends by itself when its input closes; if it is gone already, so much the better.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_file(&self.script);
    }
}
