"""The engine beside PyTorch: one training step of W2 and one sampled value of W1, on the same threads.

    pip install ./crates/python torch
    python examples/engine.py --threads 1

W2 is 512 values, an embedding of 128, two layers of 256, 256 steps of 32 sequences, one step of Adam; W1 is 90 one-hot
values and one layer of 64. Both are timed in turn, nine times; what is printed are medians.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch

import sideman as sm

ROUNDS = 9
VALUES = 1000


class Network(torch.nn.Module):
    """The same network as PyTorch has it."""

    def __init__(self, values: int, units: int, layers: int, embedding: int | None) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(values, embedding) if embedding else None
        self.values = values
        self.lstm = torch.nn.LSTM(embedding or values, units, layers, batch_first=True)
        self.head = torch.nn.Linear(units, values)

    def forward(
        self, indices: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
        """Logits and the state behind them."""
        one_hot = torch.nn.functional.one_hot
        inputs = self.embedding(indices) if self.embedding else one_hot(indices, self.values).float()
        hidden, state = self.lstm(inputs, state)
        return self.head(hidden), state


def median(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    """Seconds of each, in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    for round_ in range(ROUNDS + 1):
        for run, seconds in zip((ours, theirs), times, strict=True):
            began = time.perf_counter()
            run()
            if round_ > 0:
                seconds.append(time.perf_counter() - began)
    return statistics.median(times[0]), statistics.median(times[1])


def step(threads: int) -> tuple[float, float]:
    """A training step of W2."""
    batch = np.random.default_rng(0).integers(0, 512, (32, 257))
    ours = sm.LSTM(512, [256, 256], embedding=128, threads=threads)
    network = Network(512, 256, 2, 128)
    adam = torch.optim.Adam(network.parameters())
    inputs, targets = torch.from_numpy(batch[:, :-1].copy()), torch.from_numpy(batch[:, 1:].copy())

    def learn() -> None:
        adam.zero_grad()
        logits, _ = network(inputs)
        torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).backward()
        adam.step()

    return median(lambda: ours.step(batch[:, :-1], batch[:, 1:]), learn)


def value(threads: int) -> tuple[float, float]:
    """A sampled value of W1."""
    stream = sm.LSTM(90, [64], threads=threads).stream()
    network = Network(90, 64, 1, None)

    @torch.inference_mode()
    def sample() -> None:
        last, state = torch.zeros(1, 1, dtype=torch.long), None
        for _ in range(VALUES):
            logits, state = network(last, state)
            last = torch.multinomial(logits[0].softmax(-1), 1)

    ours, theirs = median(lambda: stream.sample(VALUES), sample)
    return ours / VALUES, theirs / VALUES


def main() -> None:
    """Prints both, beside each other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=1)
    threads = parser.parse_args().threads
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    for name, (ours, theirs) in (("a training step of W2", step(threads)), ("a sampled value of W1", value(threads))):
        print(f"{name}, {threads} threads: sideman {1e3 * ours:.4g} ms, PyTorch {1e3 * theirs:.4g} ms, {theirs / ours:.2f} x")


if __name__ == "__main__":
    main()
