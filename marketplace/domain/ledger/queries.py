"""Read the books."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.domain.ledger.models import LedgerAccount, LedgerTransfer
from marketplace.kernel.money import Money


def balance(session: Session, code: str, currency: str) -> Money:
    """Return debits less credits of one account."""
    account = sa.select(LedgerAccount.id).where(
        LedgerAccount.code == code,
        LedgerAccount.currency == currency,
    )
    total = sa.func.coalesce(sa.func.sum(LedgerTransfer.amount_minor), 0)
    debits = session.scalar(sa.select(total).where(LedgerTransfer.debit_id.in_(account)))
    credits_ = session.scalar(sa.select(total).where(LedgerTransfer.credit_id.in_(account)))
    return Money(int(debits or 0) - int(credits_ or 0), currency)


def balances(session: Session, prefix: str = "") -> dict[tuple[str, str], int]:
    """Return debits less credits, in minor units, of every account whose code starts so."""
    signed = sa.union_all(
        sa.select(LedgerTransfer.debit_id.label("account"), LedgerTransfer.amount_minor.label("n")),
        sa.select(LedgerTransfer.credit_id, -LedgerTransfer.amount_minor),
    ).subquery()
    rows = session.execute(
        sa.select(LedgerAccount.code, LedgerAccount.currency, sa.func.sum(signed.c.n))
        .join(signed, signed.c.account == LedgerAccount.id)
        .where(LedgerAccount.code.startswith(prefix, autoescape=True))
        .group_by(LedgerAccount.code, LedgerAccount.currency),
    )
    return {(code, currency): int(total) for code, currency, total in rows}
