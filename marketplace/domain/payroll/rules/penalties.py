"""Stage 3: what a late meal and a short rest cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.hours import MINUTES, elapsed_hours, started_units
from marketplace.domain.payroll.rules.lines import Quantity, Wording, line, plain
from marketplace.domain.payroll.rules.rates import Base, stretch
from marketplace.domain.payroll.rules.shapes import Meal, PayLine, WorkedDay
from marketplace.domain.payroll.rules.terms import Agreement, MealRule, Penalty, RestRule
from marketplace.kernel.sentences import say

ONE: Final = Fraction(1)
ZERO: Final = Fraction(0)
BY_REGULAR_RATE: Final = "hours_of_regular_rate"
NDB_WITHIN_H: Final = 2
"""A paid breakfast within two hours of the call restarts the meal clock."""


@dataclass(frozen=True, slots=True)
class LateMeal:
    """A meal that came late or not at all: when it was due, when work stopped for it."""

    due_at: datetime
    taken_at: datetime

    @property
    def minutes(self) -> Fraction:
        """How late it was."""
        return elapsed_hours(self.due_at, self.taken_at) * MINUTES


@dataclass(frozen=True, slots=True)
class Rest:
    """Rest between wrap and call: had, missing, and the earliest call that leaves enough."""

    had_h: Fraction
    short_h: Fraction
    earliest_call: datetime


def meal_units(rule: MealRule, minutes: Fraction) -> int:
    """Return the started penalty units of a meal so many minutes late; none within the grace.

    Past the grace, units count from when the meal was due.
    """
    if minutes <= rule.grace_minutes:
        return 0
    if rule.penalty.kind == BY_REGULAR_RATE:
        return 1
    return started_units(minutes / MINUTES, rule.penalty.unit_minutes)


def meal_price(rule: MealRule, units: int, regular_rate: Fraction) -> Fraction:
    """Return what penalty units cost in minor units.

    A ladder's last step repeats; hours at the regular rate are owed once a day.
    """
    if rule.penalty.kind == BY_REGULAR_RATE:
        return rule.penalty.hours * regular_rate if units else ZERO
    steps = rule.penalty.steps
    ladder = [steps[min(place, len(steps) - 1)].minor for place in range(units)]
    return Fraction(sum(ladder))


def late_meals(day: WorkedDay, rule: MealRule) -> Iterator[LateMeal]:
    """Yield each meal of a day that came after it was due; wrap counts as taken.

    The first is due so long after the call, the next so long after the last one ended, the
    second of a statute so long after the call. A break too short to deduct is no meal;
    a breakfast near the call only restarts the clock.
    """
    starts = _meal_clock_starts(day)
    meals = [meal for meal in day.meals if _is_meal(meal, rule)]
    due = [starts + _span(rule.first_by_h)]
    if rule.next_by_h is not None:
        due += [meal.in_at + _span(rule.next_by_h) for meal in meals]
    elif rule.second_by_h is not None:
        due += [day.in_at + _span(rule.second_by_h)]
    taken = [meal.out_at for meal in meals]
    for place, due_at in enumerate(due):
        taken_at = taken[place] if place < len(taken) else day.out_at
        if taken_at > due_at:
            yield LateMeal(due_at, taken_at)


def _is_meal(meal: Meal, rule: MealRule) -> bool:
    length = elapsed_hours(meal.out_at, meal.in_at) * MINUTES
    return not meal.is_ndb and length >= rule.min_deduct_minutes


def _meal_clock_starts(day: WorkedDay) -> datetime:
    early = [
        meal.in_at
        for meal in day.meals
        if meal.is_ndb and elapsed_hours(day.in_at, meal.out_at) <= NDB_WITHIN_H
    ]
    return early[-1] if early else day.in_at


def _span(hours: Fraction) -> timedelta:
    return timedelta(seconds=int(hours * MINUTES * MINUTES))


def meal_lines(day: WorkedDay, agreement: Agreement, base: Base) -> list[PayLine]:
    """Return a penalty line for each meal that came too late, in order."""
    rule = agreement.meals
    if rule is None:
        return []
    priced = [(late, meal_units(rule, late.minutes)) for late in late_meals(day, rule)]
    owed = [(late, units) for late, units in priced if units]
    if rule.penalty.kind == BY_REGULAR_RATE:
        owed = owed[:1]
    return [_meal_line(late, units, agreement, rule, base) for late, units in owed]


def _meal_line(
    meal: LateMeal,
    units: int,
    agreement: Agreement,
    rule: MealRule,
    base: Base,
) -> PayLine:
    words = Wording(
        kind="penalty",
        code="meal_penalty",
        label=say("Meal penalty"),
        rule=agreement.row("meals.penalty"),
        cause=say(
            "Meal due by %(due)s, taken %(late)s late.",
            due=meal.due_at,
            late=meal.taken_at - meal.due_at,
        ),
    )
    price = meal_price(rule, units, base.hourly)
    return line(words, Quantity(Fraction(units), "unit", price / units), agreement.currency)


def rest_between(wrap: datetime, call: datetime, required_h: Fraction) -> Rest:
    """Return the rest between one person's wrap and next call, in real elapsed hours."""
    had = elapsed_hours(wrap, call)
    return Rest(had, max(ZERO, required_h - had), wrap + _span(required_h))


def rest_price(
    penalty: Penalty,
    short_h: Fraction,
    base: Base,
    previous_multiplier: Fraction = ONE,
) -> Fraction:
    """Return what a rest that is too short costs on top of the day, in exact minor units."""
    if short_h <= 0:
        return ZERO
    if penalty.kind == "lesser_of":
        ceiling = base.day if penalty.ceiling is None else Fraction(penalty.ceiling.minor)
        return min(base.day, ceiling)
    if penalty.kind == "previous_rate_until_rested":
        return short_h * base.hourly * max(ZERO, previous_multiplier - 1)
    units = started_units(short_h, penalty.unit_minutes)
    invaded = Fraction(units * penalty.unit_minutes, MINUTES)
    paid = (stretch(band, ZERO, invaded) * band.multiplier for band in penalty.bands)
    return sum(paid, ZERO) * base.hourly


def rest_lines(day: WorkedDay, agreement: Agreement, base: Base) -> list[PayLine]:
    """Return the penalty for a call inside the rest owed since the person's last wrap."""
    rule = agreement.rest
    if rule is None or rule.penalty is None or day.previous_wrap_at is None:
        return []
    rest = rest_between(day.previous_wrap_at, day.in_at, rule.daily_h)
    price = rest_price(rule.penalty, rest.short_h, base, day.previous_multiplier)
    return [_rest_line(rest, price, agreement, rule)] if price > 0 else []


def _rest_line(rest: Rest, price: Fraction, agreement: Agreement, rule: RestRule) -> PayLine:
    words = Wording(
        kind="penalty",
        code="rest_penalty",
        label=say("Short rest"),
        rule=agreement.row("rest.penalty"),
        cause=say(
            "%(had)s hours of rest, %(owed)s owed: %(short)s hours short.",
            had=plain(rest.had_h),
            owed=plain(rule.daily_h),
            short=plain(rest.short_h),
        ),
    )
    return line(words, Quantity(ONE, "unit", price), agreement.currency)


def weekly_rest_lines(day: WorkedDay, agreement: Agreement) -> list[PayLine]:
    """Return a memo when the seven days up to the wrap held no weekly rest.

    No agreement here prices it: the line says what is owed, so that somebody sees it.
    """
    rule = agreement.rest
    if rule is None or day.longest_rest_h is None or day.longest_rest_h >= rule.weekly_h:
        return []
    words = Wording(
        kind="memo",
        code="weekly_rest_short",
        label=say("Short weekly rest"),
        rule=agreement.row("rest.weekly_h"),
        cause=say(
            "%(had)s hours in a row in seven days, %(owed)s owed.",
            had=plain(day.longest_rest_h),
            owed=plain(rule.weekly_h),
        ),
    )
    return [line(words, Quantity(ONE, "unit", ZERO), agreement.currency)]


def rest_bank(shot_after_midnight: list[Fraction]) -> list[Fraction]:
    """Return the running bank of compensatory rest: hours shot after midnight, night by night."""
    return [
        sum(shot_after_midnight[: night + 1], ZERO) for night in range(len(shot_after_midnight))
    ]
