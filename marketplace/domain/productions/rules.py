"""States of productions and shoot days, when a day begins and ends, what may still change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.kernel import zones
from marketplace.kernel.errors import DomainError
from marketplace.kernel.sentences import Sentence, say

LONGEST_DAY: Final = timedelta(hours=24)
MOST_DAYS_AT_ONCE: Final = 60
REGISTERED_IN: Final = "CN"
"""The country where a show needs its registration number (备案号) before anything is posted."""


class ProductionState(StrEnum):
    """Where a production is."""

    DRAFT = "draft"
    LIVE = "live"
    WRAPPED = "wrapped"
    CANCELLED = "cancelled"


class DayState(StrEnum):
    """Where a shoot day is: planned, closed after its last minute, settled when all are paid.

    moved: another day stands in its place; cancelled: nothing does. Only fees are paid then.
    """

    PLANNED = "planned"
    CLOSED = "closed"
    SETTLED = "settled"
    MOVED = "moved"
    CANCELLED = "cancelled"


CALLED_OFF: Final = (DayState.MOVED, DayState.CANCELLED)
"""Days on which nobody works."""


class WithholdingAgent(StrEnum):
    """Who pays the person, and so who withholds."""

    PRODUCTION = "production"
    PLATFORM = "platform"


class Engagement(StrEnum):
    """What a person is to those who pay: an explicit choice, never guessed."""

    EMPLOYEE = "employee"
    CONTRACTOR = "contractor"
    LABOUR_SERVICE = "labour_service"


class PayrollPeriod(StrEnum):
    """The period wages are taxed by; it counts for employees alone."""

    DAILY = "daily"
    WEEKLY = "weekly"


ENGAGEMENT_WORDS: Final[dict[Engagement, Sentence]] = {
    Engagement.EMPLOYEE: say("Employees"),
    Engagement.CONTRACTOR: say("Independent contractors"),
    Engagement.LABOUR_SERVICE: say("Labour service (劳务)"),
}
"""What people call the ways of being engaged."""


class ProductionError(DomainError):
    """A production that cannot be stored, changed or published like this."""


class ShootDayError(DomainError):
    """A shoot day that cannot be stored or changed like this."""


def window(day: date, call: int, wrap: int, zone: str) -> tuple[datetime, datetime]:
    """Return call and wrap of a shoot day as instants.

    call, wrap: minutes after 00:00 of `day`; a wrap before the call is on the next day.
    Raises ShootDayError for a day of no length or longer than 24 hours of real time.
    """
    if wrap == call:
        raise ShootDayError(say("Wrap is at the same time as the call; enter when the day ends."))
    call_at = zones.at(day, call, zone)
    wrap_at = zones.at(day, zones.after(wrap, call), zone)
    length = wrap_at - call_at
    if not timedelta(0) < length <= LONGEST_DAY:
        raise ShootDayError(
            say("A shoot day of %(length)s cannot be; check call and wrap.", length=length),
        )
    return call_at, wrap_at


def in_order(days: Iterable[tuple[int, date, datetime]]) -> list[int]:
    """Return the ids of days (id, date, call) in the order in which they are numbered."""
    return [day_id for day_id, *_when in sorted(days, key=lambda day: (day[1], day[2], day[0]))]


def why_not_live(
    *,
    days: int,
    country: str,
    registration_number: str,
    engagement: str | None,
) -> Sentence | None:
    """Return what is missing before a production can be published, or None."""
    if not days:
        return say("Add at least one shoot day before you publish.")
    if engagement is None:
        return say("Say how people are engaged before you publish.")
    if country == REGISTERED_IN and not registration_number.strip():
        return say(
            "A show shot in China needs its registration number (备案号) before you publish."
        )
    return None


def refuse_locked(*, is_draft: bool, old: tuple[str, str], new: tuple[str, str]) -> None:
    """Refuse a new currency or time zone (in this order) once people may have seen the old ones.

    Raises ProductionError.
    """
    if is_draft or old == new:
        return
    raise ProductionError(
        say("Currency and time zone stay as they were published: %(values)s.", values=old),
    )


def count_days(count: int) -> int:
    """Return how many days to add; raises ShootDayError outside 1 to 60."""
    if not 1 <= count <= MOST_DAYS_AT_ONCE:
        raise ShootDayError(say("Add between 1 and %(most)s days at once.", most=MOST_DAYS_AT_ONCE))
    return count
