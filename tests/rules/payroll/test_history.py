"""The week: what the other days of a person mean for a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.payroll.rules import Deal, Earnings, Meal, WorkedDay
from marketplace.domain.payroll.rules.history import Shift, pay_week, place, straight_hours
from marketplace.domain.payroll.rules.slips import day_number
from marketplace.domain.payroll.rules.terms import Workweek
from marketplace.domain.payroll.rules.week import week_hours
from marketplace.kernel.money import Money
from marketplace.kernel.zones import at, parse_clock
from tests.rules.payroll.days import LOS_ANGELES, an_agreement

STATUTE = "us_ca_statute"
SUNDAY = date(2026, 11, 15)


def a_shift(
    on: date,
    call: str,
    wrap: str,
    *meals: tuple[str, str],
    agreement: str = STATUTE,
    **more: Any,
) -> Shift:
    def clock(text: str) -> datetime:
        return at(on, parse_clock(text), LOS_ANGELES)

    breaks = tuple(Meal(clock(out), clock(back)) for out, back in meals)
    day = WorkedDay(on, LOS_ANGELES, clock(call), clock(wrap), breaks)
    terms = an_agreement(agreement)
    hourly = Money(2_000, terms.currency)
    deal = Deal(hourly, 60, agreement, hourly=hourly, is_guaranteed=False)
    return Shift(on.toordinal(), replace(deal, **more), day, terms)


def days_of(*lengths: int, start: date = SUNDAY, call: int = 8) -> list[Shift]:
    """Return shifts of whole hours on consecutive dates; 0 is a day off."""
    return [
        a_shift(start + timedelta(days=place), f"{call:02}:00", f"{call + hours:02}:00")
        for place, hours in enumerate(lengths)
        if hours
    ]


def hours_at(earnings: Earnings) -> dict[str, str]:
    found: dict[str, Fraction] = {}
    for line in earnings.lines:
        if line.kind == "earning":
            found[line.code] = found.get(line.code, Fraction(0)) + line.quantity
    return {code: str(hours) for code, hours in found.items()}


def test_six_days_of_nine_hours_are_forty_straight_and_fourteen_overtime() -> None:
    paid = [hours_at(earned) for _, earned in pay_week(days_of(9, 9, 9, 9, 9, 9))]

    assert paid[:5] == [{"straight": "8", "overtime_1_5": "1"}] * 5
    assert paid[5] == {"overtime_1_5": "9"}
    sixth = pay_week(days_of(9, 9, 9, 9, 9, 9))[5][1]
    assert [(str(line.quantity), line.rule.split()[-1]) for line in sixth.lines[:2]] == [
        ("8", "weekly"),
        ("1", "bands[1]"),
    ]


def test_the_hours_above_forty_say_why() -> None:
    _, sixth = pay_week(days_of(8, 8, 8, 8, 5, 6))[5]

    straight, late = (line for line in sixth.lines if line.kind == "earning")

    assert (str(straight.quantity), str(late.quantity)) == ("3", "3")
    assert late.multiplier == Fraction(3, 2)
    assert straight.cause is None
    assert str(late.cause) == (
        "More than 40 straight hours in the work week, 37 of them before this day."
    )


def test_the_premium_of_weekly_overtime_is_a_figure_of_its_own() -> None:
    _, sixth = pay_week(days_of(8, 8, 8, 8, 5, 6))[5]

    assert sixth.premium == Money(3 * 1_000, "USD")


def test_a_new_work_week_counts_from_nothing() -> None:
    week = days_of(8, 8, 8, 8, 8, 8) + days_of(8, start=SUNDAY + timedelta(days=7))

    _, sunday = pay_week(week)[-1]

    assert hours_at(sunday) == {"straight": "8"}


def test_another_agreement_without_a_weekly_limit_pays_the_day_as_it_is() -> None:
    crew = replace(
        a_shift(SUNDAY + timedelta(days=5), "08:00", "16:00", agreement="us_film_crew_12"),
    )

    placed = place(crew, days_of(8, 8, 8, 8, 8))

    assert placed.straight_before == 0


def test_the_seventh_day_in_a_row_is_overtime_from_its_first_hour() -> None:
    _, seventh = pay_week(days_of(8, 8, 8, 8, 8, 8, 9))[6]

    assert hours_at(seventh) == {"overtime_1_5": "8", "overtime_2": "1"}


def test_a_guaranteed_hour_that_was_not_worked_is_no_weekly_overtime() -> None:
    week = days_of(8, 8, 8, 8, 7)
    short = a_shift(SUNDAY + timedelta(days=5), "08:00", "12:00")
    deal = replace(short.deal, guaranteed_minutes=8 * 60, is_guaranteed=True, hourly=None)
    short = replace(short, deal=replace(deal, day_rate=Money(16_000, "USD")))

    _, paid = pay_week([*week, short])[5]

    assert [(line.code, str(line.quantity), str(line.multiplier)) for line in paid.lines] == [
        ("straight", "1", "1"),
        ("overtime_1_5", "3", "3/2"),
        ("guaranteed", "4", "1"),
    ]


def test_two_shifts_that_touch_one_workday_count_its_hours_together() -> None:
    night = a_shift(SUNDAY, "18:00", "30:00")
    evening = a_shift(SUNDAY + timedelta(days=1), "14:00", "22:00", ("18:00", "18:30"))

    _, paid = pay_week([night, evening])[1]

    assert hours_at(paid) == {"straight": "2", "overtime_1_5": "4", "overtime_2": "3/2"}
    assert "6 hours were worked before in the same workday" in str(paid.lines[0].cause)


def test_hours_after_the_workday_ends_count_from_the_call_again() -> None:
    morning = a_shift(SUNDAY, "00:00", "06:00")
    night = a_shift(SUNDAY + timedelta(days=0), "20:00", "30:00")
    night = replace(night, shoot_day=1)

    _, paid = pay_week([morning, night])[1]

    hours = [line for line in paid.lines if line.kind == "earning"]
    assert [(line.code, str(line.quantity)) for line in hours] == [
        ("straight", "2"),
        ("overtime_1_5", "2"),
        ("straight", "4"),
        ("overtime_1_5", "2"),
    ]


def test_the_workday_may_begin_at_dawn() -> None:
    statute = an_agreement(STATUTE)
    terms = replace(statute, workweek=replace(statute.workweek, day_starts=6 * 60))
    night = replace(a_shift(SUNDAY, "18:00", "30:00"), agreement=terms)
    early = replace(a_shift(SUNDAY + timedelta(days=1), "05:00", "07:00"), agreement=terms)
    evening = replace(a_shift(SUNDAY + timedelta(days=1), "14:00", "20:00"), agreement=terms)

    assert place(evening, [night]).workday_before == 0
    assert place(replace(early, shoot_day=2), [night]).workday_before == 0
    assert place(replace(early, shoot_day=2), days_of(12, call=18)[:0]).workday_before == 0
    before_dawn = replace(a_shift(SUNDAY, "12:00", "26:00"), agreement=terms)
    again = replace(a_shift(SUNDAY + timedelta(days=1), "03:00", "07:00"), agreement=terms)
    assert place(again, [before_dawn]).workday_before == 14


def test_the_last_wrap_and_its_rate_are_known() -> None:
    first = a_shift(SUNDAY, "06:00", "24:00", agreement="us_film_10_rollover")
    second = a_shift(SUNDAY + timedelta(days=1), "06:00", "18:00", agreement="us_film_10_rollover")

    placed = place(second, [second, first])

    assert placed.previous_wrap_at == first.day.out_at
    assert placed.previous_multiplier == 2


def test_a_shift_of_the_same_shoot_day_leaves_no_rest_between() -> None:
    morning, evening = days_of(4), a_shift(SUNDAY, "14:00", "18:00")

    assert place(evening, morning).previous_wrap_at is None


def test_days_in_a_row_may_count_across_weeks() -> None:
    rolling = Workweek(is_rolling=True)
    worked = [date(2026, 11, day) for day in (12, 13, 14, 15, 10)]

    assert day_number(date(2026, 11, 16), worked, rolling) == 5
    assert day_number(date(2026, 11, 16), [], rolling) == 1
    assert day_number(date(2026, 11, 16), worked, Workweek(starts_on=1)) == 1
    assert day_number(date(2026, 11, 17), [date(2026, 11, 16)], Workweek(starts_on=1)) == 2


UK = "uk_tv_drama_2023"


def uk_week(*dates: int, last_call: str = "08:00") -> list[Shift]:
    shifts = [a_shift(date(2026, 11, day), "08:00", "19:00", agreement=UK) for day in dates]
    last = a_shift(date(2026, 11, dates[-1]), last_call, "19:00", agreement=UK)
    return [*shifts[:-1], last]


def memos(shifts: list[Shift]) -> list[tuple[str, str]]:
    _, paid = pay_week(shifts)[-1]
    return [(line.code, str(line.cause)) for line in paid.lines if line.code == "weekly_rest_short"]


def test_a_weekend_off_is_rest_enough() -> None:
    assert memos(uk_week(6, 9, 10, 11, 12, 13)) == []


def test_a_week_without_a_long_rest_says_so() -> None:
    assert memos(uk_week(7, 9, 10, 11, 12, 13, 14)) == [
        ("weekly_rest_short", "37 hours in a row in seven days, 59 owed."),
    ]


@pytest.mark.parametrize(
    ("wrap", "found"),
    [("21:00", []), ("21:15", ["58.75 hours in a row in seven days, 59 owed."])],
)
def test_the_rest_owed_in_a_week_is_exactly_enough(wrap: str, found: list[str]) -> None:
    friday = a_shift(date(2026, 11, 6), "08:00", wrap, agreement=UK)

    assert [cause for _, cause in memos([*uk_week(2, 3, 4, 5, 9), friday])] == found


def test_somebody_who_starts_work_has_rested() -> None:
    assert memos(uk_week(9, 10, 11)) == []


def test_a_wrap_corrected_yesterday_changes_today_and_nothing_before() -> None:
    week = days_of(8, 8, 8, 8, 8, 4)
    longer = replace(week[1], day=replace(week[1].day, meals=()))
    shorter = replace(
        longer, day=replace(longer.day, out_at=longer.day.out_at - timedelta(hours=3))
    )

    before = [earned for _, earned in pay_week(week)]
    after = [earned for _, earned in pay_week([week[0], shorter, *week[2:]])]

    assert after[0] == before[0]
    assert after[2:5] == before[2:5]
    assert hours_at(before[5]) == {"overtime_1_5": "4"}
    assert hours_at(after[5]) == {"straight": "3", "overtime_1_5": "1"}


weeks = st.lists(st.integers(min_value=0, max_value=15), min_size=1, max_size=7)


@given(weeks)
@settings(max_examples=60, deadline=None)
def test_the_days_of_a_week_add_up_to_the_week(lengths: list[int]) -> None:
    paid = [earned for _, earned in pay_week(days_of(*lengths, call=0))]

    found: dict[Fraction, Fraction] = {}
    for earned in paid:
        for line in earned.lines:
            if line.kind == "earning":
                found[line.multiplier] = found.get(line.multiplier, Fraction(0)) + line.quantity
    whole = week_hours([Fraction(hours) for hours in lengths], an_agreement(STATUTE))
    assert found == {multiplier: hours for multiplier, hours in whole.rows if hours}


@given(weeks, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_in_which_days_are_given_changes_nothing(
    lengths: list[int], chance: Random
) -> None:
    shifts = days_of(*lengths)
    mixed = chance.sample(shifts, len(shifts))

    assert pay_week(mixed) == pay_week(shifts)


@given(weeks, st.data())
@settings(max_examples=40, deadline=None)
def test_a_longer_day_never_makes_the_week_pay_less(
    lengths: list[int], data: st.DataObject
) -> None:
    place_of = data.draw(st.integers(min_value=0, max_value=len(lengths) - 1))
    more = [hours + (place == place_of) for place, hours in enumerate(lengths)]

    less, pays = (
        sum(earned.gross.minor for _, earned in pay_week(days_of(*one))) for one in (lengths, more)
    )

    assert pays >= less


def test_straight_hours_leave_out_what_was_not_worked() -> None:
    (_, paid), *_ = pay_week(days_of(9))

    assert straight_hours(paid.lines) == 8


@pytest.mark.parametrize("count", [0, 1])
def test_an_empty_week_pays_nothing(count: int) -> None:
    assert len(pay_week(days_of(8)[:count])) == count
