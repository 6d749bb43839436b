"""How roles fit between the reader's other work, in the words and tones of chips."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from marketplace.domain.booking.queries.agenda import Diary, diary
from marketplace.domain.booking.queries.fits import DayWindow
from marketplace.domain.booking.rules import Fit, is_possible
from marketplace.domain.casting.queries.postings import DateRow
from marketplace.web.extensions import clock, reading

Chip = tuple[str, str, str]
"""Words, tone, icon."""

WORDS: Final = {
    Fit.FREE: (lazy_gettext("You are free"), "ok", "calendar-check"),
    Fit.BOOKED_OUT: (lazy_gettext("Busy that day"), "", "calendar-off"),
    Fit.CLASHES: (lazy_gettext("Clashes"), "warn", "triangle-alert"),
    Fit.SHORT_REST: (lazy_gettext("Short rest"), "warn", "moon"),
}
"""How one date fits."""


class Dated(Protocol):
    """A role with its dates."""

    @property
    def dates(self) -> tuple[DateRow, ...]:
        """Its dates."""
        ...

    @property
    def rest_minutes(self) -> int:
        """The rest its production owes."""
        ...


def my_diary() -> Diary | None:
    """Return the reader's diary, None for everybody who is not talent."""
    person_id = getattr(current_user, "person_id", None)
    return diary(reading(), person_id, clock().now()) if person_id is not None else None


def fits_of(mine: Diary, role: Dated) -> dict[int, Fit]:
    """Return how each date of a role fits, by role date id."""
    return {
        one.role_date_id: mine.fit(
            DayWindow(
                one.shoot_day_id,
                one.shoot_date,
                one.call_at,
                one.wrap_at,
                role.rest_minutes,
            ),
        )
        for one in role.dates
    }


def chips_of(mine: Diary | None, roles: Iterable[Dated]) -> list[Chip | None]:
    """Return the chip of each role: how it fits as a whole; None without a diary or dates."""
    return [summary(list(fits_of(mine, role).values())) if mine else None for role in roles]


def summary(fits: Sequence[Fit]) -> Chip | None:
    """Return one chip for all dates of a role."""
    if not fits:
        return None
    possible = sum(map(is_possible, fits))
    if 0 < possible < len(fits):
        words = _("Free on %(free)s of %(days)s dates", free=possible, days=len(fits))
        return words, "warn", "calendar-days"
    if possible:
        busy = Fit.BOOKED_OUT in fits
        text, tone, icon = WORDS[Fit.BOOKED_OUT if busy else Fit.FREE]
        if not busy and len(fits) > 1:
            text = _("You are free on all dates")
        return str(text), tone, icon
    clash = Fit.CLASHES in fits
    text, tone, icon = WORDS[Fit.CLASHES if clash else Fit.SHORT_REST]
    return _("Clashes with your bookings") if clash else str(text), tone, icon
