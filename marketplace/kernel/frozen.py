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
    is_row = isinstance(value, list | tuple)
    return [freeze(item) for item in value] if is_row else _freeze_typed(value)


def _freeze_typed(value: object) -> dict[str, Any]:
    match value:
        case Money():
            return {"$money": [value.minor, value.currency]}
        case Sentence():
            return {"$say": value.text, "values": freeze(dict(value.values))}
        case datetime():
            return {"$at": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case timedelta():
            return {"$seconds": int(value.total_seconds())}
        case Fraction():
            return {"$ratio": str(value)}
        case _:
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


_READERS: Final[dict[str, Callable[[dict[str, Any]], object]]] = {
    "$money": lambda value: Money(*value["$money"]),
    "$say": lambda value: Sentence(value["$say"], thaw(value["values"])),
    "$at": lambda value: datetime.fromisoformat(value["$at"]),
    "$date": lambda value: date.fromisoformat(value["$date"]),
    "$seconds": lambda value: timedelta(seconds=value["$seconds"]),
    "$ratio": lambda value: Fraction(value["$ratio"]),
}
