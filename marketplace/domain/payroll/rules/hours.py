"""Stage 1: from the clock on the wall to the hours that are paid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final

from marketplace.domain.payroll.rules.shapes import Meal, PayError, WorkedDay
from marketplace.domain.payroll.rules.terms import Agreement, MealRule, TimeClock
from marketplace.kernel.money import half_up
from marketplace.kernel.sentences import say
from marketplace.kernel.zones import at, clock_minutes, local_date

MINUTES: Final = 60
TICK: Final = timedelta(microseconds=1)
TICKS_AN_HOUR: Final = timedelta(hours=1) // TICK


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of one day, rounded by the agreement.

    worked: what the bands price; elapsed: call to wrap with meals, not rounded.
    golden_from: worked hours at which golden time began; None = it did not.
    shared: hours worked before in the fixed workday of the call, and how many of these hours
    are still in it; None = nothing was worked before.
    straight_before: straight hours earlier in the work week.
    """

    worked: Fraction
    elapsed: Fraction
    golden_from: Fraction | None = None
    shared: tuple[Fraction, Fraction] | None = None
    straight_before: Fraction = Fraction(0)


def elapsed_hours(start: datetime, end: datetime) -> Fraction:
    """Return the real hours between two aware UTC instants; clocks set back or forward count."""
    return Fraction((end - start) // TICK, TICKS_AN_HOUR)


def round_minutes(minutes: Fraction, unit: int, mode: str) -> Fraction:
    """Round minutes to whole units: up (started units), down, nearest (halves up) or none."""
    if mode == "none":
        return minutes
    units = minutes / unit
    whole = {"up": units.__ceil__(), "down": units.__floor__(), "nearest": half_up(units)}
    return Fraction(whole[mode] * unit)


def rounded(hours: Fraction, clock: TimeClock) -> Fraction:
    """Round hours by an agreement's clock."""
    return round_minutes(hours * MINUTES, clock.unit_minutes, clock.rounding) / MINUTES


def started_units(hours: Fraction, unit_minutes: int) -> int:
    """Return how many units of time have been started; none before zero."""
    return max(0, (hours * MINUTES / unit_minutes).__ceil__())


def deducted(meal: Meal, rule: MealRule | None) -> Fraction:
    """Return the hours of a meal that leave the clock.

    A non-deductible breakfast and a break shorter than the least are paid; what is longer
    than the longest is paid again. Without a meal rule the whole break leaves the clock.
    """
    length = elapsed_hours(meal.out_at, meal.in_at)
    if meal.is_ndb or (rule is not None and length * MINUTES < rule.min_deduct_minutes):
        return Fraction(0)
    if rule is None or rule.max_deduct_minutes is None:
        return length
    return min(length, Fraction(rule.max_deduct_minutes, MINUTES))


def measure(day: WorkedDay, agreement: Agreement) -> Hours:
    """Return the hours of a day: meals deducted, then rounded.

    The whole day belongs to the date of its call, also past midnight. Under a statute with
    a fixed 24-hour workday that never pays less than splitting (see `week.split_workdays`).
    Raises PayError when times run backwards or a meal lies outside the day.
    """
    _refuse_impossible(day)
    elapsed = elapsed_hours(day.in_at, day.out_at)
    lengths = [
        (elapsed_hours(day.in_at, meal.out_at), deducted(meal, agreement.meals))
        for meal in day.meals
    ]
    worked = elapsed - sum((length for _, length in lengths), Fraction(0))
    golden_at = elapsed if agreement.golden is None else agreement.golden.after_h
    early = sum((length for starts, length in lengths if starts < golden_at), Fraction(0))
    return replace(
        clocked(worked, elapsed, agreement, early),
        shared=_shared(day, agreement),
        straight_before=day.straight_before,
    )


def _shared(day: WorkedDay, agreement: Agreement) -> tuple[Fraction, Fraction] | None:
    starts = agreement.workweek.day_starts
    if starts is None or day.workday_before <= 0:
        return None
    _, ends = workday_of(day.in_at, day.zone, starts)
    return day.workday_before, worked_between(day, day.in_at, ends)


def workday_of(instant: datetime, zone: str, starts: int) -> tuple[datetime, datetime]:
    """Return the fixed workday of 24 hours on the wall clock that an instant falls in.

    starts: minutes after midnight at which a workday begins.
    """
    day = local_date(instant, zone)
    if clock_minutes(instant, day, zone) < starts:
        day -= timedelta(days=1)
    return at(day, starts, zone), at(day + timedelta(days=1), starts, zone)


def worked_between(day: WorkedDay, start: datetime, end: datetime) -> Fraction:
    """Return the hours of a day between two instants, meals left out."""
    away = (_overlap(meal.out_at, meal.in_at, start, end) for meal in day.meals if not meal.is_ndb)
    return _overlap(day.in_at, day.out_at, start, end) - sum(away, Fraction(0))


def _overlap(one: datetime, until: datetime, start: datetime, end: datetime) -> Fraction:
    return max(Fraction(0), elapsed_hours(max(one, start), min(until, end)))


def clocked(
    worked: Fraction,
    elapsed: Fraction,
    agreement: Agreement,
    early_meals: Fraction,
) -> Hours:
    """Return rounded hours from lengths: worked, elapsed, and meals before golden time."""
    golden = agreement.golden
    paid = elapsed if agreement.clock.measure == "elapsed" else worked
    is_golden = golden is not None and elapsed > golden.after_h
    starts = golden.after_h - early_meals if golden is not None and is_golden else None
    return Hours(rounded(paid, agreement.clock), elapsed, starts)


def _refuse_impossible(day: WorkedDay) -> None:
    marks = [day.in_at, *(at for meal in day.meals for at in (meal.out_at, meal.in_at)), day.out_at]
    if day.out_at <= day.in_at or any(later < earlier for earlier, later in pairwise(marks)):
        raise PayError(say("Call, meals and wrap must follow one another in time."))
