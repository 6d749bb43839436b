"""A wrap entered late: the person and both productions hear of the rest it takes, once."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.domain.timecards.rules import Hours
from marketplace.domain.timecards.services import EnterHours, enter
from marketplace.kernel import zones
from marketplace.kernel.clock import FixedClock
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
)

CLOCK = FixedClock(NOW)
ON = "2026-11-29"


def booked(
    session: Session, person: Person, production: Production, on: str, call: str, wrap: str
) -> Booking:
    day = a_shoot_day(session, production, on, call=call, wrap=wrap)
    return a_booking(session, a_role(session, production, [day]), person, day)


def wraps(session: Session, booking: Booking, out: str) -> None:
    def at(text: str) -> datetime:
        return zones.at(date.fromisoformat(ON), zones.parse_clock(text), "America/Los_Angeles")

    hours = Hours(in_at=at("12:00"), out_at=at(out), meals=(), adjustments=())
    by_id = session.get_one(Production, booking.production_id).created_by_id
    command = EnterHours(booking.id, booking.production_id, hours, by_id)
    enter(session, command, clock=CLOCK)


def told(session: Session) -> dict[str, Mail]:
    """Return the mails about rest, by whom they go to: talent, next, wrapped."""
    found = session.scalars(sa.select(Mail).where(Mail.key.contains("late_wrap")).order_by(Mail.id))
    return {mail.key.split(":")[3].split("|")[0]: mail for mail in found}


@pytest.fixture
def days(session: Session) -> tuple[Booking, Booking]:
    """Return a day that wraps at ten in the evening, and the next one elsewhere at noon."""
    person = a_person(session, "Mei")
    late = a_production(session, title="Late Show")
    early = a_production(session, title="Early Show")
    one = booked(session, person, late, ON, "12:00", "22:00")
    return one, booked(session, person, early, "2026-11-30", "12:00", "20:00")


def test_the_person_and_both_productions_are_told_once(
    session: Session, days: tuple[Booking, Booking]
) -> None:
    wraps(session, days[0], "27:00")
    wraps(session, days[0], "27:00")

    mails = told(session)
    assert set(mails) == {"talent", "next", "wrapped"}
    count = sa.select(sa.func.count()).select_from(Mail).where(Mail.key.contains("late_wrap"))
    assert session.scalars(count).one() == 3


def test_neither_production_learns_of_the_other(
    session: Session, days: tuple[Booking, Booking]
) -> None:
    wraps(session, days[0], "27:00")

    mails = told(session)
    assert "Late Show" not in str(mails["next"].subject) + str(mails["next"].lines)
    assert "Early Show" not in str(mails["wrapped"].subject) + str(mails["wrapped"].lines)
    assert "13:00" in str(mails["next"].lines)


def test_a_wrap_in_time_tells_nobody(session: Session, days: tuple[Booking, Booking]) -> None:
    wraps(session, days[0], "26:00")

    assert not told(session)


def test_a_new_wrap_is_new_news(session: Session, days: tuple[Booking, Booking]) -> None:
    wraps(session, days[0], "27:00")
    wraps(session, days[0], "28:00")

    count = sa.select(sa.func.count()).select_from(Mail).where(Mail.key.contains("late_wrap"))
    assert session.scalars(count).one() == 6


def test_a_wrap_after_the_next_call_says_so(session: Session) -> None:
    person, show = a_person(session, "Mei"), a_production(session)
    one = booked(session, person, show, ON, "12:00", "22:00")
    booked(session, person, show, "2026-11-30", "08:00", "18:00")

    wraps(session, one, "33:00")

    mails = told(session)
    assert set(mails) == {"talent", "next"}
    assert "after the call" in str(mails["talent"].lines)
