"""The worker's week under the statute: workdays, overtime by day and by week, no pyramiding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final

from marketplace.domain.payroll.rules.hours import elapsed_hours
from marketplace.domain.payroll.rules.lines import Quantity, Wording, line, plain, word
from marketplace.domain.payroll.rules.rates import stretch
from marketplace.domain.payroll.rules.shapes import PayError, PayLine
from marketplace.domain.payroll.rules.terms import Agreement, Band
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import at, clock_minutes, local_date

ZERO: Final = Fraction(0)
ONE: Final = Fraction(1)
DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class WeekHours:
    """The hours of a week by what they are paid at: a row of (multiple, hours), ascending."""

    rows: tuple[tuple[Fraction, Fraction], ...]

    def at(self, multiplier: Fraction) -> Fraction:
        """Return the hours paid at one multiple."""
        return dict(self.rows).get(multiplier, ZERO)


def split_workdays(start: datetime, end: datetime, zone: str, starts: int) -> list[Fraction]:
    """Return the real hours of a shift in each fixed 24-hour workday it touches.

    starts: minutes after midnight at which a workday begins, on the wall of the zone.
    """
    first = local_date(start, zone)
    if clock_minutes(start, first, zone) < starts:
        first -= timedelta(days=1)
    days = (local_date(end, zone) - first).days
    inner = [at(first + timedelta(days=shift), starts, zone) for shift in range(1, days + 1)]
    marks = [start, *(mark for mark in inner if start < mark < end), end]
    return [elapsed_hours(opens, closes) for opens, closes in pairwise(marks)]


def week_hours(worked: Sequence[Fraction], agreement: Agreement) -> WeekHours:
    """Return the hours of one workweek by multiple.

    worked: hours of each workday, in the order of the workweek, 0 for a day off.
    Days are counted in a row within the workweek for the rules of the 6th and 7th day. An
    hour already paid above straight time does not count towards the weekly limit.
    Raises PayError for more days than a week has.
    """
    if len(worked) > DAYS:
        raise PayError(say("A workweek has seven days."))
    hours: dict[Fraction, Fraction] = {}
    in_a_row = 0
    for one_day in worked:
        in_a_row = in_a_row + 1 if one_day > 0 else 0
        for band in _bands(str(in_a_row), agreement):
            part = stretch(band, ZERO, one_day)
            hours[band.multiplier] = hours.get(band.multiplier, ZERO) + part
    return WeekHours(tuple(sorted(_weekly(hours, agreement).items())))


def _bands(day: str, agreement: Agreement) -> tuple[Band, ...]:
    rule = agreement.day_rules.get(day)
    return rule.bands if rule and rule.bands else agreement.bands


def _weekly(hours: dict[Fraction, Fraction], agreement: Agreement) -> dict[Fraction, Fraction]:
    weekly, straight = agreement.weekly, hours.get(ONE, ZERO)
    if weekly is None or straight <= weekly.over_h:
        return hours
    late = hours.get(weekly.multiplier, ZERO) + straight - weekly.over_h
    return {**hours, ONE: weekly.over_h, weekly.multiplier: late}


def week_lines(hours: WeekHours, hourly: Fraction, agreement: Agreement) -> list[PayLine]:
    """Return a line for each multiple of a week's hours at one regular rate in minor units."""
    return [
        _line(multiplier, hours.at(multiplier), hourly, agreement)
        for multiplier, part in hours.rows
        if part
    ]


def _line(
    multiplier: Fraction,
    hours: Fraction,
    hourly: Fraction,
    agreement: Agreement,
) -> PayLine:
    is_straight = multiplier == 1
    words = Wording(
        kind="earning",
        code="straight" if is_straight else f"overtime_{word(multiplier)}",
        label=say("Straight time")
        if is_straight
        else say("Overtime, %(multiplier)s times", multiplier=plain(multiplier)),
        rule=agreement.row("weekly"),
    )
    return line(words, Quantity(hours, "hour", hourly, multiplier), agreement.currency)
