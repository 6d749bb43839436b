"""Cancel a booking, give one back, note a no-show; and let the next in line have the place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import (
    HAS_PLACE,
    Action,
    BookingState,
    OfferRefusedError,
    is_standby_over,
)
from marketplace.domain.booking.rules.cancelling import Reason
from marketplace.domain.booking.services import fees, places, telling
from marketplace.domain.booking.services.telling import Facts, News
from marketplace.domain.people.models import Person
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class CancelBooking:
    """A production cancels a booking of its own, or lets a standby go; the reason is told.

    seen_fee: the fee in minor units that was on the page; None asks nothing.
    """

    booking_id: int
    production_id: int
    by_id: int
    reason: str
    kind: Reason = Reason.PRODUCTION
    seen_fee: int | None = None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """A person cancels their own booking or leaves the line of standbys."""

    booking_id: int
    person_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MissBooking:
    """A production notes that a booked person did not come."""

    booking_id: int
    production_id: int
    by_id: int
    reason: str = ""


def cancel(session: Session, command: CancelBooking, *, clock: Clock) -> Booking:
    """Cancel a booking before its call; the next standby who is free gets the place.

    The booking keeps its fee, possibly nothing, by the policy it was made under. Flushes, never
    commits. Cancelling twice changes nothing. Raises OfferRefusedError once the call has passed,
    and when the fee is no longer the one that was shown.
    """
    booking = _of_production(session, command.booking_id, command.production_id)
    line = _lock(session, booking)
    if booking.state in {BookingState.CANCELLED_BY_PRODUCTION, BookingState.RELEASED}:
        return booking
    on = telling.dates_of(session, [booking])[booking.id]
    if booking.call_at <= clock.now():
        raise OfferRefusedError(
            say("The call on %(date)s has passed: use the time card, or note a no-show.", date=on),
        )
    is_standby = booking.state == BookingState.STANDBY
    action = Action.RELEASE if is_standby else Action.CANCEL
    fee = fees.fee_of(session, booking, command.kind, clock.now())
    fees.refuse_other(booking, fee, command.seen_fee)
    _end(session, booking, action, command.by_id, reason=command.reason, clock=clock)
    fees.keep(booking, fee, command.by_id)
    facts = telling.facts_of(session, booking.offer_id)
    subject = _let_go(facts, on) if is_standby else _cancelled(facts, on)
    reason = (say("Reason: %(reason)s", reason=command.reason),) if command.reason else ()
    lines = (*reason, *fees.words(booking))
    news = News(f"booking:{booking.public_id}:{action}", subject, lines)
    telling.tell_talent(session, facts, news, clock=clock)
    places.promote(session, _others(line, booking), clock=clock)
    return booking


def give_back(session: Session, command: GiveBack, *, clock: Clock) -> Booking:
    """Let a person out of their booking before its call; the next standby gets the place.

    Flushes, never commits. Doing it twice changes nothing.
    Raises OfferRefusedError once the call has passed.
    """
    booking = session.get(Booking, command.booking_id)
    if booking is None or booking.person_id != command.person_id:
        raise NotFoundError(say("There is no such booking."))
    line = _lock(session, booking)
    if booking.state == BookingState.CANCELLED_BY_TALENT:
        return booking
    on = telling.dates_of(session, [booking])[booking.id]
    if booking.call_at <= clock.now():
        raise OfferRefusedError(
            say("The call on %(date)s has passed: speak to the production.", date=on),
        )
    actor_id = session.get_one(Person, command.person_id).user_id
    action = Action.CANCEL_BY_TALENT
    _end(session, booking, action, actor_id, reason=command.reason, clock=clock)
    facts = telling.facts_of(session, booking.offer_id)
    subject = say("%(name)s cancelled %(date)s as %(role)s", date=on, **facts.names)
    lines = (say("Reason: %(reason)s", reason=command.reason),) if command.reason else ()
    news = News(f"booking:{booking.public_id}:{action}", subject, lines)
    telling.tell_casting(session, facts, news, clock=clock)
    places.promote(session, _others(line, booking), clock=clock)
    return booking


def miss(session: Session, command: MissBooking, *, clock: Clock) -> Booking:
    """Note that a booked person did not come; they are told, so that they can object.

    Raises OfferRefusedError before the call.
    """
    booking = _of_production(session, command.booking_id, command.production_id)
    _lock(session, booking)
    if booking.state == BookingState.NO_SHOW:
        return booking
    on = telling.dates_of(session, [booking])[booking.id]
    if booking.call_at > clock.now():
        raise OfferRefusedError(say("The call on %(date)s has not come yet.", date=on))
    _end(session, booking, Action.MISS, command.by_id, reason=command.reason, clock=clock)
    facts = telling.facts_of(session, booking.offer_id)
    subject = say("Noted as not there: %(date)s, %(role)s in %(title)s", date=on, **facts.names)
    lines = (say("If you were there, tell the production today."),)
    news = News(f"booking:{booking.public_id}:miss", subject, lines)
    telling.tell_talent(session, facts, news, clock=clock)
    return booking


def promote_standby(session: Session, role_date_id: int, *, clock: Clock) -> list[Booking]:
    """Fill free places of a date from its standbys, for example when more people are needed."""
    line = places.lock_place(session, role_date_id, [])
    return places.promote(session, line, clock=clock)


def release_standby(session: Session, role_date_id: int, *, clock: Clock) -> list[Booking]:
    """Let go, and tell, everyone who still waits when their time is up; returns them."""
    line = places.lock_place(session, role_date_id, [])
    due = [booking for booking in line if is_standby_over(booking.call_at, clock.now())]
    for booking in due:
        fee = fees.fee_of(session, booking, Reason.PRODUCTION, clock.now())
        _end(session, booking, Action.RELEASE, None, clock=clock)
        fees.keep(booking, fee, None)
        facts = telling.facts_of(session, booking.offer_id)
        on = telling.dates_of(session, [booking])[booking.id]
        thanks = say("No place came free. Thank you for waiting; the date is yours again.")
        lines = (thanks, *fees.words(booking))
        news = News(f"booking:{booking.public_id}:release", _let_go(facts, on), lines)
        telling.tell_talent(session, facts, news, clock=clock)
    return due


def _of_production(session: Session, booking_id: int, production_id: int) -> Booking:
    booking = session.get(Booking, booking_id)
    if booking is None or booking.production_id != production_id:
        raise NotFoundError(say("There is no such booking."))
    return booking


def _lock(session: Session, booking: Booking) -> list[Booking]:
    """Lock the place, the people and the booking itself, re-read; returns the standbys."""
    line = places.lock_place(session, booking.role_date_id, [booking.person_id])
    lock(session, Booking, [booking.id])
    return line


def _end(
    session: Session,
    booking: Booking,
    action: Action,
    actor_id: int | None,
    *,
    reason: str = "",
    clock: Clock,
) -> None:
    had_place = booking.state in HAS_PLACE
    places.move(session, booking, action, actor_id=actor_id, reason=reason, clock=clock)
    booking.calendar_sequence += 1
    session.flush()
    if had_place:
        places.free_place(session, booking.role_date_id)
    places.settle_application(session, booking.offer_id, actor_id=actor_id, clock=clock)


def _others(line: list[Booking], gone: Booking) -> list[Booking]:
    return [booking for booking in line if booking is not gone]


def _cancelled(facts: Facts, on: date) -> Sentence:
    return say("Cancelled: %(date)s, %(role)s in %(title)s", date=on, **facts.names)


def _let_go(facts: Facts, on: date) -> Sentence:
    return say("Standby ended: %(date)s, %(role)s in %(title)s", date=on, **facts.names)
