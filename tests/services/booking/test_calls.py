"""Calls move so that people get their rest; everyone is told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState, OfferRefusedError
from marketplace.domain.booking.services.calls import MoveCalls, move_calls
from marketplace.domain.notices.models import Mail
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.frozen import thaw
from tests.support.builders import a_booking, a_person, a_production, a_role, a_shoot_day


class Morning:
    """A shoot day with one confirmed person and one who was only asked."""

    def __init__(self, session: Session) -> None:
        self.production: Production = a_production(session)
        self.day: ShootDay = a_shoot_day(session, self.production, call="07:00", wrap="19:00")
        role = a_role(session, self.production, [self.day], headcount=2)
        self.booked = a_booking(session, role, a_person(session), self.day)
        self.asked = a_booking(
            session, role, a_person(session, "Bo"), self.day, state=BookingState.OFFERED
        )

    def moved(self, hours: int) -> MoveCalls:
        return MoveCalls(
            self.production.id,
            self.day.id,
            (self.booked.id, self.asked.id),
            self.day.call_at + timedelta(hours=hours),
            self.production.created_by_id,
        )


def times(booking: Booking) -> tuple[object, object]:
    return booking.call_at, booking.wrap_at


def test_only_confirmed_people_are_moved_and_told_old_and_new(
    session: Session, clock: FixedClock
) -> None:
    morning = Morning(session)
    before = times(morning.asked)

    moved = move_calls(session, morning.moved(2), clock=clock)

    assert [one.id for one in moved] == [morning.booked.id]
    assert morning.booked.call_at == morning.day.call_at + timedelta(hours=2)
    assert morning.booked.wrap_at == morning.day.wrap_at
    assert times(morning.asked) == before
    (mail,) = session.scalars(sa.select(Mail)).all()
    assert "from 07:00 to 09:00" in str(thaw(mail.subject))


def test_a_call_after_the_agreed_wrap_keeps_the_length_of_the_day(
    session: Session, clock: FixedClock
) -> None:
    morning = Morning(session)
    length = morning.booked.wrap_at - morning.booked.call_at

    move_calls(session, morning.moved(12), clock=clock)

    assert morning.booked.wrap_at - morning.booked.call_at == length


def test_an_earlier_call_moves_nobody(session: Session, clock: FixedClock) -> None:
    assert move_calls(session, Morning(session).moved(-1), clock=clock) == []


def test_a_call_that_has_passed_is_refused(session: Session, clock: FixedClock) -> None:
    morning = Morning(session)
    clock.at = morning.day.call_at + timedelta(hours=3)

    with pytest.raises(OfferRefusedError, match="has passed"):
        move_calls(session, morning.moved(2), clock=clock)
