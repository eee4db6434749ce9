"""Takes, and who plays them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import _files, _sideman
from ._music import Chart, Lead, Performance, Solo
from ._words import parsed

if TYPE_CHECKING:
    import numpy as np
    import pretty_midi  # type: ignore[import-untyped, unused-ignore]
    from numpy.typing import NDArray

_PAGES = ("svg", "pdf", "musicxml", "xml")
_SOUNDS = ("wav", "flac", "mp3")


class Take:
    """A solo with its band; made by `Player.improvise`. In a notebook it shows its score and plays."""

    _take: _sideman.Take
    _html: str | None

    @classmethod
    def _of(cls, take: _sideman.Take) -> Take:
        made = cls.__new__(cls)
        made._take, made._html = take, None
        return made

    @property
    def solo(self) -> Solo:
        """What is improvised."""
        return Solo._of(self._take)

    @property
    def chart(self) -> Chart:
        """Every bar that the solo is played over."""
        return Chart._of(self._take.chart)

    @property
    def performance(self) -> Performance:
        """The band as it is heard, the soloist first."""
        return Performance._of(self._take.performance)

    @property
    def caption(self) -> str:
        """Title, instrument, notes, seed."""
        return self._take.caption

    @property
    def remarks(self) -> dict[str, str]:
        """What its files say of it: model, seed, originality."""
        return dict(self._take.remarks)

    @property
    def certificate(self) -> dict[str, Any] | None:
        """What it shares with what its player has learned from, as `originality` has it; ``None`` where not known."""
        words = self._take.certificate()
        return None if words is None else dict(parsed(words))

    def explain(self) -> list[dict[str, Any]]:
        """For each note its place, chord, role and surprise in nats.

        Raises:
            Error: when it is no player that has improvised it.
        """
        return list(parsed(self._take.explanation()))

    def midi(self) -> bytes:
        """A MIDI file."""
        return self._take.midi()

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        part: str = "C",
        rate: int = 44100,
        soundfont: str | os.PathLike[str] | None = None,
    ) -> None:
        """Writes the file that the ending asks for: mid, wav, flac, mp3, musicxml, svg or pdf.

        Args:
            path: where.
            part: of a score, the key of the instruments that read it: ``"C"``, ``"Bb"``, ``"Eb"``.
            rate: of sound, frames a second: 44100 or 48000.
            soundfont: of sound, an SF2 file in place of the built-in one.

        Raises:
            Error: when the ending is another one, or there is too much to be engraved.
        """
        _files.write(path, self._bytes(_files.ending(path), part, rate, soundfont))

    def _bytes(self, ending: str, part: str, rate: int, soundfont: str | os.PathLike[str] | None) -> bytes:
        if ending in ("mid", "midi"):
            return self.midi()
        if ending in _SOUNDS:
            return self._take.sound(ending, rate, None if soundfont is None else _files.read(soundfont))
        if ending in _PAGES:
            return self._take.page(ending, part)
        known = ", ".join(("mid", *_SOUNDS, *_PAGES))
        raise _sideman.Error(f"a take is not written as {ending!r}; end the name in one of {known}")

    def audio(
        self, rate: int = 44100, *, soundfont: str | os.PathLike[str] | None = None
    ) -> NDArray[np.float32]:
        """The band as sound, float32 from -1 to 1, shape ``[frames, 2]``.

        Args:
            rate: frames a second: 44100 or 48000.
            soundfont: an SF2 file in place of the built-in one.
        """
        import numpy as np

        data = self._take.audio(rate, None if soundfont is None else _files.read(soundfont))
        return np.frombuffer(data, np.float32).reshape(-1, 2)

    def to_pretty_midi(self) -> pretty_midi.PrettyMIDI:
        """The band as a `pretty_midi.PrettyMIDI`.

        Raises:
            ImportError: when pretty_midi is absent.
        """
        import io

        import pretty_midi

        return pretty_midi.PrettyMIDI(io.BytesIO(self.midi()))

    def piano_roll(self) -> str:
        """The solo as a piano roll with the roles of its notes, SVG."""
        return self._take.roll()

    def __repr__(self) -> str:
        return f"<Take {self.caption}>"

    def _repr_html_(self) -> str:
        if self._html is None:
            import base64
            import html

            page = self._take.page("svg", "C").decode()
            sound = base64.b64encode(self._take.sound("mp3", 44100, None)).decode()
            player = f'<audio controls src="data:audio/mpeg;base64,{sound}"></audio>'
            self._html = f"<figure><figcaption>{html.escape(self.caption)}</figcaption>{player}{page}</figure>"
        return self._html


class Model:
    """What a training has made: a player of the line recipe, or the classic.

    Args:
        path: of a model file; without it, the player that ships.

    Raises:
        FileNotFoundError: when there is no such file.
        Error: when it is no model that can play.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        if path is None:
            self._model = _sideman.Model.shipped()
        else:
            self._model = _sideman.Model.read(_files.read(path), os.fspath(path))
        self.history: dict[str, Any] = {}
        """Losses by epoch, where it was trained here: ``training``, ``held_out``, ``floors`` and their ``unit``."""

    @classmethod
    def _of(cls, model: _sideman.Model, history: dict[str, Any]) -> Model:
        made = cls.__new__(cls)
        made._model, made.history = model, history
        return made

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Model:
        """The model in a file."""
        return cls(path)

    @property
    def name(self) -> str:
        """What takes say of who improvised."""
        return self._model.name

    @property
    def recipe(self) -> str:
        """``line`` or ``classic``."""
        return self._model.recipe

    @property
    def remarks(self) -> dict[str, str]:
        """What it says of itself: corpus, licence, vocabulary."""
        return self._model.remarks

    @property
    def layers(self) -> list[tuple[str, int, int]]:
        """Name, values at each step and parameters of each layer."""
        return self._model.layers()

    def save(self, path: str | os.PathLike[str], *, half: bool = False) -> None:
        """Writes a safetensors file with PyTorch's names; with `half`, the weights of a player in 16 bits."""
        _files.write(path, self._model.data(half))

    def state_dict(self) -> dict[str, NDArray[np.float32]]:
        """The weights by PyTorch's names, gates in PyTorch's order: arrays for `torch.from_numpy`."""
        from ._tensors import tensors

        return tensors(self._model.data(False))

    def __repr__(self) -> str:
        return f"<Model {self.name}>"


class Player:
    """Who improvises.

    Args:
        model: a model, or the path of one; without it, the player that ships.
        grammar: rules with weights in place of a model: the path of a file, or ``True`` for the built-in ones.

    Raises:
        Error: when it cannot be read.
    """

    def __init__(
        self,
        model: Model | str | os.PathLike[str] | None = None,
        *,
        grammar: bool | str | os.PathLike[str] = False,
    ) -> None:
        if grammar and model is not None:
            raise _sideman.Error("give a model or a grammar, not both")
        self._rules = grammar is True
        if self._rules:
            self._model = _sideman.Model.rules("")
        elif grammar:
            self._model = _sideman.Model.grammar(_files.read(str(grammar)).decode())
        else:
            self._model = (model if isinstance(model, Model) else Model(model))._model

    def improvise(
        self,
        chart: Chart | str | os.PathLike[str] | None = None,
        *,
        seed: int = 1,
        choruses: int | None = None,
        instrument: str | None = None,
        like: str | None = None,
        key: str | None = None,
        tempo: int | None = None,
        density: int | None = None,
        register: int | None = None,
        outside: int | None = None,
        space: int | None = None,
        phrase_length: int | None = None,
        laid_back: int | None = None,
        best_of: int | None = None,
        temperature: float | None = None,
        rhythm_temperature: float | None = None,
        pitch_temperature: float | None = None,
        top_p: float | None = None,
        argmax: bool = False,
        range: tuple[str, str] | None = None,
        longest_rest: float | None = None,
        longest_phrase: int | None = None,
        end: str | None = None,
        targets: Sequence[tuple[int, str]] = (),
        rhythm_of: Lead | None = None,
        pitches_of: Lead | None = None,
        keep: Lead | None = None,
        bars: Sequence[tuple[int, int]] = (),
        trade: int | None = None,
        max_copy: int | None = None,
        values: int | None = None,
        beats: int | None = None,
        start: str | None = None,
        band: str | None = None,
        style: str | None = None,
        swing: str | float | None = None,
        chords: str | None = None,
        count_in: bool = False,
        intro: bool = False,
        head: Lead | None = None,
    ) -> Take:
        """A new solo over a chart; the same arguments give the same notes.

        Args:
            chart: as in `Chart`; without it a blues in F.
            seed: another one gives another solo.
            choruses: times through the chart, 1 to 500; 2 unless said.
            instrument: such as ``"trumpet"``; a tenor sax unless said.
            like: a performer that the player knows.
            key, tempo: as in `Chart`.
            density, register, outside, space, phrase_length, laid_back: percentiles of the corpus, 0 to 100: notes a
                bar, height, notes outside the chords' scales, rest, notes a phrase, lateness; 50 is its middle.
            best_of: of how many solos the best is taken, 1 to 64; 8 unless said.
            temperature, rhythm_temperature, pitch_temperature: below 1 safer, above 1 wilder; at most 10.
            top_p: choose among the likeliest values that together have this probability.
            argmax: always the likeliest value.
            range: lowest and highest note, such as ``("Bb3", "F5")``.
            longest_rest: in quarter notes, 0.5 to 64.
            longest_phrase: in notes.
            end: what the last note is: ``"any"``, ``"chord"`` or ``"guide"``.
            targets: bars, counted from 1, and the notes on their downbeats: ``[(5, "Bb")]``.
            rhythm_of, pitches_of: the melody whose rhythm or pitches are taken.
            keep: a melody that is gone on from, or whose `bars` are filled (``[(5, 8)]``), or traded with.
            trade: play so many bars and leave as many, 1 to 64.
            max_copy: the longest run in intervals that may be shared with what was learned from.
            values, beats, start: of the classic: how long, and its first note.
            band: ``"trio"``, ``"duo"``, ``"drums"`` or ``"none"``.
            style: such as ``"swing"`` or ``"bossa"``; an unknown one is answered with the known ones.
            swing: ``"straight"``, ``"style"`` or a ratio from 1 to 9.
            chords: who plays them: piano, guitar, electric piano, vibraphone.
            count_in: two bars are counted first.
            intro: the band plays four bars before the first chorus.
            head: the melody, played before and after the solo.

        Raises:
            Error: when a wish is not known to this player, or cannot be met.
            KeyboardInterrupt: on Ctrl-C.
        """
        given = locals()
        names = _WISHES
        wishes = {name: given[name] for name in names}
        for name in _LEADS:
            wishes[name] = None if given[name] is None else given[name]._lead
        wishes["bars"], wishes["targets"] = list(bars), list(targets)
        wishes["swing"] = None if swing is None else str(swing)
        tune = chart if isinstance(chart, Chart) else Chart(chart)
        sheet = tune._chart.varied(key, tempo)
        model = _sideman.Model.rules(sheet.style) if self._rules else self._model
        return Take._of(model.improvise(sheet, seed, wishes))

    def __repr__(self) -> str:
        return f"<Player {self._model.name}>"


_LEADS = ("rhythm_of", "pitches_of", "keep", "head")
_WISHES = (
    "instrument choruses values beats like density register outside space phrase_length laid_back best_of argmax "
    "temperature rhythm_temperature pitch_temperature top_p start max_copy range longest_rest longest_phrase end "
    "trade band style chords count_in intro"
).split()


def pieces_of(solos: Any) -> _sideman.Corpus | list[_sideman.Take]:
    """What is judged: a corpus, a take, or several takes."""
    if isinstance(solos, Take):
        return [solos._take]
    if isinstance(solos, Iterable):
        takes = list(solos)
        if all(isinstance(take, Take) for take in takes):
            return [take._take for take in takes]
    corpus = getattr(solos, "_corpus", None)
    if isinstance(corpus, _sideman.Corpus):
        return corpus
    raise TypeError(f"give a take, several takes or a corpus, not {type(solos).__name__}")
