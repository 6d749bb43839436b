"""What planned days will pay, before anybody has worked them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final

import pytest

from marketplace.domain.payroll.queries import agreements
from marketplace.domain.payroll.rules.shapes import Deal
from marketplace.domain.payroll.services.plans import (
    Planned,
    plan,
    plan_of_day,
    planned_meals,
)
from marketplace.kernel.money import Money
from marketplace.kernel.zones import at, local, parse_clock

ZONE: Final = "America/Los_Angeles"
MONDAY: Final = date(2026, 11, 23)


def a_deal(rate: int = 65_000, hours: int = 12, agreement: str = "us_film_crew_12") -> Deal:
    return Deal(Money(rate, agreements()[agreement].currency), hours * 60, agreement)


def a_plan(day: int, call: str = "07:00", wrap: str = "19:30", people: int = 1) -> Planned:
    on = MONDAY + timedelta(days=day)
    start, end = (at(on, parse_clock(clock), ZONE) for clock in (call, wrap))
    return Planned(day + 1, day + 1, on, start, end, people)


def instants(*clocks: str) -> list[datetime]:
    return [at(MONDAY, parse_clock(clock), ZONE) for clock in clocks]


def test_a_day_within_its_hours_costs_the_day_rate_for_everybody() -> None:
    found = plan(a_deal(), ZONE, [a_plan(0, people=3), a_plan(1, people=2)])

    assert [one.whole for one in found.days] == [Money(195_000, "USD"), Money(130_000, "USD")]
    assert found.total == found.rates == Money(325_000, "USD")
    assert found.people_days == 5
    assert [one.beyond for one in found.days] == [timedelta(0)] * 2


def test_a_day_planned_longer_than_its_hours_costs_overtime() -> None:
    (found,) = plan(a_deal(), ZONE, [a_plan(0, wrap="21:00")]).days

    # 13 h of work after two meals: 650 + 1 h × 46.4286 × 2
    assert found.each == Money(74_286, "USD")
    assert found.beyond == timedelta(hours=1)
    assert len(found.meals) == 2
    assert found.penalties == ()


def test_days_planned_too_close_together_cost_the_rest_they_take() -> None:
    days = [a_plan(1, "06:00", "18:30"), a_plan(0, "14:00", "26:30")]

    found = plan(a_deal(), ZONE, days)

    first, second = found.days
    assert [first.day.number, second.day.number] == [1, 2]
    (penalty,) = second.penalties
    assert penalty.code == "rest_penalty"
    assert str(penalty.cause) == "3.5 hours of rest, 10 owed: 6.5 hours short."
    assert found.total == found.rates + penalty.amount


def test_a_sixth_planned_day_of_a_week_is_paid_as_one() -> None:
    week = [a_plan(day) for day in range(-1, 5)]

    found = plan(a_deal(), ZONE, week)

    assert [one.each == Money(65_000, "USD") for one in found.days] == [True] * 5 + [False]


def test_a_day_that_cannot_be_priced_says_why_and_counts_nowhere() -> None:
    found = plan(a_deal(agreement="uk_pact_faa_2022"), ZONE, [a_plan(0)])

    assert found.days[0].each is None
    assert found.days[0].whole is None
    assert found.days[0].employer is None
    assert found.days[0].penalties == ()
    assert found.total == Money(0, "GBP")
    assert "is not in force" in str(found.problems[0])


def test_the_same_reason_is_said_once() -> None:
    found = plan(a_deal(agreement="us_film_crew_12", hours=0), ZONE, [a_plan(0), a_plan(1)])

    assert len(found.problems) == 1


def test_one_day_of_a_plan_is_priced_as_within_the_whole() -> None:
    days = [a_plan(0, "14:00", "26:30"), a_plan(1, "06:00", "18:30"), a_plan(2)]
    deal = a_deal()

    whole = plan(deal, ZONE, days)

    assert [plan_of_day(deal, ZONE, days, one) for one in days] == list(whole.days)


def test_a_rest_penalty_that_keeps_the_last_rate_knows_the_planned_overtime() -> None:
    deal = a_deal(rate=45_000, hours=10, agreement="us_film_10_rollover")

    short = plan(deal, ZONE, [a_plan(0, "07:00", "24:00"), a_plan(1, "06:00", "16:00")]).days[1]

    assert [one.code for one in short.penalties] == ["rest_penalty"]


@pytest.mark.parametrize(
    ("wrap", "meals"),
    [
        ("12:30", []),
        ("13:00", []),
        ("13:10", ["12:40"]),
        ("19:30", ["13:00"]),
        ("20:00", ["13:00", "19:30"]),
    ],
)
def test_meals_are_planned_as_late_as_they_may_be(wrap: str, meals: list[str]) -> None:
    call, ends = instants("07:00", wrap)

    found = planned_meals(agreements()["us_film_crew_12"].meals, call, ends)

    assert [f"{local(meal.out_at, ZONE):%H:%M}" for meal in found] == meals
    assert all(meal.in_at <= ends for meal in found)


def test_a_statute_wants_a_second_meal_on_a_long_day_and_no_third() -> None:
    call, ends = instants("07:00", "25:00")

    found = planned_meals(agreements()["us_ca_statute"].meals, call, ends)

    assert len(found) == 2


def test_without_a_meal_rule_no_break_is_planned() -> None:
    call, ends = instants("07:00", "19:00")

    assert planned_meals(None, call, ends) == ()
    assert Fraction((ends - call) // timedelta(minutes=1)) == 720


def test_the_hours_of_a_planned_week_above_forty_are_overtime() -> None:
    deal = a_deal(rate=24_000, hours=8, agreement="us_ca_statute")
    week = [a_plan(day, "07:00", "15:30") for day in range(-1, 5)]  # six days of 8 h from Sunday

    found = plan(deal, ZONE, week)

    assert [one.each for one in found.days[:5]] == [Money(24_000, "USD")] * 5
    assert found.days[5].each == Money(36_000, "USD")  # 48 h of work: the last 8 at 1.5 times


def test_what_employees_cost_their_employer_stands_beside_the_gross() -> None:
    wages = plan(a_deal(rate=28_000), ZONE, [a_plan(0, people=2)], scheme="us_ca_w2")
    fees = plan(a_deal(rate=28_000), ZONE, [a_plan(0, people=2)], scheme="us_contractor")

    # at least social security of 17.36 and Medicare of 4.06 for each of the two
    assert wages.employer.minor >= 2 * (1_736 + 406)
    assert wages.total == fees.total == Money(56_000, "USD")
    assert fees.employer == Money(0, "USD")


def test_a_year_without_a_table_leaves_the_employers_taxes_out() -> None:
    later = plan(a_deal(), ZONE, [a_plan(800)], scheme="us_ca_w2")

    assert later.employer == Money(0, "USD")
    assert later.total == Money(65_000, "USD")
