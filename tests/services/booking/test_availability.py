"""Avail checks: ask many people, answer, change the answer, let the question run out; S8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.booking import jobs, services
from marketplace.domain.booking.models import AvailCheck
from marketplace.domain.booking.rules import OfferRefusedError, WithdrewError
from marketplace.domain.booking.rules.refusals import AvailabilityError, CheckState
from marketplace.domain.booking.services import applying, availability
from marketplace.domain.booking.services.availability import AnswerCheck, AskAvailability
from marketplace.domain.booking.services.inviting import AskBack, ask_back
from marketplace.domain.booking.services.offers import SendOffer
from marketplace.domain.casting.models import Application, Role
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.casting.services.applications import Withdraw
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from tests.support.builders import (
    NOW,
    a_booking,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
)

CLOCK = FixedClock(NOW)
DEADLINE = NOW + timedelta(hours=30)


@dataclass(frozen=True)
class Show:
    """A production with a role on two days."""

    production: Production
    days: list[ShootDay]
    role: Role

    def ask(self, *people: Person, **changes: Any) -> AskAvailability:
        values: dict[str, Any] = {
            "role_id": self.role.id,
            "production_id": self.production.id,
            "person_ids": [person.id for person in people],
            "shoot_day_ids": [day.id for day in self.days],
            "note": "",
            "expires_at": DEADLINE,
            "by_id": self.production.created_by_id,
        }
        return AskAvailability(**(values | changes))


@pytest.fixture
def show(session: Session) -> Show:
    production = a_production(session)
    days = [a_shoot_day(session, production, on) for on in ("2026-11-29", "2026-11-30")]
    return Show(production, days, a_role(session, production, days, headcount=3))


def told(session: Session, key: str) -> int:
    found = sa.select(sa.func.count()).select_from(Mail).where(Mail.key.contains(key))
    return session.scalars(found).one()


def checks(session: Session, person: Person) -> list[AvailCheck]:
    found = sa.select(AvailCheck).where(AvailCheck.person_id == person.id)
    return list(session.scalars(found.order_by(AvailCheck.id)))


def test_each_person_is_asked_for_each_date_and_told_once(session: Session, show: Show) -> None:
    people = [a_person(session) for _ in range(3)]

    done = availability.ask(session, show.ask(*people, note="A wedding"), clock=CLOCK)

    assert (done.asked, done.left) == (6, 0)
    assert told(session, ":asked:") == 3


def test_nobody_is_asked_twice_nor_about_a_date_they_have(session: Session, show: Show) -> None:
    person, booked = a_person(session), a_person(session)
    availability.ask(session, show.ask(person), clock=CLOCK)
    a_booking(session, show.role, booked, show.days[0])

    done = availability.ask(session, show.ask(person, booked), clock=CLOCK)

    assert (done.asked, done.left) == (1, 3)
    with pytest.raises(AvailabilityError, match="asked for these dates already"):
        availability.ask(session, show.ask(person, booked), clock=CLOCK)


def test_an_answer_is_given_changed_and_told_each_time_it_changes(
    session: Session, show: Show
) -> None:
    person = a_person(session)
    availability.ask(session, show.ask(person), clock=CLOCK)
    check = checks(session, person)[0]
    yes = AnswerCheck(check.id, person.id, is_available=True, note="From 8")

    availability.answer(session, yes, clock=CLOCK)
    availability.answer(session, yes, clock=CLOCK)
    later = FixedClock(NOW + timedelta(hours=1))
    availability.answer(session, AnswerCheck(check.id, person.id, is_available=False), clock=later)

    assert (check.state, check.answer_note) == (CheckState.UNAVAILABLE, "")
    assert told(session, ":answered:") == 2
    acts = sa.select(AuditEntry.action).where(
        AuditEntry.subject == f"avail_check:{check.public_id}"
    )
    assert list(session.scalars(acts)) == ["ask", "say_yes_with_note", "say_no"]


def test_silence_is_noted_and_may_be_broken_late_or_asked_anew(
    session: Session, show: Show
) -> None:
    person = a_person(session)
    availability.ask(session, show.ask(person), clock=CLOCK)
    one, two = checks(session, person)
    after = FixedClock(DEADLINE)

    early = FixedClock(DEADLINE - timedelta(seconds=1))
    assert not jobs.expire_avail_check(session, one.id, clock=early)
    assert jobs.expire_avail_check(session, one.id, clock=after)
    assert jobs.expire_avail_check(session, two.id, clock=after)
    assert not jobs.expire_avail_check(session, two.id, clock=after)
    availability.answer(session, AnswerCheck(one.id, person.id, is_available=True), clock=after)
    again = show.ask(person, expires_at=DEADLINE + timedelta(hours=5))
    done = availability.ask(session, again, clock=after)

    assert (one.state, two.state) == (CheckState.AVAILABLE, CheckState.ASKED)
    assert (done.asked, done.left) == (1, 1)
    assert told(session, ":expired:") == 2


def test_a_booking_or_the_call_ends_the_answering(session: Session, show: Show) -> None:
    person = a_person(session)
    availability.ask(session, show.ask(person), clock=CLOCK)
    booked, passed = checks(session, person)
    a_booking(session, show.role, person, show.days[0])

    with pytest.raises(AvailabilityError, match="You are booked"):
        availability.answer(
            session, AnswerCheck(booked.id, person.id, is_available=False), clock=CLOCK
        )
    with pytest.raises(AvailabilityError, match="has passed"):
        availability.answer(
            session,
            AnswerCheck(passed.id, person.id, is_available=False),
            clock=FixedClock(show.days[1].call_at),
        )


def test_what_cannot_be_asked_is_refused(session: Session, show: Show) -> None:
    person = a_person(session)
    with pytest.raises(AvailabilityError, match="at least one person"):
        availability.ask(session, show.ask(), clock=CLOCK)
    with pytest.raises(AvailabilityError, match="in the future"):
        availability.ask(session, show.ask(person, expires_at=NOW), clock=CLOCK)
    late = show.ask(person, expires_at=NOW + timedelta(days=20))
    with pytest.raises(AvailabilityError, match="before the first call"):
        availability.ask(session, late, clock=CLOCK)


def test_somebody_elses_question_is_not_there(session: Session, show: Show) -> None:
    person, stranger = a_person(session), a_person(session)
    availability.ask(session, show.ask(person), clock=CLOCK)
    check = checks(session, person)[0]

    for check_id in (check.id, 0):
        with pytest.raises(NotFoundError):
            availability.answer(
                session, AnswerCheck(check_id, stranger.id, is_available=True), clock=CLOCK
            )


@pytest.fixture
def gone(session: Session, show: Show) -> Application:
    person = a_person(session, "Mei")
    application = an_application(session, show.role, person)
    withdraw = Withdraw(application.public_id, person.id)
    applying.withdraw(session, withdraw, clock=CLOCK)
    return application


def test_an_offer_after_a_withdrawal_says_when_and_is_not_sent(
    session: Session, show: Show, gone: Application
) -> None:
    days = [day.id for day in show.days]
    by_id = show.production.created_by_id
    command = SendOffer(show.role.id, gone.person_id, gone.id, days, DEADLINE, "", by_id)

    with pytest.raises(WithdrewError) as refusal:
        services.send_offer(session, command, clock=CLOCK)

    assert "Mei withdrew at 12:00" in str(refusal.value)


def test_they_are_asked_back_once_and_apply_again_beside_the_old_application(
    session: Session, show: Show, gone: Application
) -> None:
    command = AskBack(gone.id, show.production.id, show.production.created_by_id)

    assert ask_back(session, command, clock=CLOCK)
    assert not ask_back(session, command, clock=CLOCK)

    again = an_application(session, show.role, session.get_one(Person, gone.person_id))
    assert (gone.state, again.state) == (ApplicationState.WITHDRAWN, ApplicationState.SUBMITTED)
    with pytest.raises(OfferRefusedError, match="was not withdrawn"):
        ask_back(session, AskBack(again.id, show.production.id, 1), clock=CLOCK)
    with pytest.raises(NotFoundError):
        ask_back(session, AskBack(gone.id, 0, 1), clock=CLOCK)
    with pytest.raises(OfferRefusedError, match="no more applications"):
        ask_back(session, command, clock=FixedClock(show.role.apply_by_at))
