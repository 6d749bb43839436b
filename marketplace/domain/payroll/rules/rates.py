"""What an hour is worth: day rates back to hourly rates, regular rates of California."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.shapes import Deal, PayError
from marketplace.domain.payroll.rules.terms import Agreement, Band, DayFee
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

ZERO: Final = Fraction(0)
STRAIGHT_WEEK_H: Final = 40
OVERTIME: Final = Fraction(3, 2)
HALF_TIME: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Base:
    """What a day is priced on, exact minor units: the day, and one hour of it.

    extra: bumps that raise the overtime rate, already inside `day` and `hourly`.
    """

    day: Fraction
    hourly: Fraction
    currency: str
    extra: Fraction = ZERO


def pay_hours(bands: Sequence[Band], guarantee_h: Fraction) -> Fraction:
    """Return the pay hours of a guarantee: hours of each band times its multiple.

    8 h = 8, 10 h = 11, 12 h = 14 under 1.5 times from 8 and double from 12.
    Without bands every hour counts once.
    """
    if not bands:
        return guarantee_h
    return sum((stretch(band, ZERO, guarantee_h) * band.multiplier for band in bands), ZERO)


def stretch(band: Band, start: Fraction, end: Fraction) -> Fraction:
    """Return how many hours of a band lie between two hours of the day."""
    top = end if band.to_h is None else min(end, band.to_h)
    return max(ZERO, top - max(start, band.from_h))


def base(deal: Deal, agreement: Agreement, extra: Fraction = ZERO) -> Base:
    """Return the day and hourly base of a deal, with the bumps that count in it.

    Raises PayError for a rate without hours, or in another currency than the agreement's.
    """
    guarantee = Fraction(deal.guaranteed_minutes, 60)
    if (deal.hourly or deal.day_rate).currency != agreement.currency:
        raise PayError(
            say("This agreement pays in %(currency)s.", currency=agreement.currency),
        )
    if guarantee <= 0 and deal.hourly is None:
        raise PayError(say("A day rate needs the number of hours it pays for."))
    divisor = deal.priced_hours or pay_hours(agreement.bands, guarantee or agreement.day_h)
    day = deal.hourly.minor * divisor if deal.hourly else Fraction(deal.day_rate.minor)
    return Base(day + extra, (day + extra) / divisor, agreement.currency, extra)


def equivalent_day(
    day_rate: Money,
    bands: Sequence[Band],
    from_h: Fraction,
    to_h: Fraction,
) -> Money:
    """Return the day rate for other guaranteed hours at the same hourly rate."""
    return day_rate.times(pay_hours(bands, to_h) / pay_hours(bands, from_h))


def all_in_day(day_rate: Fraction, day_h: Fraction, paid: Fraction, agency: Fraction) -> int:
    """Return what a long day really costs in whole major units, rounded up, with agency fee."""
    return (day_rate / day_h * paid * (1 + agency)).__ceil__()


def minimum_on(agreement: Agreement, day: date) -> Money | None:
    """Return the agreement's scale minimum for a day on a date; None when it sets none."""
    started = [amount for starts, amount in agreement.minimums if starts <= day]
    return started[-1] if started else None


def fee_on(agreement: Agreement, day: date) -> DayFee | None:
    """Return what the agreement itself pays for a day on a date (festival rates first)."""
    for fee in agreement.fees:
        if fee.starts <= day and (fee.ends is None or day <= fee.ends):
            return fee
    return None


def salary_rate(weekly_salary: Fraction) -> Fraction:
    """Return the regular rate of a non-exempt weekly salary: a fortieth (Labor Code 515(d))."""
    return weekly_salary / STRAIGHT_WEEK_H


def weighted_rate(work: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """Return the weighted average of several rates in one week; pairs of hours and rate."""
    pairs = list(work)
    total = sum((hours for hours, _ in pairs), ZERO)
    if total <= 0:
        raise PayError(say("A regular rate needs hours."))
    return sum((hours * rate for hours, rate in pairs), ZERO) / total


def weekly_overtime(hours: Iterable[Fraction]) -> Fraction:
    """Return the hours of a week above forty."""
    return max(ZERO, sum(hours, ZERO) - STRAIGHT_WEEK_H)


def overtime_pay(regular: Fraction, overtime_h: Fraction) -> Fraction:
    """Return overtime hours at one and a half times the regular rate."""
    return regular * OVERTIME * overtime_h


def overtime_premium(regular: Fraction, overtime_h: Fraction) -> Fraction:
    """Return the half of the regular rate that overtime adds to hours already paid straight."""
    return regular * HALF_TIME * overtime_h


def bonus_rate(bonus: Fraction, kind: str, total_h: Fraction, overtime_h: Fraction) -> Fraction:
    """Return what a bonus adds to the regular rate.

    production: earned in all hours; flat: earned in the hours without overtime (Alvarado).
    """
    hours = total_h - overtime_h if kind == "flat" else total_h
    if hours <= 0:
        raise PayError(say("A regular rate needs hours."))
    return bonus / hours


def bonus_overtime(bonus: Fraction, kind: str, total_h: Fraction, overtime_h: Fraction) -> Fraction:
    """Return the overtime owed on a bonus: half of its rate, or 1.5 times that of a flat one."""
    rate = bonus_rate(bonus, kind, total_h, overtime_h)
    price = overtime_pay if kind == "flat" else overtime_premium
    return price(rate, overtime_h)
