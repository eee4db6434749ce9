"""Learns jazz with an LSTM and improvises.

>>> import sideman as sm
>>> take = sm.Player().improvise("Dm7 | G7 | Cmaj7 | %", like="Charlie Parker", seed=1)
>>> take.solo.note_array()["pitch"]
>>> take.save("solo.mid")

Times are in quarter notes (``_beat``) or seconds (``_sec``), pitches and velocities are MIDI numbers. What cannot be
done raises `Error`, which says what is wrong, where, and what to do next. Long work lets other threads run, shows how
far it is where tqdm is present, and ends on Ctrl-C.
"""

from ._corpus import Corpus, evaluate, import_, measure, originality, train
from ._engine import LSTM, Stream
from ._music import Chart, Lead, Performance, Solo
from ._sideman import Error
from ._take import Model, Player, Take

__all__ = [
    "LSTM",
    "Chart",
    "Corpus",
    "Error",
    "Lead",
    "Model",
    "Performance",
    "Player",
    "Solo",
    "Stream",
    "Take",
    "evaluate",
    "import_",
    "measure",
    "originality",
    "train",
]
