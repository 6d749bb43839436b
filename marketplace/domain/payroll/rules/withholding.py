"""What is withheld from a payment: one method for each kind of scheme."""

from __future__ import annotations

from functools import singledispatch

from marketplace.domain.payroll.rules.china import cumulative, per_payment
from marketplace.domain.payroll.rules.shapes import PayError, PayLine, Payment
from marketplace.domain.payroll.rules.tables import Composite, Part, Scheme, Table
from marketplace.domain.payroll.rules.united_states import (
    FOREIGN,
    contractor,
    foreign_services,
    paid_gross,
    state_nonresident,
)
from marketplace.domain.payroll.rules.wages import (
    disability_lines,
    federal_lines,
    fica_lines,
    levy_lines,
    state_lines,
)
from marketplace.kernel.sentences import say


def withhold(payment: Payment, scheme: Scheme) -> tuple[PayLine, ...]:
    """Return the withholding lines of a payment, or a memo that says why there are none.

    Amounts are positive and to be subtracted; memo lines (kind "memo") are not.
    Raises PayError for a pay date the scheme's version does not cover, another currency, a
    gross below zero, or a payee whose tax form is missing or belongs to another scheme.
    """
    if not scheme.is_in_force(payment.pay_date):
        raise PayError(
            say(
                "%(scheme)s has no table for payments on %(day)s.",
                scheme=scheme.id,
                day=payment.pay_date,
            ),
        )
    if payment.gross.currency != scheme.currency or payment.gross.minor < 0:
        raise PayError(
            say(
                "%(scheme)s taxes payments in %(currency)s.",
                scheme=scheme.id,
                currency=scheme.currency,
            ),
        )
    return _lines(scheme.table, payment, scheme)


@singledispatch
def _lines(_table: Table, _payment: Payment, scheme: Scheme) -> tuple[PayLine, ...]:
    raise PayError(say("%(scheme)s withholds nothing from a payment.", scheme=scheme.id))


@_lines.register
def _composite(table: Composite, payment: Payment, _scheme: Scheme) -> tuple[PayLine, ...]:
    """Return the lines of every part that is for this payee, in the order of the file."""
    asked = [part for part in table.parts if _is_for(part, payment)]
    return tuple(line for part in asked for line in withhold(payment, part.scheme))


def _is_for(part: Part, payment: Payment) -> bool:
    """Say whether a part of a scheme is for a payee; without a form the part refuses them."""
    is_foreign = payment.payee.tax_form in FOREIGN
    return {
        "everybody": True,
        "us_persons": not is_foreign,
        "foreign_persons": is_foreign,
        "state_nonresidents": payment.payee.is_state_nonresident is not False,
    }[part.payees]


_lines.register(per_payment)
_lines.register(cumulative)
_lines.register(contractor)
_lines.register(foreign_services)
_lines.register(state_nonresident)
_lines.register(paid_gross)
_lines.register(fica_lines)
_lines.register(levy_lines)
_lines.register(federal_lines)
_lines.register(state_lines)
_lines.register(disability_lines)
