"""The payee of a payment as the tax rules want it: form, certificate and residence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marketplace.domain.booking.models import Booking
from marketplace.domain.payroll.rules.shapes import Certificate
from marketplace.domain.payroll.rules.shapes import Payee as TaxedPayee
from marketplace.domain.payroll.rules.slips import PayeeIncompleteError
from marketplace.domain.payroll.rules.united_states import FOREIGN
from marketplace.domain.payroll.rules.wages import W4, period_of
from marketplace.domain.people.models import Payee
from marketplace.domain.productions.rules import Engagement
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

DOLLARS: Final = "USD"
AMOUNTS: Final = ("credits", "other_income", "deductions", "extra")


def taxed_payee(payee: Payee, booking: Booking, name: str) -> TaxedPayee:
    """Return who is paid, as far as tax is concerned.

    Employees are taxed by their W-4 and DE 4, on the period their booking agreed, others by
    the form they gave. `name` is what refusals call the person.
    Raises PayeeIncompleteError for an employee without the forms, and for wages of somebody
    who is no United States person: there is no table for them.
    """
    if booking.engagement != Engagement.EMPLOYEE:
        return TaxedPayee(
            payee.tax_form,
            is_backup_withholding=payee.is_backup_withholding,
            is_state_nonresident=payee.is_state_nonresident,
        )
    if payee.certificate is None:
        raise PayeeIncompleteError(say("%(name)s has not given Form W-4 and DE 4 yet.", name=name))
    if payee.tax_form in FOREIGN:
        raise PayeeIncompleteError(
            say("Wages of %(name)s, no United States person, have no table here.", name=name),
        )
    return TaxedPayee(W4, certificate=_certificate(payee.certificate, booking.payroll_period))


def _certificate(said: Mapping[str, Any], agreed: str) -> Certificate:
    return Certificate(
        period=period_of(agreed, has_one_employer=said["has_one_employer"]),
        filing_status=said["filing_status"],
        is_step2=said["is_step2"],
        state_status=said["state_status"],
        regular_allowances=said["regular_allowances"],
        estimated_allowances=said["estimated_allowances"],
        **{name: Money(said[name], DOLLARS) if said[name] else None for name in AMOUNTS},
    )
