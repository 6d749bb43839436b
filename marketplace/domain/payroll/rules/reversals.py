"""A slip taken back: every line with the other sign; and what a later slip keeps back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.shapes import Earnings, PayLine
from marketplace.domain.payroll.rules.slips import Totals
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

ALREADY_PAID: Final = "already_paid"
"""The code of what was paid on the slips this one replaces."""

OVERPAYMENT: Final = "overpayment"
"""The code of what was paid too much for another day, kept back with the person's consent."""

KEPT: Final = (ALREADY_PAID, OVERPAYMENT)
"""Deductions that go to nobody else: the person has had this money already."""

TAKEN: Final = ("withholding", "deduction")
COUNTED: Final = ("hour", "day")
"""Units that are summed up on registers, so a reversal carries them below zero."""


def negated(line: PayLine) -> PayLine:
    """Return a line that takes another one back: count or rate has the other sign, so has both."""
    if line.unit in COUNTED:
        return replace(line, quantity=-line.quantity, amount=-line.amount)
    return replace(line, rate=-line.rate, amount=-line.amount)


def negated_earnings(lines: Iterable[PayLine], totals: Totals, minutes: int) -> Earnings:
    """Return what a reversal earns: what the slip earned, below zero.

    lines: all lines of the slip; premium and hours are those of the lines.
    """
    earned = tuple(negated(one) for one in lines if one.kind not in TAKEN)
    zero = Money(0, totals.gross.currency)
    hours = sum((one.quantity for one in earned if one.unit == "hour"), Fraction(0))
    return Earnings(
        lines=earned,
        gross=-totals.gross,
        worked_minutes=-minutes,
        paid_hours=hours,
        premium=zero,
        reimbursed=zero,
    )


def negated_totals(totals: Totals) -> Totals:
    """Return totals with the other sign."""
    return Totals(-totals.gross, -totals.withheld, -totals.deducted)


def already_paid_line(paid: Money, net: Money, number: str) -> PayLine | None:
    """Return the line that keeps what was paid on a replaced slip; None when nothing was.

    paid: what was paid for this day and has not come back; net: what there is to keep it from.
    Never more than the net: the rest is for the person to agree to.
    """
    words = say("Already paid on pay slip %(number)s", number=number)
    return _kept(ALREADY_PAID, words, min(paid, net, key=lambda one: one.minor))


def overpayment_line(left: Money, net: Money, number: str) -> PayLine | None:
    """Return the line that keeps an overpayment the person agreed to give back; as above."""
    words = say("Overpaid on pay slip %(number)s, given back as agreed", number=number)
    return _kept(OVERPAYMENT, words, min(left, net, key=lambda one: one.minor))


def _kept(code: str, label: Sentence, amount: Money) -> PayLine | None:
    if amount.minor <= 0:
        return None
    return PayLine(
        kind="deduction",
        code=code,
        label=label,
        quantity=Fraction(1),
        unit="unit",
        rate=Fraction(amount.minor),
        multiplier=Fraction(1),
        amount=amount,
        rule="corrections",
    )


def is_repriced(old: Sequence[PayLine], new: Sequence[PayLine]) -> bool:
    """Say whether a day would pay something else now: other codes or other amounts.

    old, new: earned lines; what is withheld follows from them.
    """
    return _amounts(old) != _amounts(new)


def _amounts(lines: Sequence[PayLine]) -> list[tuple[str, str, int]]:
    left_out = (*TAKEN, "memo")
    return sorted(
        (one.kind, one.code, one.amount.minor) for one in lines if one.kind not in left_out
    )
