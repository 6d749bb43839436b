"""Move the calls of people who are booked, so that they get their rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import REST_MESSAGE, BookingState, OfferRefusedError
from marketplace.domain.booking.services import memos, telling
from marketplace.domain.booking.services.telling import News
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel import zones
from marketplace.kernel.clock import Clock
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class MoveCalls:
    """Confirmed bookings of one shoot day get a later call; the wrap moves along when it must."""

    production_id: int
    shoot_day_id: int
    booking_ids: tuple[int, ...]
    call_at: datetime
    by_id: int


def move_calls(session: Session, command: MoveCalls, *, clock: Clock) -> list[Booking]:
    """Give people a later call and tell each of them old and new, once.

    A call that would leave no time before the agreed wrap keeps the length of the day.
    Returns the bookings that changed. Raises OfferRefusedError for a call that has passed, and
    when the later call would leave somebody too little rest before their next work.
    """
    day = session.get_one(ShootDay, command.shoot_day_id)
    production = session.get_one(Production, command.production_id)
    if command.call_at <= clock.now():
        raise OfferRefusedError(say("That call has passed already."))
    wanted = sa.select(Booking.id).where(
        Booking.id.in_(command.booking_ids),
        Booking.shoot_day_id == day.id,
        Booking.production_id == production.id,
        Booking.state == BookingState.CONFIRMED,
        Booking.call_at < command.call_at,
    )
    bookings = lock(session, Booking, list(session.scalars(wanted)))
    for booking in bookings:
        before = booking.call_at
        length = booking.wrap_at - booking.call_at
        booking.call_at = command.call_at
        if booking.wrap_at <= command.call_at:
            booking.wrap_at = command.call_at + length
        booking.calendar_sequence += 1
        _flush(session)
        memos.make(session, booking.offer_id, clock=clock)
        act = audit.Act(
            subject=f"booking:{booking.public_id}",
            action="move_call",
            before={"call": before},
            after={"call": booking.call_at},
        )
        audit.record(session, act, actor_id=command.by_id, clock=clock)
        facts = telling.facts_of(session, booking.offer_id)
        old, new = (f"{zones.local(at, production.zone):%H:%M}" for at in (before, booking.call_at))
        subject = say(
            "Call moved from %(old)s to %(new)s, %(date)s, %(title)s",
            old=old,
            new=new,
            date=day.shoot_date,
            title=facts.title,
        )
        key = f"booking:{booking.public_id}:call:{booking.calendar_sequence}"
        telling.tell_talent(
            session,
            facts,
            News(key, subject, (say("So that you get your rest."),)),
            clock=clock,
        )
    return bookings


def _flush(session: Session) -> None:
    try:
        session.flush()
    except sa.exc.IntegrityError as error:
        if REST_MESSAGE not in str(error.orig):
            raise
        raise OfferRefusedError(
            say("With that call somebody would rest too little before their next work."),
        ) from error
