"""What pay slips need from the presentation: sentences written for a reader."""

from __future__ import annotations

from typing import Protocol


class Write(Protocol):
    """Writes a sentence, with its amounts and times, in a language ("en", "zh_Hans")."""

    def __call__(self, said: object, *, locale: str | None = None, zone: str = "UTC") -> str:
        """Return the text; instants are read in `zone`."""
        ...
