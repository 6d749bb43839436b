"""Reads the strings of a question, writes the figures of an answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from marketplace.domain.payroll import queries
from marketplace.domain.payroll.rules.hours import MINUTES, Hours, clocked, measure
from marketplace.domain.payroll.rules.shapes import Deal, Meal, WorkedDay
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.domain.payroll.rules.withheld import major
from marketplace.kernel.money import Money, from_major, half_up
from marketplace.kernel.zones import local

Inputs = dict[str, Any]
Outputs = dict[str, Any]
ZERO: Final = Fraction(0)
STATUTE: Final = "us_ca_statute"
STATUTE_DAY_H: Final = 8
"""A bare flat day is read as eight hours in California."""


def show(amount: Fraction, places: int = 2) -> str:
    """Write a figure with so many decimals, half up."""
    units = half_up(amount * 10**places)
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), 10**places)
    return f"{sign}{whole}.{rest:0{places}d}"


def paid(amount: Money) -> str:
    return show(major(amount))


def rule_of(inputs: Inputs) -> Agreement:
    return queries.agreements()[inputs["rule"]]


def rate_of(inputs: Inputs, name: str, agreement: Agreement) -> Money | None:
    return from_major(str(inputs[name]), agreement.currency) if name in inputs else None


def number(inputs: Inputs, name: str, default: Fraction = ZERO) -> Fraction:
    value = inputs.get(name)
    return default if value is None else Fraction(str(value))


def moment(text: str, zone: str, fold: int = 0) -> datetime:
    wall = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return wall.astimezone(UTC)


def table_of(scheme_id: str, day: str) -> Any:  # noqa: ANN401 - one of the kinds of table
    return queries.load_scheme(scheme_id, date.fromisoformat(day)).table


def deal_of(inputs: Inputs, agreement: Agreement) -> Deal:
    by_hour = rate_of(inputs, "hourly", agreement)
    basis = inputs.get("rate_basis", agreement.basis)
    guarantee = number(inputs, "guarantee_h", number(inputs, "n", agreement.day_h))
    priced = None
    if basis == "per_n":
        usual = agreement.day_h if agreement.basis == "per_n" else Fraction(STATUTE_DAY_H)
        priced = number(inputs, "n", usual)
        guarantee = number(inputs, "guarantee_h", priced)
    is_guaranteed = not inputs.get("no_guarantee") and (not by_hour or "guarantee_h" in inputs)
    return Deal(
        day_rate=rate_of(inputs, "day_rate", agreement) or Money(0, agreement.currency),
        guaranteed_minutes=int(guarantee * MINUTES),
        agreement=agreement.id,
        priced_hours=priced,
        hourly=by_hour,
        minimum=rate_of(inputs, "minimum", agreement),
        card=inputs.get("call", "standard_day"),
        is_guaranteed=is_guaranteed,
    )


def day_of(inputs: Inputs) -> WorkedDay:
    zone = inputs["tz"]
    start = moment(inputs["in"], zone, inputs.get("in_fold", 0))
    end = moment(inputs["out"], zone, inputs.get("out_fold", 0))
    meals = tuple(
        Meal(moment(meal["out"], zone), moment(meal["in"], zone))
        for meal in inputs.get("meals", ())
    )
    return WorkedDay(local(start, zone).date(), zone, start, end, meals)


def hours_of(inputs: Inputs, agreement: Agreement) -> tuple[Hours, date]:
    if "worked_h" not in inputs:
        day = day_of(inputs)
        return measure(day, agreement), day.shoot_date
    worked = number(inputs, "worked_h")
    elapsed = number(inputs, "elapsed_h", worked)
    return clocked(worked, elapsed, agreement, elapsed - worked), agreement.effective_from
