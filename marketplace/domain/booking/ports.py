"""What bookings need of the outside world: a calendar that other programs can read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One booked day for a calendar. uid: never changes; sequence: grows with each change."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    notes: str
    url: str
    is_cancelled: bool


class Calendars(Protocol):
    """Writes days as a calendar file."""

    def __call__(self, name: str, days: Sequence[CalendarDay], now: datetime) -> bytes:
        """Return the iCalendar text of some days; the same days give the same bytes."""
        ...


class Carriers(Protocol):
    """Knows who can carry money."""

    def __call__(self, country: str, currency: str, pays_by: str) -> str:
        """Choose who pays a person of a country; pays_by: what their company chose."""
        ...
