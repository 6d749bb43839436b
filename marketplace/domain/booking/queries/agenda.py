"""Read one person's own dates: what they are booked for, offered, and when they are away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import User
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.queries.fits import DayWindow
from marketplace.domain.booking.rules import (
    HAS_PLACE,
    LONGEST_REST,
    BookingState,
    Fit,
    OfferState,
    WorkWindow,
    fit,
    with_book_out,
)
from marketplace.domain.casting.models import Role
from marketplace.domain.people.models import BookOut, Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.productions.rules import ProductionState
from marketplace.kernel.money import Money

SHORT: Final = timedelta(hours=10)
"""Rest below this is worth a warning, also where less is agreed."""

ENDED: Final = (BookingState.RELEASED, BookingState.EXPIRED, BookingState.REPLACED)
"""How else a day ends that was agreed once: a new date was refused, or somebody else came."""

CANCELLED: Final = (BookingState.CANCELLED_BY_PRODUCTION, BookingState.CANCELLED_BY_TALENT)


@dataclass(frozen=True, slots=True)
class Diary:
    """What decides whether somebody can work: confirmed work from now on, and dates away."""

    work: tuple[WorkWindow, ...]
    booked: frozenset[date]
    away: frozenset[date]

    def fit(self, day: DayWindow) -> Fit:
        """Return how a shoot day fits between the work and the dates away."""
        found = fit(day.work, self.work)
        return with_book_out(found, is_booked_out=day.shoot_date in self.away)


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One day in somebody's dates."""

    public_id: str
    state: BookingState
    shoot_date: date
    call_at: datetime
    wrap_at: datetime
    rest_minutes: int
    day_rate_minor: int
    currency: str
    sequence: int
    end_reason: str
    offer: str
    offer_state: str
    expires_at: datetime
    role: str
    production: str
    zone: str
    city: str
    unit_base: str
    address: str
    answer_by_at: datetime | None
    calendar_uid: str

    @property
    def event(self) -> str:
        """The name of its event in calendars; a day that moved keeps the name it had."""
        return self.calendar_uid or self.public_id

    @property
    def day_rate(self) -> Money:
        """What the day is paid."""
        return Money(self.day_rate_minor, self.currency)

    @property
    def window(self) -> WorkWindow:
        """The day as a window of work."""
        return WorkWindow(self.call_at, self.wrap_at, timedelta(minutes=self.rest_minutes))

    @property
    def place(self) -> str:
        """Where to go, for people and for maps."""
        return ", ".join(part for part in (self.unit_base, self.address, self.city) if part)


_COLUMNS: tuple[Any, ...] = (
    Booking.public_id,
    Booking.state,
    ShootDay.shoot_date,
    Booking.call_at,
    Booking.wrap_at,
    Booking.rest_minutes,
    Booking.day_rate_minor,
    Booking.currency,
    Booking.calendar_sequence,
    Booking.end_reason,
    Offer.public_id,
    Offer.state,
    Offer.expires_at,
    Role.name,
    Production.title,
    Production.zone,
    Production.city,
    ShootDay.unit_base,
    ShootDay.address,
    Booking.answer_by_at,
    Booking.calendar_uid,
)


def diary(session: Session, person_id: int, now: datetime) -> Diary:
    """Return what decides whether a person can work from now on; one query."""
    worked = (
        sa.select(
            Booking.call_at,
            Booking.wrap_at,
            Booking.rest_minutes,
            ShootDay.shoot_date.label("on_date"),
        )
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .where(
            Booking.person_id == person_id,
            Booking.state == BookingState.CONFIRMED,
            Booking.call_at > now - 2 * LONGEST_REST,
        )
    )
    no_time = sa.cast(sa.null(), Booking.call_at.type)
    no_rest = sa.cast(sa.null(), Booking.rest_minutes.type)
    away = sa.select(no_time, no_time, no_rest, BookOut.on_date).where(
        BookOut.person_id == person_id,
        BookOut.on_date >= (now - LONGEST_REST).date(),
    )
    rows = session.execute(sa.union_all(worked, away)).all()
    work = [row for row in rows if row.call_at is not None]
    return Diary(
        tuple(WorkWindow(row[0], row[1], timedelta(minutes=row[2])) for row in work),
        frozenset(row.on_date for row in work),
        frozenset(row.on_date for row in rows if row.call_at is None),
    )


def free_days(session: Session, mine: Diary) -> sa.ColumnElement[bool]:
    """Return the condition on ShootDay and Production that a day fits a diary.

    The longer of two rests is owed, so every rest that productions have is asked for once.
    """
    rests = session.scalars(
        sa.select(Production.minimum_rest_minutes)
        .where(Production.state == ProductionState.LIVE)
        .distinct(),
    ).all()
    blocked = [
        sa.and_(
            Production.minimum_rest_minutes == minutes,
            ShootDay.call_at < window.wrap_at + owed,
            ShootDay.wrap_at > window.call_at - owed,
        )
        for window in mine.work
        for minutes in rests
        for owed in [max(window.rest, timedelta(minutes=minutes))]
    ]
    return sa.and_(
        sa.not_(sa.or_(sa.false(), *blocked)),
        ShootDay.shoot_date.not_in(sorted(mine.away)),
    )


def agenda(session: Session, person_id: int, since: datetime) -> list[AgendaRow]:
    """Return a person's booked, offered and standby days that wrap after `since`, in order."""
    waiting = sa.and_(Booking.state == BookingState.OFFERED, Offer.state == OfferState.SENT)
    return _rows(
        session,
        Booking.person_id == person_id,
        Booking.wrap_at > since,
        sa.or_(Booking.state.in_((*HAS_PLACE, BookingState.STANDBY)), waiting),
    )


def feed(session: Session, token: str, since: datetime) -> list[AgendaRow] | None:
    """Return what the calendar behind a secret address shows; None for an unknown address.

    Booked days, and the ones that were cancelled, so that calendars take them away.
    """
    person_id = session.scalar(
        sa.select(Person.id)
        .join(User, User.id == Person.user_id)
        .where(User.calendar_token == token, User.disabled_at.is_(None)),
    )
    if person_id is None:
        return None
    shown = (*HAS_PLACE, *CANCELLED, *ENDED)
    return _rows(
        session,
        Booking.person_id == person_id,
        Booking.wrap_at > since,
        Booking.state.in_(shown),
        Booking.confirmed_at.is_not(None),
    )


def token_of(session: Session, user_id: int) -> str | None:
    """Return the secret of a person's calendar address, or None before they asked for one."""
    return session.scalar(sa.select(User.calendar_token).where(User.id == user_id))


def away(session: Session, person_id: int, first: date, last: date) -> set[date]:
    """Return the dates between two, both included, on which a person said they are not free."""
    return set(
        session.scalars(
            sa.select(BookOut.on_date).where(
                BookOut.person_id == person_id,
                BookOut.on_date.between(first, last),
            ),
        ),
    )


def of_application(session: Session, application_id: int) -> list[AgendaRow]:
    """Return every day that was offered or booked through one application."""
    return _rows(session, Offer.application_id == application_id)


def _rows(session: Session, *where: sa.ColumnElement[bool]) -> list[AgendaRow]:
    found = session.execute(
        sa.select(*_COLUMNS)
        .select_from(Booking)
        .join(Offer, Offer.id == Booking.offer_id)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .join(Role, Role.id == Booking.role_id)
        .join(Production, Production.id == Booking.production_id)
        .where(*where)
        .order_by(Booking.call_at, Booking.id),
    )
    return [AgendaRow(row[0], BookingState(row[1]), *row[2:]) for row in found]


def short_rests(rows: Sequence[AgendaRow]) -> dict[str, timedelta]:
    """Return the rest before each booked day that is less than owed or than ten hours."""
    booked = [row for row in rows if row.state == BookingState.CONFIRMED]
    return {
        later.public_id: later.call_at - earlier.wrap_at
        for earlier, later in pairwise(booked)
        if later.call_at - earlier.wrap_at < max(earlier.window.rest, later.window.rest, SHORT)
    }
