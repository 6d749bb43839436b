"""Rush call: a place is free and the call is near. Many are asked, whoever answers first has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.queries.fits import DayWindow, fits_of_people
from marketplace.domain.booking.rules import (
    BookingState,
    Fit,
    NotFreeError,
    OfferRefusedError,
    OfferState,
)
from marketplace.domain.booking.services import offers, telling
from marketplace.domain.booking.services.offers import SendOffer
from marketplace.domain.booking.services.telling import News
from marketplace.domain.casting.models import Application, Role, RoleDate
from marketplace.domain.casting.rules import ENDED, ApplicationState, RoleState
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say

SHORTEST: Final = 5
LONGEST: Final = 240
HERE: Final = (
    BookingState.OFFERED,
    BookingState.STANDBY,
    BookingState.CONFIRMED,
    BookingState.RECONFIRM,
    BookingState.NO_SHOW,
)


@dataclass(frozen=True, slots=True)
class RushCall:
    """Casting asks people for one date, for a few minutes, first come, first booked."""

    production_id: int
    role_id: int
    shoot_day_id: int
    person_ids: tuple[int, ...]
    minutes: int
    by_id: int


@dataclass(frozen=True, slots=True)
class Free:
    """Somebody who could come: why they stand where they do in the list."""

    person_id: int
    public_id: str
    name: str
    application_id: int | None
    has_waited: bool
    is_shortlisted: bool


def candidates(session: Session, role_id: int, shoot_day_id: int) -> list[Free]:
    """Return who is free and rested on a date, best first.

    First who waited on standby for it before, then the shortlist, then who applied first.
    Nobody who withdrew, and nobody who has the date already.
    """
    day = session.get_one(ShootDay, shoot_day_id)
    rest = session.get_one(Production, day.production_id).minimum_rest_minutes
    window = DayWindow(day.id, day.shoot_date, day.call_at, day.wrap_at, rest)
    waited = _people(session, role_id, shoot_day_id, (BookingState.RELEASED,))
    taken = _people(session, role_id, shoot_day_id, HERE)
    rows = session.execute(
        sa.select(Person.id, Person.public_id, Person.stage_name, Application.id, Application.state)
        .join(Application, Application.person_id == Person.id)
        .where(
            Application.role_id == role_id,
            Application.state.not_in(ENDED - {ApplicationState.ROLE_FILLED}),
        )
        .order_by(Application.submitted_at, Application.id),
    ).all()
    fits = fits_of_people(session, [row[0] for row in rows], [window])
    found = {
        row[0]: Free(
            *row[:3],
            None if row[4] in ENDED else row[3],
            row[0] in waited,
            row[4] == ApplicationState.SHORTLISTED,
        )
        for row in rows
        if row[0] not in taken and fits[row[0]][day.id] is Fit.FREE
    }
    return sorted(found.values(), key=lambda one: (not one.has_waited, not one.is_shortlisted))


def call(session: Session, command: RushCall, *, clock: Clock) -> list[Offer]:
    """Send a short offer to each person; somebody who is no longer free is left out.

    Flushes, never commits. Raises OfferRefusedError without people, for a time outside 5 to 240
    minutes, and when no place is free.
    """
    role = session.get(Role, command.role_id)
    if role is None or role.production_id != command.production_id:
        raise NotFoundError(say("There is no such role."))
    if not command.person_ids:
        raise OfferRefusedError(say("Tick at least one person."))
    if not SHORTEST <= command.minutes <= LONGEST:
        raise OfferRefusedError(say("Give people between 5 and 240 minutes to answer."))
    place = _place(session, command)
    if place.confirmed >= place.headcount:
        raise OfferRefusedError(say("Every place of this date is taken."))
    known = {one.person_id: one for one in candidates(session, role.id, command.shoot_day_id)}
    sent = []
    for person_id in command.person_ids:
        one = known.get(person_id)
        if one is not None:
            sent.append(_send(session, command, one, clock=clock))
    if not sent:
        raise NotFreeError(say("None of them is free any more."))
    return sent


def fill_rush(session: Session, role_date_id: int, *, clock: Clock) -> int:
    """Tell everybody who was asked in a rush that the place is filled; returns how many."""
    wanted = (
        sa.select(Offer.id)
        .join(Booking, Booking.offer_id == Offer.id)
        .where(
            Booking.role_date_id == role_date_id,
            Offer.is_rush.is_(True),
            Offer.state == OfferState.SENT,
        )
    )
    waiting = lock(session, Offer, session.scalars(wanted).all())
    place = lock_one(session, RoleDate, role_date_id)
    if place.confirmed < place.headcount:
        return 0
    told = [offer for offer in waiting if offer.state == OfferState.SENT]
    for offer in told:
        offers.end(session, offer, OfferState.WITHDRAWN, None, clock=clock)
        facts = telling.facts_of(session, offer.id)
        subject = say("The place is filled: %(role)s in %(title)s", **facts.names)
        lines = (say("Somebody else answered first. You need not do anything."),)
        news = News(f"offer:{offer.public_id}:filled", subject, lines)
        telling.tell_talent(session, facts, news, clock=clock)
    return len(told)


def _send(session: Session, command: RushCall, one: Free, *, clock: Clock) -> Offer:
    asked = SendOffer(
        role_id=command.role_id,
        person_id=one.person_id,
        application_id=one.application_id,
        shoot_day_ids=[command.shoot_day_id],
        expires_at=clock.now() + timedelta(minutes=command.minutes),
        note="",
        sent_by_id=command.by_id,
    )
    made = offers.send_offer(session, asked, clock=clock)
    made.is_rush = True
    session.flush()
    return made


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """A role that misses people on a day."""

    role: str
    role_public_id: str
    left: int


def open_places(session: Session, shoot_day_id: int) -> list[OpenPlace]:
    """Return the roles of a day with places nobody has, in the order of their names."""
    left = RoleDate.headcount - RoleDate.confirmed
    rows = session.execute(
        sa.select(Role.name, Role.public_id, left)
        .join(RoleDate, RoleDate.role_id == Role.id)
        .where(
            RoleDate.shoot_day_id == shoot_day_id,
            left > 0,
            Role.state.in_((RoleState.OPEN, RoleState.CLOSED)),
        )
        .order_by(Role.name, Role.id),
    )
    return [OpenPlace(*row) for row in rows]


def _place(session: Session, command: RushCall) -> RoleDate:
    found = session.scalars(
        sa.select(RoleDate).where(
            RoleDate.role_id == command.role_id, RoleDate.shoot_day_id == command.shoot_day_id
        ),
    ).first()
    if found is None:
        raise NotFoundError(say("There is no such shoot day."))
    return found


def _people(
    session: Session, role_id: int, shoot_day_id: int, states: Sequence[BookingState]
) -> set[int]:
    return set(
        session.scalars(
            sa.select(Booking.person_id).where(
                Booking.role_id == role_id,
                Booking.shoot_day_id == shoot_day_id,
                Booking.state.in_(states),
            ),
        ),
    )
