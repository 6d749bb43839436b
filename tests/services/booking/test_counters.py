"""Other terms than those offered: asked for once, agreed by a new offer, kept, or expired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.audit.models import AuditEntry
from marketplace.domain.booking import jobs, services
from marketplace.domain.booking.models import Booking, Offer
from marketplace.domain.booking.rules import BookingState, OfferEndedError, OfferState
from marketplace.domain.booking.rules.refusals import CounterError
from marketplace.domain.booking.services import applying, counters
from marketplace.domain.booking.services.answers import AnswerOffer, DeclineOffer
from marketplace.domain.booking.services.counters import AnswerCounter, CounterOffer
from marketplace.domain.booking.services.offers import SendOffer, WithdrawOffer
from marketplace.domain.casting.models import Application, Role
from marketplace.domain.casting.rules import ApplicationState
from marketplace.domain.casting.services.applications import Withdraw
from marketplace.domain.notices.models import Mail
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production
from marketplace.kernel.clock import FixedClock
from marketplace.kernel.errors import NotFoundError
from marketplace.kernel.money import Money
from tests.support.builders import (
    NOW,
    a_person,
    a_production,
    a_role,
    a_shoot_day,
    an_application,
)

CLOCK = FixedClock(NOW)
DEADLINE = NOW + timedelta(hours=30)


@dataclass(frozen=True)
class Asked:
    """An offer of two dates for one person."""

    production: Production
    role: Role
    person: Person
    application: Application
    offer: Offer
    bookings: list[Booking]

    def counter(self, **changes: Any) -> CounterOffer:
        dates = [booking.id for booking in self.bookings]
        terms: dict[str, Any] = {"booking_ids": dates, "day_rate": Money(35_000, "USD")}
        return CounterOffer(self.offer.id, self.person.id, **(terms | changes))

    @property
    def answer(self) -> AnswerCounter:
        return AnswerCounter(self.offer.id, self.production.id, self.production.created_by_id)


@pytest.fixture
def asked(session: Session) -> Asked:
    production = a_production(session)
    days = [a_shoot_day(session, production, on) for on in ("2026-11-29", "2026-11-30")]
    role, person = a_role(session, production, days), a_person(session, "Mei")
    application = an_application(session, role, person)
    command = SendOffer(
        role.id,
        person.id,
        application.id,
        [day.id for day in days],
        DEADLINE,
        "",
        production.created_by_id,
    )
    offer = services.send_offer(session, command, clock=CLOCK)
    found = sa.select(Booking).where(Booking.offer_id == offer.id).order_by(Booking.call_at)
    bookings = list(session.scalars(found))
    return Asked(production, role, person, application, offer, bookings)


def told(session: Session, key: str) -> int:
    found = sa.select(sa.func.count()).select_from(Mail).where(Mail.key.contains(key))
    return session.scalars(found).one()


def test_a_counter_waits_for_the_production_and_changes_no_term(
    session: Session, asked: Asked
) -> None:
    counters.counter(session, asked.counter(note="Own car"), clock=CLOCK)
    counters.counter(session, asked.counter(note="Own car"), clock=CLOCK)

    assert asked.offer.state == OfferState.COUNTERED
    assert asked.offer.counter_expires_at == DEADLINE
    assert {booking.day_rate_minor for booking in asked.bookings} == {28_000}
    assert told(session, ":countered") == 1


def test_agreeing_makes_a_new_offer_and_keeps_the_old_one(session: Session, asked: Asked) -> None:
    kept, dropped = asked.bookings
    counters.counter(session, asked.counter(booking_ids=[kept.id]), clock=CLOCK)

    new = counters.agree(session, asked.answer, clock=CLOCK)

    assert (asked.offer.state, new.state) == (OfferState.REPLACED, OfferState.SENT)
    assert new.replaces_id == asked.offer.id
    assert {kept.state, dropped.state} == {BookingState.WITHDRAWN}
    (booking,) = session.scalars(sa.select(Booking).where(Booking.offer_id == new.id))
    assert (booking.day_rate_minor, booking.shoot_day_id) == (35_000, kept.shoot_day_id)
    assert asked.application.state == ApplicationState.OFFERED
    entries = sa.select(AuditEntry.action).where(
        AuditEntry.subject == f"offer:{asked.offer.public_id}"
    )
    assert list(session.scalars(entries)) == ["send", "counter", "replaced"]


def test_the_new_offer_is_still_the_persons_to_accept(session: Session, asked: Asked) -> None:
    counters.counter(session, asked.counter(), clock=CLOCK)
    new = counters.agree(session, asked.answer, clock=CLOCK)
    dates = list(session.scalars(sa.select(Booking.id).where(Booking.offer_id == new.id)))

    done = services.accept(session, AnswerOffer(new.id, asked.person.id, dates), clock=CLOCK)

    assert [one.day_rate_minor for one in done.confirmed] == [35_000, 35_000]


def test_an_answered_counter_is_answered(session: Session, asked: Asked) -> None:
    counters.counter(session, asked.counter(), clock=CLOCK)
    counters.agree(session, asked.answer, clock=CLOCK)

    for act in (counters.agree, counters.keep_terms):
        with pytest.raises(CounterError, match="were answered"):
            act(session, asked.answer, clock=CLOCK)
    assert not jobs.expire_counter(session, asked.offer.id, clock=FixedClock(DEADLINE))


def test_kept_terms_stand_until_the_offers_own_deadline(session: Session, asked: Asked) -> None:
    counters.counter(session, asked.counter(), clock=CLOCK)

    counters.keep_terms(session, asked.answer, clock=CLOCK)

    assert asked.offer.state == OfferState.SENT
    assert told(session, ":kept") == 1
    with pytest.raises(CounterError, match="before"):
        counters.counter(session, asked.counter(), clock=CLOCK)
    assert jobs.expire_offer(session, asked.offer.id, clock=FixedClock(DEADLINE))


def test_terms_kept_after_the_deadline_end_the_offer(session: Session, asked: Asked) -> None:
    late = FixedClock(DEADLINE - timedelta(hours=1))
    counters.counter(session, asked.counter(), clock=late)
    after = FixedClock(DEADLINE + timedelta(hours=1))
    assert not jobs.expire_offer(session, asked.offer.id, clock=after)

    counters.keep_terms(session, asked.answer, clock=after)

    assert asked.offer.state == OfferState.EXPIRED
    assert {booking.state for booking in asked.bookings} == {BookingState.EXPIRED}


def test_a_counter_nobody_answers_ends_with_the_offer(session: Session, asked: Asked) -> None:
    counters.counter(session, asked.counter(), clock=CLOCK)

    early = FixedClock(DEADLINE - timedelta(seconds=1))
    assert not jobs.expire_counter(session, asked.offer.id, clock=early)
    assert jobs.expire_counter(session, asked.offer.id, clock=FixedClock(DEADLINE))

    assert asked.offer.state == OfferState.EXPIRED
    assert asked.application.state == ApplicationState.SHORTLISTED
    assert told(session, ":counter_expired:") == 2


def test_a_countered_offer_is_declined_withdrawn_and_left_by_who_withdraws(
    session: Session, asked: Asked
) -> None:
    counters.counter(session, asked.counter(), clock=CLOCK)
    with pytest.raises(OfferEndedError, match="asked for other terms"):
        services.accept(
            session,
            AnswerOffer(asked.offer.id, asked.person.id, [asked.bookings[0].id]),
            clock=CLOCK,
        )

    command = DeclineOffer(asked.offer.id, asked.person.id)
    services.decline(session, command, clock=CLOCK)

    assert asked.offer.state == OfferState.DECLINED


def test_a_countered_offer_is_taken_back(session: Session, asked: Asked) -> None:
    counters.counter(session, asked.counter(), clock=CLOCK)
    by = WithdrawOffer(asked.offer.id, asked.production.id, asked.production.created_by_id)

    services.withdraw_offer(session, by, clock=CLOCK)

    assert asked.offer.state == OfferState.WITHDRAWN


def test_who_withdraws_declines_a_countered_offer_too(session: Session, asked: Asked) -> None:
    counters.counter(session, asked.counter(), clock=CLOCK)

    command = Withdraw(asked.application.public_id, asked.person.id)
    applying.withdraw(session, command, clock=CLOCK)

    assert asked.offer.state == OfferState.DECLINED
    assert asked.application.state == ApplicationState.WITHDRAWN


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"booking_ids": []}, "Keep at least one date"),
        ({"booking_ids": [0]}, "Keep at least one date"),
        ({"day_rate": Money(0, "USD")}, "above zero"),
        ({"day_rate": Money(35_000, "CNY")}, "in the currency"),
        ({"day_rate": Money(28_000, "USD")}, "Change the rate"),
    ],
)
def test_terms_that_are_none_are_refused(
    session: Session, asked: Asked, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(CounterError, match=words):
        counters.counter(session, asked.counter(**changes), clock=CLOCK)


def test_an_offer_that_has_ended_has_no_other_terms(session: Session, asked: Asked) -> None:
    with pytest.raises(OfferEndedError, match="expired"):
        counters.counter(session, asked.counter(), clock=FixedClock(DEADLINE))


def test_strangers_find_nothing(session: Session, asked: Asked) -> None:
    stranger = a_person(session)
    with pytest.raises(NotFoundError):
        counters.counter(
            session,
            CounterOffer(asked.offer.id, stranger.id, [], Money(1, "USD")),
            clock=CLOCK,
        )
    for answer in (AnswerCounter(asked.offer.id, 0, 1), AnswerCounter(0, 0, 1)):
        with pytest.raises(NotFoundError):
            counters.agree(session, answer, clock=CLOCK)
