"""Charts, performances, melodies."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import _files, _sideman
from ._notes import note_array

if TYPE_CHECKING:
    from ._notes import NoteArray


class Chart:
    """Bars of chords.

    Args:
        source: bars such as ``"Dm7 | G7 | Cmaj7 | %"``, an ``irealb://`` link, or the path of a file: text, iReal Pro,
            MusicXML, ABC, Impro-Visor, MIDI with chord symbols. Without it, a blues in F.
        key: moves the chart to this key, such as ``"Eb"`` or ``"Gm"``.
        tempo: quarter notes a minute, 20 to 400.
        tune: of a file with several tunes this one: its number, counted from 1, or its title.

    Raises:
        FileNotFoundError: when the text looks like a path and no file is there.
        Error: when it cannot be read, with the bar of what is wrong.
    """

    def __init__(
        self,
        source: str | os.PathLike[str] | None = None,
        *,
        key: str | None = None,
        tempo: int | None = None,
        tune: str | int | None = None,
    ) -> None:
        chosen = None if tune is None else str(tune)
        if source is None:
            chart = _sideman.Chart.blues()
        elif _is_file(source):
            chart = _sideman.Chart.read(_files.read(source), os.fspath(source), chosen)
        elif not isinstance(source, str) or _files.is_path(source):
            raise FileNotFoundError(f"there is no file {os.fspath(source)}")
        else:
            chart = _sideman.Chart.typed(source, chosen)
        self._chart = chart if key is None and tempo is None else chart.varied(key, tempo)

    @classmethod
    def _of(cls, chart: _sideman.Chart) -> Chart:
        made = cls.__new__(cls)
        made._chart = chart
        return made

    @property
    def title(self) -> str:
        """Empty where it has none."""
        return self._chart.title

    @property
    def composer(self) -> str:
        """Empty where it is not known."""
        return self._chart.composer

    @property
    def style(self) -> str:
        """Such as ``swing``; empty where it is not known."""
        return self._chart.style

    @property
    def key(self) -> str | None:
        """Such as ``Eb major`` or ``G minor``."""
        return self._chart.key

    @property
    def tempo(self) -> int | None:
        """Quarter notes a minute."""
        return self._chart.tempo

    @property
    def meter(self) -> str:
        """Of its first bar, such as ``4/4``."""
        return self._chart.meter

    @property
    def warnings(self) -> list[str]:
        """What was read in another way than it is written, each with its place."""
        return self._chart.warnings

    def __len__(self) -> int:
        """The number of bars, in the order of play."""
        return len(self._chart)

    def chords(self) -> list[tuple[float, str | None]]:
        """Onset in quarter notes and symbol of each chord; ``None`` is N.C."""
        return self._chart.chords()

    def varied(self, *, key: str | None = None, tempo: int | None = None) -> Chart:
        """The chart in another key or tempo, as in the constructor."""
        return self._of(self._chart.varied(key, tempo))

    def save(self, path: str | os.PathLike[str], *, part: str = "C") -> None:
        """Writes the file that the ending asks for: txt, svg, pdf or musicxml; `part` transposes (``"Bb"``, ``"Eb"``)."""
        ending = _files.ending(path)
        data = str(self).encode() if ending == "txt" else self._chart.page(ending, part)
        _files.write(path, data)

    def __str__(self) -> str:
        """The chart as text that `Chart` reads."""
        return str(self._chart)

    def __repr__(self) -> str:
        return f"<Chart {self.title!r}, {len(self)} bars>"

    def __eq__(self, other: object) -> bool:
        return self._chart == other._chart if isinstance(other, Chart) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def _repr_html_(self) -> str:
        return self._chart.page("svg", "C").decode()


class Performance:
    """What a MIDI file holds: tracks of timed notes.

    Args:
        path: of a MIDI file.

    Raises:
        FileNotFoundError: when there is no such file.
        Error: when it is no MIDI file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._performance = _sideman.Performance.read(_files.read(path), os.fspath(path))

    @classmethod
    def _of(cls, performance: _sideman.Performance) -> Performance:
        made = cls.__new__(cls)
        made._performance = performance
        return made

    @property
    def title(self) -> str:
        """Empty where it has none."""
        return self._performance.title

    @property
    def duration(self) -> float:
        """Seconds to the end of its last event."""
        return self._performance.duration

    @property
    def warnings(self) -> list[str]:
        """What was read in another way than it is written, or left out."""
        return self._performance.warnings

    @property
    def tracks(self) -> list[tuple[str, int, int | None]]:
        """Name, MIDI channel from 0 (9 is the drums) and General MIDI program from 0 of each."""
        return self._performance.tracks()

    @property
    def tempos(self) -> list[tuple[float, float]]:
        """Onset in quarter notes and quarter notes a minute of each change of tempo."""
        return self._performance.tempos()

    def note_array(self) -> NoteArray:
        """A structured array with a row for each note, in order of onset, track and pitch.

        Fields: ``onset_beat`` and ``duration_beat`` in quarter notes, ``onset_sec`` and ``duration_sec`` (float64),
        ``pitch`` and ``velocity`` as MIDI numbers, ``channel`` from 0, ``track`` from 0 (int32).
        """
        return note_array(self._performance.columns())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a MIDI file."""
        _files.write(path, self._performance.midi())

    def __repr__(self) -> str:
        return f"<Performance {self.title!r}, {len(self.tracks)} tracks, {self.duration:.1f} s>"


class Solo:
    """A line of notes over its chart; made by `Take.solo` and `Lead.solo`."""

    _source: _sideman.Take | _sideman.Lead

    @classmethod
    def _of(cls, source: _sideman.Take | _sideman.Lead) -> Solo:
        made = cls.__new__(cls)
        made._source = source
        return made

    @property
    def instrument(self) -> str:
        """Such as ``tenor sax``."""
        return self._source.instrument

    def note_array(self) -> NoteArray:
        """A structured array with a row for each note, in order of onset.

        Fields, of which the first four are float64:

        - ``onset_beat``, ``duration_beat``: quarter notes as written; 0 is the first downbeat, a pickup is negative.
        - ``onset_sec``, ``duration_sec``: seconds as played, from the start of the performance.
        - ``pitch``, ``velocity``: MIDI numbers (int32).
        - ``chord``: the symbol that sounds there, empty for none.
        - ``role``: what the note is to the chord, such as ``chord tone``, empty where none sounds.
        - ``surprise``: nats of time and pitch together to the player that improvised it (float64); NaN elsewhere.
        """
        take = self._source if isinstance(self._source, _sideman.Take) else None
        return note_array(self._source.columns(), take.surprises() if take else None)

    def __repr__(self) -> str:
        return f"<Solo on {self.instrument}>"


class Lead:
    """A melody with the chart under it.

    Args:
        path: MIDI, MusicXML, ABC or Impro-Visor; of several melodies the first is taken.

    Raises:
        FileNotFoundError: when there is no such file.
        Error: when there is no melody in it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._lead = _sideman.Lead.read(_files.read(path), os.fspath(path))

    @property
    def chart(self) -> Chart:
        """Its bars, in the order of play."""
        return Chart._of(self._lead.chart)

    @property
    def solo(self) -> Solo:
        """Its notes, counted from the first bar of the chart."""
        return Solo._of(self._lead)

    @property
    def warnings(self) -> list[str]:
        """What was read in another way than it is written, or left out."""
        return self._lead.warnings

    def __repr__(self) -> str:
        return f"<Lead {self.chart.title!r} on {self._lead.instrument}>"


def _is_file(source: str | os.PathLike[str]) -> bool:
    try:
        return os.path.isfile(source)
    except ValueError:
        return False
