from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking import services
from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState, OfferRefusedError
from marketplace.domain.booking.services import CancelBooking, GiveBack, MissBooking
from marketplace.domain.casting.models import Role
from marketplace.domain.notices.models import Notice
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards import jobs
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from tests.support.builders import (
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    role_dates,
)


class Line:
    """One place, somebody who has it, and people who wait for it."""

    def __init__(self, session: Session, waiting: int = 2) -> None:
        self.session = session
        self.production: Production = a_production(session)
        self.day: ShootDay = a_shoot_day(session, self.production)
        self.role: Role = a_role(session, self.production, [self.day])
        self.holder = a_booking(session, self.role, a_person(session), self.day)
        self.people: list[Person] = []
        self.standbys: list[Booking] = []
        for rank in range(1, waiting + 1):
            person = a_person(session, f"Standby {rank}")
            booking = a_booking(session, self.role, person, self.day, state=BookingState.OFFERED)
            booking.state, booking.standby_rank = BookingState.STANDBY, rank
            session.flush()
            self.people.append(person)
            self.standbys.append(booking)

    def cancel(self, booking: Booking | None = None) -> CancelBooking:
        booking = booking or self.holder
        by_id = self.production.created_by_id
        return CancelBooking(booking.id, self.production.id, by_id, "Scene was cut")

    def states(self) -> list[str]:
        self.session.expire_all()
        return [one.state for one in (self.holder, *self.standbys)]

    def confirmed(self) -> int:
        self.session.expire_all()
        return role_dates(self.session, self.role)[0].confirmed


def notices_of(session: Session, user_id: int) -> list[Notice]:
    return list(session.scalars(sa.select(Notice).where(Notice.user_id == user_id)))


def test_a_cancelled_place_goes_to_the_next_in_line(session: Session, clock: FixedClock) -> None:
    line = Line(session)

    services.cancel(session, line.cancel(), clock=clock)

    assert line.states() == [
        BookingState.CANCELLED_BY_PRODUCTION,
        BookingState.CONFIRMED,
        BookingState.STANDBY,
    ]
    assert line.confirmed() == 1
    assert line.holder.end_reason == "Scene was cut"
    assert len(notices_of(session, line.people[0].user_id)) == 1
    assert notices_of(session, line.people[1].user_id) == []


def test_cancelling_twice_promotes_and_tells_once(session: Session, clock: FixedClock) -> None:
    line = Line(session)

    services.cancel(session, line.cancel(), clock=clock)
    services.cancel(session, line.cancel(), clock=clock)

    assert line.states()[1:] == [BookingState.CONFIRMED, BookingState.STANDBY]
    holder = session.get_one(Person, line.holder.person_id)
    assert len(notices_of(session, holder.user_id)) == 1


def test_somebody_who_is_no_longer_free_is_passed_over(session: Session, clock: FixedClock) -> None:
    line = Line(session)
    other = a_production(session)
    day = a_shoot_day(session, other, call="20:00", wrap="23:00")
    a_booking(session, a_role(session, other, [day]), line.people[0], day)

    services.cancel(session, line.cancel(), clock=clock)

    assert line.states()[1:] == [BookingState.STANDBY, BookingState.CONFIRMED]


def test_a_standby_can_be_let_go_and_keeps_no_rank(session: Session, clock: FixedClock) -> None:
    line = Line(session)

    services.cancel(session, line.cancel(line.standbys[0]), clock=clock)

    assert line.states() == [
        BookingState.CONFIRMED,
        BookingState.RELEASED,
        BookingState.STANDBY,
    ]
    assert line.confirmed() == 1


def test_talent_gives_a_date_back_and_casting_is_told(session: Session, clock: FixedClock) -> None:
    line = Line(session, waiting=0)
    command = GiveBack(line.holder.id, line.holder.person_id, "Ill")

    services.give_back(session, command, clock=clock)
    services.give_back(session, command, clock=clock)

    assert line.states() == [BookingState.CANCELLED_BY_TALENT]
    assert line.confirmed() == 0
    assert len(notices_of(session, line.production.created_by_id)) == 1


def test_nothing_is_cancelled_once_the_call_has_passed(session: Session, clock: FixedClock) -> None:
    line = Line(session)
    clock.at = line.day.call_at

    with pytest.raises(OfferRefusedError, match="has passed"):
        services.cancel(session, line.cancel(), clock=clock)
    with pytest.raises(OfferRefusedError, match="has passed"):
        services.give_back(
            session,
            GiveBack(line.holder.id, line.holder.person_id),
            clock=clock,
        )


def test_what_is_not_yours_is_not_found(session: Session, clock: FixedClock) -> None:
    line = Line(session)
    other = a_production(session)

    with pytest.raises(NotFoundError):
        services.cancel(session, CancelBooking(line.holder.id, other.id, 1, ""), clock=clock)
    with pytest.raises(NotFoundError):
        services.give_back(session, GiveBack(line.holder.id, line.people[0].id), clock=clock)


def test_a_no_show_is_noted_after_the_call_only(session: Session, clock: FixedClock) -> None:
    line = Line(session, waiting=0)
    command = MissBooking(line.holder.id, line.production.id, line.production.created_by_id)
    with pytest.raises(OfferRefusedError, match="not come yet"):
        services.miss(session, command, clock=clock)
    clock.at = line.day.call_at + timedelta(hours=1)

    services.miss(session, command, clock=clock)
    services.miss(session, command, clock=clock)

    assert line.states() == [BookingState.NO_SHOW]
    assert line.confirmed() == 0


def test_standbys_are_let_go_twelve_hours_before_the_call(
    session: Session, clock: FixedClock
) -> None:
    line = Line(session)
    place = role_dates(session, line.role)[0]
    clock.at = line.day.call_at - timedelta(hours=12, seconds=1)
    assert jobs.release_standby(session, place.id, clock=clock) == 0
    clock.at = line.day.call_at - timedelta(hours=12)

    assert jobs.release_standby(session, place.id, clock=clock) == 2
    assert jobs.release_standby(session, place.id, clock=clock) == 0

    assert line.states() == [
        BookingState.CONFIRMED,
        BookingState.RELEASED,
        BookingState.RELEASED,
    ]
    assert len(notices_of(session, line.people[0].user_id)) == 1


def test_more_places_are_filled_from_the_line_in_order(session: Session, clock: FixedClock) -> None:
    line = Line(session, waiting=3)
    place = role_dates(session, line.role)[0]
    place.headcount = 3
    session.flush()

    promoted = services.promote_standby(session, place.id, clock=clock)

    assert [one.id for one in promoted] == [one.id for one in line.standbys[:2]]
    assert line.confirmed() == 3
