"""One person's own avail checks and first refusals, with their ranks; and their rivals by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import AvailCheck, Booking, FirstRefusal, Offer
from marketplace.domain.booking.rules import (
    LONGEST_REST,
    UNANSWERED,
    BookingState,
    WorkWindow,
    rest_between,
    rest_shortfall,
)
from marketplace.domain.booking.rules.refusals import (
    LIVE,
    CheckState,
    Claim,
    RefusalState,
    ranks,
    rivals,
)
from marketplace.domain.casting.models import Role, RoleDate
from marketplace.domain.productions.models import Production, ShootDay

_DAY = (
    Role.name.label("role"),
    Role.public_id.label("role_public_id"),
    Production.id.label("production_id"),
    Production.title,
    Production.zone,
    Production.minimum_rest_minutes.label("rest_minutes"),
    ShootDay.shoot_date,
    ShootDay.call_at,
    ShootDay.wrap_at,
)


@dataclass(frozen=True, slots=True)
class AskedDay:
    """A date of a role somebody is asked about."""

    role: str
    role_public_id: str
    production_id: int
    title: str
    zone: str
    rest_minutes: int
    shoot_date: date
    call_at: datetime
    wrap_at: datetime

    @property
    def window(self) -> WorkWindow:
        """The date as a window of work."""
        return WorkWindow(self.call_at, self.wrap_at, timedelta(minutes=self.rest_minutes))


@dataclass(frozen=True, slots=True)
class NearWork:
    """Work of one's own that is too close to a date; rest: below zero when it overlaps."""

    title: str
    shoot_date: date
    rest: timedelta
    owed: timedelta


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """A question one was asked, and what it would mean for one's other work."""

    id: int
    public_id: str
    state: CheckState
    note: str
    answer_note: str
    expires_at: datetime
    day: AskedDay
    near: tuple[NearWork, ...]


@dataclass(frozen=True, slots=True)
class OwnRefusal:
    """A first refusal on one's own time. rivals: the other productions that ask, by title."""

    id: int
    public_id: str
    state: RefusalState
    rank: int
    expires_at: datetime
    challenge_ends_at: datetime | None
    day: AskedDay
    rivals: tuple[str, ...]

    @property
    def can_be_challenged(self) -> bool:
        """Whether the person may ask this production to decide."""
        return self.state is RefusalState.ACTIVE and bool(self.rivals)


def own_checks(session: Session, person_id: int, now: datetime) -> list[OwnCheck]:
    """Return the questions about dates to come: those that wait first, then by date."""
    rows = session.execute(
        sa.select(
            AvailCheck.id.label("check_id"),
            AvailCheck.public_id.label("check_public_id"),
            AvailCheck.state,
            AvailCheck.note,
            AvailCheck.answer_note,
            AvailCheck.expires_at,
            *_DAY,
        )
        .join(RoleDate, RoleDate.id == AvailCheck.role_date_id)
        .join(Role, Role.id == RoleDate.role_id)
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .join(Production, Production.id == AvailCheck.production_id)
        .where(AvailCheck.person_id == person_id, ShootDay.call_at > now)
        .order_by(ShootDay.call_at, AvailCheck.id),
    ).all()
    days = [_day(row) for row in rows]
    work = _work(session, person_id, days)
    found = [
        OwnCheck(row[0], row[1], CheckState(row[2]), row[3], row[4], row[5], day, _near(day, work))
        for row, day in zip(rows, days, strict=True)
    ]
    return sorted(found, key=lambda one: one.state is not CheckState.ASKED)


def own_refusals(session: Session, person_id: int) -> list[OwnRefusal]:
    """Return the first refusals that hold a rank on one's time, by date."""
    rows = session.execute(
        sa.select(
            FirstRefusal.id.label("refusal_id"),
            FirstRefusal.public_id.label("refusal_public_id"),
            FirstRefusal.state,
            FirstRefusal.expires_at,
            FirstRefusal.challenge_ends_at,
            *_DAY,
        )
        .join(RoleDate, RoleDate.id == FirstRefusal.role_date_id)
        .join(Role, Role.id == RoleDate.role_id)
        .join(ShootDay, ShootDay.id == RoleDate.shoot_day_id)
        .join(Production, Production.id == FirstRefusal.production_id)
        .where(FirstRefusal.person_id == person_id, FirstRefusal.state.in_(LIVE))
        .order_by(FirstRefusal.id),
    ).all()
    days = [_day(row) for row in rows]
    claims = [
        Claim(row[0], day.production_id, day.window) for row, day in zip(rows, days, strict=True)
    ]
    rank = ranks(claims)
    offers = _offers(session, person_id)
    found = [
        OwnRefusal(
            row[0],
            row[1],
            RefusalState(row[2]),
            rank[row[0]],
            row[3],
            row[4],
            day,
            _behind(claim, list(zip(claims[place + 1 :], days[place + 1 :], strict=True)), offers),
        )
        for place, (row, day, claim) in enumerate(zip(rows, days, claims, strict=True))
    ]
    return sorted(found, key=lambda one: (one.day.call_at, one.rank))


def _day(row: Any) -> AskedDay:  # noqa: ANN401 - a row with the columns of `_DAY`
    return AskedDay(
        row.role,
        row.role_public_id,
        row.production_id,
        row.title,
        row.zone,
        row.rest_minutes,
        row.shoot_date,
        row.call_at,
        row.wrap_at,
    )


def _behind(
    claim: Claim,
    later: Sequence[tuple[Claim, AskedDay]],
    offers: Sequence[tuple[Claim, str]],
) -> tuple[str, ...]:
    """Return who asks for the same time behind a claim: first refusals, then open offers."""
    named = [(other, day.title) for other, day in later] + list(offers)
    titles = [
        title
        for other, title in named
        if other.production_id != claim.production_id and rivals(claim.window, [other])
    ]
    return tuple(dict.fromkeys(titles))


def _offers(session: Session, person_id: int) -> list[tuple[Claim, str]]:
    rows = session.execute(
        sa.select(Booking, Production.title)
        .join(Offer, Offer.id == Booking.offer_id)
        .join(Production, Production.id == Booking.production_id)
        .where(
            Booking.person_id == person_id,
            Booking.state == BookingState.OFFERED,
            Offer.state.in_(UNANSWERED),
        )
        .order_by(Booking.id),
    )
    return [
        (
            Claim(
                one.id,
                one.production_id,
                WorkWindow(one.call_at, one.wrap_at, timedelta(minutes=one.rest_minutes)),
            ),
            title,
        )
        for one, title in rows
    ]


def _work(
    session: Session, person_id: int, days: Sequence[AskedDay]
) -> list[tuple[str, date, WorkWindow]]:
    if not days:
        return []
    rows = session.execute(
        sa.select(
            Production.title,
            ShootDay.shoot_date,
            Booking.call_at,
            Booking.wrap_at,
            Booking.rest_minutes,
        )
        .join(Production, Production.id == Booking.production_id)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .where(
            Booking.person_id == person_id,
            Booking.state == BookingState.CONFIRMED,
            Booking.wrap_at > min(day.call_at for day in days) - LONGEST_REST,
            Booking.call_at < max(day.wrap_at for day in days) + LONGEST_REST,
        )
        .order_by(Booking.call_at),
    )
    return [(row[0], row[1], WorkWindow(row[2], row[3], timedelta(minutes=row[4]))) for row in rows]


def _near(day: AskedDay, work: Sequence[tuple[str, date, WorkWindow]]) -> tuple[NearWork, ...]:
    return tuple(
        NearWork(title, on, rest_between(day.window, other), max(day.window.rest, other.rest))
        for title, on, other in work
        if rest_shortfall(day.window, other)
    )
