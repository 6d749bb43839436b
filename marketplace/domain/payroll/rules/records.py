"""Values of the engine as JSON and back: what a slip was worked out from, kept with the slip."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from marketplace.domain.payroll.rules.shapes import Adjustment, PayLine
from marketplace.kernel.frozen import freeze, thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence


def record(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Return a value of the engine as JSON; its dataclasses become objects by field name."""
    if isinstance(value, Money | Sentence):
        return freeze(value)
    if is_dataclass(value):
        return {field.name: record(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [record(item) for item in value]
    if isinstance(value, dict):
        return {name: record(item) for name, item in value.items()}
    return freeze(value)


def read_line(recorded: dict[str, Any]) -> PayLine:
    """Return a pay line as it was recorded."""
    return PayLine(**thaw(recorded))


def read_adjustment(recorded: dict[str, Any]) -> Adjustment:
    """Return a bump or allowance of a time entry: an object with the fields of `Adjustment`."""
    return Adjustment(**thaw(recorded))
