"""China: advance and final withholding on labour service income."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.lines import plain
from marketplace.domain.payroll.rules.shapes import PaidBefore, PayLine, Payment
from marketplace.domain.payroll.rules.tables import (
    Bracket,
    CumulativeTable,
    ExpenseTable,
    Scheme,
    VatThreshold,
    bracket_of,
    refuse_form,
)
from marketplace.domain.payroll.rules.withheld import major, money, owed
from marketplace.kernel.sentences import Sentence, say

ZERO: Final = Fraction(0)
RESIDENT: Final = "cn_resident"


@dataclass(frozen=True, slots=True)
class OneTime:
    """The tax on one time of income: the taxable part, its bracket, the tax before rounding."""

    taxable: Fraction
    bracket: Bracket
    tax: Fraction


def tax_once(gross: Fraction, table: ExpenseTable) -> OneTime:
    """Return the tax on one time of income.

    gross: major units, without VAT. Up to 4,000 the expense deduction is 800, above it a fifth.
    """
    expense = table.flat if gross <= table.flat_upto else gross * table.share
    return _by_table(max(ZERO, gross - expense), table.brackets)


def tax_cumulative(income: Fraction, months: int, table: CumulativeTable) -> OneTime:
    """Return the tax on the income of consecutive months, before what was withheld already."""
    deduction = income * table.share + table.monthly_deduction * months
    return _by_table(max(ZERO, income - deduction), table.brackets)


def _by_table(taxable: Fraction, brackets: tuple[Bracket, ...]) -> OneTime:
    bracket = bracket_of(brackets, taxable)
    return OneTime(taxable, bracket, taxable * bracket.rate - bracket.offset)


def per_payment(table: ExpenseTable, payment: Payment, scheme: Scheme) -> tuple[PayLine, ...]:
    """Withhold per payment; income of one item within a month of payment is one time.

    Withholds the tax on the month to date minus what was withheld on it before.
    """
    if payment.payee.tax_form != table.tax_form:
        raise refuse_form(scheme)
    before = same_time(payment) if table.is_monthly else ()
    gross = sum((major(paid.gross) for paid in before), major(payment.gross))
    once = tax_once(gross, table)
    return _line(payment, scheme, once, before, _settled(table))


def cumulative(table: CumulativeTable, payment: Payment, scheme: Scheme) -> tuple[PayLine, ...]:
    """Withhold by the cumulative method: consecutive months of this year with income.

    A month without income starts the count again; a negative result is neither withheld
    nor refunded. Payments before the scheme existed do not count.
    """
    if payment.payee.tax_form != RESIDENT:
        raise refuse_form(scheme)
    before = consecutive(payment, scheme)
    income = sum((major(paid.gross) for paid in before), major(payment.gross))
    months = len({paid.pay_date.month for paid in before} | {payment.pay_date.month})
    once = tax_cumulative(income, months, table)
    return _line(payment, scheme, once, before, PREPAID)


def same_time(payment: Payment) -> tuple[PaidBefore, ...]:
    """Return the earlier payments of the same item in the same month of payment."""
    month = (payment.pay_date.year, payment.pay_date.month)
    return tuple(
        paid
        for paid in payment.alike
        if paid.item == payment.item and (paid.pay_date.year, paid.pay_date.month) == month
    )


def consecutive(payment: Payment, scheme: Scheme) -> tuple[PaidBefore, ...]:
    """Return the earlier payments of this year in the run of months that ends with this one.

    A month whose payments were all taken back is a month without income.
    """
    counted = [
        paid
        for paid in payment.alike
        if paid.pay_date.year == payment.pay_date.year and paid.pay_date >= scheme.introduced
    ]
    income: dict[int, int] = {}
    for paid in counted:
        income[paid.pay_date.month] = income.get(paid.pay_date.month, 0) + paid.gross.minor
    first = payment.pay_date.month
    while income.get(first - 1, 0) > 0:
        first -= 1
    return tuple(paid for paid in counted if first <= paid.pay_date.month)


def is_vat_exempt(sales_of_day: Fraction, table: VatThreshold) -> bool:
    """Say whether a natural person's sales of one day stay below the VAT threshold."""
    return sales_of_day < table.per_day


PREPAID: Final = say("A prepayment: settled with the year's income between 1 March and 30 June.")
FINAL: Final = say("Final: no settlement follows.")


def _settled(table: ExpenseTable) -> Sentence:
    return FINAL if table.is_final else PREPAID


def _line(
    payment: Payment,
    scheme: Scheme,
    once: OneTime,
    before: tuple[PaidBefore, ...],
    settled: Sentence,
) -> tuple[PayLine, ...]:
    withheld = sum((major(paid.withheld) for paid in before), ZERO)
    cause = say(
        "%(percent)s%% of %(taxable)s less %(quick)s, less %(withheld)s withheld before. "
        "%(settled)s",
        percent=plain(once.bracket.rate * 100),
        taxable=money(once.taxable, scheme.currency),
        quick=money(once.bracket.offset, scheme.currency),
        withheld=money(withheld, scheme.currency),
        settled=settled,
    )
    tax = max(ZERO, once.tax - withheld)
    return owed(payment, scheme, ("income_tax", once.bracket.row), tax, cause)
