"""Corpora, training, judging."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from . import _files, _sideman
from ._music import Chart
from ._take import Model, Take, pieces_of
from ._words import parsed

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
Listed = str | os.PathLike[str] | Mapping[str, Any]


class Corpus:
    """Pieces to learn from: charts with solos. `import_` makes one; without it, the built-in corpus."""

    def __init__(self) -> None:
        self._corpus = _sideman.Corpus.built_in()
        self._words: list[str] = []

    @classmethod
    def _of(cls, corpus: _sideman.Corpus, words: list[str]) -> Corpus:
        made = cls.__new__(cls)
        made._corpus, made._words = corpus, words
        return made

    @property
    def report(self) -> str:
        """What was taken and why, what is in it, and how its solos measure, in words."""
        return "\n".join([*self._words, self._corpus.report])

    @property
    def summary(self) -> dict[str, Any]:
        """What is in it: files, solos, notes, hours, styles."""
        return dict(parsed(self._corpus.summary()))

    @property
    def skipped(self) -> dict[str, str]:
        """The files that were skipped, with the reason of each."""
        return dict(self._corpus.skipped())

    def pieces(self) -> list[dict[str, Any]]:
        """``id``, ``title``, ``performer`` and number of ``notes`` of each piece."""
        names = ("id", "title", "performer", "notes")
        return [dict(zip(names, row, strict=True)) for row in self._corpus.pieces()]

    def chart(self, piece: int) -> Chart:
        """The chart of a piece, counted from 0."""
        return Chart._of(self._corpus.chart(piece))

    def filtered(self, *filters: str) -> Corpus:
        """The pieces that pass every filter, such as ``"performer=Charlie Parker"``."""
        return Corpus._of(self._corpus.filtered(list(filters)), [])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a corpus file, which `import_` reads."""
        _files.write(path, self._corpus.data())

    def __len__(self) -> int:
        return len(self._corpus)

    def __repr__(self) -> str:
        return f"<Corpus of {len(self)} pieces>"


def import_(
    paths: Paths,
    *,
    melody: str | int | None = None,
    chords: str | int | None = None,
    bars: tuple[int, int] | None = None,
    monophonic: bool = False,
    progress: bool | None = None,
) -> Corpus:
    """Gathers music from files, folders and archives of any mixture.

    Args:
        paths: one or several.
        melody, chords: of MIDI files that are named themselves, the part with the melody, and the one from which
            chords are inferred: a number, counted from 1, or a word of its name.
        bars: of such files, the first and the last bar to take, counted from 1.
        monophonic: of such files, take the top note alone.
        progress: whether to show how far it is; by default on a terminal and in a notebook, where tqdm is present.

    Raises:
        FileNotFoundError: when there is no such file or folder.
        Error: when there is no music in them; a file that cannot be read is skipped, see `Corpus.skipped`.
        KeyboardInterrupt: on Ctrl-C.
    """
    named = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    single = [os.fspath(path) for path in named if os.path.isfile(path) and _is_midi(path)]
    files = [file for path in named if os.fspath(path) not in single for file in _files.below(path)]
    with _files.Gauge("reading", len(files), progress) as gauge:
        corpus = _sideman.Corpus.gather(_files.named(files), gauge.show)
    words = []
    for path in single:
        part = [None if number is None else str(number) for number in (melody, chords)]
        corpus, report = corpus.with_midi(_files.read(path), path, part[0], part[1], bars, monophonic)
        words.append(report)
    if len(corpus) == 0:
        reasons = [f"{name}: {why}" for name, why in corpus.skipped()]
        raise _sideman.Error("\n".join([*reasons, f"there is no music in {', '.join(map(str, named))}"]))
    return Corpus._of(corpus, words)


def train(
    corpus: Corpus | None = None,
    *,
    recipe: Literal["classic", "line"] | None = None,
    split: Listed = "tune",
    on_epoch: Callable[[dict[str, Any]], bool | None] | None = None,
    epochs: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    size: Literal["small", "base", "large"] | None = None,
    dropout: float | None = None,
    start: Model | None = None,
    remarks: Mapping[str, str] | None = None,
    windows: int | None = None,
    vocabulary: int | None = None,
    progress: bool | None = None,
) -> Model:
    """Learns from a corpus.

    Args:
        corpus: without it, the built-in one.
        recipe: ``"classic"``, the exercise (a second), or ``"line"``, a player that knows the chart (hours).
        split: what is held out: ``"tune"``, one tune in seven; ``"none"``, nothing; or a list of ids, as a dict or the
            path of a JSON file: ``{"train": [{"id": …}], "validation": […]}``.
        on_epoch: called after each epoch with ``number``, ``of``, ``loss`` and ``held_out`` in nats, ``best``; where
            it returns ``False`` the training ends, and the best so far is kept.
        epochs: as many as the recipe asks for unless said.
        seed: where chance begins.
        threads: they change the time and nothing else; one for each core unless said.
        size: of the line recipe: ``"base"`` unless said.
        dropout: of the line recipe: the share of its layers' outputs that a fresh network leaves out while it learns, 0 to
            0.9, and three sevenths as much of its input; 0.35 unless said.
        start: of the line recipe: a player to adapt.
        remarks: of the line recipe: what the model shall say of itself.
        windows: of the classic: windows of 30 values an epoch.
        vocabulary: of the classic: values, the rarest being merged; all that occur unless said.
        progress: as in `import_`.

    Raises:
        Error: when there is too little to learn from, or the list is no split of the corpus.
        KeyboardInterrupt: on Ctrl-C; also whatever `on_epoch` raises.
    """
    recipe = recipe or ("line" if start is not None else "classic")
    lessons = {
        "recipe": recipe,
        "held_out": split if split in ("tune", "none") else _listed(split),
        "epochs": epochs,
        "threads": threads,
        "seed": seed,
        "size": size,
        "dropout": dropout,
        "windows": windows,
        "vocabulary": vocabulary,
        "start": None if start is None else start._model,
        "remarks": list((remarks or {}).items()),
    }

    def heard(epoch: dict[str, Any]) -> bool:
        return on_epoch is None or on_epoch(epoch) is not False

    pieces = (corpus or Corpus())._corpus
    with _files.Gauge("training", 1.0, progress) as gauge:
        model, history, figures = _sideman.train(pieces, lessons, heard, gauge.show)
    history["floors"] = dict(history["floors"])
    history["figures"] = figures
    return Model._of(model, history)


def evaluate(
    model: Model | None, corpus: Corpus, *, split: Listed | None = None, floor: Corpus | None = None
) -> dict[str, Any]:
    """How well a player knows solos that it has not learned from, nats per note beside n-grams.

    Args:
        model: of the line recipe; ``None`` is the player that ships.
        corpus: what is scored.
        split: a list as in `train`: the validation side alone is scored, and n-grams learn from the training side.
        floor: what n-grams learn from instead.

    Raises:
        Error: when there is no solo to score, or the model is the classic.
        KeyboardInterrupt: on Ctrl-C.
    """
    listed = None if split is None else _listed(split)
    others = None if floor is None else floor._corpus
    return dict(parsed(_sideman.evaluate((model or Model())._model, corpus._corpus, listed, others)))


def measure(
    solos: Take | Iterable[Take] | Corpus, *, against: Take | Iterable[Take] | Corpus | None = None
) -> dict[str, Any]:
    """How solos measure: entropies, chord tones, phrases; beside those of others where they are given.

    Raises:
        Error: when there is no solo.
    """
    others = None if against is None else pieces_of(against)
    return dict(parsed(_sideman.measure(pieces_of(solos), others)))


def originality(solos: Take | Iterable[Take] | Corpus, corpus: Corpus) -> dict[str, Any]:
    """What a solo shares with a corpus, and whether that is more than players share.

    The certificate of a take, or certificates by name where there are several solos: ``longest`` run, ``findings``,
    ``passes``.

    Raises:
        Error: when there is no solo.
        KeyboardInterrupt: on Ctrl-C.
    """
    found = {name: parsed(words) for name, words in _sideman.originality(pieces_of(solos), corpus._corpus)}
    return dict(next(iter(found.values()))) if isinstance(solos, Take) else found


def _listed(split: Listed) -> str:
    import json

    return json.dumps(split) if isinstance(split, Mapping) else _files.read(split).decode()


def _is_midi(path: str | os.PathLike[str]) -> bool:
    with open(path, "rb") as file:
        return file.read(4) == b"MThd"
