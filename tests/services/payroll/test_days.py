"""What hours earn, with what the days before mean for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.domain.payroll import services
from marketplace.domain.payroll.rules.shapes import Earnings, PayError
from marketplace.domain.payroll.services.days import engagement_of, price
from marketplace.domain.people.models import Person
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import TimeCard, TimeEntry
from marketplace.domain.timecards.rules import CardState
from marketplace.kernel.frozen import freeze
from marketplace.kernel.money import Money
from tests.support import builders


@dataclass(frozen=True)
class Typed:
    """Hours as a form gives them."""

    in_at: datetime
    out_at: datetime
    meal_out_at: datetime | None = None
    meal_in_at: datetime | None = None
    meal2_out_at: datetime | None = None
    meal2_in_at: datetime | None = None
    ndb_at: datetime | None = None
    adjustments: list[Any] = field(default_factory=list)


def a_card(
    session: Session,
    production: Production,
    person: Person,
    on: str,
    hours: tuple[str, str] = ("07:00", "19:00"),
) -> TimeCard:
    day = builders.a_shoot_day(session, production, on, call=hours[0], wrap=hours[1])
    role = builders.a_role(session, production, [day])
    booking = builders.a_booking(session, role, person, day)
    return builders.a_time_card(session, booking, hours=hours)


def entry_of(session: Session, card: TimeCard) -> TimeEntry:
    return session.query(TimeEntry).filter_by(time_card_id=card.id).one()


def test_hours_are_priced_as_they_stand(session: Session) -> None:
    card = a_card(session, builders.a_production(session), builders.a_person(session), "2026-11-16")

    earnings = services.earnings_of(session, card.id)

    assert earnings.gross == Money(28_000, "USD")
    assert earnings.worked_minutes == 690


def test_a_preview_prices_hours_that_are_not_stored(session: Session) -> None:
    card = a_card(session, builders.a_production(session), builders.a_person(session), "2026-11-16")
    typed = Typed(
        datetime(2026, 11, 16, 15, tzinfo=UTC),
        datetime(2026, 11, 17, 5, tzinfo=UTC),
        adjustments=[freeze({"code": "parking", "amount": Money(1_500, "USD")})],
    )

    earnings = services.preview(session, card.booking_id, typed)

    assert earnings.worked_minutes == 14 * 60
    assert "parking" in [one.code for one in earnings.lines]
    assert earnings.gross.minor > 28_000


def test_a_card_without_hours_cannot_be_priced(session: Session) -> None:
    card = a_card(session, builders.a_production(session), builders.a_person(session), "2026-11-16")
    card.version = 2
    card.state = CardState.PENDING
    session.flush()

    with pytest.raises(PayError, match="No hours"):
        services.earnings_of(session, card.id)


def test_the_days_of_the_work_week_are_counted_from_sunday(session: Session) -> None:
    production, person = builders.a_production(session), builders.a_person(session)
    dates = [f"2026-11-{day}" for day in (14, 15, 16, 17, 18, 19, 20, 21)]
    cards = [a_card(session, production, person, on, ("08:00", "18:00")) for on in dates]

    numbers = [
        price(session, engagement_of(session, card.booking_id), entry_of(session, card)).day
        for card in cards
    ]

    assert [day.day_number for day in numbers] == [1, 1, 2, 3, 4, 5, 6, 7]


def test_the_last_wrap_of_the_same_production_counts(session: Session) -> None:
    production, person = builders.a_production(session), builders.a_person(session)
    before = a_card(session, production, person, "2026-11-16", ("12:00", "24:00"))
    card = a_card(session, production, person, "2026-11-17", ("12:00", "20:00"))
    elsewhere = builders.a_production(session, minimum_rest_minutes=0)
    a_card(
        session, elsewhere, builders.a_person(session, "Other"), "2026-11-17", ("07:00", "09:00")
    )

    priced = price(session, engagement_of(session, card.booking_id), entry_of(session, card))

    assert priced.day.previous_wrap_at == entry_of(session, before).out_at
    assert priced.day.previous_multiplier == 1


def test_a_rest_penalty_that_carries_on_knows_the_last_rate(session: Session) -> None:
    production = builders.a_production(session, minimum_rest_minutes=0)
    production.agreement = "us_film_10_rollover"
    person = builders.a_person(session)
    a_card(session, production, person, "2026-11-16", ("06:00", "24:00"))
    card = a_card(session, production, person, "2026-11-17", ("06:00", "18:00"))

    priced = price(session, engagement_of(session, card.booking_id), entry_of(session, card))

    assert priced.day.previous_multiplier > Fraction(1)


def test_many_cards_are_priced_in_a_few_queries(session: Session) -> None:
    production = builders.a_production(session)
    cards = [
        a_card(session, production, builders.a_person(session), f"2026-11-{day}")
        for day in range(16, 22)
    ]
    broken = a_card(session, production, builders.a_person(session), "2026-11-22")
    broken.version = 9
    ids = [card.id for card in (*cards, broken)]
    session.flush()
    session.expire_all()
    seen: list[str] = []
    engine = session.get_bind()
    listener = lambda *args: seen.append(args[2])  # noqa: E731 - the library calls it with six values
    event.listen(engine, "before_cursor_execute", listener)

    earnings = services.earnings_of_cards(session, ids)

    event.remove(engine, "before_cursor_execute", listener)
    assert [type(earnings[one]) for one in ids] == [Earnings] * 6 + [PayError]
    assert len(seen) <= 3


def test_a_day_outside_the_agreement_cannot_be_priced(session: Session) -> None:
    card = a_card(session, builders.a_production(session), builders.a_person(session), "2026-11-16")
    day = session.get_one(ShootDay, card.shoot_day_id)
    day.shoot_date = date(1999, 1, 1)
    session.flush()

    assert isinstance(services.earnings_of_cards(session, [card.id])[card.id], PayError)
