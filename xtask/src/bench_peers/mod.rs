//! Times the engine's workloads beside PyTorch, in turns, and writes BENCHMARKS.md.

mod measured;
mod peak;
mod peer;
mod report;
mod workloads;

use measured::Measured;
use peer::Peer;
use workloads::{Ready, Workload};

struct Options {
    work: Vec<Workload>,
    threads: Vec<usize>,
    reps: usize,
    python: Option<String>,
    json: Option<String>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Options, String> {
        let mut options =
            Options { work: Workload::ALL.to_vec(), threads: vec![1, 2], reps: 7, python: None, json: None };
        let mut arguments = arguments.iter();
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--work" => {
                    options.work = list(value, |w| Workload::ALL.into_iter().find(|x| x.name() == w))?
                }
                "--threads" => options.threads = list(value, |n| n.parse().ok())?,
                "--reps" => options.reps = value.parse().map_err(|_| format!("{value} is not a number"))?,
                "--python" => options.python = Some(value.clone()),
                "--json" => options.json = Some(value.clone()),
                _ => return Err(format!("{name} is not an option of bench-peers")),
            }
        }
        Ok(options)
    }
}

fn list<T>(text: &str, one: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    text.split(',').map(|item| one(item).ok_or_else(|| format!("{item} is not known here"))).collect()
}

/// Measures, prints and writes.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    let mut peer = options.python.as_deref().map(Peer::start).transpose()?;
    let mut rows = Vec::new();
    for &workload in &options.work {
        let threads = if workload.generates() { &[1][..] } else { &options.threads };
        for &threads in threads {
            let row = measure(workload, threads, options.reps, peer.as_mut())?;
            println!("{}", report::line(&row));
            rows.push(row);
        }
    }
    if let Some(file) = &options.json {
        std::fs::write(file, report::json(&rows)).map_err(|e| format!("{file}: {e}"))?;
    }
    let table = report::markdown(&rows, peer.as_ref().map(|p| p.version.as_str()), options.reps);
    std::fs::write("BENCHMARKS.md", table).map_err(|e| format!("BENCHMARKS.md: {e}"))
}

/// Medians of `reps` turns of ours, the peak and the peer's.
fn measure(
    workload: Workload,
    threads: usize,
    reps: usize,
    mut peer: Option<&mut Peer>,
) -> Result<Measured, String> {
    let mut ready = Ready::new(workload, threads).map_err(|e| e.to_string())?;
    ready.run().map_err(|e| e.to_string())?;
    let (mut ours, mut peaks, mut theirs, mut peer_peaks) = (vec![], vec![], vec![], vec![]);
    for _ in 0..reps {
        peaks.push(peak::flops());
        ours.push(ready.run().map_err(|e| e.to_string())?);
        if let Some(peer) = peer.as_deref_mut() {
            peer_peaks.push(peer.peak(threads)?);
            theirs.push(peer.best(workload, threads)?);
        }
    }
    let some = |values: Vec<f64>| (!values.is_empty()).then(|| median(values));
    let (peer_seconds, peer_peak) = (some(theirs), some(peer_peaks));
    Ok(Measured { workload, threads, seconds: median(ours), peak: median(peaks), peer_seconds, peer_peak })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
