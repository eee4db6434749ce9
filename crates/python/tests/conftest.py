"""What the tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import sideman as sm

REPOSITORY = Path(__file__).resolve().parents[3]
CHART = "Dm7 | G7 | Cmaj7 | %"


def shared() -> Path:
    """Where music lies that is no part of this project."""
    return Path(os.environ.get("SIDEMAN_SHARED", REPOSITORY.parent / "shared"))


def files(folder: str, ending: str) -> list[Path]:
    return sorted((shared() / "data" / folder).glob(f"*.{ending}"))


@pytest.fixture(scope="session")
def take() -> sm.Take:
    return sm.Player().improvise(CHART, choruses=2, like="Charlie Parker", seed=1, best_of=1)


@pytest.fixture(scope="session")
def rules() -> sm.Player:
    return sm.Player(grammar=True)
