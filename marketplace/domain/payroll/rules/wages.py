"""United States, payroll: FICA, federal and California income tax, disability insurance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.lines import cents
from marketplace.domain.payroll.rules.shapes import Certificate, PayError, PayLine, Payment
from marketplace.domain.payroll.rules.tables import (
    Bracket,
    EmployerLevies,
    FederalTables,
    Levy,
    Scheme,
    SocialInsurance,
    StateInsurance,
    StateTables,
    bracket_of,
    refuse_form,
)
from marketplace.domain.payroll.rules.withheld import major, money, nothing, owed, share
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import Sentence, say

ZERO: Final = Fraction(0)
ALLOWANCES_PRINTED: Final = 10
W4: Final = "w4"
DOLLARS: Final = "USD"
DAILY: Final = "daily"
WEEKLY: Final = "weekly"


@dataclass(frozen=True, slots=True)
class FederalTax:
    """Worksheet 1A: adjusted annual wage (1i), tentative annual tax (2g), tax (4b)."""

    adjusted_annual: Fraction
    tentative_annual: Fraction
    withheld: Fraction


@dataclass(frozen=True, slots=True)
class StateTax:
    """Method B: whether wages are too low, the taxable part, tax, exemption credit, the rest."""

    is_low_income: bool
    taxable: Fraction
    computed: Fraction
    credit: Fraction

    @property
    def tax(self) -> Fraction:
        """Tax after the exemption credit, never below zero."""
        return max(ZERO, self.computed - self.credit)


def _below(wages: Fraction, before: Fraction, limit: Fraction) -> Fraction:
    return min(wages, max(ZERO, limit - before))


def federal_tax(wages: Fraction, form: Certificate, table: FederalTables) -> FederalTax:
    """Return federal income tax on one period's wages, full precision to the end.

    Source: IRS Pub. 15-T, Worksheet 1A. The credit can bring the tax to zero; extra
    withholding is added after it.
    Raises PayError for a pay period or a filing status the year's tables do not carry.
    """
    schedule = "step2" if form.is_step2 else "standard"
    brackets = table.schedules.get((schedule, form.filing_status))
    periods = table.periods.get(form.period)
    if brackets is None or periods is None:
        raise PayError(say("The year's table does not carry this filing status or pay period."))
    standard = table.standard.get(form.filing_status, table.standard["other"])
    relief = _asked(form.deductions) + (ZERO if form.is_step2 else standard)
    annual = max(ZERO, wages * periods + _asked(form.other_income) - relief)
    tentative = _marginal(annual, brackets)
    after_credit = max(ZERO, tentative / periods - _asked(form.credits) / periods)
    return FederalTax(annual, tentative, after_credit + _asked(form.extra))


def state_tax(wages: Fraction, form: Certificate, table: StateTables) -> StateTax:
    """Return California income tax on one period's wages, each step rounded to cents.

    Source: EDD Method B. Estimated-deduction allowances lower the wages; regular allowances
    are a credit against the tax.
    Raises PayError for a pay period or status without a table.
    """
    brackets = table.rates.get((form.period, form.state_status))
    if brackets is None:
        raise PayError(say("The year's table does not carry this filing status or pay period."))
    group = _deduction_group(form)
    if wages <= table.low_income[form.period][group]:
        return StateTax(is_low_income=True, taxable=ZERO, computed=ZERO, credit=ZERO)
    estimated = _per_allowance(table.estimated[form.period], form.estimated_allowances)
    taxable = max(ZERO, wages - estimated - table.standard[form.period][group])
    return StateTax(
        is_low_income=False,
        taxable=taxable,
        computed=cents(_marginal(taxable, brackets)),
        credit=_per_allowance(table.exemption[form.period], form.regular_allowances),
    )


def _deduction_group(form: Certificate) -> str:
    if form.state_status == "head_household":
        return "head_household"
    if form.state_status == "single":
        return "single_dual"
    return "married_0_1" if form.regular_allowances <= 1 else "married_2_plus"


def _per_allowance(row: tuple[Fraction, ...], allowances: int) -> Fraction:
    if allowances > ALLOWANCES_PRINTED:
        return row[1] * allowances
    return row[allowances]


def _marginal(income: Fraction, brackets: tuple[Bracket, ...]) -> Fraction:
    bracket = bracket_of(brackets, income)
    return bracket.offset + bracket.rate * (income - bracket.over)


def _asked(amount: Money | None) -> Fraction:
    return ZERO if amount is None else major(amount)


def insured_wages(wages: Fraction, before: Fraction, table: StateInsurance) -> Fraction:
    """Return the wages that disability insurance is on: up to the base when there is one."""
    return wages if table.wage_base is None else _below(wages, before, table.wage_base)


def fica_lines(table: SocialInsurance, payment: Payment, scheme: Scheme) -> tuple[PayLine, ...]:
    """Withhold social security and Medicare; the employer's match is a memo.

    Social security stops at the wage base; additional Medicare is on the part above its limit.
    """
    _certificate(payment, scheme)
    wages, before = major(payment.gross), _paid_this_year(payment)
    pensionable = _below(wages, before, table.wage_base)
    above = wages - _below(wages, before, table.additional_over)
    base = say("Wages up to %(base)s a year.", base=money(table.wage_base, scheme.currency))
    whole = say("All wages.")
    over = say("Wages above %(over)s a year.", over=money(table.additional_over, scheme.currency))
    rows = (
        ("withholding", "social_security", table.pension_employee, pensionable, "ss_rate_ee", base),
        ("withholding", "medicare", table.health_employee, wages, "medicare_ee", whole),
        ("withholding", "additional_medicare", table.additional, above, "addl_medicare_ee", over),
        (
            "memo",
            "social_security_employer",
            table.pension_employer,
            pensionable,
            "ss_rate_er",
            base,
        ),
        ("memo", "medicare_employer", table.health_employer, wages, "medicare_er", whole),
    )
    return tuple(
        share((kind, code, scheme.row(row)), rate, (of, scheme.currency), cause)
        for kind, code, rate, of, row, cause in rows
        if of
    )


def levy_lines(table: EmployerLevies, payment: Payment, scheme: Scheme) -> tuple[PayLine, ...]:
    """Return the memos of what the employer pays on top; nothing once the year passed a base."""
    _certificate(payment, scheme)
    wages, before = major(payment.gross), _paid_this_year(payment)
    bases = [
        wages if one.wage_base is None else _below(wages, before, one.wage_base)
        for one in table.levies
    ]
    return tuple(
        share(("memo", one.code, scheme.row(one.row)), one.rate, (of, scheme.currency), _up_to(one))
        for one, of in zip(table.levies, bases, strict=True)
        if of
    )


def _up_to(levy: Levy) -> Sentence:
    if levy.wage_base is None:
        return say("All wages.")
    return say("Wages up to %(base)s a year.", base=money(levy.wage_base, DOLLARS))


def period_of(agreed: str, *, has_one_employer: bool) -> str:
    """Return the period that wages of single days are taxed by.

    Days are paid one by one, so there is no regular payroll period: daily. The weekly table
    needs the employee's signed statement that nobody else employs them in that week.
    Source: IRS Pub. 15, section 8.
    """
    return WEEKLY if agreed == WEEKLY and has_one_employer else DAILY


def _of_period(
    payment: Payment,
    form: Certificate,
    tax: Callable[[Fraction], Fraction],
) -> Fraction:
    """Return the tax of a payment on its period: days of one week are taxed together.

    What the earlier days of the week bear is taken off, so that all days of a week together
    bear the tax on the week.
    """
    before = _paid_this_week(payment) if form.period == WEEKLY else ZERO
    if before <= 0:
        return tax(major(payment.gross))
    return max(ZERO, tax(before + major(payment.gross)) - tax(before))


def _paid_this_week(payment: Payment) -> Fraction:
    start = _sunday(payment.pay_date)
    paid = (major(one.gross) for one in payment.alike if _sunday(one.pay_date) == start)
    return sum(paid, ZERO)


def _sunday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() % 7)


def federal_lines(table: FederalTables, payment: Payment, scheme: Scheme) -> tuple[PayLine, ...]:
    """Withhold federal income tax by the payee's Form W-4."""
    form = _certificate(payment, scheme)
    tax = _of_period(payment, form, lambda wages: federal_tax(wages, form, table).withheld)
    cause = say(
        "Pub. 15-T, %(period)s period, %(status)s.",
        period=form.period,
        status=form.filing_status,
    )
    return owed(payment, scheme, ("federal_income_tax", "schedules"), tax, cause)


def state_lines(table: StateTables, payment: Payment, scheme: Scheme) -> tuple[PayLine, ...]:
    """Withhold California income tax by the payee's DE 4."""
    form = _certificate(payment, scheme)
    tax = _of_period(payment, form, lambda wages: state_tax(wages, form, table).tax)
    cause = say(
        "Method B, %(period)s period, %(status)s, %(allowances)s allowances.",
        period=form.period,
        status=form.state_status,
        allowances=form.regular_allowances,
    )
    return owed(payment, scheme, ("state_income_tax", "rate_tables"), tax, cause)


def disability_lines(
    table: StateInsurance,
    payment: Payment,
    scheme: Scheme,
) -> tuple[PayLine, ...]:
    """Withhold California disability insurance."""
    _certificate(payment, scheme)
    insured = insured_wages(major(payment.gross), _paid_this_year(payment), table)
    cause = say("A share of wages, set by the state each year.")
    if not insured:
        return nothing(payment, scheme, "wage_base", cause)
    what = ("withholding", "state_disability", scheme.row("rate_ee"))
    return (share(what, table.rate, (insured, scheme.currency), cause),)


def _paid_this_year(payment: Payment) -> Fraction:
    year = payment.pay_date.year
    return sum((major(one.gross) for one in payment.alike if one.pay_date.year == year), ZERO)


def _certificate(payment: Payment, scheme: Scheme) -> Certificate:
    if payment.payee.tax_form != W4 or payment.payee.certificate is None:
        raise refuse_form(scheme)
    return payment.payee.certificate
