"""Replace a person from a day on: fees by policy, places open again, an offer to the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock, lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import HAS_PLACE, Action, OfferRefusedError
from marketplace.domain.booking.rules.cancelling import Fee, Reason
from marketplace.domain.booking.rules.moving import PreviewChangedError, digest_of
from marketplace.domain.booking.services import fees, offers, places, telling
from marketplace.domain.booking.services.moving import bearer
from marketplace.domain.booking.services.offers import SendOffer
from marketplace.domain.booking.services.telling import News
from marketplace.domain.casting.models import Role, RoleDate
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

KIND: Final = Reason.PRODUCTION


@dataclass(frozen=True, slots=True)
class NextPerson:
    """Who is offered the places, until when."""

    person_id: int
    application_id: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReplacePerson:
    """A production takes a person out of a role from a date on. seen: digest of the preview.

    next_person: None leaves the places open, first for those on standby.
    """

    production_id: int
    role_id: int
    person_id: int
    from_date: date
    reason: str
    seen: str
    by_id: int
    next_person: NextPerson | None = None


@dataclass(frozen=True, slots=True)
class Remaining:
    """One date the person would lose, and what it pays them."""

    booking_id: int
    shoot_day_id: int
    shoot_date: date
    fee: Fee
    amount: Money


@dataclass(frozen=True, slots=True)
class Replaced:
    """What became of it. paid: the bookings that may pay a fee; offer: to the next person."""

    paid: list[Booking]
    offer: Offer | None


def remaining(
    session: Session, role_id: int, person_id: int, from_date: date, now: datetime
) -> list[Remaining]:
    """Return the dates from one on that a person would lose, with their fees as of now."""
    rows = session.execute(
        sa.select(Booking, ShootDay.shoot_date)
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .where(
            Booking.role_id == role_id,
            Booking.person_id == person_id,
            Booking.state.in_(HAS_PLACE),
            Booking.call_at > now,
            ShootDay.shoot_date >= from_date,
        )
        .order_by(ShootDay.shoot_date, Booking.id),
    ).all()
    found = []
    for booking, on in rows:
        fee = fees.fee_of(session, booking, KIND, now)
        amount = fee.of(Money(booking.day_rate_minor, booking.currency))
        found.append(Remaining(booking.id, booking.shoot_day_id, on, fee, amount))
    return found


def digest(dates: Sequence[Remaining]) -> str:
    """Name what was shown: the dates and what each pays."""
    return digest_of([(one.booking_id, one.shoot_date, one.amount.minor) for one in dates])


def replace(session: Session, command: ReplacePerson, *, clock: Clock) -> Replaced:
    """End a person's dates from one on and ask the next person, in one transaction.

    Flushes, never commits. Days already worked are untouched. Raises PreviewChangedError when the
    dates or fees are not those that were shown, and what `send_offer` refuses: then nothing
    happened at all.
    """
    role = lock_one(session, Role, command.role_id)
    if role.production_id != command.production_id:
        raise NotFoundError(say("There is no such role."))
    if not command.reason.strip():
        raise OfferRefusedError(say("Say why; the person reads it."))
    _lock(session, command, clock.now())
    dates = remaining(session, command.role_id, command.person_id, command.from_date, clock.now())
    if not dates or digest(dates) != command.seen:
        raise PreviewChangedError
    ended = [_end(session, one, command, clock=clock) for one in dates]
    places.settle_application(session, ended[0].offer_id, actor_id=command.by_id, clock=clock)
    offer = _ask_next(session, command, dates, ended, clock=clock)
    paid = [bearer(session, booking) for booking in ended]
    _tell(session, ended, paid, command, clock=clock)
    _record(session, role, dates, command, offer, clock=clock)
    if offer is None:
        for booking in ended:
            line = places.lock_place(session, booking.role_date_id, [])
            places.promote(session, line, clock=clock)
    return Replaced(paid, offer)


def _lock(session: Session, command: ReplacePerson, now: datetime) -> None:
    dates = remaining(session, command.role_id, command.person_id, command.from_date, now)
    bookings = [session.get_one(Booking, one.booking_id) for one in dates]
    lock(session, Offer, [booking.offer_id for booking in bookings])
    lock(session, ShootDay, [booking.shoot_day_id for booking in bookings])
    lock(session, RoleDate, [booking.role_date_id for booking in bookings])
    asked = [command.next_person.person_id] if command.next_person else []
    lock(session, Person, [command.person_id, *asked])
    lock(session, Booking, [booking.id for booking in bookings])


def _end(session: Session, one: Remaining, command: ReplacePerson, *, clock: Clock) -> Booking:
    booking = session.get_one(Booking, one.booking_id)
    places.move(
        session,
        booking,
        Action.REPLACE,
        actor_id=command.by_id,
        reason=command.reason,
        clock=clock,
    )
    booking.calendar_sequence += 1
    fees.keep(booking, one.fee, command.by_id)
    session.flush()
    places.free_place(session, booking.role_date_id)
    return booking


def _ask_next(
    session: Session,
    command: ReplacePerson,
    dates: Sequence[Remaining],
    ended: Sequence[Booking],
    *,
    clock: Clock,
) -> Offer | None:
    """Offer the places to the next person, linked to every booking they stand in for."""
    after = command.next_person
    if after is None:
        return None
    if after.person_id == command.person_id:
        raise OfferRefusedError(say("Choose somebody else to take the places."))
    offer = offers.send_offer(
        session,
        SendOffer(
            role_id=command.role_id,
            person_id=after.person_id,
            application_id=after.application_id,
            shoot_day_ids=[one.shoot_day_id for one in dates],
            expires_at=after.expires_at,
            note="",
            sent_by_id=command.by_id,
        ),
        clock=clock,
    )
    for booking in ended:
        booking.replaced_by_id = offer.id
    session.flush()
    return offer


def _tell(
    session: Session,
    ended: Sequence[Booking],
    paid: Sequence[Booking],
    command: ReplacePerson,
    *,
    clock: Clock,
) -> None:
    """Tell the person once, whatever the number of dates."""
    facts = telling.facts_of(session, ended[0].offer_id)
    dates = telling.dates_of(session, ended)
    subject = say(
        "From %(date)s on somebody else plays %(role)s in %(title)s",
        date=dates[ended[0].id],
        **facts.names,
    )
    lines = [say("Reason: %(reason)s", reason=command.reason)]
    for booking, one in zip(ended, paid, strict=True):
        amount = Money(one.fee_minor or 0, one.currency)
        lines.append(
            say(
                "%(date)s: you are paid %(amount)s, before tax.",
                date=dates[booking.id],
                amount=amount,
            )
        )
    news = News(f"booking:{ended[0].public_id}:replaced", subject, tuple(lines))
    telling.tell_talent(session, facts, news, clock=clock)


def _record(
    session: Session,
    role: Role,
    dates: Sequence[Remaining],
    command: ReplacePerson,
    offer: Offer | None,
    *,
    clock: Clock,
) -> None:
    act = audit.Act(
        f"role:{role.public_id}",
        "recast",
        {"person": command.person_id, "dates": [one.shoot_date.isoformat() for one in dates]},
        {"offer": offer.public_id if offer else None},
        command.reason,
        session.get_one(Production, role.production_id).company_id,
    )
    audit.record(session, act, actor_id=command.by_id, clock=clock)
