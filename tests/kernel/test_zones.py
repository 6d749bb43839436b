"""Civil time on a set: days belong to their call, hours run past 24, clocks change twice a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import zones
from marketplace.kernel.zones import TimeError

LOS_ANGELES = "America/Los_Angeles"
SHANGHAI = "Asia/Shanghai"
SPRING = date(2026, 3, 8)
AUTUMN = date(2026, 11, 1)
TWO = 120
THREE = 180
days = st.sampled_from([SPRING + timedelta(days=n) for n in range(-2, 3)]) | st.sampled_from(
    [AUTUMN + timedelta(days=n) for n in range(-2, 3)]
)
minutes = st.integers(min_value=0, max_value=36 * 60)


def test_a_zone_is_known_by_its_iana_name() -> None:
    assert zones.is_zone(SHANGHAI)
    assert not zones.is_zone("Hengdian")


def test_twenty_six_o_clock_is_two_on_the_wall_of_the_next_day() -> None:
    assert zones.at(date(2026, 11, 24), 26 * 60, SHANGHAI) == datetime(2026, 11, 24, 18, tzinfo=UTC)


def test_a_night_over_the_spring_change_is_an_hour_shorter() -> None:
    call = zones.at(date(2026, 3, 7), 22 * 60, LOS_ANGELES)
    wrap = zones.at(date(2026, 3, 7), 30 * 60, LOS_ANGELES)

    assert wrap - call == timedelta(hours=7)


def test_a_night_over_the_autumn_change_is_an_hour_longer() -> None:
    call = zones.at(date(2026, 10, 31), 22 * 60, LOS_ANGELES)
    wrap = zones.at(date(2026, 10, 31), 30 * 60, LOS_ANGELES)

    assert wrap - call == timedelta(hours=9)


def test_a_wall_time_that_happens_twice_is_the_first_one() -> None:
    assert zones.at(AUTUMN, 90, LOS_ANGELES) == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def test_a_wall_time_that_never_happens_is_moved_on_by_the_gap() -> None:
    moved = zones.at(SPRING, 150, LOS_ANGELES)

    assert moved == datetime(2026, 3, 8, 10, 30, tzinfo=UTC)
    assert zones.clock_minutes(moved, SPRING, LOS_ANGELES) == 3 * 60 + 30


@given(days, minutes, st.sampled_from([LOS_ANGELES, SHANGHAI, "Europe/London", "UTC"]))
def test_the_wall_time_of_an_instant_is_the_one_it_was_made_of(
    day: date, minute: int, zone: str
) -> None:
    instant = zones.at(day, minute, zone)

    back = zones.clock_minutes(instant, day, zone)

    wall_day, wall_minute = day + timedelta(days=minute // 1440), minute % 1440
    never_happens = zone == LOS_ANGELES and wall_day == SPRING and TWO <= wall_minute < THREE
    assert back == minute + (60 if never_happens else 0)
    assert zones.local_date(instant, zone) == day + timedelta(days=back // 1440)


@given(days, minutes, minutes)
def test_later_on_the_wall_is_never_earlier_in_time(day: date, one: int, other: int) -> None:
    first, second = sorted((one, other))
    spring_gap = timedelta(hours=1)

    passed = zones.at(day, second, LOS_ANGELES) - zones.at(day, first, LOS_ANGELES)

    assert passed >= timedelta(minutes=second - first) - spring_gap
    assert passed <= timedelta(minutes=second - first) + spring_gap


def test_the_local_time_of_an_instant_has_the_date_of_the_place() -> None:
    instant = datetime(2026, 11, 24, 18, tzinfo=UTC)

    assert zones.local(instant, SHANGHAI).hour == TWO // 60
    assert zones.local_date(instant, SHANGHAI) == date(2026, 11, 25)
    assert zones.local_date(instant, LOS_ANGELES) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7:00", 420),
        ("07:00", 420),
        ("0700", 420),
        (" 26:00 ", 1560),
        ("26：00", 1560),
        ("18.30", 1110),
        ("36:00", 2160),
        ("0:00", 0),
    ],
)
def test_times_are_read_as_they_are_typed(text: str, expected: int) -> None:
    assert zones.parse_clock(text) == expected


@pytest.mark.parametrize("text", ["", "7", "7:60", "37:00", "99:00", "noon", "7:00 pm", "-1:00"])
def test_what_is_not_a_time_of_a_shoot_day_is_refused(text: str) -> None:
    with pytest.raises(TimeError, match="Enter a time such as"):
        zones.parse_clock(text)


@given(st.integers(min_value=0, max_value=36 * 60 + 59))
def test_a_shown_time_reads_back_the_same(minute: int) -> None:
    assert zones.parse_clock(zones.show_clock(minute)) == minute


def test_a_time_before_the_call_is_after_midnight() -> None:
    assert zones.after(TWO, 16 * 60) == 26 * 60
    assert zones.after(26 * 60, 16 * 60) == 26 * 60
    assert zones.after(16 * 60, 16 * 60) == 16 * 60
