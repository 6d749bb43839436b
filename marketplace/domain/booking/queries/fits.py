"""How shoot days fit between people's other work and the dates they are away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import (
    LONGEST_REST,
    BookingState,
    Fit,
    WorkWindow,
    fit,
    rest_between,
    with_book_out,
)
from marketplace.domain.people.models import BookOut


@dataclass(frozen=True, slots=True)
class DayWindow:
    """A shoot day somebody may work: its date, call, wrap and the rest its production owes."""

    shoot_day_id: int
    shoot_date: date
    call_at: datetime
    wrap_at: datetime
    rest_minutes: int

    @property
    def work(self) -> WorkWindow:
        """The day as a window of work."""
        return WorkWindow(self.call_at, self.wrap_at, timedelta(minutes=self.rest_minutes))


def windows_of(
    session: Session,
    person_id: int,
    from_at: datetime,
    until_at: datetime,
) -> list[WorkWindow]:
    """Return a person's confirmed work, in any production, that touches the time between."""
    return _windows(session, [person_id], from_at, until_at)[person_id]


def fits(session: Session, person_id: int, days: Sequence[DayWindow]) -> dict[int, Fit]:
    """Return how each day fits a person, by shoot day id."""
    return fits_of_people(session, [person_id], days)[person_id]


def fits_of_people(
    session: Session,
    person_ids: Iterable[int],
    days: Sequence[DayWindow],
) -> dict[int, dict[int, Fit]]:
    """Return how each day fits each person, by person id and shoot day id; two queries."""
    people = sorted(set(person_ids))
    if not days or not people:
        return {person: {} for person in people}
    from_at = min(day.call_at for day in days) - LONGEST_REST
    until_at = max(day.wrap_at for day in days) + LONGEST_REST
    worked = _windows(session, people, from_at, until_at)
    away = _away(session, people, [day.shoot_date for day in days])
    return {
        person: {
            day.shoot_day_id: with_book_out(
                fit(day.work, worked[person]),
                is_booked_out=(person, day.shoot_date) in away,
            )
            for day in days
        }
        for person in people
    }


@dataclass(frozen=True, slots=True)
class Gap:
    """How a shoot day fits a person; rest, owed: the worst of too little rest, else None."""

    fit: Fit
    rest: timedelta | None = None
    owed: timedelta | None = None


def gaps_of_people(
    session: Session,
    people: Iterable[int],
    days: Sequence[DayWindow],
) -> dict[int, dict[int, Gap]]:
    """Return how each day fits each person and how much rest it would leave; three queries.

    By person id and shoot day id. Says nothing of whose work is in the way.
    """
    ids = sorted(set(people))
    found = fits_of_people(session, ids, days)
    if not days or not ids:
        return {person: {} for person in ids}
    from_at = min(day.call_at for day in days) - LONGEST_REST
    until_at = max(day.wrap_at for day in days) + LONGEST_REST
    worked = _windows(session, ids, from_at, until_at)
    return {
        person: {
            day.shoot_day_id: _gap(found[person][day.shoot_day_id], day.work, worked[person])
            for day in days
        }
        for person in ids
    }


def _gap(found: Fit, window: WorkWindow, others: Iterable[WorkWindow]) -> Gap:
    if found is not Fit.SHORT_REST:
        return Gap(found)
    rests = [(rest_between(window, one), max(window.rest, one.rest)) for one in others]
    rest, owed = min(rests, key=lambda pair: pair[0] - pair[1])
    return Gap(found, rest, owed)


def _windows(
    session: Session,
    people: Sequence[int],
    from_at: datetime,
    until_at: datetime,
) -> defaultdict[int, list[WorkWindow]]:
    rows = session.execute(
        sa.select(Booking.person_id, Booking.call_at, Booking.wrap_at, Booking.rest_minutes)
        .where(
            Booking.person_id.in_(people),
            Booking.state == BookingState.CONFIRMED,
            Booking.call_at < until_at,
            Booking.wrap_at > from_at,
        )
        .order_by(Booking.call_at),
    )
    found: defaultdict[int, list[WorkWindow]] = defaultdict(list)
    for person_id, call_at, wrap_at, rest_minutes in rows:
        found[person_id].append(WorkWindow(call_at, wrap_at, timedelta(minutes=rest_minutes)))
    return found


def _away(session: Session, people: Sequence[int], dates: Sequence[date]) -> set[tuple[int, date]]:
    rows = session.execute(
        sa.select(BookOut.person_id, BookOut.on_date).where(
            BookOut.person_id.in_(people),
            BookOut.on_date.in_(dates),
        ),
    )
    return {(person_id, on_date) for person_id, on_date in rows}
