"""The fee of a day that is called off: worked out, shown, kept on the booking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState, OfferRefusedError, is_standby_over
from marketplace.domain.booking.rules.cancelling import (
    CalledOff,
    Fee,
    Reason,
    cancellation_fee,
    read_fee,
    read_policy,
    sent_home_fee,
    standby_fee,
    store_fee,
)
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class Shown:
    """A fee as the page shows it before anybody acts."""

    fee: Fee
    amount: Money


def fees_of(session: Session, booking_id: int, now: datetime) -> Mapping[Reason, Shown]:
    """Return what cancelling a booking now would cost, for each reason."""
    booking = session.get_one(Booking, booking_id)
    rate = _rate(booking)
    found = {reason: fee_of(session, booking, reason, now) for reason in Reason}
    return {reason: Shown(fee, fee.of(rate)) for reason, fee in found.items()}


def fee_of(session: Session, booking: Booking, reason: Reason, now: datetime) -> Fee:
    """Return the fee of a booking that ends now; a standby is paid for having waited to the end.

    Whoever is asked again because the day moved has the fee of the day they had agreed to.
    """
    if booking.state == BookingState.STANDBY:
        has_waited = is_standby_over(booking.call_at, now)
        return standby_fee(booking.standby_percent if has_waited else 0)
    if booking.state == BookingState.RECONFIRM and (due := read_fee(booking.fee)) is not None:
        return due
    zone = session.get_one(Production, booking.production_id).zone
    day = session.get_one(ShootDay, booking.shoot_day_id)
    off = CalledOff(reason, now, booking.call_at, day.shoot_date, zone)
    return cancellation_fee(read_policy(booking.cancellation_policy), off)


def refuse_other(booking: Booking, fee: Fee, seen_minor: int | None) -> None:
    """Raise OfferRefusedError when the fee is not the one that was shown."""
    amount = fee.of(_rate(booking))
    if seen_minor is not None and amount.minor != seen_minor:
        raise OfferRefusedError(
            say("The fee is %(amount)s now; please look at it again.", amount=amount),
        )


def keep(booking: Booking, fee: Fee, by_id: int | None) -> None:
    """Keep the fee on the booking, and who ended it."""
    booking.fee = store_fee(fee)
    booking.fee_minor = fee.of(_rate(booking)).minor
    booking.ended_by_id = by_id


def keep_sent_home(booking: Booking) -> Fee:
    """Keep on the booking that the person came and was not used; returns what is owed at least."""
    fee = sent_home_fee(read_policy(booking.cancellation_policy))
    booking.fee = store_fee(fee)
    booking.fee_minor = fee.of(_rate(booking)).minor
    return fee


def drop(booking: Booking) -> None:
    """Take back that a person was sent home."""
    booking.fee = booking.fee_minor = None


def words(booking: Booking) -> tuple[Sentence, ...]:
    """Say what the person is paid for a day that was called off."""
    if not booking.fee_minor:
        return (say("Nothing is due for this date."),) if booking.fee else ()
    amount = Money(booking.fee_minor, booking.currency)
    return (say("You are paid %(amount)s for it, before tax.", amount=amount),)


def _rate(booking: Booking) -> Money:
    return Money(booking.day_rate_minor, booking.currency)
