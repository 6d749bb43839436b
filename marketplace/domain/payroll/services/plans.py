"""What planned days will pay: call to wrap as scheduled, meals on time, rest as the plan leaves.

Nobody has worked yet, so no row of a person is read. One person is thought to work every
planned day of a role; days after one another therefore show short rests and sixth days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.queries import load_agreement
from marketplace.domain.payroll.rules import pay_day
from marketplace.domain.payroll.rules.history import Shift, place
from marketplace.domain.payroll.rules.shapes import (
    Deal,
    Earnings,
    Meal,
    PayError,
    PayLine,
    WorkedDay,
)
from marketplace.domain.payroll.rules.terms import MealRule
from marketplace.domain.payroll.services.estimates import on_top
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence

USUAL_MEAL: Final = timedelta(minutes=30)
LOOKS_BACK: Final = timedelta(days=14)
"""How many days before count: a work week, and the weekly rest before it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One shoot day as scheduled; people: how many are needed."""

    shoot_day_id: int
    number: int
    shoot_date: date
    call_at: datetime
    wrap_at: datetime
    people: int = 1


@dataclass(frozen=True, slots=True)
class PlannedPay:
    """What a planned day pays one person, or why it cannot be priced.

    beyond: how much longer the day is than the hours the rate covers; meals: as planned.
    top: what the employer pays on top of one person's gross.
    """

    day: Planned
    meals: tuple[Meal, ...]
    pay: Earnings | None
    top: Money | None = None
    problem: Sentence | None = None
    beyond: timedelta = timedelta(0)

    @property
    def each(self) -> Money | None:
        """The gross of one person."""
        return self.pay.gross if self.pay else None

    @property
    def whole(self) -> Money | None:
        """The gross of everybody who is needed."""
        return self.pay.gross.times(self.day.people) if self.pay else None

    @property
    def employer(self) -> Money | None:
        """What the employer pays on top, for everybody."""
        return self.top.times(self.day.people) if self.top else None

    @property
    def penalties(self) -> tuple[PayLine, ...]:
        """What the plan itself makes dear: short rests, meals that cannot be in time."""
        lines = self.pay.lines if self.pay else ()
        return tuple(one for one in lines if one.kind == "penalty")


@dataclass(frozen=True, slots=True)
class RolePlan:
    """Every planned day of a role, in order, in one currency."""

    rate: Money
    days: tuple[PlannedPay, ...]

    @property
    def total(self) -> Money:
        """The gross of all people on all days that can be priced."""
        return self._sum(one.whole for one in self.days)

    @property
    def rates(self) -> Money:
        """What the day rates alone come to."""
        return self._sum(self.rate.times(one.day.people) for one in self.days)

    @property
    def employer(self) -> Money:
        """What the employer pays on top of the total."""
        return self._sum(one.employer for one in self.days)

    @property
    def people_days(self) -> int:
        """How many days of work are planned, all people together."""
        return sum(one.day.people for one in self.days)

    @property
    def problems(self) -> tuple[Sentence, ...]:
        """Why days cannot be priced, each reason once."""
        found = [one.problem for one in self.days if one.problem is not None]
        return tuple(one for place, one in enumerate(found) if one not in found[:place])

    def _sum(self, amounts: Iterable[Money | None]) -> Money:
        some = (amount for amount in amounts if amount is not None)
        return sum(some, Money(0, self.rate.currency))


def plan(deal: Deal, zone: str, days: Iterable[Planned], *, scheme: str = "") -> RolePlan:
    """Return what the planned days of a role pay one person, day after day.

    days: in any order. scheme: how people are taxed, for what employers pay themselves.
    A day that cannot be priced says why and counts nowhere.
    """
    ordered = sorted(days, key=lambda one: one.call_at)
    shifts = _shifts(deal, zone, ordered)
    return RolePlan(deal.day_rate, tuple(_priced(deal, one, shifts, scheme) for one in ordered))


def plan_of_day(
    deal: Deal, zone: str, days: Iterable[Planned], day: Planned, *, scheme: str = ""
) -> PlannedPay:
    """Return what one of the planned days of a role pays, without pricing all the others."""
    first = day.shoot_date - LOOKS_BACK
    near = [one for one in days if first <= one.shoot_date <= day.shoot_date]
    return _priced(deal, day, _shifts(deal, zone, near), scheme)


def _shifts(deal: Deal, zone: str, days: Iterable[Planned]) -> dict[int, Shift]:
    """Return the days as shifts by themselves; a day without an agreement in force is left out."""
    found = {}
    for one in days:
        with suppress(PayError):
            agreement = load_agreement(deal.agreement, one.shoot_date)
            worked = WorkedDay(
                shoot_date=one.shoot_date,
                zone=zone,
                in_at=one.call_at,
                out_at=one.wrap_at,
                meals=planned_meals(agreement.meals, one.call_at, one.wrap_at),
            )
            found[one.shoot_day_id] = Shift(one.shoot_day_id, deal, worked, agreement)
    return found


def _priced(deal: Deal, one: Planned, shifts: dict[int, Shift], scheme: str) -> PlannedPay:
    try:
        agreement = load_agreement(deal.agreement, one.shoot_date)
        worked = place(shifts[one.shoot_day_id], shifts.values())
        pay = pay_day(deal, worked, agreement)
    except PayError as refusal:
        return PlannedPay(one, (), None, problem=refusal.message)
    beyond = timedelta(minutes=max(0, pay.worked_minutes - deal.guaranteed_minutes))
    top = on_top(pay, scheme, one.shoot_date)
    return PlannedPay(one, worked.meals, pay, top, beyond=beyond)


def planned_meals(rule: MealRule | None, call: datetime, wrap: datetime) -> tuple[Meal, ...]:
    """Return the meals of a day on schedule: each as late as it may be, as short as it may be.

    Without a meal rule no break is planned: every hour from call to wrap is work.
    A meal that was due just before the wrap is moved forward, so that it ends with the day.
    """
    if rule is None:
        return ()
    length = max(USUAL_MEAL, timedelta(minutes=rule.min_deduct_minutes))
    meals: list[Meal] = []
    due: datetime | None = call + _span(rule.first_by_h)
    while due is not None and due < wrap:
        starts = min(due, wrap - length)
        if starts <= (meals[-1].in_at if meals else call):
            break
        meals.append(Meal(starts, starts + length))
        due = _next_due(rule, call, meals)
    return tuple(meals)


def _next_due(rule: MealRule, call: datetime, meals: Sequence[Meal]) -> datetime | None:
    """Return when the next meal is due after those taken; None when no more is owed."""
    if rule.next_by_h is not None:
        return meals[-1].in_at + _span(rule.next_by_h)
    if rule.second_by_h is not None and len(meals) == 1:
        return call + _span(rule.second_by_h)
    return None


def _span(hours: Fraction) -> timedelta:
    return timedelta(seconds=int(hours * 3600))
