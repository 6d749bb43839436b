"""Read what comparisons with a gateway found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.payments.models import Payout, Reconciliation, ReconciliationRow
from marketplace.domain.payments.rules.gateways import name_of
from marketplace.domain.payments.rules.matching import WORDS, Kind
from marketplace.domain.payroll.models import PaySlip
from marketplace.kernel.money import EXPONENTS, Money
from marketplace.kernel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One comparison. differences: those the reader may see; None while it is not made yet."""

    id: int
    public_id: str
    gateway: str
    asked_at: datetime
    finished_at: datetime | None
    is_nightly: bool
    payments: int
    transfers: int
    differences: int | None

    @property
    def gateway_name(self) -> str:
        """What people call the gateway."""
        return name_of(self.gateway)


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One difference. slip_id, slip_number: of the payment, when it is one of the company's.

    ours, theirs: None where a side has nothing, or money of a currency that is not ours.
    """

    kind: Kind
    words: Sentence
    subject: str
    gateway_ref: str
    group: str
    ours: Money | None
    theirs: Money | None
    count: int
    slip_id: str | None = None
    slip_number: str | None = None


def reports(
    session: Session,
    company_id: int | None = None,
    *,
    before: int | None = None,
    limit: int = 30,
) -> Sequence[ReportRow]:
    """Return comparisons, the newest first; of a company: how many differences are its own."""
    found = _reports(company_id)
    if before is not None:
        found = found.where(Reconciliation.id < before)
    rows = session.execute(found.order_by(Reconciliation.id.desc()).limit(limit))
    return [_report(*row) for row in rows]


def report(session: Session, name: str, company_id: int | None = None) -> ReportRow | None:
    """Return one comparison."""
    row = session.execute(_reports(company_id).where(Reconciliation.public_id == name)).first()
    return None if row is None else _report(*row)


def _reports(company_id: int | None) -> sa.Select[Reconciliation, int]:
    own = (
        sa.select(sa.func.count(ReconciliationRow.id))
        .where(
            ReconciliationRow.reconciliation_id == Reconciliation.id,
            ReconciliationRow.company_id == company_id,
        )
        .scalar_subquery()
    )
    return sa.select(Reconciliation, Reconciliation.differences if company_id is None else own)


def _report(row: Reconciliation, differences: int) -> ReportRow:
    return ReportRow(
        id=row.id,
        public_id=row.public_id,
        gateway=row.gateway,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        is_nightly=row.asked_by_id is None,
        payments=row.payments,
        transfers=row.transfers,
        differences=differences if row.finished_at else None,
    )


def differences(
    session: Session,
    report_id: int,
    company_id: int | None = None,
) -> Sequence[DifferenceRow]:
    """Return what a comparison found; of a company: what concerns its own payments."""
    is_payout = Payout.public_id == ReconciliationRow.subject
    found = (
        sa.select(ReconciliationRow, PaySlip.public_id, PaySlip.number)
        .join(Payout, is_payout, isouter=True)
        .join(PaySlip, PaySlip.id == Payout.pay_slip_id, isouter=True)
        .where(ReconciliationRow.reconciliation_id == report_id)
        .order_by(ReconciliationRow.position)
    )
    if company_id is not None:
        found = found.where(ReconciliationRow.company_id == company_id)
    return [
        DifferenceRow(
            kind=Kind(row.kind),
            words=WORDS[Kind(row.kind)],
            subject=row.subject,
            gateway_ref=row.gateway_ref,
            group=row.group_name,
            ours=_money(row.ours_minor, row.currency),
            theirs=_money(row.theirs_minor, row.currency),
            count=row.count,
            slip_id=slip_id,
            slip_number=number,
        )
        for row, slip_id, number in session.execute(found)
    ]


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None or currency not in EXPONENTS else Money(minor, currency)
