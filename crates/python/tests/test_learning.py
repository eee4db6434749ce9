"""Corpora, training, judging."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sideman as sm

CHART = "Dm7 | G7 | Cmaj7 | %"


@pytest.fixture(scope="module")
def corpus() -> sm.Corpus:
    return sm.Corpus()


@pytest.fixture(scope="module")
def model(corpus: sm.Corpus) -> sm.Model:
    return sm.train(corpus, epochs=20, windows=64, vocabulary=40, progress=False)


def test_a_folder_becomes_a_corpus(tmp_path: Path) -> None:
    (tmp_path / "solos").mkdir()
    for seed in (1, 2):
        sm.Player(grammar=True).improvise(CHART, seed=seed).save(tmp_path / "solos" / f"{seed}.mid")
    (tmp_path / "solos" / "notes.doc").write_bytes(b"\0\1no music")
    corpus = sm.import_(tmp_path / "solos", progress=False)
    assert len(corpus) == 2 and list(corpus.skipped) == [str(tmp_path / "solos" / "notes.doc")]
    assert corpus.summary["solos"] == 2 and "chord tones" in corpus.report
    corpus.save(tmp_path / "mine.sideman")
    again = sm.import_([tmp_path / "mine.sideman"], progress=False)
    assert again.pieces() == corpus.pieces()
    single = sm.import_(tmp_path / "solos" / "1.mid", melody=1, progress=False)
    assert len(single) == 1 and "1.mid" in single.report


def test_an_empty_folder_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(sm.Error, match="there is no music in"):
        sm.import_(tmp_path, progress=False)
    with pytest.raises(FileNotFoundError, match="there is no file or folder"):
        sm.import_(tmp_path / "nowhere", progress=False)


def test_the_classic_learns_and_plays(corpus: sm.Corpus, model: sm.Model, tmp_path: Path) -> None:
    assert model.recipe == "classic" and len(model.history["training"]) == 20
    assert model.history["training"][-1] < model.history["training"][0]
    assert set(model.history["floors"]) == {"unigram", "bigram"} and "nats per value" in model.history["figures"]
    model.save(tmp_path / "classic.safetensors")
    again = sm.Model.load(tmp_path / "classic.safetensors")
    made = [sm.Player(player).improvise(CHART, seed=4).midi() for player in (model, again)]
    assert made[0] == made[1]
    assert {name for name, _, _ in again.layers} == {"lstm_0 (LSTM)", "softmax (dense, softmax)"}


def test_a_callback_hears_of_each_epoch_and_may_end_it(corpus: sm.Corpus) -> None:
    heard: list[dict[str, Any]] = []

    def on_epoch(epoch: dict[str, Any]) -> bool:
        heard.append(epoch)
        return len(heard) < 2

    model = sm.train(corpus, epochs=50, windows=8, vocabulary=40, on_epoch=on_epoch, progress=False)
    assert [epoch["number"] for epoch in heard] == [1, 2] and heard[0]["of"] == 50
    assert heard[0]["loss"] > 0 and heard[0]["held_out"] > 0
    assert len(model.history["training"]) == 2


def test_what_a_callback_raises_comes_out(corpus: sm.Corpus) -> None:
    def on_epoch(_: dict[str, Any]) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        sm.train(corpus, epochs=50, windows=8, vocabulary=40, on_epoch=on_epoch, progress=False)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Python's own handler, which it leaves out when it is started with interrupts ignored, as in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")
def test_an_interrupt_ends_a_training(corpus: sm.Corpus) -> None:
    heard: list[int] = []

    def on_epoch(epoch: dict[str, Any]) -> None:
        heard.append(epoch["number"])
        if len(heard) == 2:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        sm.train(corpus, epochs=100_000, windows=8, vocabulary=40, on_epoch=on_epoch, progress=False)
    assert len(heard) <= 3


@pytest.mark.usefixtures("interruptible")
@pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")
def test_an_interrupt_ends_what_tells_nothing() -> None:
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        sm.Player().improvise(CHART, choruses=30)


def test_a_split_is_a_list(corpus: sm.Corpus) -> None:
    ids = [{"id": piece["id"]} for piece in corpus.pieces() if piece["notes"]]
    with pytest.raises(sm.Error):
        sm.train(corpus, split={"train": ids[1:]}, epochs=1, progress=False)
    model = sm.train(corpus, split={"train": ids}, epochs=1, windows=8, vocabulary=40, progress=False)
    assert len(model.history["training"]) == 1


def test_keywords_of_the_other_recipe_are_refused(corpus: sm.Corpus) -> None:
    with pytest.raises(sm.Error, match="size is for recipe line"):
        sm.train(corpus, size="small", progress=False)
    with pytest.raises(sm.Error, match="windows is for recipe classic"):
        sm.train(corpus, recipe="line", windows=3, progress=False)
    with pytest.raises(sm.Error, match="dropout is for recipe line"):
        sm.train(corpus, dropout=0.2, progress=False)
    with pytest.raises(sm.Error, match="dropout is 1; it goes from 0 to 0.9"):
        sm.train(corpus, recipe="line", dropout=1.0, progress=False)


def test_a_player_learns_and_is_evaluated(tmp_path: Path) -> None:
    for seed in range(4):
        sm.Player(grammar=True).improvise(CHART, seed=seed).save(tmp_path / f"{seed}.mid")
    few = sm.import_(tmp_path, progress=False)
    model = sm.train(few, recipe="line", size="small", dropout=0.2, epochs=1, split="none", threads=1, progress=False)
    model.save(tmp_path / "line.safetensors", half=True)
    again = sm.Model(tmp_path / "line.safetensors")
    assert again.recipe == "line" and "learned from" in again.remarks["solos"]
    assert len(sm.Player(again).improvise(CHART, best_of=1).solo.note_array()) > 0
    assert sm.evaluate(again, few)["notes"] > 0


def test_solos_are_judged(take: sm.Take, corpus: sm.Corpus, model: sm.Model) -> None:
    report = sm.measure(take, against=corpus)
    assert report["solos"] == 1 and report["reference"] == len(corpus) and report["rows"]
    proof = sm.originality(take, corpus)
    assert proof["passes"] in (True, False) and "longest" in proof
    assert list(sm.originality([take, take], corpus)) == ["take 1", "take 2"]
    with pytest.raises(sm.Error, match="this is a classic model"):
        sm.evaluate(model, corpus)
    with pytest.raises(TypeError):
        sm.measure("solo.mid")  # type: ignore[arg-type]
