"""Answer for a day that moved: yes, no, or silence until the deadline."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.db import lock
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import (
    Action,
    BookingState,
    NotFreeError,
    OfferEndedError,
    is_open_at,
    refusal,
)
from marketplace.domain.booking.services import memos, move_notices, places, telling
from marketplace.domain.booking.services.moving import bearer
from marketplace.domain.people.models import Person
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class AnswerMove:
    """A person says whether they come along. reason: theirs to give when they do not."""

    booking_id: int
    person_id: int
    reason: str = ""


def reconfirm(session: Session, command: AnswerMove, *, clock: Clock) -> Booking:
    """Book the person for the new day; twice is once.

    Flushes, never commits. Raises OfferEndedError after the deadline and NotFreeError when the
    new day does not fit between their other work.
    """
    booking = _locked(session, command)
    if booking.state == BookingState.CONFIRMED:
        return booking
    _refuse_ended(booking, clock=clock)
    on = telling.dates_of(session, [booking])[booking.id]
    work = places.work_around(session, booking.person_id, [booking])
    why = refusal(on, places.window(booking), work)
    if why is not None:
        raise NotFreeError(why)
    actor_id = session.get_one(Person, booking.person_id).user_id
    booking.fee = booking.fee_minor = booking.ended_by_id = None
    booking.calendar_sequence += 1
    places.confirm(session, booking, Action.ACCEPT, actor_id=actor_id, clock=clock)
    booking.answer_by_at = None
    memos.make(session, booking.offer_id, clock=clock, signed_at=clock.now())
    tasks.drop(session, f"expire_reconfirm:{booking.id}", now=clock.now())
    places.settle_application(session, booking.offer_id, actor_id=actor_id, clock=clock)
    facts = telling.facts_of(session, booking.offer_id)
    word = say("%(name)s comes along to %(date)s", name=facts.name, date=on)
    move_notices.tell_answer(session, booking, word, (), clock=clock)
    return booking


def refuse_move(session: Session, command: AnswerMove, *, clock: Clock) -> Booking:
    """Let a person out of the new day; returns the booking that pays the fee of the old one.

    Flushes, never commits. Twice is once. Raises OfferEndedError after the deadline.
    """
    booking = _locked(session, command)
    if booking.state == BookingState.RELEASED:
        return bearer(session, booking)
    _refuse_ended(booking, clock=clock)
    actor_id = session.get_one(Person, booking.person_id).user_id
    paid = _end(session, booking, Action.DECLINE, actor_id, command.reason, clock=clock)
    facts = telling.facts_of(session, booking.offer_id)
    on = telling.dates_of(session, [booking])[booking.id]
    word = say(
        "%(name)s cannot come along to %(date)s; the place is open", name=facts.name, date=on
    )
    lines = (say("Reason: %(reason)s", reason=command.reason),) if command.reason else ()
    move_notices.tell_answer(session, booking, word, lines, clock=clock)
    return paid


def expire_reconfirm(session: Session, booking_id: int, *, clock: Clock) -> Booking | None:
    """End the place of somebody who did not answer in time; returns the booking with the fee.

    None when there was nothing to end.
    """
    booking = _lock(session, session.get_one(Booking, booking_id))
    if booking.state != BookingState.RECONFIRM or _is_open(booking, clock=clock):
        return None
    paid = _end(session, booking, Action.EXPIRE, None, "", clock=clock)
    move_notices.tell_lapsed(session, booking, paid, clock=clock)
    return paid


def _locked(session: Session, command: AnswerMove) -> Booking:
    found = session.get(Booking, command.booking_id)
    if found is None or found.person_id != command.person_id or found.moved_from_id is None:
        raise NotFoundError(say("There is no such booking."))
    return _lock(session, found)


def _lock(session: Session, booking: Booking) -> Booking:
    lock(session, Offer, [booking.offer_id])
    places.lock_place(session, booking.role_date_id, [booking.person_id])
    (fresh,) = lock(session, Booking, [booking.id])
    return fresh


def _is_open(booking: Booking, *, clock: Clock) -> bool:
    return booking.answer_by_at is not None and is_open_at(clock.now(), booking.answer_by_at)


def _refuse_ended(booking: Booking, *, clock: Clock) -> None:
    if booking.state != BookingState.RECONFIRM:
        raise OfferEndedError(
            say("This day has moved on meanwhile, so there is nothing to answer.")
        )
    if not _is_open(booking, clock=clock):
        raise OfferEndedError(say("The time to answer has passed."))


def _end(
    session: Session,
    booking: Booking,
    action: Action,
    actor_id: int | None,
    reason: str,
    *,
    clock: Clock,
) -> Booking:
    """Free the place, give the fee to the booking that was agreed, and let the next one in."""
    places.move(session, booking, action, actor_id=actor_id, reason=reason, clock=clock)
    booking.calendar_sequence += 1
    session.flush()
    places.free_place(session, booking.role_date_id)
    tasks.drop(session, f"expire_reconfirm:{booking.id}", now=clock.now())
    places.settle_application(session, booking.offer_id, actor_id=actor_id, clock=clock)
    paid = bearer(session, booking)
    places.promote(session, places.waiting(session, booking.role_date_id), clock=clock)
    return paid
