//! The measurements as a line, as JSON and as BENCHMARKS.md.

use std::fmt::Write as _;

use serde_json::json;
use sideman_lstm::InstructionSet;

use super::measured::Measured;

pub(crate) fn line(row: &Measured) -> String {
    let peer = row.peer_seconds.map_or("".into(), |s| {
        format!(", PyTorch {} ({:.2} x)", seconds(s), row.ratio().unwrap_or_default())
    });
    format!(
        "{} on {}: {}, {:.1} GFLOP/s, {:.2} of the peak of {:.0}{peer}",
        row.workload.name(),
        row.threads,
        seconds(row.seconds),
        row.flops() / 1e9,
        row.fraction_of_peak(),
        row.peak / 1e9,
    )
}

pub(crate) fn json(rows: &[Measured]) -> String {
    let object = |row: &Measured| {
        json!({
            "name": row.workload.name(),
            "threads": row.threads,
            "seconds": row.seconds,
            "gflops": row.flops() / 1e9,
            "fraction_of_peak": row.fraction_of_peak(),
            "peer": row.peer_seconds.map(|_| "pytorch"),
            "peer_seconds": row.peer_seconds,
            "ratio": row.ratio(),
        })
    };
    let rows: Vec<_> = rows.iter().map(object).collect();
    format!("{:#}\n", serde_json::Value::Array(rows))
}

pub(crate) fn markdown(rows: &[Measured], torch: Option<&str>, reps: usize) -> String {
    let mut text = String::from("# Benchmarks\n\nWritten by `cargo xtask bench-peers`; do not edit.\n\n");
    let _ = writeln!(text, "Machine: {}. Engine: {}.", machine(), InstructionSet::detect().name());
    let _ = writeln!(
        text,
        "PyTorch: {}. Medians of {reps} turns, ours and theirs one after the other in one run.",
        torch.unwrap_or("not measured")
    );
    text.push_str(
        "The peak is a single-precision product of 2048 x 2048 matrices on one core by the `gemm-f32` crate, measured \
         in the same turns; for two threads it is counted twice.\n",
    );
    text.push_str(&products(rows));
    text.push_str(
        "\n\
         | workload | threads | seconds | GFLOP/s | of the peak | PyTorch, seconds | times faster |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let (peer, ratio) = match (row.peer_seconds, row.ratio()) {
            (Some(peer), Some(ratio)) => (seconds(peer), format!("{ratio:.2}")),
            _ => ("–".into(), "–".into()),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.1} | {:.2} | {peer} | {ratio} |",
            row.workload.name(),
            row.threads,
            seconds(row.seconds),
            row.flops() / 1e9,
            row.fraction_of_peak(),
        );
    }
    text.push('\n');
    let mut works: Vec<_> = rows.iter().map(|row| row.workload).collect();
    works.dedup();
    for work in works {
        let _ = writeln!(text, "- {}: {}", work.name(), work.about());
    }
    text
}

/// The peak, and what PyTorch reaches with the same product.
fn products(rows: &[Measured]) -> String {
    let most = |of: &dyn Fn(&Measured) -> Option<f64>| rows.iter().filter_map(of).reduce(f64::max);
    let mut text = String::new();
    if let Some(peak) = most(&|row| Some(row.peak)) {
        let _ = write!(text, "It is at most {:.0} GFLOP/s", peak / 1e9);
    }
    for threads in [1, 2] {
        if let Some(peak) = most(&|row| row.peer_peak.filter(|_| row.threads == threads)) {
            let _ = write!(text, "; PyTorch's own on {threads} thread(s) at most {:.0}", peak / 1e9);
        }
    }
    text + ".\n"
}

fn seconds(s: f64) -> String {
    match s {
        s if s < 1e-3 => format!("{:.2} µs", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.3} s"),
    }
}

/// The processor's name and number of threads, where the system tells.
fn machine() -> String {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|l| l.strip_prefix("model name")?.split_once(": "));
    let name = name.map_or(std::env::consts::ARCH, |(_, name)| name);
    format!("{name}, {threads} processors, {}", std::env::consts::OS)
}
