"""How a line was worked out, as a formula people can check with a pocket calculator."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.lines import plain
from marketplace.domain.payroll.rules.shapes import PayLine
from marketplace.kernel.money import EXPONENTS, Money, half_up

MINUS: Final = "\N{MINUS SIGN}"
UNITS: Final = {"hour": "h", "day": "d", "percent": "%"}
RATE_PLACES: Final = 4
UNWORKED: Final = "guaranteed"
"""The code of guaranteed hours nobody worked: paid, but no hours at a rate."""


def basis(one: PayLine) -> str:
    """Write how a line was worked out: "2.5 h × 23.3333 × 1.5"; empty for a plain amount.

    Steps of a ladder have no rate of their own: their cause explains them.
    """
    is_ladder = one.kind == "penalty" or one.rate.denominator != 1
    if one.unit == "unit" and (one.quantity == 1 or is_ladder):
        return ""
    unit = UNITS.get(one.unit, "")
    count = plain(one.quantity)
    parts = [f"{count} {unit}" if unit.isalpha() else f"{count}{unit}", _rate(one)]
    if one.multiplier != 1:
        parts.append(plain(one.multiplier))
    return " × ".join(parts).replace("-", MINUS)


def _rate(one: PayLine) -> str:
    """Write the rate of one unit in major units, or what a percentage is taken of."""
    if one.unit == "hour":
        return four_places(one.rate / 10 ** EXPONENTS[one.amount.currency])
    share = 100 if one.unit == "percent" else 1
    minor = one.rate * share
    if minor.denominator == 1:
        return f"{Money(minor.numerator, one.amount.currency).decimal:,.2f}"
    return plain(minor / 10 ** EXPONENTS[one.amount.currency])


def hours_at_rates(lines: Sequence[PayLine]) -> tuple[str, ...]:
    """Return the hours worked at each hourly rate: "2.5 h × 69.6429".

    Source: California Labor Code 226(a)(9).
    """
    found: dict[Fraction, Fraction] = {}
    for one in lines:
        if one.kind == "earning" and one.unit == "hour" and one.code != UNWORKED:
            rate = one.rate * one.multiplier / 10 ** EXPONENTS[one.amount.currency]
            found[rate] = found.get(rate, Fraction(0)) + one.quantity
    rates = (f"{plain(count)} h × {four_places(rate)}" for rate, count in found.items())
    return tuple(rate.replace("-", MINUS) for rate in rates)


def four_places(rate: Fraction) -> str:
    """Write an hourly rate in major units with four decimals: 46.4286."""
    scaled = Decimal(half_up(rate * 10**RATE_PLACES)).scaleb(-RATE_PLACES)
    return f"{scaled:,.{RATE_PLACES}f}"
