"""JSON, in which reports and certificates come; read only when one is wanted, for `json` takes long to import."""

from __future__ import annotations

from typing import Any


def parsed(words: str) -> Any:
    """What these words say."""
    import json

    return json.loads(words)
