"""What the pinned version of the API takes: read from the typed parameters of Stripe's own SDK."""

from __future__ import annotations

import re
import sys
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final, Literal, Union, cast, get_args, get_origin

import typing_extensions

Values = dict[str, Any]
"""Parameters of one call: texts, numbers (JSON only), lists and nested hashes."""

_PART: Final = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_KEY: Final = re.compile(r"\[([^\[\]]*)\]")
_OPTIONS: Final = frozenset(
    {
        "api_key",
        "content_type",
        "headers",
        "idempotency_key",
        "max_network_retries",
        "stripe_account",
        "stripe_context",
        "stripe_version",
    },
)
"""Options of the SDK's call that its types list among the parameters; they never travel as such."""


_WRAPPERS: Final = frozenset(
    getattr(source, name)
    for source in (typing, typing_extensions)
    for name in ("Required", "NotRequired")
)


@dataclass(eq=False)
class ParameterError(Exception):
    """A parameter the API does not take, or a value it cannot read. code: Stripe's own word."""

    code: str
    name: str
    text: str


def decode(pairs: Iterable[tuple[str, str]]) -> Values:
    """Return nested values of a form: "metadata[a]" and "expand[0]" become hash and list."""
    root: Values = {}
    for name, value in pairs:
        found = _PART.match(name)
        if found is None:
            raise ParameterError("parameter_unknown", name, f"Invalid parameter: {name}")
        _put(root, [found[1], *_KEY.findall(found[2])], value)
    return {name: _lists(value) for name, value in root.items()}


def _put(root: Values, path: list[str], value: str) -> None:
    for part in path[:-1]:
        root = root.setdefault(part, {})
    last = path[-1] or str(len(root))  # "expand[]" appends
    root[last] = value


def _lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(one) for name, one in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def check(name: str, values: Values) -> Values:
    """Return the values with the API's own types; name: "TransferCreateParams" or "v2.core.…".

    Raises ParameterError for the first unknown, missing or unreadable parameter.
    """
    return _hash(_shape(name), values, "")


@cache
def _shape(name: str) -> type:
    *folders, shape = name.split(".")
    module = "_" + re.sub(r"(?<!^)(?=[A-Z])", "_", shape).lower()
    found: type = getattr(import_module(".".join(["stripe.params", *folders, module])), shape)
    return found


@cache
def _fields(shape: type) -> dict[str, Any]:
    """Return the types of a typed hash; names the SDK imports for itself only are opaque."""
    names: dict[str, Any] = {"Mapping": Mapping, "StripeContext": str}
    names |= vars(sys.modules[shape.__module__]) | {"UntypedStripeObject": dict}
    hints = typing.get_type_hints(shape, names, {}, include_extras=True)
    return {name: hint for name, hint in hints.items() if name not in _OPTIONS}


def _hash(shape: type, values: object, path: str) -> Values:
    if not isinstance(values, dict):
        raise ParameterError("parameter_invalid", path, f"Invalid hash: {path}")
    fields = _fields(shape)
    for name in values:
        if name not in fields:
            where = _name(path, name)
            text = f"Received unknown parameter: {where}"
            raise ParameterError("parameter_unknown", where, text)
    required: frozenset[str] = shape.__required_keys__  # type: ignore[attr-defined]  # of a TypedDict
    for name in sorted(fields):
        hint = fields[name]
        is_needed = name in required and get_origin(hint) is not typing_extensions.NotRequired
        if is_needed and name not in values:
            where = _name(path, name)
            raise ParameterError("parameter_missing", where, f"Missing required param: {where}.")
    return {name: _value(fields[name], value, _name(path, name)) for name, value in values.items()}


def _name(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(hint: object, value: object, path: str) -> object:
    """Return a value as its type reads it; texts stand for everything in a form."""
    origin = get_origin(hint)
    if origin in _WRAPPERS:
        return _value(get_args(hint)[0], value, path)
    if origin in {Union, types.UnionType}:
        return _either(get_args(hint), value, path)
    if origin is list:
        return _listed(hint, value, path)
    if typing.is_typeddict(hint) or typing_extensions.is_typeddict(hint):
        return _hash(cast("type", hint), value, path)
    return _plain(hint, value, path)


def _either(hints: tuple[Any, ...], value: object, path: str) -> object:
    problem: ParameterError | None = None
    for hint in hints:
        try:
            return _value(hint, value, path)
        except ParameterError as found:
            problem = problem or found
    raise problem or ParameterError("parameter_invalid", path, f"Invalid value: {path}")


def _listed(hint: object, value: object, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise ParameterError("parameter_invalid", path, f"Invalid array: {path}")
    inner = get_args(hint)[0]
    return [_value(inner, one, f"{path}[{number}]") for number, one in enumerate(value)]


def _plain(hint: object, value: object, path: str) -> object:
    if get_origin(hint) is Literal:
        return _word(get_args(hint), value, path)
    reader = _READERS.get(hint) or _READERS.get(get_origin(hint))
    return reader(value, path) if reader else value


def _word(words: tuple[Any, ...], value: object, path: str) -> object:
    if value in words:
        return value
    allowed = ", ".join(map(str, words))
    text = f"Invalid {path}: must be one of {allowed}"
    raise ParameterError("parameter_invalid_enum", path, text)


def _integer(value: object, path: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
        return int(value)
    raise ParameterError("parameter_invalid_integer", path, f"Invalid integer: {value}")


def _boolean(value: object, path: str) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ParameterError("parameter_invalid", path, f"Invalid boolean: {value}")


def _text(value: object, path: str) -> str:
    if isinstance(value, str):
        return value
    raise ParameterError("parameter_invalid_string", path, f"Invalid string: {path}")


def _words(value: object, path: str) -> dict[str, str]:
    if value == "":
        return {}
    if isinstance(value, dict) and all(isinstance(one, str) for one in value.values()):
        return value
    raise ParameterError("parameter_invalid", path, f"Invalid hash: {path}")


_READERS: Final[dict[Any, Any]] = {int: _integer, bool: _boolean, str: _text, dict: _words}
