"""Builders of deals and days for tests of the pay engine."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules import Deal, Earnings, Meal, WorkedDay, pay_day
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.kernel.money import Money, from_major
from marketplace.kernel.zones import at, parse_clock

LOS_ANGELES = "America/Los_Angeles"
A_FRIDAY = date(2026, 11, 20)


def an_agreement(name: str) -> Agreement:
    return queries.agreements()[name]


def a_deal(
    agreement: str = "us_film_crew_12",
    rate: str = "280",
    hours: int = 12,
    **more: Any,
) -> Deal:
    return Deal(money(rate, an_agreement(agreement)), hours * 60, agreement, **more)


def money(amount: str, agreement: Agreement) -> Money:
    return from_major(amount, agreement.currency)


def a_meal(out: str, back: str, *, is_ndb: bool = False) -> Meal:
    left, back_at = (at(A_FRIDAY, parse_clock(clock), LOS_ANGELES) for clock in (out, back))
    return Meal(left, back_at, is_ndb=is_ndb)


def a_day(
    call: str,
    wrap: str,
    *meals: Meal,
    on: date = A_FRIDAY,
    zone: str = LOS_ANGELES,
    **more: Any,
) -> WorkedDay:
    start, end = (at(on, parse_clock(clock), zone) for clock in (call, wrap))
    return WorkedDay(on, zone, start, end, meals, **more)


def paid(deal: Deal, day: WorkedDay) -> Earnings:
    return pay_day(deal, day, an_agreement(deal.agreement))


def shown(earnings: Earnings) -> list[tuple[str, str, str]]:
    """Return what each line prints: code, quantity, amount."""
    return [(line.code, str(line.quantity), str(line.amount.decimal)) for line in earnings.lines]


HALF = Fraction(1, 2)
