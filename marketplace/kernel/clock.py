"""The only place that asks the machine for the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class MovableClock(Clock, Protocol):
    """A clock somebody may set: the demo's fast-forward."""

    def move_to(self, instant: datetime) -> None:
        """Make `instant` the present."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is set: tests."""

    at: datetime

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self.at

    def move_to(self, instant: datetime) -> None:
        """Stand still at another instant."""
        self.at = instant
