"""Accept an offer, or decline it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.accounts.models import Company
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.ports import Carriers
from marketplace.domain.booking.rules import (
    Action,
    BehindError,
    BookingState,
    NotFreeError,
    OfferEndedError,
    OfferRefusedError,
    OfferState,
    is_open_at,
    refusal,
)
from marketplace.domain.booking.rules.refusals import RefusalAction
from marketplace.domain.booking.services import memos, offers, places, standing, telling
from marketplace.domain.booking.services.telling import Facts, News
from marketplace.domain.casting.models import Application, Role, RoleDate
from marketplace.domain.casting.rules import ENDED, RoleState
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.domain.productions.rules import ProductionState
from marketplace.domain.tasks import services as tasks
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class AnswerOffer:
    """A person takes the ticked dates of their offer; the others are declined.

    signed_name, signed_from: the name they typed, and the address they sent it from.
    """

    offer_id: int
    person_id: int
    booking_ids: Sequence[int]
    signed_name: str = ""
    signed_from: str = ""


@dataclass(frozen=True, slots=True)
class DeclineOffer:
    """A person declines their offer; the reason is theirs to give."""

    offer_id: int
    person_id: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an answer led to, each in the order of the calls."""

    confirmed: list[Booking]
    standby: list[Booking]


def accept(
    session: Session,
    command: AnswerOffer,
    *,
    clock: Clock,
    carriers: Carriers | None = None,
) -> Accepted:
    """Book the ticked dates; where every place is taken by now, join the standbys.

    carriers: chooses who will carry the money, here and not on payday.
    All ticked dates go through, or nothing does. Accepting twice gives the first result.
    Flushes, never commits. Raises OfferEndedError when the offer can no longer be answered and
    NotFreeError when a date does not fit between the person's other work.
    """
    offer = _locked(session, command.offer_id, command.person_id)
    bookings = offers.bookings_of(session, offer)
    if offer.state == OfferState.ACCEPTED:
        return _result(bookings)
    refuse_ended(session, offer, clock=clock)
    chosen = _chosen(bookings, command.booking_ids)
    lock(session, RoleDate, [booking.role_date_id for booking in chosen])
    lock(session, Person, [offer.person_id])
    _refuse_work(session, offer, chosen, clock=clock)
    actor_id = session.get_one(Person, offer.person_id).user_id
    if carriers is not None:
        _choose_carrier(session, offer, chosen, carriers)
    for booking in chosen:
        _take(session, booking, actor_id, clock=clock)
    for booking in bookings:
        if booking not in chosen and booking.state == BookingState.OFFERED:
            places.move(session, booking, Action.DECLINE, actor_id=actor_id, clock=clock)
    dates = [booking.role_date_id for booking in bookings]
    release = RefusalAction.RELEASE
    standing.offer_ended(session, offer, dates, release, actor_id=actor_id, clock=clock)
    memos.sign(session, offer, command.signed_name, command.signed_from)
    offers.record(session, offer, OfferState.ACCEPTED, actor_id, clock=clock)
    tasks.drop(session, f"expire_offer:{offer.id}", now=clock.now())
    places.settle_application(session, offer.id, actor_id=actor_id, clock=clock)
    accepted = _result(bookings)
    memos.make(session, offer.id, clock=clock)
    _tell_accepted(session, offer, accepted, clock=clock)
    return accepted


def decline(session: Session, command: DeclineOffer, *, clock: Clock) -> Offer:
    """Decline an offer; declining twice changes nothing.

    Raises OfferEndedError when the offer can no longer be answered.
    """
    offer = _locked(session, command.offer_id, command.person_id)
    if offer.state == OfferState.DECLINED:
        return offer
    if offer.state != OfferState.COUNTERED:
        refuse_ended(session, offer, clock=clock)
    actor_id = session.get_one(Person, offer.person_id).user_id
    offers.end(
        session,
        offer,
        OfferState.DECLINED,
        actor_id,
        reason=command.reason,
        clock=clock,
    )
    facts = telling.facts_of(session, offer.id)
    subject = say("%(name)s declined the offer for %(role)s", **facts.names)
    why = say("Reason: %(reason)s", reason=command.reason)
    lines = (why,) if command.reason else (say("No reason was given."),)
    news = News(f"offer:{offer.public_id}:declined", subject, lines)
    telling.tell_casting(session, facts, news, clock=clock)
    return offer


def decline_all(session: Session, application_id: int, reason: str, *, clock: Clock) -> int:
    """Decline every open offer of an application that its person withdraws; returns how many."""
    found = session.execute(
        sa.select(Offer.id, Offer.person_id).where(
            Offer.application_id == application_id,
            Offer.state == OfferState.SENT,
            Offer.expires_at > clock.now(),
        ),
    ).all()
    for offer_id, person_id in found:
        decline(session, DeclineOffer(offer_id, person_id, reason), clock=clock)
    return len(found)


def _locked(session: Session, offer_id: int, person_id: int) -> Offer:
    offer = lock_one(session, Offer, offer_id)
    if offer.person_id != person_id:
        raise NotFoundError(say("There is no such offer."))
    return offer


_ENDED_WORDS = {
    OfferState.COUNTERED: say("You asked for other terms; the production has yet to answer."),
    OfferState.REPLACED: say("This offer was replaced by one on the terms you asked for."),
    OfferState.ACCEPTED: say("You have accepted this offer."),
    OfferState.DECLINED: say("You have declined this offer."),
    OfferState.EXPIRED: say("This offer has expired."),
    OfferState.WITHDRAWN: say("The production has withdrawn this offer."),
}


def refuse_ended(session: Session, offer: Offer, *, clock: Clock) -> None:
    """Refuse to answer a locked offer that cannot be answered; raises OfferEndedError."""
    if offer.state != OfferState.SENT:
        raise OfferEndedError(_ENDED_WORDS[OfferState(offer.state)])
    if not is_open_at(clock.now(), offer.expires_at):
        raise OfferEndedError(_ENDED_WORDS[OfferState.EXPIRED])
    role = session.get_one(Role, offer.role_id)
    production = session.get_one(Production, role.production_id)
    if role.state == RoleState.CUT or production.state != ProductionState.LIVE:
        raise OfferEndedError(say("This role is no longer needed, so its offer has ended."))
    application = session.get(Application, offer.application_id) if offer.application_id else None
    if application is not None and application.state in ENDED:
        raise OfferEndedError(say("Your application has ended, and its offer with it."))


def _chosen(bookings: Sequence[Booking], booking_ids: Sequence[int]) -> list[Booking]:
    chosen = [booking for booking in bookings if booking.id in set(booking_ids)]
    if not chosen or len(chosen) != len(set(booking_ids)):
        raise OfferRefusedError(say("Tick at least one date, or decline the offer."))
    return chosen


def _refuse_work(session: Session, offer: Offer, chosen: list[Booking], *, clock: Clock) -> None:
    """Refuse dates that have begun, are too close to other work, or are somebody else's first."""
    dates = telling.dates_of(session, chosen)
    work = places.work_around(session, offer.person_id, chosen)
    for booking in chosen:
        on = dates[booking.id]
        if booking.call_at <= clock.now():
            raise OfferEndedError(say("The call on %(date)s has passed.", date=on))
        why = refusal(on, places.window(booking), work)
        if why is not None:
            raise NotFreeError(why)
        work.append(places.window(booking))
    _refuse_behind(session, chosen, dates)


def _refuse_behind(session: Session, chosen: list[Booking], dates: Mapping[int, date]) -> None:
    """Refuse dates that another production has first refusal for, until that has ended."""
    for booking in chosen:
        window = places.window(booking)
        first = standing.ahead(session, booking.person_id, booking.production_id, window)
        if first:
            raise BehindError(
                say(
                    "%(title)s has first refusal for %(date)s. Under Availability, ask them to "
                    "decide or take it back; then accept.",
                    title=first[0].title,
                    date=dates[booking.id],
                ),
            )


def _choose_carrier(
    session: Session,
    offer: Offer,
    chosen: Sequence[Booking],
    carriers: Carriers,
) -> None:
    """Write down who will carry the money of these bookings."""
    country = session.get_one(Person, offer.person_id).country
    pays_by = session.scalars(
        sa.select(Company.pays_by)
        .join(Production, Production.company_id == Company.id)
        .join(Role, Role.production_id == Production.id)
        .where(Role.id == offer.role_id),
    ).one()
    for booking in chosen:
        booking.gateway = carriers(country, booking.currency, pays_by)


def _take(session: Session, booking: Booking, actor_id: int, *, clock: Clock) -> None:
    is_rush = session.get_one(Offer, booking.offer_id).is_rush
    if not places.take_place(session, booking.role_date_id):
        if is_rush:
            raise OfferEndedError(say("Somebody else answered first, so the place is filled."))
        places.queue(session, booking, actor_id=actor_id, clock=clock)
        return
    places.confirm(session, booking, Action.ACCEPT, actor_id=actor_id, clock=clock)
    if is_rush:
        key, place = f"fill_rush:{booking.id}", booking.role_date_id
        tasks.ask(session, "fill_rush", key, place, run_at=clock.now())


def _result(bookings: Sequence[Booking]) -> Accepted:
    return Accepted(
        [booking for booking in bookings if booking.state == BookingState.CONFIRMED],
        [booking for booking in bookings if booking.state == BookingState.STANDBY],
    )


def _tell_accepted(session: Session, offer: Offer, accepted: Accepted, *, clock: Clock) -> None:
    facts = telling.facts_of(session, offer.id)
    lines = (*_booked_lines(session, facts, accepted), *_standby_lines(session, accepted))
    key = f"offer:{offer.public_id}:accepted"
    mine = say("You are booked: %(role)s in %(title)s", **facts.names)
    theirs = say("%(name)s is booked as %(role)s", **facts.names)
    if not accepted.confirmed:
        mine = say("You are on standby: %(role)s in %(title)s", **facts.names)
        theirs = say("%(name)s is on standby as %(role)s", **facts.names)
    telling.tell_talent(session, facts, News(f"{key}:talent", mine, lines), clock=clock)
    telling.tell_casting(session, facts, News(f"{key}:casting", theirs, lines), clock=clock)


def _booked_lines(session: Session, facts: Facts, accepted: Accepted) -> tuple[Sentence, ...]:
    if not accepted.confirmed:
        return ()
    days = telling.day_lines(session, accepted.confirmed, facts.zone)
    return (telling.rate_line(accepted.confirmed[0]), *days)


def _standby_lines(session: Session, accepted: Accepted) -> list[Sentence]:
    dates = telling.dates_of(session, accepted.standby)
    return [
        say(
            "%(date)s is full: standby, place %(rank)s in the line.",
            date=dates[booking.id],
            rank=places.rank(session, booking),
        )
        for booking in accepted.standby
    ]
