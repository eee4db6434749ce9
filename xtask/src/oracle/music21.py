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


def shift(part):
    """Semitones from what is written to what sounds, by the first note; music21 itself moves some chord symbols twice."""
    first = lambda part: next((n for n in part.recurse().notes if not isinstance(n, harmony.Harmony)), None)
    written, sounding = first(part), first(part.toSoundingPitch())
    return sounding.pitches[0].midi - written.pitches[0].midi if written is not None else 0


def notes(part, pickup, up):
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
            pitches = sorted({p.midi + up for p in n.pitches})
            first = n.notes[0] if isinstance(n, chord.Chord) else n
            tied = first.tie is not None and first.tie.type in ("stop", "continue")
            last = line[-1] if line else None
            if tied and last and last[2] == pitches and abs(last[0] + last[1] - onset) < 1e-3:
                last[1] += float(n.quarterLength)
            else:
                line.append([onset, float(n.quarterLength), pitches])
    return line


def chords(parts, pickup, shifts):
    for part, up in zip(parts, shifts):
        found = list(part.recurse().getElementsByClass(harmony.ChordSymbol))
        if found:
            break
    places = []
    for symbol in found:
        onset = float(symbol.getOffsetInHierarchy(part)) - pickup
        if isinstance(symbol, harmony.NoChord) or symbol.root() is None:
            places.append([onset])
        else:
            classes = sorted({(p.pitchClass + up) % 12 for p in symbol.pitches})
            places.append([onset, (symbol.root().pitchClass + up) % 12, classes])
    return places


def reading(path):
    score = converter.parse(path, forceSource=True)
    if isinstance(score, stream.Opus):
        score = score.scores[0]
    part, parts = melody(score)
    at, shifts = parts.index(part), [shift(p) for p in parts]
    parts = [p.expandRepeats() for p in parts]
    part = parts[at]
    measures = list(part.getElementsByClass(stream.Measure))
    first = measures[0]
    short = first.duration.quarterLength < first.barDuration.quarterLength
    pickup = float(first.duration.quarterLength) if (short or first.number == 0) and len(measures) > 1 else 0.0
    length = float(part.duration.quarterLength) - pickup
    return {"length": length, "notes": notes(part, pickup, shifts[at]), "chords": chords(parts, pickup, shifts)}


print("music21", music21.__version__)
for path in sys.stdin.read().splitlines():
    try:
        answer = {"tunes": [reading(path)]}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"[:200]}
    print(json.dumps(answer))
