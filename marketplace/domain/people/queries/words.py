"""Read the kept lists of words."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from marketplace.domain.people.rules.words import Kept, read_kept


@cache
def kept() -> Kept:
    """Return the kept lists of skills, departments, colours and certificates."""
    path = files("marketplace.domain.people") / "data" / "words.json"
    return read_kept(json.loads(path.read_text("utf-8")))
