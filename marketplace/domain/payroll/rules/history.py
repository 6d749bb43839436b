"""The worker's week: what the other days of a person mean for a day, worked out anew each time.

Nothing is remembered: change one day, place the later ones again, and they are right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final

from marketplace.domain.payroll.rules.day import pay_day
from marketplace.domain.payroll.rules.hours import elapsed_hours, workday_of, worked_between
from marketplace.domain.payroll.rules.shapes import Deal, Earnings, PayLine, WorkedDay
from marketplace.domain.payroll.rules.slips import day_number, week_start
from marketplace.domain.payroll.rules.terms import Agreement

ZERO: Final = Fraction(0)
ONE: Final = Fraction(1)
SEVEN_DAYS: Final = timedelta(days=7)
CARRIES_ON: Final = "previous_rate_until_rested"
"""The rest penalty that goes on paying what the last hour before the wrap was paid at."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One worked day of a person for one employer, under its own deal and agreement.

    shoot_day: shifts of the same one are one day on set, with no rest between them.
    """

    shoot_day: int
    deal: Deal
    day: WorkedDay
    agreement: Agreement


def pay_week(shifts: Iterable[Shift]) -> list[tuple[Shift, Earnings]]:
    """Return every shift as it stands among the others, with what it earns, in order of work."""
    ordered = sorted(shifts, key=_call)
    placed = [replace(shift, day=place(shift, ordered)) for shift in ordered]
    return [(shift, pay_day(shift.deal, shift.day, shift.agreement)) for shift in placed]


def place(shift: Shift, others: Iterable[Shift]) -> WorkedDay:
    """Return the day of a shift with what the person's other days mean for it.

    others: in any order; later ones and the shift itself change nothing.
    Raises PayError when an earlier day that counts cannot be priced.
    """
    before = _before(shift, others)
    previous = before[-1] if before else None
    return replace(
        _counted(shift, before),
        previous_wrap_at=previous.day.out_at if previous else None,
        previous_multiplier=_last_multiplier(shift.agreement, before),
        longest_rest_h=_longest_rest(shift, before),
    )


def _call(shift: Shift) -> datetime:
    return shift.day.in_at


def _before(shift: Shift, others: Iterable[Shift]) -> list[Shift]:
    earlier = (
        other
        for other in others
        if other.shoot_day != shift.shoot_day and other.day.out_at <= shift.day.in_at
    )
    return sorted(earlier, key=lambda other: other.day.out_at)


def _counted(shift: Shift, before: Sequence[Shift]) -> WorkedDay:
    """Return the day with its number and the hours that count before it."""
    week = shift.agreement.workweek
    return replace(
        shift.day,
        day_number=day_number(
            shift.day.shoot_date, (other.day.shoot_date for other in before), week
        ),
        straight_before=_straight_before(shift, before),
        workday_before=_workday_before(shift, before),
    )


def _straight_before(shift: Shift, before: Sequence[Shift]) -> Fraction:
    """Return the straight hours of the work week so far, day after day."""
    if shift.agreement.weekly is None:
        return ZERO
    starts_on = shift.agreement.workweek.starts_on
    start = week_start(shift.day.shoot_date, starts_on)
    straight = ZERO
    for place_in_order, other in enumerate(before):
        if week_start(other.day.shoot_date, starts_on) == start:
            known = _bare(other, before[:place_in_order], straight)
            straight += straight_hours(pay_day(other.deal, known, other.agreement).lines)
    return straight


def _bare(shift: Shift, before: Sequence[Shift], straight: Fraction) -> WorkedDay:
    dates = (other.day.shoot_date for other in before)
    return replace(
        shift.day,
        day_number=day_number(shift.day.shoot_date, dates, shift.agreement.workweek),
        workday_before=_workday_before(shift, before),
        straight_before=straight,
    )


def straight_hours(lines: Iterable[PayLine]) -> Fraction:
    """Return the worked hours that were paid at the straight rate."""
    found = (one.quantity for one in lines if one.code == "straight" and one.multiplier == 1)
    return sum(found, ZERO)


def _workday_before(shift: Shift, before: Sequence[Shift]) -> Fraction:
    starts = shift.agreement.workweek.day_starts
    if starts is None:
        return ZERO
    opens, _ = workday_of(shift.day.in_at, shift.day.zone, starts)
    found = (worked_between(other.day, opens, shift.day.in_at) for other in before)
    return sum(found, ZERO)


def _last_multiplier(agreement: Agreement, before: Sequence[Shift]) -> Fraction:
    """Return what the last hour of the day before was paid at, where a rest penalty asks for it."""
    rest = agreement.rest
    if not before or rest is None or rest.penalty is None or rest.penalty.kind != CARRIES_ON:
        return ONE
    previous = before[-1]
    day = _counted(previous, before[:-1])
    lines = pay_day(previous.deal, day, previous.agreement).lines
    hourly = (one.multiplier for one in lines if one.kind == "earning" and one.unit == "hour")
    return max(hourly, default=ONE)


def _longest_rest(shift: Shift, before: Sequence[Shift]) -> Fraction | None:
    """Return the longest rest that touches the seven days up to the wrap; None = all before."""
    opens = shift.day.out_at - SEVEN_DAYS
    ended = [other for other in before if other.day.out_at <= opens]
    inside = [other for other in before if other.day.out_at > opens]
    if not ended and not (inside and inside[0].day.in_at <= opens):
        return None
    spans = [*ended[-1:], *inside, shift]
    return max(
        elapsed_hours(earlier.day.out_at, later.day.in_at) for earlier, later in pairwise(spans)
    )
