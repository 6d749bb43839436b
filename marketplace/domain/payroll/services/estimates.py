"""What one day pays and what is withheld from it, from plain values: no row is read.

The same engine as for slips, in the same order: what is estimated for the facts of a slip is
what that slip says, to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from marketplace.domain.payroll.queries import load_agreement, load_scheme
from marketplace.domain.payroll.rules import pay_day, withhold
from marketplace.domain.payroll.rules.extras import commission_lines
from marketplace.domain.payroll.rules.lines import total
from marketplace.domain.payroll.rules.shapes import (
    Certificate,
    Deal,
    Earnings,
    PaidBefore,
    Payee,
    PayeeYear,
    PayError,
    PayLine,
    Payment,
    WorkedDay,
)
from marketplace.domain.payroll.rules.slips import Totals, totals
from marketplace.domain.payroll.rules.terms import Agreement
from marketplace.domain.payroll.rules.wages import W4
from marketplace.domain.productions.rules import Engagement
from marketplace.kernel.money import Money

EMPLOYEE: Final = Engagement.EMPLOYEE.value


@dataclass(frozen=True, slots=True)
class Taxing:
    """Who is paid when and by which scheme: a payment that has no gross yet.

    item: what is paid for; in China the income of one item within a month is one time.
    """

    scheme: str
    pay_date: date
    payee: Payee
    item: str = "day"
    year: PayeeYear = field(default_factory=PayeeYear)
    performed_in: str | None = None
    expected_year: Money | None = None

    def payment(self, gross: Money) -> Payment:
        """Return the payment of a gross."""
        return Payment(
            pay_date=self.pay_date,
            item=self.item,
            gross=gross,
            payee=self.payee,
            year=self.year,
            performed_in=self.performed_in,
            expected_year=self.expected_year,
            scheme=self.scheme,
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """One day priced and taxed.

    withholdings: none when no scheme was asked for; scheme: its id and version, or "".
    """

    agreement: Agreement
    earnings: Earnings
    withholdings: tuple[PayLine, ...]
    deductions: tuple[PayLine, ...]
    totals: Totals
    scheme: str = ""

    @property
    def lines(self) -> tuple[PayLine, ...]:
        """Every line, in the order of a slip."""
        return (*self.earnings.lines, *self.withholdings, *self.deductions)

    @property
    def employer(self) -> Money:
        """What the employer pays on top."""
        return employer_side(self.lines, self.agreement.currency)


def estimate(deal: Deal, day: WorkedDay, taxing: Taxing | None = None) -> Estimate:
    """Return what a day earns, what is withheld and deducted, and what is left.

    taxing: left out, nothing is withheld. Raises PayError for everything the engine refuses.
    """
    agreement = load_agreement(deal.agreement, day.shoot_date)
    earnings = pay_day(deal, day, agreement)
    deductions = tuple(commission_lines(deal, earnings, agreement))
    if taxing is None:
        found = totals(earnings, (), deductions)
        return Estimate(agreement, earnings, (), deductions, found)
    scheme = load_scheme(taxing.scheme, taxing.pay_date)
    withheld = withhold(taxing.payment(earnings.gross - earnings.reimbursed), scheme)
    found = totals(earnings, withheld, deductions)
    version = f"{scheme.id}@{scheme.effective_from.isoformat()}"
    return Estimate(agreement, earnings, withheld, deductions, found, version)


def paid_before(taxing: Taxing, gross: Money, withheld: Money | None = None) -> Taxing:
    """Return the same payment after an earlier one of the same item on the same date.

    withheld: what was withheld from the earlier one; None = what the scheme withholds from it.
    """
    if withheld is None:
        scheme = load_scheme(taxing.scheme, taxing.pay_date)
        withheld = total(withhold(taxing.payment(gross), scheme), gross.currency)
    before = PaidBefore(taxing.pay_date, taxing.item, gross, withheld)
    return replace(taxing, year=PayeeYear((*taxing.year.payments, before)))


def on_top(earnings: Earnings, scheme_id: str, on: date) -> Money:
    """Return what an employer pays on top of a day: fringes, and taxes of its own on wages.

    The taxes are estimated as those of the first payment of a year, before any ceiling is
    reached. None are owed for people who are no employees, or in a year without a table.
    """
    currency = earnings.gross.currency
    fringes = employer_side(earnings.lines, currency)
    try:
        scheme = load_scheme(scheme_id, on)
        if EMPLOYEE not in scheme.engagements:
            return fringes
        taxing = Taxing(scheme_id, on, Payee(W4, certificate=Certificate()))
        lines = withhold(taxing.payment(earnings.gross - earnings.reimbursed), scheme)
    except PayError:
        return fringes
    return fringes + employer_side(lines, currency)


def employer_side(lines: tuple[PayLine, ...], currency: str) -> Money:
    """Return the sum of the memo lines: what an employer pays on top of the gross."""
    memos = (one.amount for one in lines if one.kind == "memo")
    return sum(memos, Money(0, currency))
