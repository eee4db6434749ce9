"""Files: what a path or a text names, and files that are written whole or not at all."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from typing import Any

PathLike = str | os.PathLike[str]


def read(path: PathLike) -> bytes:
    """The bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


def write(path: PathLike, data: bytes) -> None:
    """Writes a file under a temporary name beside its place, which it takes last: the old file is there or the new."""
    place = os.path.realpath(path)
    if os.path.exists(place) and not os.path.isfile(place):
        with open(place, "wb") as device:
            device.write(data)
        return
    draft = f"{place}.{os.getpid()}.draft"
    try:
        with open(draft, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(place):
            os.chmod(draft, os.stat(place).st_mode & 0o7777)
        os.replace(draft, place)
    except BaseException:
        if os.path.exists(draft):
            os.remove(draft)
        raise


def ending(path: PathLike) -> str:
    """What stands behind the last dot of a name, in small letters."""
    return os.path.splitext(os.fspath(path))[1][1:].lower()


def is_path(text: str) -> bool:
    """Whether a text looks like the name of a file and not like bars of chords."""
    return not any(sign in text for sign in "| \n") and ("." in text or os.sep in text) and "://" not in text


def below(path: PathLike) -> list[str]:
    """A file, or all files in a folder and the folders in it, in order of their names; hidden ones are left out."""
    path = os.fspath(path)
    if os.path.isfile(path):
        return [path]
    if not os.path.isdir(path):
        raise FileNotFoundError(f"there is no file or folder {path}")
    found = []
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [os.path.join(folder, name) for name in sorted(files) if not name.startswith(".")]
    return found


def named(paths: list[str]) -> Iterator[tuple[str, bytes | str]]:
    """Each path with its bytes, or with the reason why there are none."""
    for path in paths:
        held: bytes | str
        try:
            held = read(path)
        except OSError as error:
            held = str(error)
        yield path, held


class Gauge:
    """How far long work is, shown by tqdm where that is present."""

    def __init__(self, what: str, total: float, show: bool | None) -> None:
        self._bar: Any = None
        if not (sys.stderr.isatty() or "ipykernel" in sys.modules if show is None else show):
            return
        try:
            tqdm = importlib.import_module("tqdm.auto").tqdm
        except ImportError:
            return
        form = "{l_bar}{bar}| {elapsed}<{remaining}{postfix}"
        self._bar = tqdm(desc=what, total=total, leave=False, bar_format=form)

    def __enter__(self) -> Gauge:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, done: float) -> None:
        """So much is done."""
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
