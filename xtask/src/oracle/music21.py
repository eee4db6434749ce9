"""Scores as music21 understands them: bars, notes of the first voice and chords, in the order of play."""
import json
import sys
import warnings

import music21
from music21 import chord, converter, harmony, note, repeat, stream

warnings.simplefilter("ignore")


def melody(score):
    parts = list(score.parts) or [score]
    sounds = lambda part: any(
        isinstance(n, (note.Note, chord.Chord)) and not isinstance(n, harmony.Harmony)
        for n in part.recurse().notes
    )
    return next((part for part in parts if sounds(part)), parts[0]), parts


def first_voice(measure):
    voices = list(measure.voices)
    return voices[0] if voices else measure


def notes(part, pickup):
    line = []
    for measure in part.getElementsByClass(stream.Measure):
        begin = measure.getOffsetBySite(part)
        voice = first_voice(measure)
        for n in voice.notes:
            if isinstance(n, harmony.Harmony) or n.duration.isGrace or n.duration.quarterLength == 0:
                continue
            if n.notehead in ("slash",) or getattr(n.style, "noteSize", None) == "cue":
                continue
            onset = float(begin + n.getOffsetBySite(voice)) - pickup
            pitches = sorted({p.midi for p in n.pitches})
            first = n.notes[0] if isinstance(n, chord.Chord) else n
            tied = first.tie is not None and first.tie.type in ("stop", "continue")
            last = line[-1] if line else None
            if tied and last and last[2] == pitches and abs(last[0] + last[1] - onset) < 1e-3:
                last[1] += float(n.quarterLength)
            else:
                line.append([onset, float(n.quarterLength), pitches])
    return line


def chords(parts, pickup):
    for part in parts:
        found = list(part.recurse().getElementsByClass(harmony.ChordSymbol))
        if found:
            break
    places = []
    for symbol in found:
        onset = float(symbol.getOffsetInHierarchy(part)) - pickup
        if isinstance(symbol, harmony.NoChord) or symbol.root() is None:
            places.append([onset])
        else:
            classes = sorted({p.pitchClass for p in symbol.pitches})
            places.append([onset, symbol.root().pitchClass, classes])
    return places


def reading(path):
    score = converter.parse(path, forceSource=True)
    if isinstance(score, stream.Opus):
        score = score.scores[0]
    score = score.toSoundingPitch()
    part, parts = melody(score)
    at = parts.index(part)
    parts = [p.expandRepeats() for p in parts]
    part = parts[at]
    measures = list(part.getElementsByClass(stream.Measure))
    first = measures[0]
    full = first.barDuration.quarterLength
    pickup = float(first.duration.quarterLength) if first.duration.quarterLength < full and len(measures) > 1 else 0.0
    length = float(part.duration.quarterLength) - pickup
    return {"length": length, "notes": notes(part, pickup), "chords": chords(parts, pickup)}


print("music21", music21.__version__)
for path in sys.stdin.read().splitlines():
    try:
        answer = {"tunes": [reading(path)]}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"[:200]}
    print(json.dumps(answer))
