"""Notes as numpy structured arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    NoteArray = NDArray[np.void]

_TIMES = ("onset_beat", "duration_beat", "onset_sec", "duration_sec")
_NUMBERS = ("pitch", "velocity", "channel", "track")
_WORDS = ("chord", "role")


def note_array(columns: Mapping[str, Any], surprises: Sequence[float] | None = None) -> NoteArray:
    """One row for each column's value; `surprises` holds one value for each note, `columns["note"]` says of which."""
    import numpy as np

    values: dict[str, Any] = {name: np.frombuffer(columns[name]) for name in _TIMES}
    values |= {name: np.frombuffer(columns[name], np.int32) for name in _NUMBERS if name in columns}
    values |= {name: np.array(columns[name], np.str_) for name in _WORDS if name in columns}
    if "note" in columns:
        of = np.frombuffer(columns["note"], np.int32)
        values["surprise"] = np.full(of.size, np.nan) if surprises is None else np.asarray(surprises, float)[of]
    fields = [(name, value.dtype if value.dtype.itemsize else "U1") for name, value in values.items()]
    notes = np.empty(len(values["onset_beat"]), fields)
    for name, value in values.items():
        notes[name] = value
    return notes
