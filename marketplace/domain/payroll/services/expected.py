"""What a year is expected to pay: the days that are booked and not paid yet.

California asks for withholding from the first payment on when a year is expected to pass its
threshold (Form 592 instructions); confirmed bookings are what a payer knows of the year.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.payroll.rules.slips import agent_key
from marketplace.domain.payroll.services.parties import Parties
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.money import Money

Whose = tuple[int, str, str, int]
"""Person, withholding agent, currency and calendar year."""


class Expected:
    """Day rates of unpaid confirmed days, of the people whose tax asks for the year."""

    def __init__(self, found: Iterable[tuple[int, Whose, int]]) -> None:
        """Keep what is booked: booking, whose year, minor units."""
        self._days = {booking: (whose, minor) for booking, whose, minor in found}

    def of(self, parties: Parties, pay_date: date) -> Money | None:
        """Return what is booked and not paid in the year of a payment; None: nobody asks."""
        if not parties.payee.is_state_nonresident:
            return None
        booking = parties.engagement.booking
        mine = (parties.person.id, parties.agent, booking.currency, pay_date.year)
        minor = sum(minor for whose, minor in self._days.values() if whose == mine)
        return Money(minor, booking.currency)

    def paid(self, parties: Parties) -> None:
        """Take a day out that is being paid: from now on it belongs to what was paid."""
        self._days.pop(parties.engagement.booking.id, None)


def expected_of(session: Session, wanted: Iterable[tuple[Parties, date]]) -> Expected:
    """Return what the years of these parties' payees still hold; a query for each year."""
    people: dict[int, set[int]] = {}
    for parties, pay_date in wanted:
        if parties.payee.is_state_nonresident:
            people.setdefault(pay_date.year, set()).add(parties.person.id)
    return Expected(found for one in people.items() for found in _booked(session, *one))


def _booked(
    session: Session,
    year: int,
    persons: set[int],
) -> Iterable[tuple[int, Whose, int]]:
    rows = session.execute(
        sa.select(
            Booking.id,
            Booking.person_id,
            Booking.withholding_agent,
            Production.company_id,
            Booking.currency,
            Booking.day_rate_minor,
        )
        .join(ShootDay, ShootDay.id == Booking.shoot_day_id)
        .join(Production, Production.id == Booking.production_id)
        .where(
            Booking.person_id.in_(persons),
            Booking.state == BookingState.CONFIRMED,
            ShootDay.shoot_date.between(date(year, 1, 1), date(year, 12, 31)),
            ~sa.exists().where(PaySlip.booking_id == Booking.id),
        ),
    )
    for booking, person, agent, company, currency, minor in rows:
        yield booking, (person, agent_key(agent, company), currency, year), minor
