"""On which days banks carry payments out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from marketplace.domain.banking.rules.numbers import BankError
from marketplace.kernel.sentences import Sentence, say

SATURDAY: Final = 5
FARTHEST: Final = timedelta(days=60)
"""No bank keeps an order for longer."""


@dataclass(frozen=True, slots=True)
class BankDays:
    """The days of one currency's banks. holidays: by year; a year that is missing is not known."""

    zone: str
    holidays: Mapping[int, frozenset[date]]

    def is_open(self, on: date) -> bool:
        """Say whether banks work on a date, as far as the table knows."""
        return on.weekday() < SATURDAY and on not in self.holidays.get(on.year, frozenset())

    def is_known(self, on: date) -> bool:
        """Say whether the holidays of a date's year are in the table."""
        return on.year in self.holidays

    def next_open(self, on: date) -> date:
        """Return the first banking day on or after a date."""
        while not self.is_open(on):
            on += timedelta(days=1)
        return on


def check_value_date(days: BankDays, on: date, today: date) -> None:
    """Refuse a day on which the bank cannot pay. Raises BankError."""
    if on < today:
        raise BankError(say("%(day)s is over; choose another day.", day=on))
    if on - today > FARTHEST:
        raise BankError(say("Choose a day within the next 60 days."))
    if not days.is_open(on):
        raise BankError(
            say(
                "Banks are closed on %(day)s; the next banking day is %(next)s.",
                day=on,
                next=days.next_open(on),
            ),
        )


def doubt(days: BankDays, on: date) -> Sentence | None:
    """Return what is not known about a day, or None."""
    if days.is_known(on):
        return None
    return say("Public holidays of this country are not checked here: look at your bank's days.")
