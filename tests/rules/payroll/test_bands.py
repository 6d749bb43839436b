"""The bands of a day, bent by the week."""

from __future__ import annotations

from fractions import Fraction

import pytest

from marketplace.domain.payroll.rules import bands
from marketplace.domain.payroll.rules.rates import stretch
from marketplace.domain.payroll.rules.terms import Band, Weekly

FORTY = Weekly(Fraction(40), Fraction(3, 2))


def a_band(start: int, end: int | None, multiple: str = "1") -> Band:
    return Band(
        Fraction(start), None if end is None else Fraction(end), Fraction(multiple), "bands"
    )


STATUTE = (a_band(0, 8), a_band(8, 12, "1.5"), a_band(12, None, "2"))


def hours(found: tuple[Band, ...], until: int) -> list[tuple[str, str]]:
    """Return multiple and hours of every band that holds any."""
    parts = ((band, stretch(band, Fraction(0), Fraction(until))) for band in found)
    return [(str(band.multiplier), str(part)) for band, part in parts if part]


def bent(before: int, worked: int, found: tuple[Band, ...] = STATUTE) -> list[tuple[str, str]]:
    return hours(bands.weekly(found, FORTY, Fraction(before), Fraction(worked)), worked)


@pytest.mark.parametrize(
    ("before", "worked", "found"),
    [
        (0, 8, [("1", "8")]),
        (32, 8, [("1", "8")]),
        (33, 8, [("1", "7"), ("3/2", "1")]),
        (40, 9, [("3/2", "8"), ("3/2", "1")]),
        (45, 8, [("3/2", "8")]),
        (36, 13, [("1", "4"), ("3/2", "4"), ("3/2", "4"), ("2", "1")]),
    ],
)
def test_straight_hours_above_forty_are_overtime(
    before: int, worked: int, found: list[tuple[str, str]]
) -> None:
    assert bent(before, worked) == found


def test_two_straight_parts_of_a_day_share_what_is_left_of_the_week() -> None:
    parts = (a_band(0, 3), a_band(3, 5, "1.5"), a_band(5, 10))

    assert bent(35, 10, parts) == [("1", "3"), ("3/2", "2"), ("1", "2"), ("3/2", "3")]


def test_a_straight_band_without_an_end_is_parted_too() -> None:
    assert bent(38, 5, (a_band(0, None),)) == [("1", "2"), ("3/2", "3")]


def test_hours_that_are_not_worked_stay_straight() -> None:
    found = bands.weekly(STATUTE, FORTY, Fraction(38), Fraction(5))

    assert hours(found, 8) == [("1", "2"), ("3/2", "3"), ("1", "3")]


def test_hours_of_a_shared_workday_count_on() -> None:
    found = bands.shared(STATUTE, Fraction(6), Fraction(8))

    assert hours(found, 8) == [("1", "2"), ("3/2", "4"), ("2", "2")]
    assert hours(found, 11) == [("1", "2"), ("3/2", "4"), ("2", "2"), ("3/2", "3")]
    assert all(band.cause is not None for band in found[:3])
    assert all(band.cause is None for band in found[3:])
