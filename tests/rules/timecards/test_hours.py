"""Typed hours become instants: around midnight, when clocks change, and when they cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.timecards.rules import (
    MOVES,
    REFUSALS,
    Action,
    CardState,
    Hours,
    HoursError,
    TypedHours,
    WorkBefore,
    adjustment,
    after,
    read_hours,
    rest_before,
    warnings,
)
from marketplace.kernel import zones
from marketplace.kernel.errors import NotAllowedError

SHANGHAI = "Asia/Shanghai"
LOS_ANGELES = "America/Los_Angeles"
SUNDAY = date(2026, 11, 22)
TEN_HOURS = timedelta(hours=10)


def at(text: str, on: date = SUNDAY, zone: str = SHANGHAI) -> datetime:
    """Return the instant the set means by a time."""
    return zones.at(on, zones.parse_clock(text), zone)


def read(in_: str, out: str, call: str = "07:00", **meals: str) -> Hours:
    """Read hours of a Sunday in Shanghai."""
    return read_hours(TypedHours(in_, out, **meals), SUNDAY, at(call), SHANGHAI)


@pytest.mark.parametrize("typed", ["26:00", "02:00", "0200", "2:00"])
def test_two_in_the_morning_is_read_however_it_is_written(typed: str) -> None:
    assert read("16:00", typed, call="16:00").out_at == at("26:00")


def test_a_late_sign_in_belongs_to_the_night_of_its_call() -> None:
    assert read("00:10", "08:00", call="23:30").in_at == at("24:10")


def test_an_early_sign_in_before_a_midnight_call_is_the_evening_before() -> None:
    hours = read("23:50", "08:00", call="00:10")

    assert hours.in_at == at("23:50", SUNDAY - timedelta(days=1))
    assert hours.worked == timedelta(hours=8, minutes=10)


def test_meals_after_midnight_leave_the_hours() -> None:
    hours = read("16:00", "04:00", call="16:00", meal_out="00:30", meal_in="01:00")

    assert hours.meals == ((at("24:30"), at("25:00")),)
    assert hours.worked == timedelta(hours=11, minutes=30)


def test_two_meals_are_read_in_order() -> None:
    hours = read(
        "07:00", "22:00", meal_out="12:00", meal_in="12:30", meal2_out="18:00", meal2_in="18:30"
    )

    assert (hours.meal_out_at, hours.meal_in_at) == (at("12:00"), at("12:30"))
    assert (hours.meal2_out_at, hours.meal2_in_at) == (at("18:00"), at("18:30"))


def test_a_day_without_meals_has_no_meal_times() -> None:
    hours = read("07:00", "12:00")

    assert (hours.meal_out_at, hours.meal_in_at) == (None, None)
    assert (hours.meal2_out_at, hours.meal2_in_at) == (None, None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (TypedHours("", "19:00"), "in_"),
        (TypedHours("07:00", ""), "out"),
        (TypedHours("07:00", "nine"), "out"),
        (TypedHours("07:00", "19:00", "12:00"), "meal_in"),
        (TypedHours("07:00", "19:00", "", "12:30"), "meal_out"),
        (TypedHours("07:00", "19:00", "18:30", "19:30"), "meal_out"),
        (TypedHours("07:00", "19:00", "12:00", "13:00", "12:30", "14:00"), "meal_out"),
        (TypedHours("05:00", "36:00"), "out"),
        (TypedHours("07:00", "19:00", "12:00", "12:30", ndb="12:00"), "ndb"),
        (TypedHours("07:00", "19:00", "12:00", "12:30", ndb="11:46"), "ndb"),
        (TypedHours("07:00", "07:10", ndb="07:00"), "ndb"),
        (TypedHours("07:00", "19:00", ndb="06:50"), "ndb"),
        (TypedHours("07:00", "19:00", ndb="early"), "ndb"),
    ],
)
def test_hours_that_cannot_be_name_the_field(typed: TypedHours, field: str) -> None:
    with pytest.raises(HoursError) as refusal:
        read_hours(typed, SUNDAY, at("07:00"), SHANGHAI)

    assert refusal.value.field == field


def test_a_breakfast_that_does_not_stop_the_clock_is_work() -> None:
    typed = TypedHours("23:30", "34:00", "30:00", "30:30", ndb="00:45")

    hours = read_hours(typed, SUNDAY, at("23:30"), SHANGHAI)

    assert hours.ndb_at == at("24:45")
    assert hours.worked == timedelta(hours=10)
    assert len(hours.meals) == 1


def test_the_night_clocks_go_back_has_an_hour_more() -> None:
    night = date(2026, 10, 31)
    typed = TypedHours("20:00", "06:00")

    hours = read_hours(typed, night, at("20:00", night, LOS_ANGELES), LOS_ANGELES)

    assert hours.worked == timedelta(hours=11)


def test_the_night_clocks_go_forward_has_an_hour_less() -> None:
    night = date(2026, 3, 7)
    typed = TypedHours("20:00", "06:00")

    hours = read_hours(typed, night, at("20:00", night, LOS_ANGELES), LOS_ANGELES)

    assert hours.worked == timedelta(hours=9)


def test_hours_inside_the_hour_that_never_happens_are_refused() -> None:
    night = date(2026, 3, 7)
    typed = TypedHours("26:30", "27:30")

    with pytest.raises(HoursError) as refusal:
        read_hours(typed, night, at("26:00", night, LOS_ANGELES), LOS_ANGELES)

    assert refusal.value.field == "out"


DATES = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MINUTES = st.integers(0, 24 * 60 - 1)


@given(on=DATES, call=MINUTES, length=st.integers(1, 20 * 60))
def test_any_wrap_within_twenty_hours_is_found_on_the_right_day(
    on: date, call: int, length: int
) -> None:
    wrap = call + length
    typed = TypedHours(zones.show_clock(call), zones.show_clock(wrap % (24 * 60)))

    hours = read_hours(typed, on, zones.at(on, call, SHANGHAI), SHANGHAI)

    assert hours.in_at == zones.at(on, call, SHANGHAI)
    assert hours.worked == timedelta(minutes=length)


@pytest.mark.parametrize(("state", "action"), list(product(CardState, Action)))
def test_every_pair_outside_the_table_is_refused(state: CardState, action: Action) -> None:
    if (state, action) in MOVES:
        assert after(state, action) is MOVES[state, action]
        return
    with pytest.raises(NotAllowedError) as refusal:
        after(state, action)
    assert refusal.value.message == REFUSALS[state]


def test_an_ordinary_day_has_nothing_unusual() -> None:
    hours = read("07:00", "19:00", meal_out="12:00", meal_in="12:30")

    assert warnings(hours, TEN_HOURS, TEN_HOURS) == ()
    assert warnings(hours, None, TEN_HOURS) == ()


def test_a_long_day_without_a_meal_after_little_rest_says_all_three() -> None:
    found = warnings(read("07:00", "19:01"), timedelta(hours=9, minutes=59), TEN_HOURS)

    assert [warning.text for warning in found] == [
        "%(length)s on set",
        "no meal in %(length)s",
        "%(rest)s of rest before",
    ]


def worked(wrap: str, owed: timedelta = TEN_HOURS) -> WorkBefore:
    """Return Saturday's work with a wrap as the set writes it."""
    saturday = SUNDAY - timedelta(days=1)
    return WorkBefore(at("10:00", saturday), at(wrap, saturday), owed)


def test_a_bump_is_recorded_without_its_amount_which_is_in_the_agreement() -> None:
    assert adjustment("wet", 2) == {"code": "wet", "amount": None, "quantity": 2}


def test_rest_is_short_by_a_minute_and_enough_to_the_minute() -> None:
    short = rest_before(at("07:00"), TEN_HOURS, [worked("21:01")])
    enough = rest_before(at("07:00"), TEN_HOURS, [worked("21:00")])

    assert short is not None
    assert short.is_short
    assert short.first_call == at("07:01")
    assert enough is not None
    assert not enough.is_short


def test_the_longer_of_two_floors_is_owed() -> None:
    rest = rest_before(at("07:00"), TEN_HOURS, [worked("20:00", timedelta(hours=12))])

    assert rest is not None
    assert rest.is_short
    assert rest.floor == timedelta(hours=12)


def test_the_tightest_of_several_days_counts_and_later_ones_do_not() -> None:
    later = WorkBefore(at("12:00"), at("20:00"), TEN_HOURS)
    long_ago = WorkBefore(
        datetime(2026, 11, 18, tzinfo=UTC), datetime(2026, 11, 19, tzinfo=UTC), TEN_HOURS
    )

    rest = rest_before(at("07:00"), TEN_HOURS, [later, long_ago, worked("26:10")])

    assert rest is not None
    assert rest.length == timedelta(hours=4, minutes=50)
    assert rest_before(at("07:00"), TEN_HOURS, [later]) is None
