"""Stage 4: bumps, allowances, night premium, and the commission the worker pays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.hours import elapsed_hours
from marketplace.domain.payroll.rules.lines import Quantity, Wording, line, plain
from marketplace.domain.payroll.rules.rates import Base
from marketplace.domain.payroll.rules.shapes import (
    Adjustment,
    Deal,
    Earnings,
    PayError,
    PayLine,
    WorkedDay,
)
from marketplace.domain.payroll.rules.terms import Agreement, NightWindow
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say
from marketplace.kernel.zones import at

ZERO: Final = Fraction(0)
LABELS: Final = {
    "wet": say("Wet work"),
    "smoke": say("Smoke work"),
    "snow": say("Snow work"),
    "body_makeup_50pct": say("Body make-up"),
    "hair_beard": say("Hair or beard"),
    "formal_wear": say("Own formal wear"),
    "police_uniform": say("Own police uniform"),
    "wardrobe_change_first": say("First change of wardrobe"),
    "wardrobe_change_next": say("Further changes of wardrobe"),
    "travel": say("Travel"),
    "mileage": say("Mileage"),
    "parking": say("Parking"),
    "kit_rental": say("Kit rental"),
    "box_rental": say("Box rental"),
    "car_rental": say("Own car on camera"),
    "prop_rental": say("Own props on camera"),
    "wardrobe": say("Own wardrobe"),
    "phone": say("Telephone"),
    "group_lead_fee": say("Group lead, each head"),
    "per_diem_excess": say("Per diem above the federal rate"),
    "per_diem": say("Per diem"),
    "meal_allowance": say("Meal allowance"),
    "receipts": say("Receipts"),
}
"""What extras are called; an unknown code is printed as it stands."""


def adjustment_price(one: Adjustment, agreement: Agreement) -> Money:
    """Return the amount of one unit, from the day's voucher or from the agreement's table.

    Raises PayError for a code without an amount, and for an amount below zero.
    """
    known = agreement.bumps.get(one.code)
    amount = one.amount or (known.amount if known else None)
    if amount is None:
        raise PayError(say("Say how much %(what)s pays.", what=one.code))
    if amount.minor < 0 or one.quantity < 1 or amount.currency != agreement.currency:
        raise PayError(
            say(
                "%(what)s must be an amount in %(currency)s above zero.",
                what=one.code,
                currency=agreement.currency,
            ),
        )
    return amount


def counts_in_overtime(one: Adjustment, agreement: Agreement) -> bool:
    """Say whether an adjustment raises the overtime rate."""
    if one.in_overtime_base is not None:
        return one.in_overtime_base
    return one.code in agreement.bumps and agreement.bumps[one.code].is_in_overtime_base


def overtime_extra(adjustments: Iterable[Adjustment], agreement: Agreement) -> Fraction:
    """Return the minor units that bumps add to the day before overtime is priced."""
    raising = (one for one in adjustments if counts_in_overtime(one, agreement))
    return sum(
        (Fraction(adjustment_price(one, agreement).minor * one.quantity) for one in raising),
        ZERO,
    )


def adjustment_lines(adjustments: Iterable[Adjustment], agreement: Agreement) -> list[PayLine]:
    """Return a line for each adjustment: those of the agreement's table are bumps."""
    return [_adjustment_line(one, agreement) for one in adjustments]


def _adjustment_line(one: Adjustment, agreement: Agreement) -> PayLine:
    is_bump = one.code in agreement.bumps or counts_in_overtime(one, agreement)
    words = Wording(
        kind="bump" if is_bump else "allowance",
        code=one.code,
        label=LABELS.get(one.code) or say("Extra: %(what)s", what=one.code),
        rule=_rule(one, agreement),
        cause=_why(one, agreement),
    )
    amount = adjustment_price(one, agreement)
    many = Quantity(Fraction(one.quantity), "unit", Fraction(amount.minor))
    return line(words, many, agreement.currency)


def _rule(one: Adjustment, agreement: Agreement) -> str:
    if one.code in agreement.bumps:
        return agreement.row("bumps")
    return one.rule or agreement.row("deal")


def _why(one: Adjustment, agreement: Agreement) -> Sentence | None:
    if one.is_reimbursement:
        return say("Repaid against receipts: no wages.")
    if one.form_box:
        return say("Reported on form %(box)s.", box=one.form_box)
    if counts_in_overtime(one, agreement):
        return say("Added before overtime.")
    return None


def reimbursed(adjustments: Iterable[Adjustment], agreement: Agreement) -> Money:
    """Return what is repaid against receipts: part of the pay, outside every tax base."""
    repaid = (
        adjustment_price(one, agreement).times(one.quantity)
        for one in adjustments
        if one.is_reimbursement
    )
    return sum(repaid, Money(0, agreement.currency))


def night_lines(day: WorkedDay, agreement: Agreement, base: Base) -> list[PayLine]:
    """Return the night premium: a share of the hourly rate for hours inside each window."""
    found = (
        (place, window, night_hours(day, window)) for place, window in enumerate(agreement.nights)
    )
    return [
        _night_line(window, hours, agreement.row(f"night_premium[{place}]"), base)
        for place, window, hours in found
        if hours > 0
    ]


def night_hours(day: WorkedDay, window: NightWindow) -> Fraction:
    """Return the hours between call and wrap inside a window of the wall clock.

    The window of the evening before and of the next two dates are looked at, because a
    call may come before dawn and a wrap after midnight.
    """
    dates = (day.shoot_date + timedelta(days=shift) for shift in (-1, 0, 1))
    windows = (
        (at(date, window.starts, day.zone), at(date, window.ends, day.zone)) for date in dates
    )
    inside = (
        elapsed_hours(max(starts, day.in_at), min(ends, day.out_at)) for starts, ends in windows
    )
    return sum((max(ZERO, hours) for hours in inside), ZERO)


def _night_line(window: NightWindow, hours: Fraction, rule: str, base: Base) -> PayLine:
    share = plain(window.share * 100)
    words = Wording(
        kind="earning",
        code=f"night_{share}",
        label=say("Night premium, %(percent)s%%", percent=share),
        rule=rule,
    )
    return line(words, Quantity(hours, "hour", base.hourly, window.share), base.currency)


def commission_pct(deal: Deal, agreement: Agreement) -> Fraction:
    """Return the share an agent or guild takes: the deal's, or else the agreement's."""
    return deal.commission_pct or agreement.commission_pct


def commission_lines(deal: Deal, earnings: Earnings, agreement: Agreement) -> list[PayLine]:
    """Return the commission as a deduction from the worker; it never lowers the taxed gross.

    Taken on wages: money repaid against receipts carries no commission.
    """
    pct = commission_pct(deal, agreement)
    if not pct:
        return []
    words = Wording(
        kind="deduction",
        code="commission",
        label=say("Commission, %(percent)s%%", percent=plain(pct * 100)),
        rule=agreement.row("deal" if deal.commission_pct else "commission"),
        cause=say("Taken from the gross, after tax is worked out on all of it."),
    )
    wages = earnings.gross - earnings.reimbursed
    share = Quantity(pct * 100, "percent", Fraction(wages.minor, 100))
    return [line(words, share, agreement.currency)]
