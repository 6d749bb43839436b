"""What an agreement makes the employer pay or set aside on top of a day: memos, never withheld."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.lines import Quantity, Wording, line
from marketplace.domain.payroll.rules.shapes import Earnings, PayLine
from marketplace.domain.payroll.rules.terms import Agreement, Fringe
from marketplace.kernel.sentences import say

LABELS: Final = {
    "pension_health_employer": say("Pension and health, employer"),
    "holiday_accrual": say("Holiday pay set aside"),
}
CAUSES: Final = {
    "pension_health_employer": say("Owed by the employer to the union's plans."),
    "holiday_accrual": say("Earned with these hours, paid when holiday is taken."),
}


def with_fringes(earnings: Earnings, agreement: Agreement) -> Earnings:
    """Return what a day earns with a memo for each fringe; the gross stays as it is."""
    memos = (_memo(one, earnings, agreement) for one in agreement.fringes)
    return replace(earnings, lines=(*earnings.lines, *memos))


def _memo(fringe: Fringe, earnings: Earnings, agreement: Agreement) -> PayLine:
    words = Wording(
        kind="memo",
        code=fringe.code,
        label=LABELS[fringe.code],
        rule=agreement.row(fringe.row),
        cause=CAUSES[fringe.code],
    )
    wages = (earnings.gross - earnings.reimbursed).minor
    share = Quantity(fringe.pct * 100, "percent", Fraction(wages, 100))
    return line(words, share, agreement.currency)
