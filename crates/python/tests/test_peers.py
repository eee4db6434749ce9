"""Our note arrays beside those of mido, pretty_midi, symusic, partitura and music21."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import files

import sideman as sm

# Onset, duration, pitch, velocity of each note; where a peer does not say, NaN.
Rows = np.ndarray[Any, Any]
MIDI, MUSICXML = files("midi", "mid"), files("musicxml", "xml")
TAKES = 80


def rows(onset: Any, duration: Any, pitch: Any, velocity: Any = np.nan) -> Rows:
    onset = np.asarray(onset, float)
    columns = [onset, np.asarray(duration, float), np.asarray(pitch, float), np.broadcast_to(velocity, onset.shape)]
    return np.stack(columns, -1)


def ours(path: Path, unit: str) -> Rows:
    notes = sm.Performance(path).note_array()
    return rows(notes[f"onset_{unit}"], notes[f"duration_{unit}"], notes["pitch"], notes["velocity"])


def of_mido(path: Path) -> Rows:
    """A note ends with the first end of its pitch on its track and channel."""
    mido = importlib.import_module("mido")
    song = mido.MidiFile(path, clip=True)
    notes = []
    for track in song.tracks:
        tick, sounding = 0, {}
        for message in track:
            tick += message.time
            key = (getattr(message, "channel", None), getattr(message, "note", None))
            if message.type == "note_on" and message.velocity > 0:
                sounding.setdefault(key, []).append((tick, message.velocity))
            elif message.type in ("note_on", "note_off") and sounding.get(key):
                onset, velocity = sounding[key].pop(0)
                notes.append((onset, tick - onset, message.note, velocity))
    onset, duration, pitch, velocity = np.array(notes, float).T
    return rows(onset / song.ticks_per_beat, duration / song.ticks_per_beat, pitch, velocity)


def of_pretty_midi(path: Path) -> Rows:
    pretty_midi = importlib.import_module("pretty_midi")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        song = pretty_midi.PrettyMIDI(str(path))
    notes = [note for instrument in song.instruments for note in instrument.notes]
    times = [(note.start, note.end - note.start, note.pitch, note.velocity) for note in notes]
    return rows(*np.array(times).T)


def of_symusic(path: Path) -> Rows:
    symusic = importlib.import_module("symusic")
    song = symusic.Score(path, ttype="quarter")
    notes = [note for track in song.tracks for note in track.notes]
    return rows(*np.array([(n.time, n.duration, n.pitch, n.velocity) for n in notes]).T)


def of_partitura(path: Path) -> Rows:
    partitura = importlib.import_module("partitura")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notes = partitura.load_performance_midi(path).note_array()
    return rows(notes["onset_sec"], notes["duration_sec"], notes["pitch"], notes["velocity"])


def of_music21(path: Path) -> Rows:
    converter = importlib.import_module("music21.converter")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        song = converter.parse(path, quantizePost=False, forceSource=True)
    notes = []
    for note in song.flatten().notes:
        # What it cuts at bar lines goes on there and does not begin.
        goes_on = note.tie is not None and note.tie.type in ("stop", "continue")
        for pitch in () if goes_on else note.pitches:
            notes.append((float(note.offset), float(note.quarterLength), pitch.midi))
    return rows(*np.array(notes).T)


PEERS: dict[str, tuple[Callable[[Path], Rows], str]] = {
    "mido": (of_mido, "beat"),
    "pretty_midi": (of_pretty_midi, "sec"),
    "symusic": (of_symusic, "beat"),
    "partitura": (of_partitura, "sec"),
    "music21": (of_music21, "beat"),
}
# Partitura loses a note that begins while another of its pitch sounds, music21 what has no pitch and what it takes for
# chords; what they do report must be there.
LOSE = ("partitura", "music21")
# Ends every note of a pitch where the first of them ends.
CUT = ("pretty_midi",)
# What doubles and floats lose.
SLACK = 1e-6
# Where a peer is known to read something else.
KNOWN = {
    ("230_bpm_multitrack.mid", "pretty_midi"): "it reads tempi of the first track alone",
    ("All_The_Things_You_Are.xml", "music21"): "it joins two of three tied notes",
}
# Longer files, in bytes, take music21 a minute each where the machine is busy.
LONG = 4_000


def unequal(mine: Rows, theirs: Rows, tolerance: float, ends: bool = True) -> str | None:
    """What differs first, of onsets and velocities and of ends, each in order of pitch and time.

    Where a note begins while another of its pitch sounds, MIDI does not say which of the two an end is meant for, so
    ends are compared on their own.
    """
    if len(mine) != len(theirs):
        return f"{len(mine)} notes beside {len(theirs)}"
    grid = tolerance - SLACK
    for name, wanted in (("onset", True), ("end", ends)):
        sides = []
        for notes in (mine, theirs):
            times = notes[:, 0] if name == "onset" else notes[:, 0] + notes[:, 1]
            velocities = notes[:, 3] if name == "onset" else np.zeros(len(notes))
            order = np.lexsort((velocities, np.round(times / grid), notes[:, 2]))
            sides.append(np.stack([notes[:, 2], times, velocities], -1)[order])
        apart = np.abs(sides[0] - sides[1]) > [0, tolerance if name == "onset" else 2 * tolerance, 0]
        if wanted and apart.any():
            at = int(apart.any(-1).argmax())
            return f"{name}s: {sides[0][at]} beside {sides[1][at]}, {int(apart.any(-1).sum())} notes"
    return None


def missing(mine: Rows, theirs: Rows, tolerance: float) -> str | None:
    """The first note of a peer that is not there, by onset and pitch."""
    for onset, _, pitch, _ in theirs:
        apart = np.abs(mine[mine[:, 2] == pitch, 0] - onset)
        if apart.min(initial=np.inf) > tolerance:
            return f"pitch {pitch:g} at {onset:g}"
    return None


def compared(peer: str, mine: Rows, theirs: Rows, tolerance: float) -> str | None:
    if peer in LOSE:
        return missing(mine, theirs, tolerance)
    return unequal(mine, theirs, tolerance, ends=peer not in CUT)


def tick(path: Path, unit: str) -> float:
    """A tick of a file in quarter notes, or its longest in seconds,."""
    division = int.from_bytes(path.read_bytes()[12:14], "big")
    quarters = 1 / (division or 1)
    slowest = min([bpm for _, bpm in sm.Performance(path).tempos], default=120.0)
    return (quarters if unit == "beat" else quarters * 60 / slowest) + SLACK


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("path", MIDI, ids=lambda path: path.name)
def test_files_are_read_as_others_read_them(path: Path, peer: str) -> None:
    pytest.importorskip(peer, reason=f"{peer} is absent")
    if why := KNOWN.get((path.name, peer)):
        pytest.skip(f"{peer} reads {path.name} otherwise: {why}")
    if peer == "music21" and path.stat().st_size > LONG:
        pytest.skip(f"{path.name} takes music21 too long")
    read, unit = PEERS[peer]
    assert compared(peer, ours(path, unit), read(path), tick(path, unit)) is None


@pytest.mark.parametrize("peer", PEERS)
def test_takes_are_read_as_others_read_them(peer: str, tmp_path: Path) -> None:
    pytest.importorskip(peer, reason=f"{peer} is absent")
    read, unit = PEERS[peer]
    player = sm.Player(grammar=True)
    for seed in range(TAKES if peer not in LOSE else 3):
        made, path = player.improvise(seed=seed, choruses=1), tmp_path / f"{seed}.mid"
        made.save(path)
        notes = made.performance.note_array()
        held = rows(notes[f"onset_{unit}"], notes[f"duration_{unit}"], notes["pitch"], notes["velocity"])
        assert compared(peer, held, read(path), tick(path, unit)) is None, seed


def test_a_take_becomes_a_pretty_midi() -> None:
    pytest.importorskip("pretty_midi", reason="pretty_midi is absent")
    made = sm.Player(grammar=True).improvise(seed=2)
    song = made.to_pretty_midi()
    assert sum(len(part.notes) for part in song.instruments) == len(made.performance.note_array())


def line_of_music21(path: Path) -> Rows:
    converter = importlib.import_module("music21.converter")
    part = converter.parse(path, forceSource=True).parts[0].expandRepeats().stripTies().flatten()
    notes = [note for note in part.notes if note.quarterLength > 0 and "ChordSymbol" not in note.classes]
    return rows(*np.array([(n.offset, n.quarterLength, p.midi) for n in notes for p in n.pitches], float).T)


def line_of_partitura(path: Path) -> Rows:
    partitura = importlib.import_module("partitura")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        part = partitura.score.unfold_part_maximal(partitura.load_musicxml(path).parts[0])
    notes = part.note_array()
    notes = notes[notes["duration_quarter"] > 0]
    return rows(notes["onset_quarter"], notes["duration_quarter"], notes["pitch"])


@pytest.mark.parametrize("peer", ["music21", "partitura"])
@pytest.mark.parametrize("path", MUSICXML, ids=lambda path: path.name)
def test_scores_are_read_as_others_read_them(path: Path, peer: str) -> None:
    pytest.importorskip(peer, reason=f"{peer} is absent")
    if why := KNOWN.get((path.name, peer)):
        pytest.skip(f"{peer} reads {path.name} otherwise: {why}")
    read = {"music21": line_of_music21, "partitura": line_of_partitura}[peer]
    notes = sm.Lead(path).solo.note_array()
    mine, theirs = rows(notes["onset_beat"], notes["duration_beat"], notes["pitch"]), read(path)
    for line in (mine, theirs):
        line[:, 0] -= line[:, 0].min()
    assert unequal(mine, theirs, 1e-3) is None
