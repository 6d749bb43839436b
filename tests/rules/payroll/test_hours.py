"""Clocks, rounding, workdays and weeks."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from marketplace.domain.payroll.rules import Meal, PayError
from marketplace.domain.payroll.rules.hours import (
    deducted,
    elapsed_hours,
    round_minutes,
    started_units,
)
from marketplace.domain.payroll.rules.penalties import rest_bank
from marketplace.domain.payroll.rules.week import split_workdays, week_hours, week_lines
from marketplace.kernel.zones import at
from tests.rules.payroll.days import LOS_ANGELES, a_day, a_deal, a_meal, an_agreement, paid

STATUTE = "us_ca_statute"


@pytest.mark.parametrize(
    ("night", "hours"),
    [(date(2026, 3, 7), 9), (date(2026, 10, 31), 11), (date(2026, 11, 20), 10)],
)
def test_a_night_is_as_long_as_it_really_was(night: date, hours: int) -> None:
    starts, ends = at(night, 20 * 60, LOS_ANGELES), at(night, 30 * 60, LOS_ANGELES)

    assert elapsed_hours(starts, ends) == hours


@pytest.mark.parametrize(
    ("mode", "minutes"),
    [("up", 606), ("down", 600), ("nearest", 600), ("none", 601)],
)
def test_minutes_round_to_units(mode: str, minutes: int) -> None:
    assert round_minutes(Fraction(601), 6, mode) == minutes


def test_half_a_unit_rounds_up_to_the_nearest() -> None:
    assert round_minutes(Fraction(603), 6, "nearest") == 606


@pytest.mark.parametrize(
    ("hours", "units"), [("-1", 0), ("0", 0), ("0.01", 1), ("0.5", 1), ("0.6", 2)]
)
def test_a_started_unit_counts(hours: str, units: int) -> None:
    assert started_units(Fraction(hours), 30) == units


def test_without_a_meal_rule_the_whole_break_leaves_the_clock() -> None:
    assert deducted(a_meal("12:00", "14:00"), None) == 2


def test_a_statute_deducts_all_of_a_long_meal() -> None:
    assert deducted(a_meal("12:00", "14:00"), an_agreement(STATUTE).meals) == 2


def test_a_breakfast_is_paid() -> None:
    breakfast: Meal = a_meal("08:30", "09:30", is_ndb=True)

    assert deducted(breakfast, None) == 0


def test_a_tenth_of_an_hour_started_is_a_tenth_paid() -> None:
    assert (
        paid(a_deal("us_sag_day_performer", "782", 8), a_day("08:00", "13:01")).worked_minutes
        == 306
    )


def test_the_elapsed_clock_of_hengdian_keeps_the_meal() -> None:
    extra = a_deal("cn_hengdian_extra_2024_11", "135", 10)
    lunch = a_meal("12:00", "13:00")

    assert paid(extra, a_day("08:00", "18:30", lunch)).worked_minutes == 11 * 60


@pytest.mark.parametrize(
    ("starts", "hours"),
    [(0, [6, 6]), (6 * 60, [12]), (20 * 60, [2, 10]), (18 * 60, [12])],
)
def test_a_night_falls_into_fixed_workdays(starts: int, hours: list[int]) -> None:
    night = date(2026, 11, 20)
    call, wrap = at(night, 18 * 60, LOS_ANGELES), at(night, 30 * 60, LOS_ANGELES)

    assert split_workdays(call, wrap, LOS_ANGELES, starts) == hours


def test_a_shift_before_the_workday_starts_belongs_to_the_day_before() -> None:
    early = at(date(2026, 11, 20), 4 * 60, LOS_ANGELES)

    assert split_workdays(early, early + timedelta(hours=4), LOS_ANGELES, 6 * 60) == [2, 2]


def week(*hours: str) -> dict[str, str]:
    found = week_hours([Fraction(day) for day in hours], an_agreement(STATUTE))
    return {str(multiplier): str(part) for multiplier, part in found.rows if part}


def test_six_days_of_nine_hours_are_fourteen_hours_of_overtime() -> None:
    assert week("9", "9", "9", "9", "9", "9", "0") == {"1": "40", "3/2": "14"}


def test_the_seventh_day_in_a_row_is_overtime_from_its_first_hour() -> None:
    assert week("8", "8", "8", "8", "8", "0", "9") == {"1": "40", "3/2": "9"}
    assert week("4", "4", "4", "4", "4", "4", "9") == {"1": "24", "3/2": "8", "2": "1"}


def test_a_week_under_forty_hours_has_only_daily_overtime() -> None:
    assert week("13") == {"1": "8", "3/2": "4", "2": "1"}


def test_an_agreement_without_a_weekly_rule_counts_days_only() -> None:
    found = week_hours([Fraction(8)] * 6, an_agreement("us_sag_background"))

    assert found.at(Fraction(1)) == 48
    assert found.at(Fraction(7)) == 0


def test_a_week_prints_a_line_for_each_rate() -> None:
    hours = week_hours([Fraction(11)], an_agreement(STATUTE))

    lines = week_lines(hours, Fraction(2000), an_agreement(STATUTE))

    assert [(line.code, line.amount.minor) for line in lines] == [
        ("straight", 16000),
        ("overtime_1_5", 9000),
    ]


def test_a_week_has_seven_days() -> None:
    with pytest.raises(PayError, match="seven days"):
        week(*["1"] * 8)


def test_hours_shot_after_midnight_are_banked_as_rest() -> None:
    assert rest_bank([Fraction(3), Fraction(2), Fraction(1), Fraction(0)]) == [3, 5, 6, 6]
