"""Ask for other terms than those offered, and what the production says to that.

An offer is never edited: agreeing makes a new offer on the terms that were asked for, which
the person still accepts; the old one is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import (
    Action,
    BookingState,
    OfferEndedError,
    OfferState,
    is_open_at,
)
from marketplace.domain.booking.rules.refusals import (
    CounterError,
    OfferAction,
    RefusalAction,
    counter_ends_at,
    offer_after,
)
from marketplace.domain.booking.services import answers, offers, places, standing, telling
from marketplace.domain.booking.services.offers import SendOffer
from marketplace.domain.booking.services.telling import News
from marketplace.domain.casting.models import Role
from marketplace.domain.people.models import Person
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class CounterOffer:
    """A person asks for another rate, for fewer dates, or for something in words."""

    offer_id: int
    person_id: int
    booking_ids: Sequence[int]
    day_rate: Money
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerCounter:
    """A production agrees to the terms somebody asked for, or keeps its own."""

    offer_id: int
    production_id: int
    by_id: int


def counter(session: Session, command: CounterOffer, *, clock: Clock) -> Offer:
    """Ask for other terms, once for each offer; the same tap twice is one counter.

    Flushes, never commits. Raises CounterError when nothing would change or it was asked before,
    and OfferEndedError when the offer can no longer be answered.
    """
    offer = lock_one(session, Offer, command.offer_id)
    if offer.person_id != command.person_id:
        raise NotFoundError(say("There is no such offer."))
    bookings = _open_dates(session, offer)
    if not bookings:
        answers.refuse_ended(session, offer, clock=clock)
        raise OfferEndedError(say("No date of this offer waits for an answer."))
    wanted = _wanted(bookings, command)
    if offer.state == OfferState.COUNTERED and offer.counter == wanted:
        return offer
    answers.refuse_ended(session, offer, clock=clock)
    if offer.countered_at is not None:
        raise CounterError(say("You asked for other terms before: accept the offer or decline."))
    offer.state = offer_after(OfferState(offer.state), OfferAction.COUNTER)
    offer.counter = wanted
    offer.countered_at = clock.now()
    ends_at = counter_ends_at(clock.now(), offer.expires_at, bookings[0].call_at)
    offer.counter_expires_at = ends_at
    session.flush()
    tasks.ask(session, "expire_counter", f"expire_counter:{offer.id}", offer.id, run_at=ends_at)
    user_id = session.get_one(Person, offer.person_id).user_id
    _record(session, offer, OfferAction.COUNTER, OfferState.SENT, actor_id=user_id, clock=clock)
    _tell_countered(session, offer, bookings, clock=clock)
    return offer


def agree(session: Session, command: AnswerCounter, *, clock: Clock) -> Offer:
    """Make a new offer on the terms the person asked for; returns it.

    Raises CounterError when the counter was answered or has expired, and what
    `offers.send_offer` refuses.
    """
    offer = _locked(session, command)
    _refuse_answered(offer, clock)
    wanted: dict[str, Any] = offer.counter or {}
    lock(session, Person, [offer.person_id])
    bookings = _open_dates(session, offer)
    kept = [booking for booking in bookings if booking.public_id in wanted["dates"]]
    if not kept:
        raise CounterError(say("The dates moved meanwhile: withdraw the offer, make a new one."))
    dropped = [booking.role_date_id for booking in bookings if booking not in kept]
    by_id = command.by_id
    for booking in bookings:
        places.move(
            session,
            booking,
            Action.WITHDRAW,
            actor_id=by_id,
            reason="replaced",
            clock=clock,
        )
    release = RefusalAction.RELEASE
    standing.offer_ended(session, offer, dropped, release, actor_id=by_id, clock=clock)
    offers.record(session, offer, OfferState.REPLACED, by_id, clock=clock)
    _drop_tasks(session, offer, clock)
    return offers.send_offer(session, _again(offer, kept, by_id, clock), clock=clock)


def keep_terms(session: Session, command: AnswerCounter, *, clock: Clock) -> Offer:
    """Say no to the terms asked for: the offer stands as it was, for as long as it was to.

    When its time has passed meanwhile, it ends. Raises CounterError when the counter was
    answered or has expired.
    """
    offer = _locked(session, command)
    _refuse_answered(offer, clock)
    tasks.drop(session, f"expire_counter:{offer.id}", now=clock.now())
    offer.state = offer_after(OfferState(offer.state), OfferAction.KEEP_TERMS)
    action = OfferAction.KEEP_TERMS
    old = OfferState.COUNTERED
    _record(session, offer, action, old, actor_id=command.by_id, clock=clock)
    session.flush()
    if offers.expire(session, offer.id, clock=clock):
        return offer
    facts = telling.facts_of(session, offer.id)
    subject = say("%(title)s keeps its terms for %(role)s", **facts.names)
    lines = (
        say("The offer stands as it was: accept it or decline."),
        telling.deadline_line(offer.expires_at, facts.zone),
    )
    news = News(f"offer:{offer.public_id}:kept", subject, lines, kind="offer")
    telling.tell_talent(session, facts, news, clock=clock)
    return offer


def expire(session: Session, offer_id: int, *, clock: Clock) -> bool:
    """End an offer whose counter nobody answered in time; False when there is nothing to end."""
    offer = lock_one(session, Offer, offer_id)
    ends_at = offer.counter_expires_at
    if offer.state != OfferState.COUNTERED or ends_at is None or is_open_at(clock.now(), ends_at):
        return False
    offers.end(session, offer, OfferState.EXPIRED, None, clock=clock)
    facts = telling.facts_of(session, offer.id)
    key = f"offer:{offer.public_id}:counter_expired"
    mine = say("%(title)s did not answer the terms you asked for", **facts.names)
    talent = (say("The offer has ended. The dates are free again."),)
    telling.tell_talent(session, facts, News(f"{key}:talent", mine, talent), clock=clock)
    theirs = say("The terms %(name)s asked for were not answered in time", **facts.names)
    casting = (say("The offer has ended. You can make another one."),)
    telling.tell_casting(session, facts, News(f"{key}:casting", theirs, casting), clock=clock)
    return True


def _open_dates(session: Session, offer: Offer) -> list[Booking]:
    """Return the dates of an offer that wait; one that moved is no longer among them."""
    every = offers.bookings_of(session, offer)
    return [booking for booking in every if booking.state == BookingState.OFFERED]


def _wanted(bookings: Sequence[Booking], command: CounterOffer) -> dict[str, Any]:
    """Return the terms asked for as they are stored; raises CounterError when nothing changes."""
    kept = [booking for booking in bookings if booking.id in set(command.booking_ids)]
    old = Money(bookings[0].day_rate_minor, bookings[0].currency)
    if not kept or len(kept) != len(set(command.booking_ids)):
        raise CounterError(say("Keep at least one date, or decline the offer."))
    if command.day_rate.currency != old.currency or command.day_rate.minor <= 0:
        raise CounterError(say("Ask for a rate above zero, in the currency of the offer."))
    note = command.note.strip()
    if len(kept) == len(bookings) and command.day_rate == old and not note:
        raise CounterError(say("Change the rate or the dates, or say what you need."))
    dates = [booking.public_id for booking in kept]
    return {"rate_minor": command.day_rate.minor, "dates": dates, "note": note}


def _locked(session: Session, command: AnswerCounter) -> Offer:
    """Lock the role, then the offer, re-read: a new offer locks them in this order."""
    found = session.get(Offer, command.offer_id)
    role = session.get(Role, found.role_id) if found else None
    if found is None or role is None or role.production_id != command.production_id:
        raise NotFoundError(say("There is no such offer."))
    lock_one(session, Role, role.id)
    return lock_one(session, Offer, found.id)


def _refuse_answered(offer: Offer, clock: Clock) -> None:
    ends_at = offer.counter_expires_at
    is_waiting = offer.state == OfferState.COUNTERED and ends_at is not None
    if not is_waiting or ends_at is None or not is_open_at(clock.now(), ends_at):
        raise CounterError(say("These terms were answered, or the time for it has passed."))


def _drop_tasks(session: Session, offer: Offer, clock: Clock) -> None:
    for kind in ("expire_offer", "expire_counter"):
        tasks.drop(session, f"{kind}:{offer.id}", now=clock.now())


def _again(offer: Offer, kept: Sequence[Booking], by_id: int, clock: Clock) -> SendOffer:
    wanted: dict[str, Any] = offer.counter or {}
    now = clock.now()
    return SendOffer(
        role_id=offer.role_id,
        person_id=offer.person_id,
        application_id=offer.application_id,
        shoot_day_ids=[booking.shoot_day_id for booking in kept],
        expires_at=counter_ends_at(now, now, kept[0].call_at),
        note=offer.note,
        sent_by_id=by_id,
        day_rate=Money(int(wanted["rate_minor"]), kept[0].currency),
        replaces_id=offer.id,
    )


def _record(
    session: Session,
    offer: Offer,
    action: OfferAction,
    old: OfferState,
    *,
    actor_id: int,
    clock: Clock,
) -> None:
    act = audit.Act(
        f"offer:{offer.public_id}",
        action,
        {"state": old.value},
        {"state": str(offer.state), "counter": offer.counter},
        company_id=telling.facts_of(session, offer.id).company_id,
    )
    audit.record(session, act, actor_id=actor_id, clock=clock)


def _tell_countered(
    session: Session, offer: Offer, bookings: Sequence[Booking], *, clock: Clock
) -> None:
    facts = telling.facts_of(session, offer.id)
    wanted: dict[str, Any] = offer.counter or {}
    rate = Money(int(wanted["rate_minor"]), bookings[0].currency)
    kept = [booking for booking in bookings if booking.public_id in wanted["dates"]]
    lines: list[Sentence] = [say("%(rate)s per day.", rate=rate)]
    lines += telling.day_lines(session, kept, facts.zone)
    if wanted["note"]:
        lines.append(say("“%(text)s”", text=wanted["note"]))
    ends_at = offer.counter_expires_at
    if ends_at is not None:
        lines.append(telling.deadline_line(ends_at, facts.zone))
    subject = say("%(name)s asks for other terms as %(role)s", **facts.names)
    news = News(f"offer:{offer.public_id}:countered", subject, tuple(lines))
    telling.tell_casting(session, facts, news, clock=clock)
