"""Values of the pay engine as JSON and back, so that a stored slip can be worked out again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from marketplace.kernel.frozen import freeze, thaw
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence

Shape = TypeVar("Shape")
LEAVES = (Money, Sentence)


def to_json(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Return a deal, day, line, payment or earnings (or a tuple of them) as plain JSON."""
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if is_dataclass(value) and not isinstance(value, LEAVES):
        return {part.name: to_json(getattr(value, part.name)) for part in fields(value)}
    return freeze(value)


def from_json(shape: type[Shape], data: Mapping[str, Any]) -> Shape:
    """Return the value of a shape that `to_json` wrote; a field added since takes its default."""
    hints = get_type_hints(shape)
    return shape(**{name: _read(hints[name], item) for name, item in data.items()})


def text_of(value: object) -> str:
    """Return the one canonical text of a value: equal values have equal bytes."""
    return json.dumps(to_json(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _read(hint: Any, item: Any) -> Any:  # noqa: ANN401 - a type hint and JSON
    kind = _present(hint)
    if item is not None and get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], one) for one in item)
    if item is not None and is_dataclass(kind) and kind not in LEAVES:
        return from_json(kind, item)  # type: ignore[arg-type] # a class, not an instance
    return thaw(item)


def _present(hint: Any) -> Any:  # noqa: ANN401 - a type hint
    """Return the type of a field that may be None, without the None."""
    if isinstance(hint, UnionType):
        return next(part for part in get_args(hint) if part is not NoneType)
    return hint
