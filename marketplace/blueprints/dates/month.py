"""A month as a grid of dates with what each holds."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from marketplace.domain.booking.queries.agenda import AgendaRow
from marketplace.domain.booking.rules import BookingState

AHEAD: Final = 12
"""How many months ahead dates can be marked."""

MONTHS: Final = 12
A_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Square:
    """One date of the grid. state: booked, offered, busy or free; is_open: may be tapped."""

    on: date
    state: str
    is_open: bool


def first_of(text: str, today: date) -> date:
    """Read "2026-11" as the first of that month; this month when it makes no sense or is far."""
    this = today.replace(day=1)
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return asked if this <= asked <= later(this, AHEAD) else this


def later(first: date, months: int) -> date:
    """Return the first of the month some months later, or earlier."""
    number = first.year * MONTHS + first.month - 1 + months
    return date(number // MONTHS, number % MONTHS + 1, 1)


def last_of(first: date) -> date:
    """Return the last date of a month."""
    return later(first, 1) - timedelta(days=1)


def states(rows: Iterable[AgendaRow], away: Iterable[date]) -> dict[date, str]:
    """Return what each date holds; a booking weighs more than an offer, an offer than a mark."""
    found = dict.fromkeys(away, "busy")
    for row in rows:
        if row.state is not BookingState.CONFIRMED and found.get(row.shoot_date) != "booked":
            found[row.shoot_date] = "offered"
        elif row.state is BookingState.CONFIRMED:
            found[row.shoot_date] = "booked"
    return found


def grid(first: date, held: Mapping[date, str], today: date) -> list[list[Square | None]]:
    """Return the weeks of a month, Monday first; None where a square is another month's."""
    return [
        [
            Square(
                on,
                held.get(on, "free"),
                is_open=on >= today and held.get(on, "free") in {"free", "busy"},
            )
            if on.month == first.month
            else None
            for on in week
        ]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
