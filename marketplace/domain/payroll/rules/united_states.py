"""United States, no payroll: contractors, foreign persons, California non-residents; the UK."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Final

from marketplace.domain.payroll.rules.lines import Quantity, Wording, line, plain
from marketplace.domain.payroll.rules.shapes import PayError, PayLine, Payment
from marketplace.domain.payroll.rules.tables import (
    ContractorTerms,
    ForeignServices,
    PaidGross,
    Scheme,
    StateNonresident,
    refuse_form,
)
from marketplace.domain.payroll.rules.withheld import LABELS, major, nothing
from marketplace.kernel.sentences import Sentence, say

ZERO: Final = Fraction(0)
W9: Final = "w9"
W8: Final = "w8ben"
TREATY: Final = "8233"
FOREIGN: Final = frozenset({W8, TREATY})
"""The forms of people who are no United States persons."""
SELF_EMPLOYED: Final = "uk_self_employed"


def contractor(table: ContractorTerms, payment: Payment, scheme: Scheme) -> tuple[PayLine, ...]:
    """Withhold nothing from a contractor with a valid W-9, 24% when backup withholding is on.

    Raises PayError without a W-9: the form, or the flag, must be there first.
    """
    if payment.payee.is_backup_withholding:
        return _share(
            payment,
            scheme,
            ("backup_withholding", "backup_rate"),
            table.backup_rate,
            say("No valid taxpayer number, or the tax office asked for it."),
        )
    if payment.payee.tax_form is None:
        raise PayError(say("A Form W-9 is needed before this person can be paid."))
    if payment.payee.tax_form != W9:
        raise refuse_form(scheme)
    return nothing(payment, scheme, "rules.w9_valid", say("Form W-9 is on file."))


def foreign_services(
    table: ForeignServices,
    payment: Payment,
    scheme: Scheme,
) -> tuple[PayLine, ...]:
    """Withhold 30% of what a foreign person earns for services performed in the US.

    Work done abroad is foreign income: nothing. An accepted Form 8233 exempts by treaty;
    a W-8BEN does not, for personal services.
    """
    if payment.payee.tax_form not in FOREIGN:
        raise refuse_form(scheme)
    if payment.performed_in is None:
        raise PayError(say("Say in which country the work was done."))
    if payment.performed_in != table.country:
        return nothing(payment, scheme, "rules.work_outside_us", say("The work was done abroad."))
    if payment.payee.tax_form == TREATY:
        return nothing(payment, scheme, "rules.treaty", say("Form 8233 is accepted."))
    return _share(
        payment,
        scheme,
        ("nonresident_tax", "rate"),
        table.rate,
        say("Services performed in the US by a foreign person."),
    )


def state_nonresident(
    table: StateNonresident,
    payment: Payment,
    scheme: Scheme,
) -> tuple[PayLine, ...]:
    """Withhold 7% of gross California income once the year exceeds the threshold.

    The year is what is expected when that is known, else what was paid with this payment.
    Raises PayError when nobody has said whether the payee lives in California.
    """
    if payment.payee.is_state_nonresident is None:
        raise PayError(say("Say whether this person lives in California."))
    if not payment.payee.is_state_nonresident:
        cause = say("Lives in California.")
        return nothing(payment, scheme, "kind", cause)
    paid = sum(
        (
            major(before.gross)
            for before in payment.year.payments
            if before.pay_date.year == payment.pay_date.year
        ),
        major(payment.gross),
    )
    expected = ZERO if payment.expected_year is None else major(payment.expected_year)
    if max(paid, expected) <= table.threshold:
        cause = say("The year stays within %(threshold)s.", threshold=plain(table.threshold))
        return nothing(payment, scheme, "annual_threshold", cause)
    return _share(
        payment,
        scheme,
        ("state_nonresident_tax", "rate"),
        table.rate,
        say("California income of a non-resident above %(over)s.", over=plain(table.threshold)),
    )


def paid_gross(_table: PaidGross, payment: Payment, scheme: Scheme) -> tuple[PayLine, ...]:
    """Withhold nothing: a self-employed person settles tax."""
    if payment.payee.tax_form != SELF_EMPLOYED:
        raise refuse_form(scheme)
    return nothing(payment, scheme, "withhold", say("Self-employed: paid gross."))


def reportable(
    payments: Iterable[tuple[date, Fraction]],
    year: int,
    table: ContractorTerms,
) -> tuple[Fraction, bool]:
    """Return what was paid in a calendar year of payment, and whether a 1099-NEC is owed."""
    total = sum((amount for day, amount in payments if day.year == year), ZERO)
    return total, total >= table.nec_threshold


def _share(
    payment: Payment,
    scheme: Scheme,
    what: tuple[str, str],
    rate: Fraction,
    cause: Sentence,
) -> tuple[PayLine, ...]:
    code, row = what
    words = Wording("withholding", code, LABELS[code], scheme.row(row), cause)
    percent = Quantity(rate * 100, "percent", Fraction(payment.gross.minor, 100))
    return (line(words, percent, payment.gross.currency),)
