"""What calling a day off, or moving it, would do to each person: shown before, proved after."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import (
    HAS_PLACE,
    LONGEST_REST,
    BookingState,
    WorkWindow,
)
from marketplace.domain.booking.rules.cancelling import Fee, Reason
from marketplace.domain.booking.rules.moving import (
    Follows,
    MoveFit,
    OtherWork,
    digest_of,
    follows,
    shifted,
)
from marketplace.domain.booking.services import fees
from marketplace.domain.casting.models import Role, RoleDate
from marketplace.domain.people.models import BookOut, Person
from marketplace.domain.productions.models import ShootDay
from marketplace.kernel.money import Money

LIVE = (*HAS_PLACE, BookingState.STANDBY, BookingState.OFFERED)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a day moves to."""

    shoot_date: date
    call_at: datetime
    wrap_at: datetime


@dataclass(frozen=True, slots=True)
class Affected:
    """One person of the day. call_at, wrap_at: theirs on the new day; None when called off.

    amount: what they are paid if they do not come along.
    """

    booking_id: int
    name: str
    role: str
    state: BookingState
    call_at: datetime | None
    wrap_at: datetime | None
    follows: Follows | None
    fee: Fee
    amount: Money

    @property
    def has_place(self) -> bool:
        """Whether they are booked, so that a fee can be due."""
        return self.state in HAS_PLACE


@dataclass(frozen=True, slots=True)
class Gap:
    """A role of the day: how many it needs and how many of its people can follow."""

    role: str
    headcount: int
    sure: int

    @property
    def is_short(self) -> bool:
        """Whether somebody will be missing."""
        return self.sure < self.headcount


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything the page shows before anybody acts; digest: its name."""

    people: tuple[Affected, ...]
    gaps: tuple[Gap, ...]
    digest: str

    @property
    def booked(self) -> list[Affected]:
        """The people who are booked."""
        return [one for one in self.people if one.has_place]

    def count(self, *fits: str) -> int:
        """Count the booked people who can follow in one of these ways."""
        return sum(one.follows is not None and one.follows.fit in fits for one in self.booked)

    def waiting(self, state: str) -> int:
        """Count the people with an offer, or on standby."""
        return sum(one.state == state for one in self.people)

    def fees(self, *fits: str) -> tuple[Money, ...]:
        """Return what is due if these people, or all, do not come along; a sum per currency."""
        sums: Counter[str] = Counter()
        for one in self.booked:
            if not fits or (one.follows is not None and one.follows.fit in fits):
                sums[one.amount.currency] += one.amount.minor
        return tuple(Money(minor, currency) for currency, minor in sorted(sums.items()))


def bookings_of_day(session: Session, shoot_day_id: int) -> list[Booking]:
    """Return everyone who is booked, waits, or was asked for a day, in the order of the rows."""
    found = sa.select(Booking).where(
        Booking.shoot_day_id == shoot_day_id,
        Booking.state.in_(LIVE),
    )
    return list(session.scalars(found.order_by(Booking.id)))


def preview(
    session: Session,
    day: ShootDay,
    target: Target | None,
    kind: Reason,
    now: datetime,
) -> Preview:
    """Return what moving a day to `target`, or calling it off (None), does to each person."""
    bookings = bookings_of_day(session, day.id)
    others = _others(session, day, bookings, target)
    away = _away(session, bookings, target)
    names = _names(session, bookings)
    people = []
    for booking in bookings:
        window = _window(booking, day, target)
        found = None
        if window is not None:
            found = follows(window, others[booking.person_id], is_away=booking.person_id in away)
        fee = fees.fee_of(session, booking, kind, now)
        rate = Money(booking.day_rate_minor, booking.currency)
        people.append(
            Affected(
                booking.id,
                *names[booking.id],
                BookingState(booking.state),
                window.call_at if window else None,
                window.wrap_at if window else None,
                found,
                fee,
                fee.of(rate) if booking.state in HAS_PLACE else Money(0, booking.currency),
            ),
        )
    gaps = _gaps(session, day, bookings, people)
    return Preview(tuple(people), gaps, _digest(day, target, kind, people, gaps))


def _window(booking: Booking, day: ShootDay, target: Target | None) -> WorkWindow | None:
    if target is None:
        return None
    times = shifted(
        (booking.call_at, booking.wrap_at),
        (day.call_at, day.wrap_at),
        (target.call_at, target.wrap_at),
    )
    return WorkWindow(*times, timedelta(minutes=booking.rest_minutes))


def _others(
    session: Session, day: ShootDay, bookings: Sequence[Booking], target: Target | None
) -> dict[int, list[OtherWork]]:
    """Return the confirmed work of these people on other days, around the new one."""
    found: defaultdict[int, list[OtherWork]] = defaultdict(list)
    if target is None:
        return found
    rows = session.execute(
        sa.select(
            Booking.person_id,
            Booking.call_at,
            Booking.wrap_at,
            Booking.rest_minutes,
            Booking.production_id,
        )
        .where(
            Booking.person_id.in_({booking.person_id for booking in bookings}),
            Booking.state == BookingState.CONFIRMED,
            Booking.shoot_day_id != day.id,
            Booking.call_at < target.wrap_at + 2 * LONGEST_REST,
            Booking.wrap_at > target.call_at - 2 * LONGEST_REST,
        )
        .order_by(Booking.call_at),
    )
    for person_id, call_at, wrap_at, minutes, production_id in rows:
        window = WorkWindow(call_at, wrap_at, timedelta(minutes=minutes))
        found[person_id].append(OtherWork(window, production_id == day.production_id))
    return found


def _away(session: Session, bookings: Sequence[Booking], target: Target | None) -> set[int]:
    if target is None:
        return set()
    return set(
        session.scalars(
            sa.select(BookOut.person_id).where(
                BookOut.person_id.in_({booking.person_id for booking in bookings}),
                BookOut.on_date == target.shoot_date,
            ),
        ),
    )


def _names(session: Session, bookings: Sequence[Booking]) -> dict[int, tuple[str, str]]:
    rows = session.execute(
        sa.select(Booking.id, Person.stage_name, Role.name)
        .join(Person, Person.id == Booking.person_id)
        .join(Role, Role.id == Booking.role_id)
        .where(Booking.id.in_([booking.id for booking in bookings])),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _gaps(
    session: Session, day: ShootDay, bookings: Sequence[Booking], people: Sequence[Affected]
) -> tuple[Gap, ...]:
    """Return each role of the day with how many of its booked people can follow."""
    sure: Counter[int] = Counter()
    for booking, one in zip(bookings, people, strict=True):
        can = one.follows is not None and one.follows.fit in {MoveFit.FREE, MoveFit.BOOKED_OUT}
        sure[booking.role_date_id] += one.has_place and can
    rows = session.execute(
        sa.select(RoleDate.id, Role.name, RoleDate.headcount)
        .join(Role, Role.id == RoleDate.role_id)
        .where(RoleDate.shoot_day_id == day.id)
        .order_by(RoleDate.id),
    )
    return tuple(Gap(name, headcount, sure[place]) for place, name, headcount in rows)


def _digest(
    day: ShootDay,
    target: Target | None,
    kind: Reason,
    people: Sequence[Affected],
    gaps: Sequence[Gap],
) -> str:
    """Name what was shown: the day as it is, where it goes, and what that does to whom."""
    shown = [
        (one.booking_id, one.state, one.follows and one.follows.fit, one.amount.minor)
        for one in people
    ]
    there = None if target is None else (target.shoot_date, target.call_at, target.wrap_at)
    here = (day.id, day.state, day.shoot_date, day.call_at, day.wrap_at)
    return digest_of([here, there, kind, shown, [(gap.role, gap.headcount) for gap in gaps]])
