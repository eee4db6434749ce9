"""What is compiled: columns of bytes and plain values, of which the modules beside it make arrays and objects.

Whatever is wrong with what is given raises `Error`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

class Error(ValueError):
    """What could not be done: what is wrong, where, and what to do next, in the words of the program."""

@final
class Chart:
    @staticmethod
    def typed(text: str, tune: str | None = None) -> Chart: ...
    @staticmethod
    def read(data: bytes, name: str, tune: str | None = None) -> Chart: ...
    @staticmethod
    def blues() -> Chart: ...
    @property
    def title(self) -> str: ...
    @property
    def composer(self) -> str: ...
    @property
    def style(self) -> str: ...
    @property
    def key(self) -> str | None: ...
    @property
    def tempo(self) -> int | None: ...
    @property
    def meter(self) -> str: ...
    @property
    def warnings(self) -> list[str]: ...
    def __len__(self) -> int: ...
    def __eq__(self, other: object, /) -> bool: ...
    def chords(self) -> list[tuple[float, str | None]]:
        """Onset in quarter notes and symbol of each chord."""
    def varied(self, key: str | None = None, tempo: int | None = None) -> Chart: ...
    def page(self, format: str, part: str) -> bytes:
        """Bytes of svg, pdf or musicxml."""

@final
class Performance:
    @staticmethod
    def read(data: bytes, name: str) -> Performance: ...
    @property
    def title(self) -> str: ...
    @property
    def warnings(self) -> list[str]: ...
    @property
    def duration(self) -> float:
        """Seconds."""
    def tracks(self) -> list[tuple[str, int, int | None]]:
        """Name, channel, program."""
    def tempos(self) -> list[tuple[float, float]]:
        """Quarter notes from the start, and quarter notes a minute."""
    def columns(self) -> dict[str, bytes]:
        """Times are float64, the rest is int32."""
    def midi(self) -> bytes: ...

@final
class Lead:
    @staticmethod
    def read(data: bytes, name: str) -> Lead: ...
    @property
    def chart(self) -> Chart: ...
    @property
    def instrument(self) -> str: ...
    @property
    def warnings(self) -> list[str]: ...
    def columns(self) -> dict[str, bytes | list[str]]:
        """Times are float64, ``chord`` and ``role`` words, the rest is int32; ``note`` is the number of the note."""

@final
class Take:
    @property
    def chart(self) -> Chart: ...
    @property
    def performance(self) -> Performance: ...
    @property
    def instrument(self) -> str: ...
    @property
    def caption(self) -> str: ...
    @property
    def remarks(self) -> list[tuple[str, str]]: ...
    def certificate(self) -> str | None:
        """JSON."""
    def columns(self) -> dict[str, bytes | list[str]]:
        """As those of `Lead`."""
    def surprises(self) -> list[float] | None:
        """Nats of each note."""
    def explanation(self) -> str:
        """JSON."""
    def midi(self) -> bytes: ...
    def page(self, format: str, part: str) -> bytes:
        """Bytes of svg, pdf or musicxml."""
    def roll(self) -> str:
        """SVG."""
    def sound(self, format: str, rate: int, font: bytes | None) -> bytes:
        """Bytes of wav, flac or mp3."""
    def audio(self, rate: int, font: bytes | None) -> bytearray:
        """float32, ``[frames, 2]``."""

@final
class Model:
    @staticmethod
    def shipped() -> Model: ...
    @staticmethod
    def read(data: bytes, name: str) -> Model: ...
    @staticmethod
    def grammar(text: str) -> Model: ...
    @staticmethod
    def rules(style: str) -> Model: ...
    @property
    def name(self) -> str: ...
    @property
    def recipe(self) -> str: ...
    @property
    def remarks(self) -> dict[str, str]: ...
    def layers(self) -> list[tuple[str, int, int]]: ...
    def data(self, half: bool) -> bytes:
        """A safetensors file."""
    def improvise(self, chart: Chart, seed: int, wishes: dict[str, Any]) -> Take: ...

@final
class Corpus:
    @staticmethod
    def built_in() -> Corpus: ...
    @staticmethod
    def gather(files: Iterator[tuple[str, bytes | str]], progress: Callable[[int], None]) -> Corpus: ...
    def with_midi(
        self,
        data: bytes,
        name: str,
        melody: str | None,
        chords: str | None,
        bars: tuple[int, int] | None,
        monophonic: bool,
    ) -> tuple[Corpus, str]: ...
    @property
    def report(self) -> str: ...
    def summary(self) -> str:
        """JSON."""
    def skipped(self) -> list[tuple[str, str]]: ...
    def filtered(self, filters: list[str]) -> Corpus: ...
    def __len__(self) -> int: ...
    def pieces(self) -> list[tuple[str, str, str, int]]: ...
    def chart(self, piece: int) -> Chart: ...
    def data(self) -> bytes: ...

@final
class Network:
    def __new__(
        cls, values: int, layers: list[int], embedding: int | None, seed: int, optimizer: dict[str, Any]
    ) -> Network: ...
    @staticmethod
    def read(data: bytes, optimizer: dict[str, Any]) -> Network: ...
    def data(self) -> bytes:
        """A safetensors file."""
    @property
    def features(self) -> list[tuple[str, bool, int]]:
        """Name, whether it is an index, width."""
    @property
    def heads(self) -> list[tuple[str, int]]: ...
    @property
    def parameters(self) -> int: ...
    @property
    def updates(self) -> int: ...
    def layers(self) -> list[tuple[str, int, int]]: ...
    def step(
        self,
        inputs: list[Any],
        targets: list[Any],
        extent: tuple[int, int],
        rate: float,
        smoothing: float,
        seed: int,
    ) -> list[float]:
        """Columns are contiguous arrays ``[steps, lanes]`` of uint32 or float32; the losses of the heads in nats."""
    def losses(self, inputs: list[Any], targets: list[Any], extent: tuple[int, int]) -> list[float]: ...
    def stream(self, lanes: int, half: bool) -> Stream: ...

@final
class Stream:
    def run(self, inputs: list[Any], steps: int) -> list[bytearray]:
        """float32 ``[steps, lanes, classes]`` of each head."""
    def sample(self, values: int, temperature: float, seed: int) -> list[int]:
        """``[values, lanes]``."""
    def reset(self) -> None: ...

def train(
    corpus: Corpus,
    lessons: dict[str, Any],
    on_epoch: Callable[[dict[str, Any]], bool],
    progress: Callable[[float], None],
) -> tuple[Model, dict[str, Any], str | None]: ...
def evaluate(model: Model, corpus: Corpus, split: str | None, floor: Corpus | None) -> str:
    """JSON."""

def measure(solos: Corpus | Sequence[Take], against: Corpus | Sequence[Take] | None) -> str:
    """JSON."""

def originality(solos: Corpus | Sequence[Take], corpus: Corpus) -> list[tuple[str, str]]:
    """Name of each solo, and JSON."""
