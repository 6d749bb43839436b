"""The cancellation policies that ship with the product."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from marketplace.domain.booking.rules.cancelling import read_policy


@cache
def policies() -> dict[str, dict[str, Any]]:
    """Return every named policy by id as a production stores it; each is checked once."""
    path = files("marketplace.domain.booking") / "data" / "cancellation.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    found = {}
    for one in data["policies"]:
        stored = {name: one[name] for name in ("id", "title", "sent_home_percent", "rows")}
        stored |= {"version": data["effective_from"], "is_verified": one["is_verified"]}
        read_policy(stored)
        found[one["id"]] = stored
    return found
