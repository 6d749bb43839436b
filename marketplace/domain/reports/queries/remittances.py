"""Remittance advice: what one payee was paid by a company on one date, and for which slips."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.accounts.models import Company
from marketplace.domain.documents.jobs import slip_subject
from marketplace.domain.payments.models import Payout
from marketplace.domain.payments.rules import PayoutState
from marketplace.domain.payroll.models import PaySlip
from marketplace.domain.people.ports import Vault
from marketplace.domain.reports.queries.names import legal_name
from marketplace.domain.reports.queries.offices import Office
from marketplace.domain.reports.queries.slips import SlipRow, conditions, rows_of
from marketplace.domain.reports.rules import Column, Kind, Link, Paper, Row, Sheet
from marketplace.kernel.money import Money
from marketplace.kernel.sentences import say

TITLE: Final = say("Remittance advice")
MOST: Final = 500
COLUMNS: Final = (
    Column(say("Pay slip")),
    Column(say("Paid"), Kind.MONEY),
    Column(say("Currency")),
    Column(say("Worked on"), Kind.DATE),
    Column(say("Production")),
    Column(say("Role")),
    Column(say("Reference")),
)
NOT_YET: Final = say("Nothing has been paid on this slip yet.")


def remittance_paper(session: Session, office: Office) -> Paper:
    """Return the remittance that a slip in an office's scope was paid with."""
    where = conditions(office.company_id, office.filters)
    return remittance(session, where, office.scope.slip, office.vault)


def own_remittance(session: Session, person_id: int, slip: str, vault: Vault) -> Paper:
    """Return the remittance that one of a person's own slips was paid with."""
    return remittance(session, [PaySlip.person_id == person_id], slip, vault)


def remittance(
    session: Session,
    where: Sequence[sa.ColumnElement[bool]],
    slip: str,
    vault: Vault,
) -> Paper:
    """Return what was paid on the same date by the same company as one slip; empty before that."""
    found = session.execute(
        sa.select(PaySlip.id, PaySlip.person_id, PaySlip.company_id, PaySlip.currency).where(
            *where, PaySlip.public_id == slip
        ),
    ).first()
    if found is None:
        return Paper(TITLE, (), problem=NOT_YET)
    slip_id, person_id, company_id, currency = found
    (row,) = rows_of(session, [PaySlip.id == slip_id], 1)
    if not is_paid(row):
        return Paper(TITLE, (), problem=NOT_YET)
    mine = (PaySlip.person_id == person_id, PaySlip.company_id == company_id)
    paid = (PaySlip.currency == currency, Payout.state == PayoutState.PAID)
    rows = rows_of(session, [*where, *mine, *paid], MOST)
    covered = [one for one in rows if one.money_on == row.money_on]
    references = _references(session, covered)
    payer = session.get_one(Company, company_id)
    facts = _facts(payer.legal_name, legal_name(row, vault), covered)
    lines = [_line(one, references[one.id]) for one in covered]
    return Paper(TITLE, (Sheet(TITLE, COLUMNS, lines, (_total(covered),), facts),))


def is_paid(row: SlipRow) -> bool:
    """Say whether the money of a slip has arrived."""
    return row.state is PayoutState.PAID and row.money_on is not None


def _references(session: Session, rows: Sequence[SlipRow]) -> dict[int, str]:
    wanted = sa.select(Payout.pay_slip_id, Payout.gateway_ref, Payout.public_id)
    wanted = wanted.where(Payout.pay_slip_id.in_([row.id for row in rows]))
    return {slip: ref or public_id for slip, ref, public_id in session.execute(wanted)}


def _facts(payer: str, payee: str, rows: Sequence[SlipRow]) -> tuple[Any, ...]:
    paid_on: date | None = rows[0].money_on
    return (
        (say("Payer"), payer),
        (say("Payee"), payee),
        (say("Account"), f"••{rows[0].account_last4}" if rows[0].account_last4 else ""),
        (say("Value date"), paid_on),
        (say("Amount"), _sum(rows)),
    )


def _line(row: SlipRow, reference: str) -> Row:
    return (
        Link(row.number, slip_subject(row.public_id)),
        row.net,
        row.net.currency,
        row.shoot_date,
        row.production_title,
        row.role_name,
        reference,
    )


def _total(rows: Sequence[SlipRow]) -> Row:
    return (say("Paid together"), _sum(rows), rows[0].net.currency, *([None] * 4))


def _sum(rows: Sequence[SlipRow]) -> Money:
    return sum((row.net for row in rows), Money(0, rows[0].net.currency))
