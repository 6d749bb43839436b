"""The hot cost of a day: plan against time cards, per role, department and currency."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.domain.booking.models import Booking
from marketplace.domain.booking.rules import BookingState
from marketplace.domain.booking.rules.cancelling import Fee, FeeKind, store_fee
from marketplace.domain.casting.models import Role
from marketplace.domain.payroll.services.days import earnings_of_cards
from marketplace.domain.payroll.services.hotcost import HotCost, RoleCost, hot_cost
from marketplace.domain.productions.models import Production, ShootDay
from marketplace.domain.timecards.models import TimeCard
from marketplace.domain.timecards.rules import CardKind, CardState
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say
from marketplace.web.presentation import sentence
from tests.support import builders


@dataclass
class Day:
    """A day with one role for three people."""

    session: Session
    show: Production
    day: ShootDay
    role: Role

    def books(self, name: str, role: Role | None = None) -> Booking:
        person = builders.a_person(self.session, name)
        return builders.a_booking(self.session, role or self.role, person, self.day)

    def enters(self, name: str, wrap: str = "19:00", meal: str = "12:30") -> TimeCard:
        back = {"12:30": "13:00", "13:30": "14:00"}[meal]
        return builders.a_time_card(
            self.session, self.books(name), hours=("07:00", wrap), meal=(meal, back)
        )

    def cost(self) -> HotCost:
        return hot_cost(self.session, self.show.id, self.day.id)

    def only(self) -> RoleCost:
        (found,) = self.cost().roles
        return found


@pytest.fixture
def day(session: Session) -> Day:
    show = builders.a_production(session)
    shoot = builders.a_shoot_day(session, show)
    role = builders.a_role(session, show, [shoot], headcount=3, day_rate_minor=65_000)
    return Day(session, show, shoot, role)


def dollars(minor: int) -> Money:
    return Money(minor, "USD")


def test_a_day_nobody_has_worked_yet_is_expected_to_cost_what_is_booked(day: Day) -> None:
    day.books("Ava Lin")

    found = day.only()

    assert (found.people, found.entered, found.waiting) == (3, 0, 1)
    assert found.sums.planned == dollars(195_000)
    assert found.sums.actual == dollars(0)
    assert found.sums.to_come == found.sums.expected == dollars(65_000)
    assert found.sums.difference == dollars(-130_000)
    assert found.over == ()


def test_a_late_wrap_and_a_late_meal_are_the_reasons_of_who_is_above_plan(day: Day) -> None:
    day.enters("Ava Lin")
    late = day.enters("Ben Okafor", wrap="21:30", meal="13:30")

    found = day.cost()
    (person,) = found.over

    earned = earnings_of_cards(day.session, [late.id])[late.id]
    assert not isinstance(earned, Exception)
    assert (person.name, person.planned, person.actual) == (
        "Ben Okafor",
        dollars(65_000),
        earned.gross,
    )
    words = [sentence(reason, zone=day.show.zone) for reason in person.reasons]
    assert words[0] == "Wrapped 2 h 30 m after plan"
    assert words[1].startswith("Meal penalty: Meal due by")
    assert found.totals["USD"].actual == dollars(65_000) + earned.gross


def test_an_early_start_and_another_rate_are_reasons_too(day: Day) -> None:
    booking = day.books("Ava Lin")
    booking.day_rate_minor = 70_000
    builders.a_time_card(day.session, booking, hours=("06:30", "18:30"))
    day.session.flush()

    (person,) = day.cost().over

    words = [sentence(reason) for reason in person.reasons]
    assert words[:2] == ["Booked at $700.00 a day", "Started 30 m before the call"]
    assert person.over == dollars(5_000)


def test_the_whole_day_is_the_sum_of_its_departments_and_of_its_roles(day: Day) -> None:
    day.enters("Ava Lin", wrap="21:00")
    gaffer = builders.a_role(day.session, day.show, [day.day], name="Gaffer")
    gaffer.kind, gaffer.department = "crew", "Electric"
    day.books("Ben Okafor", gaffer)

    found = day.cost()
    parts = [sums["USD"] for _kind, _name, sums, _roles in found.departments()]

    assert [(kind, name) for kind, name, _sums, _roles in found.departments()] == [
        ("crew", "Electric"),
        ("principal", ""),
    ]
    assert parts[0] + parts[1] == found.totals["USD"]
    assert found.roles[0].sums + found.roles[1].sums == found.totals["USD"]
    assert found.waiting == 1


def test_currencies_stand_beside_one_another_and_are_never_added(day: Day) -> None:
    booking = day.books("Ava Lin")
    booking.currency = "CNY"
    day.session.flush()

    found = day.cost()

    assert {role.sums.planned.currency: role.people for role in found.roles} == {"CNY": 0, "USD": 3}
    assert found.totals["CNY"].to_come == Money(65_000, "CNY")
    assert found.totals["USD"].to_come == dollars(0)


def test_hours_that_cannot_be_priced_are_named_and_cost_nothing_yet(day: Day) -> None:
    booking = day.books("Ava Lin")
    booking.agreement = "uk_pact_faa_2022"
    builders.a_time_card(day.session, booking)
    day.session.flush()

    found = day.only()

    assert [(name, "not in force" in str(why)) for name, why in found.problems] == [
        ("Ava Lin", True)
    ]
    assert found.sums.actual == dollars(0)


def test_a_plan_that_cannot_be_priced_says_so(day: Day) -> None:
    day.show.agreement = "uk_pact_faa_2022"
    day.session.flush()

    found = day.only()

    assert found.problems[0][0] == ""
    assert found.sums.planned == dollars(0)


def test_whoever_gave_the_day_back_does_not_count(day: Day) -> None:
    booking = day.books("Ava Lin")
    booking.state = BookingState.CANCELLED_BY_TALENT
    day.session.flush()

    assert day.only().waiting == 0


@pytest.mark.parametrize(
    ("kind", "word"),
    [(FeeKind.CANCELLED, "Cancellation fee"), (FeeKind.STANDBY, "Standby fee")],
)
def test_a_fee_for_no_work_is_a_cost_beyond_the_plan_with_its_reason(
    day: Day, kind: FeeKind, word: str
) -> None:
    booking = day.books("Ava Lin")
    booking.fee = store_fee(Fee(kind, 50, "day_and_half fee", say("Cancelled at 15:20.")))
    booking.state = BookingState.CANCELLED_BY_PRODUCTION
    card = builders.a_time_card(day.session, booking)
    card.state, card.kind = CardState.SENT, CardKind(kind)
    day.session.flush()

    found = day.only()

    assert (found.entered, found.waiting) == (0, 0)
    assert found.sums.actual == found.sums.expected == dollars(32_500)
    (ava,) = found.over
    assert (ava.planned, ava.over) == (None, dollars(32_500))
    assert [sentence(one) for one in ava.reasons] == [f"{word}: Cancelled at 15:20."]


def test_a_card_without_hours_waits(day: Day) -> None:
    card = builders.a_time_card(day.session, day.books("Ava Lin"))
    card.state = CardState.PENDING
    day.session.flush()

    assert (day.only().entered, day.only().waiting) == (0, 1)


def test_the_number_of_queries_does_not_grow_with_people(day: Day) -> None:
    def queries() -> int:
        day.session.expire_all()
        seen: list[str] = []
        engine = day.session.get_bind()
        note = lambda *args: seen.append(args[2])  # noqa: E731 - removed again below
        event.listen(engine, "before_cursor_execute", note)
        day.cost()
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    day.enters("Ava Lin")
    few = queries()
    day.enters("Ben Okafor")
    day.enters("Mei Alvarez")

    assert queries() <= few
    assert few <= 12
    assert day.session.scalar(sa.select(sa.func.count(TimeCard.id))) == 3


def test_wages_show_what_the_employer_pays_on_top_of_plan_and_hours(day: Day) -> None:
    day.show.scheme, day.show.engagement = "us_ca_w2", "employee"
    day.session.flush()
    booking = day.enters("Ava Lin")
    day.session.get_one(Booking, booking.booking_id).scheme = "us_ca_w2"
    day.session.flush()

    sums = day.only().sums

    assert sums.planned_employer.minor >= 3 * (4_030 + 943)  # 6.2% and 1.45% of 650, three people
    assert sums.planned_employer == sums.actual_employer + sums.actual_employer.times(2)
