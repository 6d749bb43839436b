"""A day that moved, as the person reads it who is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.queries.fits import DayWindow, fits
from marketplace.domain.booking.rules import BookingState, Fit, is_open_at
from marketplace.domain.casting.models import Role
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True)
class MovedPage:
    """Old and new date of one booking, until when to answer, and what a no pays."""

    id: int
    public_id: str
    state: BookingState
    answer_by_at: datetime | None
    call_at: datetime
    wrap_at: datetime
    rate: Money
    guaranteed_minutes: int
    fee: Money | None
    old_date: date
    old_call_at: datetime
    old_wrap_at: datetime
    shoot_date: date
    unit_base: str
    address: str
    reason: str
    role: str
    title: str
    zone: str
    city: str
    offer: str
    name: str
    person_zone: str
    fit: Fit

    def is_open(self, now: datetime) -> bool:
        """Say whether it can still be answered."""
        if self.state is not BookingState.RECONFIRM or self.answer_by_at is None:
            return False
        return is_open_at(now, self.answer_by_at)


def moved_page(session: Session, person_id: int, public_id: str) -> MovedPage | None:
    """Return what a person is asked about a day that moved, or None when it is not theirs."""
    old, new_day, old_day = aliased(Booking), aliased(ShootDay), aliased(ShootDay)
    row = session.execute(
        sa.select(
            Booking,
            old.call_at,
            old.wrap_at,
            old.fee_minor,
            old_day.shoot_date,
            old_day.called_off_reason,
            new_day.shoot_date,
            new_day.unit_base,
            new_day.address,
            Role.name,
            Production.title,
            Production.zone,
            Production.city,
            Offer.public_id,
            Person.stage_name,
            Person.zone,
        )
        .join(old, old.id == Booking.moved_from_id)
        .join(old_day, old_day.id == old.shoot_day_id)
        .join(new_day, new_day.id == Booking.shoot_day_id)
        .join(Role, Role.id == Booking.role_id)
        .join(Production, Production.id == Booking.production_id)
        .join(Offer, Offer.id == Booking.offer_id)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.person_id == person_id, Booking.public_id == public_id),
    ).first()
    if row is None:
        return None
    booking: Booking = row[0]
    minor = booking.fee_minor if booking.fee_minor is not None else row[3]
    day = DayWindow(
        booking.shoot_day_id, row[6], booking.call_at, booking.wrap_at, booking.rest_minutes
    )
    return MovedPage(
        id=booking.id,
        public_id=booking.public_id,
        state=BookingState(booking.state),
        answer_by_at=booking.answer_by_at,
        call_at=booking.call_at,
        wrap_at=booking.wrap_at,
        rate=Money(booking.day_rate_minor, booking.currency),
        guaranteed_minutes=booking.guaranteed_minutes,
        fee=Money(minor, booking.currency) if minor else None,
        old_date=row[4],
        old_call_at=row[1],
        old_wrap_at=row[2],
        reason=row[5],
        shoot_date=row[6],
        unit_base=row[7],
        address=row[8],
        role=row[9],
        title=row[10],
        zone=row[11],
        city=row[12],
        offer=row[13],
        name=row[14],
        person_zone=row[15],
        fit=fits(session, person_id, [day])[booking.shoot_day_id],
    )
