"""Days that do not go as booked: called off, waited for, sent home, missed, upgraded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from marketplace.db import lock_one
from marketplace.domain.audit import services as audit
from marketplace.domain.booking import services as bookings
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState, OfferRefusedError
from marketplace.domain.booking.services import (
    CancelBooking,
    MissBooking,
    UpgradeBooking,
    drop_fee,
    keep_sent_home,
)
from marketplace.domain.booking.services.moving import bearer
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import REFUSALS, CardKind, CardState
from marketplace.domain.timecards.services.entries import again, card_of, send_fee
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotAllowedError, NotFoundError
from marketplace.kernel.sentences import say

KINDS: Final = {
    BookingState.CANCELLED_BY_PRODUCTION: CardKind.CANCELLED,
    BookingState.RELEASED: CardKind.STANDBY,
    BookingState.MOVED: CardKind.CANCELLED,
    BookingState.REPLACED: CardKind.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class SendHome:
    """A production notes that somebody came and was not used, or takes that back."""

    booking_id: int
    production_id: int
    is_sent_home: bool
    reason: str
    by_id: int


def cancel(session: Session, command: CancelBooking, *, clock: Clock) -> Booking:
    """Cancel a booking, or let a standby go; a fee that is due gets a card at once.

    Raises what `booking.services.cancel` refuses. Doing it twice changes nothing.
    """
    booking = bookings.cancel(session, command, clock=clock)
    booking = bearer(session, booking)
    open_fee(session, booking, by_id=command.by_id, clock=clock)
    return booking


def release_standby(session: Session, role_date_id: int, *, clock: Clock) -> list[Booking]:
    """Let go of everyone whose wait for a place is over; those with a fee get a card."""
    released = bookings.release_standby(session, role_date_id, clock=clock)
    for booking in released:
        open_fee(session, booking, by_id=None, clock=clock)
    return released


def open_fee(session: Session, booking: Booking, *, by_id: int | None, clock: Clock) -> None:
    """Send the person a card of the fee that is on a booking, once; nothing without a fee."""
    card = card_of(session, booking) if booking.fee_minor else None
    if card is not None and card.kind == CardKind.WORK:
        kind = KINDS[BookingState(booking.state)]
        send_fee(session, booking, kind, by_id=by_id, clock=clock)


def send_home(session: Session, command: SendHome, *, clock: Clock) -> TimeCard:
    """Note that a person came and was not used; hours already entered are sent again.

    Twice is once. Raises NotAllowedError when the slip is issued, and OfferRefusedError for a
    booking that is not confirmed, before the call, or without a reason.
    """
    booking = _confirmed(session, command.booking_id, command.production_id)
    if booking.call_at > clock.now():
        raise OfferRefusedError(say("Before the call, cancel the booking instead."))
    if not command.reason.strip():
        raise OfferRefusedError(say("Say why; it is kept with the time card."))
    card = card_of(session, booking)
    kind = CardKind.SENT_HOME if command.is_sent_home else CardKind.WORK
    if card.kind == kind:
        return card
    if card.state == CardState.LOCKED:
        raise NotAllowedError(REFUSALS[CardState.LOCKED])
    old = card.kind
    card.kind = kind
    if command.is_sent_home:
        keep_sent_home(booking)
    else:
        drop_fee(booking)
    session.flush()
    act = audit.Act(
        subject=f"time_card:{card.public_id}",
        action="send_home" if command.is_sent_home else "not_sent_home",
        before={"kind": str(old)},
        after={"kind": str(kind)},
        reason=command.reason.strip(),
    )
    audit.record(session, act, actor_id=command.by_id, clock=clock)
    return again(session, card, by_id=command.by_id, reason=command.reason.strip(), clock=clock)


def upgrade(session: Session, command: UpgradeBooking, *, clock: Clock) -> TimeCard:
    """Engage a person for more than was agreed; hours already entered are sent again.

    Raises NotAllowedError when the slip is issued, and what `booking.services.upgrade` refuses.
    """
    booking = _confirmed(session, command.booking_id, command.production_id)
    card = card_of(session, booking)
    if card.state == CardState.LOCKED:
        raise NotAllowedError(REFUSALS[CardState.LOCKED])
    made = bookings.upgrade(session, command, clock=clock)
    return again(session, card, by_id=command.by_id, reason=made.reason, clock=clock)


def miss(session: Session, command: MissBooking, *, clock: Clock) -> Booking:
    """Note that a person did not come: no hours, no pay.

    Raises NotAllowedError when hours are on record: then they came.
    """
    booking = lock_one(session, Booking, command.booking_id)
    if booking.production_id != command.production_id:
        raise NotFoundError(say("There is no such booking."))
    if booking.state == BookingState.CONFIRMED and card_of(session, booking).version:
        raise NotAllowedError(say("There are hours on the time card, so the person was there."))
    return bookings.miss(session, command, clock=clock)


def _confirmed(session: Session, booking_id: int, production_id: int) -> Booking:
    """Return a confirmed booking of a production, locked."""
    booking = lock_one(session, Booking, booking_id)
    if booking.production_id != production_id:
        raise NotFoundError(say("There is no such booking."))
    if booking.state != BookingState.CONFIRMED:
        raise OfferRefusedError(say("Only a confirmed booking has a day on set."))
    return booking
