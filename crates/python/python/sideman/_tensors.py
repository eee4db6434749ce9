"""Tensors as the bytes of a safetensors file, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_KINDS = {"F32": "<f4", "F16": "<f2"}


def tensors(data: bytes) -> dict[str, NDArray[np.float32]]:
    """The tensors of floats by their names, float32, each with memory of its own."""
    import numpy as np

    found = {}
    for name, info in _header(data).items():
        if name != "__metadata__" and info["dtype"] in _KINDS:
            first, last = (_start(data) + place for place in info["data_offsets"])
            values = np.frombuffer(data[first:last], _KINDS[info["dtype"]])
            found[name] = values.astype(np.float32).reshape(info["shape"])
    return found


def with_tensors(data: bytes, named: Mapping[str, Any]) -> bytes:
    """A file of singles with other values for its tensors.

    Raises:
        KeyError: when one is missing or not known.
        ValueError: when one is of another shape.
    """
    import numpy as np

    header = {name: info for name, info in _header(data).items() if name != "__metadata__"}
    if other := header.keys() ^ named.keys():
        raise KeyError(f"the names are not those of this network: {', '.join(sorted(other))}")
    filled = bytearray(data)
    for name, info in header.items():
        values = np.ascontiguousarray(named[name], "<f4")
        if list(values.shape) != info["shape"]:
            raise ValueError(f"{name} is of shape {values.shape}, not {tuple(info['shape'])}")
        first, last = (_start(data) + place for place in info["data_offsets"])
        filled[first:last] = values.tobytes()
    return bytes(filled)


def _start(data: bytes) -> int:
    return 8 + int.from_bytes(data[:8], "little")


def _header(data: bytes) -> dict[str, Any]:
    return dict(json.loads(data[8 : _start(data)]))
