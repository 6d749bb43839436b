"""An upgrade on the day: new role words, rate and hours; the terms before it are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.booking.models import Booking, BookingAmendment
from marketplace.domain.booking.rules import BookingState, OfferRefusedError
from marketplace.domain.booking.services import memos, telling
from marketplace.domain.booking.services.telling import News
from marketplace.domain.casting.models import Role
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say


@dataclass(frozen=True, slots=True)
class UpgradeBooking:
    """A production engages a booked person for more than was agreed, for the whole day."""

    booking_id: int
    production_id: int
    role_words: str
    day_rate_minor: int
    guaranteed_minutes: int
    reason: str
    by_id: int


def upgrade(session: Session, command: UpgradeBooking, *, clock: Clock) -> BookingAmendment:
    """Change the terms of one booking upwards; who, when, why and the old terms are kept.

    Raises OfferRefusedError for a booking that is not confirmed, for a lower rate, for the same
    terms, and without words or a reason.
    """
    booking = lock_one(session, Booking, command.booking_id)
    if booking.production_id != command.production_id:
        raise NotFoundError(say("There is no such booking."))
    _refuse(booking, command)
    made = BookingAmendment(
        booking_id=booking.id,
        old_role=booking.upgraded_to or session.get_one(Role, booking.role_id).name,
        new_role=command.role_words.strip(),
        old_day_rate_minor=booking.day_rate_minor,
        new_day_rate_minor=command.day_rate_minor,
        old_guaranteed_minutes=booking.guaranteed_minutes,
        new_guaranteed_minutes=command.guaranteed_minutes,
        currency=booking.currency,
        reason=command.reason.strip(),
        made_by_id=command.by_id,
        made_at=clock.now(),
    )
    session.add(made)
    booking.upgraded_to = made.new_role
    booking.day_rate_minor = made.new_day_rate_minor
    booking.guaranteed_minutes = made.new_guaranteed_minutes
    session.flush()
    _record(session, booking, made, clock)
    _tell(session, booking, made, clock)
    memos.make(session, booking.offer_id, clock=clock)
    return made


def _refuse(booking: Booking, command: UpgradeBooking) -> None:
    if booking.state != BookingState.CONFIRMED:
        raise OfferRefusedError(say("Only a confirmed booking can be upgraded."))
    if not command.role_words.strip() or not command.reason.strip():
        raise OfferRefusedError(say("Say as what the person worked, and why."))
    if command.guaranteed_minutes <= 0:
        raise OfferRefusedError(say("A day rate needs the hours it covers."))
    if _pays_less(booking, command):
        raise OfferRefusedError(
            say(
                "An upgrade never pays less, by the day or by the hour: %(rate)s for %(hours)s.",
                rate=Money(booking.day_rate_minor, booking.currency),
                hours=timedelta(minutes=booking.guaranteed_minutes),
            ),
        )
    same = (booking.day_rate_minor, booking.guaranteed_minutes, booking.upgraded_to)
    if same == (command.day_rate_minor, command.guaranteed_minutes, command.role_words.strip()):
        raise OfferRefusedError(say("These are the terms of the booking already."))


def _pays_less(booking: Booking, command: UpgradeBooking) -> bool:
    old = Fraction(booking.day_rate_minor, booking.guaranteed_minutes)
    new = Fraction(command.day_rate_minor, command.guaranteed_minutes)
    return command.day_rate_minor < booking.day_rate_minor or new < old


def _record(session: Session, booking: Booking, made: BookingAmendment, clock: Clock) -> None:
    act = audit.Act(
        subject=f"booking:{booking.public_id}",
        action="upgrade",
        before={
            "role": made.old_role,
            "rate": Money(made.old_day_rate_minor, made.currency),
            "minutes": made.old_guaranteed_minutes,
        },
        after={
            "role": made.new_role,
            "rate": Money(made.new_day_rate_minor, made.currency),
            "minutes": made.new_guaranteed_minutes,
        },
        reason=made.reason,
    )
    audit.record(session, act, actor_id=made.made_by_id, clock=clock)


def _tell(session: Session, booking: Booking, made: BookingAmendment, clock: Clock) -> None:
    facts = telling.facts_of(session, booking.offer_id)
    on = telling.dates_of(session, [booking])[booking.id]
    subject = say(
        "Upgraded on %(date)s: %(new)s in %(title)s",
        date=on,
        new=made.new_role,
        title=facts.title,
    )
    lines = (
        say(
            "%(old)s before, %(new)s now, for the whole day.",
            old=Money(made.old_day_rate_minor, made.currency),
            new=Money(made.new_day_rate_minor, made.currency),
        ),
        say("Reason: %(reason)s", reason=made.reason),
    )
    number = session.scalar(
        sa.select(sa.func.count()).where(BookingAmendment.booking_id == booking.id),
    )
    news = News(f"booking:{booking.public_id}:upgrade:{number}", subject, lines)
    telling.tell_talent(session, facts, news, clock=clock)
