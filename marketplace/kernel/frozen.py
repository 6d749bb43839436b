"""Values as JSON and back, without loss: what is stored must read the same years later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence


def freeze(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Return `value` as JSON: plain values as they are, others as a one-key object.

    Raises TypeError for a type this module does not know.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict):
        return {name: freeze(item) for name, item in value.items()}
    if not isinstance(value, list | tuple):
        return _freeze_typed(value)
    return [freeze(item) for item in value]


def _freeze_typed(value: object) -> dict[str, Any]:
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"cannot freeze {type(value).__name__}")


def thaw(value: Any) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Return what `freeze` was given; tuples come back as lists."""
    if isinstance(value, list):
        return [thaw(item) for item in value]
    if not isinstance(value, dict):
        return value
    for mark, read in _READERS.items():
        if mark in value:
            return read(value)
    return {name: thaw(item) for name, item in value.items()}


_WRITERS: Final[dict[type, Callable[[Any], dict[str, Any]]]] = {
    Money: lambda value: {"$money": [value.minor, value.currency]},
    Sentence: lambda value: {"$say": value.text, "values": freeze(dict(value.values))},
    datetime: lambda value: {"$at": value.isoformat()},
    date: lambda value: {"$date": value.isoformat()},
    timedelta: lambda value: {"$seconds": int(value.total_seconds())},
    Fraction: lambda value: {"$ratio": str(value)},
}
"""A datetime is a date too: the narrower type comes first."""

_READERS: Final[dict[str, Callable[[dict[str, Any]], object]]] = {
    "$money": lambda value: Money(*value["$money"]),
    "$say": lambda value: Sentence(value["$say"], thaw(value["values"])),
    "$at": lambda value: datetime.fromisoformat(value["$at"]),
    "$date": lambda value: date.fromisoformat(value["$date"]),
    "$seconds": lambda value: timedelta(seconds=value["$seconds"]),
    "$ratio": lambda value: Fraction(value["$ratio"]),
}
