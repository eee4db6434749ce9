"""The engine: LSTM networks, numpy in and numpy out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import _files, _sideman

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Inputs = ArrayLike | Mapping[str, ArrayLike]

_NONE = 0xFFFFFFFF


class LSTM:
    """A network with its optimiser: one value in, LSTM layers, softmax; Adam as Keras sets it.

    Indices have the shape ``[lanes, steps]`` (PyTorch's ``batch_first``), and -1 is no value: the zero vector as an
    input, not counted as a target. A network of a file may have several features and heads; then inputs and targets are
    dicts by name, and a feature of floats has the shape ``[lanes, steps, width]``.

    Args:
        values: how many there are, of inputs and of classes.
        layers: the width of each LSTM layer.
        embedding: the width of an embedding; without it, one-hot.
        seed: of the fresh weights.
        beta1, beta2, epsilon, weight_decay: of Adam, or AdamW.
        clip: the largest norm of the gradient.
        threads: 0 is one for each core. They change the time and nothing else.

    Raises:
        Error: when the sizes are none that a network can have.
    """

    def __init__(
        self,
        values: int,
        layers: Sequence[int] = (64,),
        *,
        embedding: int | None = None,
        seed: int = 1,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-7,
        weight_decay: float = 0.0,
        clip: float | None = None,
        threads: int = 0,
    ) -> None:
        self._adam = {
            "beta1": beta1,
            "beta2": beta2,
            "epsilon": epsilon,
            "weight_decay": weight_decay,
            "clip": clip,
            "threads": threads,
        }
        self._network = _sideman.Network(values, list(layers), embedding, seed, self._adam)

    @classmethod
    def load(cls, path: str | os.PathLike[str], **optimizer: Any) -> LSTM:
        """The network in a safetensors file of ours; `optimizer` as in the constructor.

        Raises:
            Error: when the bytes are no network.
        """
        usual = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7, "weight_decay": 0.0, "clip": None, "threads": 0}
        made = cls.__new__(cls)
        made._adam = usual | optimizer
        made._network = _sideman.Network.read(_files.read(path), made._adam)
        return made

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a safetensors file with PyTorch's names."""
        _files.write(path, self._network.data())

    def state_dict(self) -> dict[str, NDArray[np.float32]]:
        """The weights by PyTorch's names: ``lstm.weight_ih_l0`` ``[4 units, inputs]`` with gates i, f, g, o, and so on."""
        from ._tensors import tensors

        return tensors(self._network.data())

    def load_state_dict(self, weights: Mapping[str, Any]) -> None:
        """Takes these weights; the optimiser begins anew. The two biases of a layer are added up.

        Raises:
            KeyError: when a name is missing or not known.
            ValueError: when an array is of another shape.
        """
        from ._tensors import with_tensors

        self._network = _sideman.Network.read(with_tensors(self._network.data(), weights), self._adam)

    @property
    def parameters(self) -> int:
        """The number of weights."""
        return self._network.parameters

    @property
    def updates(self) -> int:
        """The number of steps since the weights were made or loaded."""
        return self._network.updates

    @property
    def features(self) -> dict[str, int]:
        """The width of each feature: of an index its values, of floats how many."""
        return {name: width for name, _, width in self._network.features}

    @property
    def heads(self) -> dict[str, int]:
        """The classes of each head."""
        return dict(self._network.heads)

    @property
    def layers(self) -> list[tuple[str, int, int]]:
        """Name, values at each step and parameters of each layer."""
        return self._network.layers()

    def step(
        self, inputs: Inputs, targets: Inputs, rate: float = 1e-3, *, smoothing: float = 0.0, seed: int = 0
    ) -> float:
        """One step of Adam on the mean cross-entropy of a batch of whole sequences.

        Args:
            inputs: ``[lanes, steps]``, or a dict.
            targets: ``[lanes, steps]``, or a dict.
            rate: of learning.
            smoothing: of labels, 0 to 1.
            seed: of the dropout, where the network has any.

        Returns:
            The loss before the step, in nats, without smoothing; of several heads the sum.

        Raises:
            Error: when an array does not fit, or an index is out of range.
        """
        read, wanted, extent = self._batch(inputs, targets)
        return sum(self._network.step(read, wanted, extent, rate, smoothing, seed))

    def loss(self, inputs: Inputs, targets: Inputs) -> float:
        """The loss of a batch, as in `step`, without dropout."""
        return sum(self._network.losses(*self._batch(inputs, targets)))

    def __call__(self, inputs: Inputs) -> Any:
        """The logits of whole sequences, float32 ``[lanes, steps, classes]``; of several heads a dict by name."""
        lanes = _lanes(inputs)
        return self.stream(lanes)(inputs)

    def sample(self, values: int, *, temperature: float = 1.0, seed: int = 1, lanes: int = 1) -> NDArray[np.uint32]:
        """New sequences from nothing: ``[lanes, values]``; at temperature 0 the likeliest."""
        return self.stream(lanes).sample(values, temperature=temperature, seed=seed)

    def stream(self, lanes: int = 1, *, half: bool = False) -> Stream:
        """Sequences that run step by step, with the weights as they are now; `half` packs them in 16 bits."""
        return Stream._of(self._network.stream(lanes, half), lanes, self._network.features, self.heads)

    def _batch(self, inputs: Inputs, targets: Inputs) -> tuple[list[Any], list[Any], tuple[int, int]]:
        heads = [(name, True, classes) for name, classes in self._network.heads]
        read, wanted = _columns(inputs, self._network.features), _columns(targets, heads)
        steps, lanes = wanted[0].shape
        return read, wanted, (steps, lanes)

    def __repr__(self) -> str:
        return f"<LSTM {', '.join(name for name, _, _ in self.layers)}: {self.parameters} parameters>"


class Stream:
    """Sequences that run step by step; made by `LSTM.stream`."""

    _stream: _sideman.Stream
    _lanes: int
    _features: list[tuple[str, bool, int]]
    _heads: dict[str, int]

    @classmethod
    def _of(
        cls, stream: _sideman.Stream, lanes: int, features: list[tuple[str, bool, int]], heads: dict[str, int]
    ) -> Stream:
        made = cls.__new__(cls)
        made._stream, made._lanes, made._features, made._heads = stream, lanes, features, heads
        return made

    def __call__(self, inputs: Inputs) -> Any:
        """Goes on over ``[lanes, steps]``: logits, float32 ``[lanes, steps, classes]``; of several heads a dict."""
        import numpy as np

        columns = _columns(inputs, self._features)
        steps = columns[0].shape[0]
        found = {}
        for (name, classes), data in zip(self._heads.items(), self._stream.run(columns, steps), strict=True):
            logits = np.frombuffer(data, np.float32).reshape(steps, self._lanes, classes)
            found[name] = logits.swapaxes(0, 1)
        return found if len(found) > 1 else next(iter(found.values()))

    def sample(self, values: int, *, temperature: float = 1.0, seed: int = 1) -> NDArray[np.uint32]:
        """Draws values, each of which is the next input: ``[lanes, values]``; at temperature 0 the likeliest."""
        import numpy as np

        drawn = self._stream.sample(values, temperature, seed)
        return np.array(drawn, np.uint32).reshape(values, self._lanes).T

    def reset(self) -> None:
        """Begins new sequences."""
        self._stream.reset()


def _by_name(given: Inputs, names: list[str]) -> list[Any]:
    if isinstance(given, Mapping):
        if other := set(names) ^ set(given):
            raise _sideman.Error(f"the names are not those of this network: {', '.join(sorted(other))}")
        return [given[name] for name in names]
    if len(names) > 1:
        raise _sideman.Error(f"this network has {', '.join(names)}; give a dict")
    return [given]


def _columns(given: Inputs, kinds: list[tuple[str, bool, int]]) -> list[Any]:
    """Time-major arrays, one for each feature or head: indices as uint32, floats as float32."""
    import numpy as np

    columns = []
    for (name, index, _), values in zip(kinds, _by_name(given, [kind[0] for kind in kinds]), strict=True):
        array = np.asarray(values)
        if array.ndim != (2 if index else 3):
            raise _sideman.Error(f"{name} is of shape {array.shape}; give [lanes, steps{'' if index else ', width'}]")
        if index:
            if array.dtype.kind not in "iu" or (array.size and not -1 <= array.min() <= array.max() < _NONE):
                raise _sideman.Error(f"{name} has values that are no indices; -1 is no value")
            array = np.where(array < 0, _NONE, array).astype(np.uint32)
        columns.append(np.ascontiguousarray(array.swapaxes(0, 1), np.uint32 if index else np.float32))
    return columns


def _lanes(inputs: Inputs) -> int:
    import numpy as np

    return int(np.shape(next(iter(inputs.values())) if isinstance(inputs, Mapping) else inputs)[0])
