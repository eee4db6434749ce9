"""The engine, beside PyTorch where that is present."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sideman as sm


def tokens(values: int, lanes: int, steps: int, seed: int = 0) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    line = np.random.default_rng(seed).integers(0, values, (lanes, steps + 1))
    return line[:, :-1], line[:, 1:]


def test_a_network_learns_a_line_by_heart() -> None:
    network = sm.LSTM(5, [16], threads=1)
    inputs, targets = np.array([[-1, 0, 1, 2]]), np.array([[0, 1, 2, 3]])
    before = network.loss(inputs, targets)
    for _ in range(150):
        network.step(inputs, targets, 0.02)
    assert network.updates == 150 and network.loss(inputs, targets) < 0.1 < before
    np.testing.assert_array_equal(network.sample(4, temperature=0), [[0, 1, 2, 3]])


def test_logits_agree_with_the_loss() -> None:
    network = sm.LSTM(11, [8, 8], embedding=4, threads=1)
    inputs, targets = tokens(11, 3, 7)
    logits = network(inputs)
    assert logits.shape == (3, 7, 11) and logits.dtype == np.float32
    log = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    nats = -np.take_along_axis(log, targets[..., None], -1).mean()
    np.testing.assert_allclose(network.loss(inputs, targets), nats, rtol=1e-5)
    stream = network.stream(3)
    np.testing.assert_array_equal(np.concatenate([stream(inputs[:, :4]), stream(inputs[:, 4:])], 1), logits)
    stream.reset()
    np.testing.assert_array_equal(stream(inputs), logits)


def test_samples_follow_the_seed() -> None:
    network = sm.LSTM(9, [8], threads=1)
    first, again, other = (network.sample(50, seed=seed, lanes=2) for seed in (1, 1, 2))
    assert first.shape == (2, 50) and first.max() < 9
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_what_does_not_fit_is_refused() -> None:
    network = sm.LSTM(5, [4], threads=1)
    for inputs, targets in [([[5]], [[0]]), ([[-2]], [[0]]), ([[0.5]], [[0]]), ([0], [[0]]), ([[0, 1]], [[0]])]:
        with pytest.raises(sm.Error):
            network.step(inputs, targets)
    with pytest.raises(sm.Error):
        sm.LSTM(0)
    with pytest.raises(sm.Error, match="temperature"):
        network.sample(1, temperature=-1)


def test_weights_come_back(tmp_path: Path) -> None:
    network, other = sm.LSTM(5, [4], seed=1), sm.LSTM(5, [4], seed=2)
    inputs, _ = tokens(5, 2, 6)
    network.save(tmp_path / "net.safetensors")
    np.testing.assert_array_equal(sm.LSTM.load(tmp_path / "net.safetensors", threads=1)(inputs), network(inputs))
    assert (other(inputs) != network(inputs)).any()
    other.load_state_dict(network.state_dict())
    np.testing.assert_array_equal(other(inputs), network(inputs))
    weights = network.state_dict()
    with pytest.raises(ValueError, match="of shape"):
        other.load_state_dict(weights | {"softmax.bias": np.zeros(3)})
    with pytest.raises(KeyError, match=r"softmax\.bias"):
        other.load_state_dict({name: value for name, value in weights.items() if name != "softmax.bias"})


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def by_the_book(weights: dict[str, Any], inputs: Any, layers: list[int]) -> Any:
    """The equations of `torch.nn.LSTM` and `torch.nn.Linear` in double precision."""
    weights = {name: value.astype(float) for name, value in weights.items()}
    read = weights["embedding.weight"] if "embedding.weight" in weights else np.eye(weights["softmax.bias"].size)
    x = read[inputs]
    for layer, units in enumerate(layers):
        w, u = weights[f"lstm.weight_ih_l{layer}"], weights[f"lstm.weight_hh_l{layer}"]
        bias = weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"]
        h, c, said = np.zeros((len(x), units)), np.zeros((len(x), units)), []
        for step in range(x.shape[1]):
            i, f, g, o = np.split(x[:, step] @ w.T + h @ u.T + bias, 4, -1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            said.append(h)
        x = np.stack(said, 1)
    return x @ weights["softmax.weight"].T + weights["softmax.bias"]


@pytest.mark.parametrize(("layers", "embedding"), [([64], None), ([32, 24], 16)])
def test_weights_mean_what_pytorch_says(layers: list[int], embedding: int | None) -> None:
    network = sm.LSTM(30, layers, embedding=embedding, threads=1)
    inputs, targets = tokens(30, 4, 20)
    network.step(inputs, targets, 0.05)
    expected = by_the_book(network.state_dict(), inputs, layers)
    np.testing.assert_allclose(network(inputs), expected, atol=2e-6)
    shapes = {name: weight.shape for name, weight in network.state_dict().items()}
    assert shapes["lstm.weight_ih_l0"] == (4 * layers[0], embedding or 30)
    assert shapes["lstm.bias_hh_l0"] == (4 * layers[0],) and shapes["softmax.weight"] == (30, layers[-1])


def test_the_first_step_of_adam_is_that_of_the_paper() -> None:
    network = sm.LSTM(7, [8], threads=1, epsilon=1e-7)
    inputs, targets = tokens(7, 2, 5)
    before = network.state_dict()
    network.step(inputs, targets, 0.01)
    logits = by_the_book(before, inputs, [8])
    odds = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    slope = (odds - np.eye(7)[targets]).mean((0, 1))
    moved = network.state_dict()["softmax.bias"] - before["softmax.bias"]
    np.testing.assert_allclose(moved, -0.01 * slope / (np.abs(slope) + 1e-7), rtol=1e-3, atol=1e-6)


def in_torch(torch: Any, weights: dict[str, Any], values: int, layers: list[int], embedding: int | None) -> Any:
    """A module of PyTorch's own layers with these weights."""
    nn = torch.nn

    class Module(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            if embedding:
                self.embedding = nn.Embedding(values, embedding)
            self.lstm = nn.LSTM(embedding or values, layers[0], len(layers), batch_first=True)
            self.softmax = nn.Linear(layers[-1], values)

        def forward(self, x: Any) -> Any:
            read = self.embedding(x) if embedding else nn.functional.one_hot(x, values).float()
            return self.softmax(self.lstm(read)[0])

    module = Module()
    module.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()})
    return module


@pytest.mark.parametrize(("layers", "embedding"), [([64], None), ([32, 32], 16)])
def test_pytorch_gives_the_same_numbers(layers: list[int], embedding: int | None) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is absent")
    network = sm.LSTM(30, layers, embedding=embedding, threads=1)
    inputs, targets = tokens(30, 4, 20)
    module = in_torch(torch, network.state_dict(), 30, layers, embedding)
    with torch.no_grad():
        np.testing.assert_allclose(network(inputs), module(torch.from_numpy(inputs)).numpy(), atol=2e-6)
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3, eps=1e-7)
    logits = module(torch.from_numpy(inputs))
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), torch.from_numpy(targets).flatten())
    loss.backward()
    optimizer.step()
    np.testing.assert_allclose(network.step(inputs, targets), loss.item(), rtol=1e-5)
    with torch.no_grad():
        after = module(torch.from_numpy(inputs)).numpy()
    # PyTorch moves both biases of a layer, each as far as ours moves their sum.
    weights = network.state_dict()
    for name, value in module.state_dict().items():
        if "bias_hh" not in name and "bias_ih" not in name:
            np.testing.assert_allclose(weights[name], value.numpy(), atol=2e-5)
    assert after.shape == network(inputs).shape


def test_the_file_of_the_classic_opens_in_pytorch(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is absent")
    model = sm.train(epochs=2, windows=8, vocabulary=40, threads=1, progress=False)
    model.save(tmp_path / "classic.safetensors")
    weights = model.state_dict()
    values, units = weights["softmax.weight"].shape
    network = sm.LSTM.load(tmp_path / "classic.safetensors")
    inputs, _ = tokens(values, 2, 50)
    module = in_torch(torch, weights, values, [units], None)
    with torch.no_grad():
        np.testing.assert_allclose(network(inputs), module(torch.from_numpy(inputs)).numpy(), atol=2e-5)
    safetensors = pytest.importorskip("safetensors.torch", reason="safetensors is absent")
    for name, value in safetensors.load_file(tmp_path / "classic.safetensors").items():
        np.testing.assert_array_equal(value.numpy(), weights[name])
