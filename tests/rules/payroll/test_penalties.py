"""Late meals and short rest."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from marketplace.domain.payroll.rules import PayLine, WorkedDay
from marketplace.domain.payroll.rules.shapes import Deal
from marketplace.kernel.zones import at, parse_clock
from tests.rules.payroll.days import A_FRIDAY, LOS_ANGELES, a_day, a_deal, a_meal, paid

SAG = "us_sag_day_performer"


def penalties(deal: Deal, day: WorkedDay) -> list[PayLine]:
    return [line for line in paid(deal, day).lines if line.kind == "penalty"]


def amounts(deal: Deal, day: WorkedDay) -> list[str]:
    return [str(line.amount.decimal) for line in penalties(deal, day)]


@pytest.mark.parametrize(
    ("out", "owed"),
    [
        ("14:00", []),
        ("14:12", []),
        ("14:13", ["25.00"]),
        ("14:30", ["25.00"]),
        ("15:01", ["110.00"]),
    ],
)
def test_a_performers_late_meal_climbs_the_ladder_by_started_half_hours(
    out: str, owed: list[str]
) -> None:
    back = out.replace("14:", "15:").replace("15:01", "16:00")

    assert amounts(a_deal(SAG, hours=8), a_day("08:00", "17:00", a_meal(out, back))) == owed


def test_the_ladder_repeats_its_last_step() -> None:
    assert amounts(a_deal(SAG, hours=8), a_day("08:00", "16:00")) == ["160.00"]


def test_a_penalty_names_its_cause() -> None:
    (line,) = penalties(a_deal(SAG, hours=8), a_day("08:00", "15:00"))

    assert line.cause is not None
    assert line.cause.values["late"] == timedelta(hours=1)
    assert line.rule == "us_sag_day_performer@2023-11-09 meals.penalty"


def test_the_next_meal_is_due_six_hours_after_the_last_one() -> None:
    lunch = a_meal("13:00", "13:30")

    assert amounts(a_deal(), a_day("08:00", "19:42", lunch)) == []
    assert amounts(a_deal(), a_day("08:00", "19:43", lunch)) == ["7.50"]


def test_a_breakfast_that_is_not_deducted_restarts_the_meal_clock() -> None:
    breakfast = a_meal("09:45", "10:00", is_ndb=True)

    assert amounts(a_deal(), a_day("08:00", "16:00", breakfast)) == []


def test_a_breakfast_too_late_after_the_call_restarts_nothing() -> None:
    breakfast = a_meal("10:15", "10:30", is_ndb=True)

    assert amounts(a_deal(), a_day("08:00", "16:00", breakfast)) == ["42.50"]


def test_a_break_under_half_an_hour_is_no_meal_and_is_paid() -> None:
    snack = a_meal("13:00", "13:20")

    earned = paid(a_deal(), a_day("08:00", "15:00", snack))

    assert earned.worked_minutes == 420
    assert [line.code for line in earned.lines][-1] == "meal_penalty"


def test_only_an_hour_of_a_long_meal_leaves_the_clock() -> None:
    long = a_meal("12:00", "14:00")

    assert paid(a_deal(), a_day("08:00", "18:00", long)).worked_minutes == 540


def test_the_statute_owes_one_hour_a_day_however_many_meals_were_late() -> None:
    deal = a_deal("us_ca_statute")

    (line,) = penalties(deal, a_day("08:00", "19:00"))

    assert str(line.amount.decimal) == "20.00"


def test_the_statute_has_a_second_meal_by_the_tenth_hour() -> None:
    lunch, dinner = a_meal("12:00", "12:30"), a_meal("18:00", "18:30")

    assert amounts(a_deal("us_ca_statute"), a_day("08:00", "20:00", lunch, dinner)) == []
    assert amounts(a_deal("us_ca_statute"), a_day("08:00", "20:00", lunch)) == ["20.00"]


def test_an_extra_has_only_a_first_meal_by_the_rules_we_read() -> None:
    lunch = a_meal("13:00", "13:30")

    assert amounts(a_deal("us_sag_background", "216", 8), a_day("08:00", "19:55", lunch)) == []


def after_wrap(wrap: str, previous_multiplier: int = 1) -> WorkedDay:
    wrapped = at(A_FRIDAY, parse_clock(wrap), LOS_ANGELES)
    return a_day(
        "07:00",
        "12:00",
        previous_wrap_at=wrapped,
        previous_multiplier=Fraction(previous_multiplier),
    )


def test_wrap_at_two_and_call_at_seven_is_a_forced_call() -> None:
    (line,) = penalties(a_deal(SAG, "280", 8), after_wrap("02:00"))

    assert str(line.amount.decimal) == "280.00"
    assert str(line.cause) == "5 hours of rest, 12 owed: 7 hours short."


def test_a_forced_call_never_costs_more_than_its_ceiling() -> None:
    assert amounts(a_deal(SAG, "1500", 8), after_wrap("02:00")) == ["900.00"]


def test_a_crew_is_paid_the_invaded_hours_once_more() -> None:
    assert amounts(a_deal(), after_wrap("02:00")) == ["100.00"]


def test_a_british_crew_climbs_from_one_and_a_half_to_three() -> None:
    day = after_wrap("02:00")

    assert amounts(a_deal("uk_tv_drama_2017_toc", "300", 10), day) == ["465.00"]


def test_yesterdays_rate_goes_on_until_rested() -> None:
    tired = after_wrap("02:00", previous_multiplier=2)

    assert amounts(a_deal("us_film_10_rollover", "300", 10), tired) == ["150.00"]


@pytest.mark.parametrize("agreement", ["uk_tv_drama_2023", "us_iatse_golden_location"])
def test_a_short_rest_without_a_price_costs_nothing(agreement: str) -> None:
    assert amounts(a_deal(agreement, hours=8), after_wrap("02:00")) == []


def test_enough_rest_costs_nothing() -> None:
    assert (
        amounts(
            a_deal(SAG, "280", 8),
            a_day("19:00", "23:00", previous_wrap_at=at(A_FRIDAY, 420, LOS_ANGELES)),
        )
        == []
    )
