"""Writes what many slips say once: labels, causes and amounts repeat from person to person."""

from __future__ import annotations

from marketplace.domain.payroll.ports import Write
from marketplace.kernel.sentences import Sentence


class Remembered:
    """A `Write` that keeps what it has written; made for one batch and forgotten with it."""

    def __init__(self, write: Write) -> None:
        """Begin with nothing written."""
        self._write = write
        self._written: dict[object, str] = {}

    def __call__(self, said: object, *, locale: str | None = None, zone: str = "UTC") -> str:
        """Return the text; the same words and values are the same text."""
        key = (_key(said), locale, zone)
        found = self._written.get(key)
        if found is None:
            found = self._written[key] = self._write(said, locale=locale, zone=zone)
        return found


def _key(said: object) -> object:
    """Return a value equal only for what reads the same: 1 and True are equal, not alike."""
    if isinstance(said, Sentence):
        return said.text, tuple((name, _key(value)) for name, value in said.values.items())
    if isinstance(said, tuple | list):
        return tuple(_key(one) for one in said)
    return type(said), said
