"""Solos by the thousand with Ray: many charts, a seed for each solo, their measures in one Parquet file.

    pip install ./crates/python ray pyarrow
    python examples/ray_generate.py charts/ --solos 10000 --out solos.parquet

Charts are files that sideman reads, of which those of a folder are taken in the order of their names; without any a blues
is played. `ray.init` joins the cluster that `RAY_ADDRESS` names, or begins one on this machine. A solo depends on its
chart and its seed alone, so that the file is the same whatever the number of workers.
"""

from __future__ import annotations

import argparse
import itertools
import pathlib
import sys
import time
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq
import ray

import sideman as sm

#: Solos that a worker plays for each request.
BLOCK = 10

#: Blocks that are written at once.
GROUP = 10


@ray.remote(num_cpus=1)
class Improviser:
    """A worker: a player that is read once."""

    def __init__(self, charts: list[str], best_of: int) -> None:
        self.player = sm.Player()
        self.charts = [(pathlib.Path(chart).name, sm.Chart(chart)) for chart in charts] or [("blues", sm.Chart())]
        self.best_of = best_of

    def play(self, first: int, count: int) -> list[dict[str, object]]:
        """So many solos from one number on, each with its measures."""
        return [self.solo(number) for number in range(first, first + count)]

    def solo(self, number: int) -> dict[str, object]:
        """The solo of a number, which is its seed; charts take turns."""
        name, chart = self.charts[number % len(self.charts)]
        row: dict[str, object] = {"number": number, "chart": name, "title": chart.title}
        try:
            take = self.player.improvise(chart, seed=number, choruses=1, best_of=self.best_of, band="none")
        except sm.Error as error:
            return row | {"error": str(error)}
        notes = take.solo.note_array()
        columns = {name: notes[name].tolist() for name in ("onset_beat", "duration_beat", "pitch", "velocity")}
        return row | {"notes": len(notes), "measures": str(sm.measure(take)), **columns}


def played(workers: list[ray.actor.ActorHandle], solos: int) -> Iterator[list[dict[str, object]]]:
    """The blocks of rows in their order; each worker has two requests to do."""
    firsts = iter(range(0, solos, BLOCK))
    turns = itertools.cycle(workers)
    waiting = [
        next(turns).play.remote(first, min(BLOCK, solos - first)) for first in itertools.islice(firsts, 2 * len(workers))
    ]
    while waiting:
        yield ray.get(waiting.pop(0))
        for first in itertools.islice(firsts, 1):
            waiting.append(next(turns).play.remote(first, min(BLOCK, solos - first)))


SCHEMA = pa.schema(
    [
        ("number", pa.int64()),
        ("chart", pa.string()),
        ("title", pa.string()),
        ("error", pa.string()),
        ("notes", pa.int32()),
        ("measures", pa.string()),
        ("onset_beat", pa.list_(pa.float64())),
        ("duration_beat", pa.list_(pa.float64())),
        ("pitch", pa.list_(pa.int32())),
        ("velocity", pa.list_(pa.int32())),
    ]
)


def main() -> None:
    """Plays the solos and writes them as they come."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("charts", nargs="?", help="a folder that every worker can read")
    parser.add_argument("--solos", type=int, default=10_000)
    parser.add_argument("--best-of", type=int, default=8)
    parser.add_argument("--cpus", type=int, help="workers on this machine; without it one for each core")
    parser.add_argument("--out", default="solos.parquet")
    asked = parser.parse_args()

    charts = sorted(str(path.resolve()) for path in pathlib.Path(asked.charts).iterdir()) if asked.charts else []
    ray.init(num_cpus=asked.cpus, include_dashboard=False, log_to_driver=False)
    count = int(ray.cluster_resources()["CPU"])
    workers = [Improviser.remote(charts, asked.best_of) for _ in range(count)]
    began, solos, failed, notes = time.monotonic(), 0, 0, 0
    blocks = played(workers, asked.solos)
    with pq.ParquetWriter(asked.out, SCHEMA) as file:
        while group := list(itertools.islice(blocks, GROUP)):
            rows = list(itertools.chain.from_iterable(group))
            file.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))
            solos += len(rows)
            failed += sum("error" in row for row in rows)
            notes += sum(int(row.get("notes", 0)) for row in rows)
            print(f"\r{solos} of {asked.solos} solos", end="", file=sys.stderr)
    seconds = time.monotonic() - began
    print(file=sys.stderr)
    print(f"{solos} solos over {max(len(charts), 1)} charts, {failed} of them failed, {notes} notes")
    print(f"{seconds:.1f} s with {count} workers, {solos / seconds:.2f} solos a second; {asked.out} is written")
    ray.shutdown()


if __name__ == "__main__":
    main()
