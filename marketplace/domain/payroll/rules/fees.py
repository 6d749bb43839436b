"""Days that were called off: cancelled, waited for on standby, or sent home unused."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from marketplace.domain.booking.rules.cancelling import Fee, FeeKind
from marketplace.domain.payroll.rules.lines import Quantity, Wording, line, total
from marketplace.domain.payroll.rules.shapes import Deal, Earnings, PayLine
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

NOTHING: Final = Fraction(0)

CODES: Final = {
    FeeKind.CANCELLED: "cancellation_fee",
    FeeKind.STANDBY: "standby_fee",
    FeeKind.SENT_HOME: "sent_home",
}
LABELS: Final = {
    FeeKind.CANCELLED: say("Cancellation fee"),
    FeeKind.STANDBY: say("Standby fee"),
    FeeKind.SENT_HOME: say("Sent home, up to the agreed share of the day rate"),
}


def is_without_work(fee: Fee | None) -> bool:
    """Say whether a fee is all the day pays: nobody came, so there are no hours."""
    return fee is not None and fee.kind != FeeKind.SENT_HOME


def fee_day(deal: Deal, fee: Fee) -> Earnings:
    """Return what a day without work earns: one line, a share of the day rate.

    No hours, so no overtime, penalties or allowances; tax and commission follow as on any day.
    """
    currency = deal.day_rate.currency
    how_much = Quantity(Fraction(fee.percent), "percent", Fraction(deal.day_rate.minor, 100))
    lines = (line(_words(fee), how_much, currency),)
    zero = Money(0, currency)
    return Earnings(
        lines=lines,
        gross=total(lines, currency),
        worked_minutes=0,
        paid_hours=NOTHING,
        premium=zero,
        reimbursed=zero,
    )


def sent_home_line(deal: Deal, earned: Sequence[PayLine], fee: Fee) -> PayLine:
    """Return what lifts the hours of somebody who was not used to their share of the day rate.

    earned: the lines of the hours that were worked, without the guarantee.
    Zero when the hours alone pay that much; the line is there all the same and says why.
    """
    currency = deal.day_rate.currency
    missing = fee.of(deal.day_rate) - total(earned, currency)
    how_much = Quantity(Fraction(1), "unit", Fraction(max(missing.minor, 0)))
    return line(_words(fee), how_much, currency)


def _words(fee: Fee) -> Wording:
    kind = FeeKind(fee.kind)
    return Wording("earning", CODES[kind], LABELS[kind], fee.rule, fee.cause)
