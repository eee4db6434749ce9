"""Charts, takes and what is made from them."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import sideman as sm

CHART = "Dm7 | G7 | Cmaj7 | %"
FIELDS = "onset_beat duration_beat onset_sec duration_sec pitch velocity chord role surprise".split()


def test_a_chart_comes_from_text_a_file_and_nothing(tmp_path: Path) -> None:
    chart = sm.Chart(CHART, key="F", tempo=200)
    assert (len(chart), chart.key, chart.tempo, chart.meter) == (4, "F major", 200, "4/4")
    assert sm.Chart(CHART).chords()[:2] == [(0.0, "Dm7"), (4.0, "G7")]
    chart.save(tmp_path / "tune.txt")
    assert sm.Chart(tmp_path / "tune.txt") == chart != sm.Chart(CHART)
    assert len(sm.Chart()) == 12
    assert "<svg" in chart._repr_html_()


def test_errors_say_what_the_program_says() -> None:
    with pytest.raises(sm.Error, match="Hm7"):
        sm.Chart("C | Hm7")
    with pytest.raises(FileNotFoundError, match="there is no file nowhere.txt"):
        sm.Chart("nowhere.txt")
    with pytest.raises(sm.Error, match="the grammar knows no density; leave it out, or ask the player"):
        sm.Player(grammar=True).improvise(CHART, density=80)
    with pytest.raises(sm.Error, match="Charlie Parker"):
        sm.Player().improvise(CHART, like="Nobody At All")
    with pytest.raises(sm.Error, match="temperature is 0"):
        sm.Player().improvise(CHART, temperature=0)
    with pytest.raises(sm.Error, match="polka"):
        sm.Player(grammar=True).improvise(CHART, style="polka")


def test_a_note_array_has_its_fields(take: sm.Take) -> None:
    notes = take.solo.note_array()
    assert list(notes.dtype.names or ()) == [*FIELDS[:6], *FIELDS[6:]]
    assert len(notes) > 10
    assert (np.diff(notes["onset_beat"]) >= 0).all() and (notes["duration_beat"] > 0).all()
    assert set(notes["chord"]) <= {"Dm7", "G7", "Cmaj7"} and "chord tone" in notes["role"]
    assert np.isfinite(notes["surprise"]).all() and notes["surprise"].min() > 0
    explained = take.explain()
    assert len(explained) == len(notes)
    nats = [note["rhythm_nats"] + note["pitch_nats"] for note in explained]
    np.testing.assert_allclose(notes["surprise"], nats)


def test_a_solo_of_rules_surprises_nobody(rules: sm.Player) -> None:
    assert np.isnan(rules.improvise(CHART, seed=3).solo.note_array()["surprise"]).all()


def test_the_solo_sounds_when_its_notes_say(take: sm.Take) -> None:
    solo, band = take.solo.note_array(), take.performance.note_array()
    own = band[band["track"] == 0]
    for field in ("onset_sec", "duration_sec", "pitch", "velocity"):
        np.testing.assert_array_equal(solo[field], own[field])


def test_the_same_seed_gives_the_same_notes(rules: sm.Player) -> None:
    first, again, other = (rules.improvise(CHART, seed=seed).midi() for seed in (5, 5, 6))
    assert first == again != other


def test_wishes_hold(rules: sm.Player) -> None:
    player = sm.Player()
    made = player.improvise(
        CHART, seed=2, best_of=1, choruses=1, instrument="trumpet", range=("C4", "C6"), targets=[(3, "E")], end="any"
    )
    notes = made.solo.note_array()
    assert made.solo.instrument == "trumpet"
    assert 60 <= notes["pitch"].min() and notes["pitch"].max() <= 84
    assert notes[notes["onset_beat"] == 8.0]["pitch"][0] % 12 == 4
    assert [name for name, _, _ in rules.improvise(CHART, band="none").performance.tracks] == ["tenor sax"]


def test_a_take_is_written_by_its_ending(take: sm.Take, tmp_path: Path) -> None:
    starts = {"mid": b"MThd", "wav": b"RIFF", "flac": b"fLaC", "pdf": b"%PDF", "svg": b"<svg", "musicxml": b"<?xml"}
    for ending, start in starts.items():
        take.save(tmp_path / f"solo.{ending}")
        assert (tmp_path / f"solo.{ending}").read_bytes().startswith(start), ending
    with pytest.raises(sm.Error, match="end the name in one of mid, wav"):
        take.save(tmp_path / "solo.doc")
    assert sorted(file.suffix[1:] for file in tmp_path.iterdir()) == sorted(starts)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_written_is_read_again(seed: int, tmp_path: Path) -> None:
    take = sm.Player().improvise("Dm7 | G7 | Cmaj7 | %", choruses=2, like="Charlie Parker", seed=seed, best_of=1)
    take.save(tmp_path / "solo.mid")
    lead = sm.Lead(tmp_path / "solo.mid")
    np.testing.assert_array_equal(lead.solo.note_array()["pitch"], take.solo.note_array()["pitch"])
    assert len(lead.chart) >= len(take.chart)
    kept = sm.Player().improvise(CHART, choruses=2, keep=lead, bars=[(5, 6)], best_of=1).solo.note_array()
    before = take.solo.note_array()
    before = before[before["onset_beat"] < 15]
    np.testing.assert_array_equal(kept[: len(before)]["pitch"], before["pitch"])


def test_sound_is_an_array(rules: sm.Player) -> None:
    made = rules.improvise("C6 | F7", choruses=1, seed=1)
    sound = made.audio(rate=48000)
    assert sound.dtype == np.float32 and sound.shape[1] == 2
    assert made.performance.duration < len(sound) / 48000 < made.performance.duration + 10
    assert 0.05 < np.abs(sound).max() <= 1.0
    sound *= 0.5
    with pytest.raises(sm.Error, match="rate is 22050"):
        made.audio(rate=22050)


def test_a_notebook_shows_score_and_player(rules: sm.Player) -> None:
    page = rules.improvise("C6 | F7", choruses=1)._repr_html_()
    assert "<svg" in page and 'src="data:audio/mpeg;base64,' in page


def test_a_certificate_says_what_is_shared(take: sm.Take) -> None:
    assert take.certificate is not None and take.certificate["passes"] is True
    assert "originality" in take.remarks
    json.dumps(take.certificate)


def test_other_threads_run_beside_long_work() -> None:
    player, ticks, done = sm.Player(), [0], threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    player.improvise(CHART, choruses=8, best_of=8)
    done.set()
    thread.join()
    assert ticks[0] > 10
