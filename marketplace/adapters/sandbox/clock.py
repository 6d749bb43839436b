"""A clock that runs ahead of the machine's by a shift kept in a file: the demo's fast-forward."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from marketplace.kernel.clock import SystemClock


class ShiftedClock:
    """The machine's clock plus a shift that every process of the demo reads from one file."""

    def __init__(self, path: Path) -> None:
        """Read the shift, in seconds, from `path` (absent: none)."""
        self._path = path
        self._machine = SystemClock()

    def now(self) -> datetime:
        """Return the shifted instant."""
        return self._machine.now() + self.shift()

    def shift(self) -> timedelta:
        """Return how far ahead the demo is."""
        try:
            return timedelta(seconds=int(self._path.read_text()))
        except FileNotFoundError:
            return timedelta(0)

    def move_to(self, instant: datetime) -> None:
        """Make `instant` the present; time goes on from there."""
        seconds = round((instant - self._machine.now()).total_seconds())
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self._path)
